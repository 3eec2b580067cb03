import { actionText, outcomeText } from "../account/actions";
import { type Schemas, call } from "../api/client";
import { formatDate, formatNumber, t } from "../i18n";
import { Link } from "../router";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { LoadState, useLoad } from "../ui/load";
import { AdminFrame } from "./Frame";

export default function DashboardPage() {
  const dashboard = useLoad((signal) => call("get", "/admin/dashboard", { signal }));
  const { data } = dashboard;
  return (
    <AdminFrame>
      <LoadState of={dashboard} lines={6} />
      {data && <Numbers dashboard={data} />}
      {data && <Events events={data.security_events} />}
    </AdminFrame>
  );
}

function Numbers({
  dashboard: { users, locked_accounts, tasks, live_sessions, last_24_hours, mail },
}: {
  dashboard: Schemas["Dashboard"];
}) {
  const { active, inactive, locked } = users.by_state;
  const { todo, in_progress, done } = tasks.by_status;
  const numbers = [
    {
      label: t("dashboard.accounts"),
      value: active + inactive + locked,
      note: t("dashboard.active", { number: formatNumber(active) }),
      to: "/admin/users",
    },
    {
      label: t("dashboard.locked"),
      value: locked_accounts,
      note: t("dashboard.inactive", { number: formatNumber(inactive) }),
      to: "/admin/users?state=locked",
    },
    {
      label: t("dashboard.sessions"),
      value: live_sessions,
      note: t("dashboard.admins", { number: formatNumber(users.by_role.admin) }),
    },
    {
      label: t("dashboard.logins"),
      value: last_24_hours.logins,
      note: t("dashboard.failures", { number: formatNumber(last_24_hours.login_failures) }),
    },
    {
      label: t("tasks.title"),
      value: todo + in_progress + done,
      note: t("dashboard.done", { number: formatNumber(done) }),
    },
    {
      label: t("dashboard.mail"),
      value: mail.waiting,
      note: t("dashboard.dead", { number: formatNumber(mail.dead) }),
      to: "/admin/mail",
      isBad: mail.dead > 0,
    },
  ];
  return (
    <dl class="numbers">
      {numbers.map(({ label, value, note, to, isBad }) => (
        <div key={label}>
          <dt>{to ? <Link to={to}>{label}</Link> : label}</dt>
          <dd>
            <strong>{formatNumber(value)}</strong>
            <span class={isBad ? "bad" : "muted"}>{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Events({ events }: { events: Schemas["SecurityEvent"][] }) {
  return (
    <Panel
      title={t("dashboard.events")}
      actions={
        <Link to="/admin/audit" class="button plain">
          {t("audit.title")}
        </Link>
      }
    >
      <ul class="entries">
        {events.map((event) => (
          <li key={event.id} class={event.outcome}>
            <Icon name={event.outcome === "success" ? "check" : "alert"} />
            <div>
              <strong>{actionText(event.action)}</strong>{" "}
              {event.outcome !== "success" && <span class="badge bad">{outcomeText(event.outcome)}</span>}
              <p class="muted">
                {[formatDate(event.at), event.client_address, event.reason].filter(Boolean).join(" · ")}
              </p>
            </div>
            {event.actor_id !== null && (
              <Link to={`/admin/users/${event.actor_id}`} class="button ghost">
                {t("user.title")}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
