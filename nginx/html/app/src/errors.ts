import { Cancelled, NetworkError, Problem } from "./api/problem";
import { lookUp, t } from "./i18n";
import { toast } from "./ui/Toast";

/** What to show the user about an error. */
export function errorText(error: unknown): string {
  if (error instanceof NetworkError) return t("error.network");
  if (!(error instanceof Problem)) return t("error.unexpected");
  const text = lookUp(`error.${error.code}`) ?? (error.message === "" ? t("error.unexpected") : error.message);
  return error.retryAfter === null ? text : `${text} ${t("error.retry_after", { count: error.retryAfter })}`;
}

/** The faults of the fields that a form has, by the name of the field. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ field, code }) => [field, lookUp(`fault.${code}`) ?? t("fault.other")]),
  );
}

/** Reports an error that no page shows. */
export function reportError(error: unknown): void {
  if (error instanceof Cancelled || (error instanceof DOMException && error.name === "AbortError")) return;
  if (!(error instanceof Problem) && !(error instanceof NetworkError)) console.error(error);
  toast(errorText(error), { kind: "error" });
}
