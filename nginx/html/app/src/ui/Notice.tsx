import type { ComponentChildren } from "preact";
import { Problem } from "../api/problem";
import { errorText } from "../errors";
import { t } from "../i18n";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

/** Where a list has nothing to show. */
export function EmptyState({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size={40} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** An error, read out as it appears. With `retry` a button repeats what failed. */
export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  if (error === null || error === undefined) return null;
  return (
    <div class="notice error" role="alert">
      <Icon name="alert" />
      <div>
        <p>{errorText(error)}</p>
        {error instanceof Problem && error.status >= 500 && (
          <p class="muted">{t("error.request_id", { id: error.requestId })}</p>
        )}
      </div>
      {retry && (
        <Button kind="plain" onClick={retry}>
          {t("action.retry")}
        </Button>
      )}
    </div>
  );
}
