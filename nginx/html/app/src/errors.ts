import { Cancelled, NetworkError, Problem } from "./api/problem";
import { formatDate, lookUp, t } from "./i18n";
import { toast } from "./ui/Toast";

/** An error whose message is a text for the user. */
export class Explained extends Error {
  override readonly name = "Explained";
}

// Beyond this, a time of day says more than a number of seconds.
const COUNTABLE = 90;
function retryText({ retryAfter, at }: Problem): string {
  if (retryAfter === null) return "";
  const time = at + retryAfter * 1000;
  return ` ${retryAfter <= COUNTABLE ? t("error.retry_after", { count: retryAfter }) : t("error.retry_at", { time: formatDate(time, new Date(time).toDateString() === new Date().toDateString() ? "time" : "datetime") })}`;
}

/** What to show the user about an error. */
export function errorText(error: unknown): string {
  if (error instanceof NetworkError) return t("error.network");
  if (error instanceof Explained) return error.message;
  if (!(error instanceof Problem)) return t("error.unexpected");
  const text = lookUp(`error.${error.code}`) ?? (error.message === "" ? t("error.unexpected") : error.message);
  return text + retryText(error);
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
  if (![Problem, NetworkError, Explained].some((known) => error instanceof known)) console.error(error);
  toast(errorText(error), { kind: "error" });
}
