import { type Schemas, call } from "../api/client";
import { formatDate, formatRelative, lookUp, t } from "../i18n";
import { location } from "../router";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { LoadState, More, usePages } from "../ui/load";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { AdminFrame } from "./Frame";
import { listOf } from "./names";
import { Toggles } from "./Toggles";

type Mail = Schemas["QueuedMail"];
const STATES = ["waiting", "dead", "handed_over"] as const;

export default function MailPage() {
  const state = listOf(location.value.query.get("state"), STATES);
  const mails = usePages<Mail, Schemas["MailPage"]>(
    (cursor, signal) => call("get", "/admin/mail", { query: { state, limit: 50, cursor }, signal }),
    [state.join()],
  );
  return (
    <AdminFrame
      actions={
        <Button icon="refresh" onClick={mails.reload}>
          {t("mail.reload")}
        </Button>
      }
    >
      <div class="filters">
        <Toggles
          label={t("users.state")}
          values={STATES.map((value) => ({ value, label: t(`mail.${value}`) }))}
          name="state"
          chosen={state}
        />
      </div>
      <LoadState of={mails} lines={4} />
      {mails.data?.items.length === 0 && (
        <EmptyState icon="mail" title={t("mail.none")}>
          <p class="muted">{t("mail.none_text")}</p>
        </EmptyState>
      )}
      <ul class="entries">
        {mails.data?.items.map((mail) => (
          <Entry key={mail.id} mail={mail} reload={mails.reload} />
        ))}
      </ul>
      <More of={mails} />
    </AdminFrame>
  );
}

function Entry({ mail, reload }: { mail: Mail; reload: () => Promise<void> }) {
  const { busy, error, run } = useAction();
  const isDead = mail.state === "dead";
  return (
    <li class={isDead ? "failure" : undefined}>
      <Icon name={isDead ? "alert" : "mail"} />
      <div>
        <strong>{lookUp(`mail_of.${mail.kind}`) ?? mail.kind}</strong>{" "}
        {isDead && <span class="badge bad">{t("mail.dead")}</span>}
        <p class="muted">
          {[
            mail.recipient,
            t("mail.created", { date: formatDate(mail.created_at) }),
            t("mail.attempts", { count: mail.attempts }),
            mail.next_try_at === null ? null : t("mail.next", { when: formatRelative(mail.next_try_at) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
        {mail.last_error !== null && <p class="bad">{mail.last_error}</p>}
        <ErrorNotice error={error} />
      </div>
      {isDead && (
        <Button
          icon="refresh"
          busy={busy}
          onClick={() =>
            run(async () => {
              await call("post", "/admin/mail/{id}/retry", { path: { id: mail.id } });
              toast(t("mail.queued"), { kind: "success" });
              await reload();
            })
          }
        >
          {t("mail.retry")}
        </Button>
      )}
    </li>
  );
}
