import { t } from "../i18n";

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** In the place of lines that are being fetched. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={t("app.loading")}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} />
      ))}
    </div>
  );
}
