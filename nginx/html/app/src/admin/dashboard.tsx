import { useMemo, useState } from "preact/hooks";
import { actionText, outcomeText } from "../account/actions";
import { type Schemas, call } from "../api/client";
import { formatDate, formatNumber, t } from "../i18n";
import { Link } from "../router";
import { Select } from "../ui/Field";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { lazy } from "../ui/lazy";
import { LoadState, useLoad } from "../ui/load";
import { AdminFrame } from "./Frame";

const Chart = lazy(async () => (await import("./Chart")).Chart);

export default function DashboardPage() {
  const dashboard = useLoad((signal) => call("get", "/admin/dashboard", { signal }));
  const { data } = dashboard;
  return (
    <AdminFrame>
      <LoadState of={dashboard} lines={6} />
      {data && <Numbers dashboard={data} />}
      <Charts />
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
      note: t("dashboard.admins", { count: users.by_role.admin }),
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

function Charts() {
  const [days, setDays] = useState("30");
  const statistics = useLoad(
    (signal) => call("get", "/admin/statistics", { query: { days: Number(days) }, signal }),
    [days],
  );
  const items = statistics.data?.items;
  const charts = useMemo(() => {
    if (!items) return null;
    const values = (name: "logins" | "login_failures" | "tasks_created" | "tasks_completed") =>
      items.map((item) => item[name]);
    return {
      dates: items.map(({ date }) => date),
      logins: [
        { label: t("chart.logins"), values: values("logins"), tone: "accent" },
        { label: t("chart.failures"), values: values("login_failures"), tone: "danger" },
      ],
      tasks: [
        { label: t("chart.created"), values: values("tasks_created"), tone: "accent" },
        { label: t("chart.completed"), values: values("tasks_completed"), tone: "success" },
      ],
    } as const;
  }, [items, t("chart.logins")]);
  return (
    <Panel
      title={t("chart.title")}
      actions={
        <Select
          label={t("chart.days")}
          labelHidden
          value={days}
          onValue={setDays}
          options={[7, 30, 90].map((count) => ({ value: String(count), label: t("tokens.days", { count }) }))}
        />
      }
    >
      <LoadState of={statistics} lines={4} />
      {charts && (
        <div class="charts">
          <Chart title={t("chart.of_logins")} dates={charts.dates} series={charts.logins} />
          <Chart title={t("tasks.title")} dates={charts.dates} series={charts.tasks} />
        </div>
      )}
    </Panel>
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
