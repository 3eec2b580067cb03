import { useState } from "preact/hooks";
import { actionText, outcomeText } from "../account/actions";
import { nameOfAgent } from "../account/agent";
import { type Query, type Schemas, call, send } from "../api/client";
import { formatDate, keysOf, t } from "../i18n";
import { Link, location, setInQuery, setQuery } from "../router";
import { useAction } from "../ui/action";
import { Button, IconButton } from "../ui/Button";
import { saveFile } from "../ui/copy";
import { Field, Select } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { LoadState, More, usePages } from "../ui/load";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { AdminFrame } from "./Frame";
import { listOf } from "./names";
import { ProofOf, Seals } from "./Seals";
import { Toggles } from "./Toggles";

type AuditRecord = Schemas["AuditRecord"];
type Filter = Query<"get", "/admin/audit">;

const OUTCOMES = ["success", "failure", "denied"] as const;
const TEXTS = ["actor", "object", "address", "request_id", "token"] as const;
const TIMES = ["from", "to"] as const;

// The address of the page has the parameters of the API, in its form.
function filterOf(query: URLSearchParams): Filter {
  const filter: Filter = { outcome: listOf(query.get("outcome"), OUTCOMES) };
  const actions = query.get("action");
  if (actions) filter.action = actions.split(",");
  for (const name of [...TEXTS, ...TIMES]) {
    const value = query.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

export default function AuditPage() {
  const { query } = location.value;
  const filter = filterOf(query);
  const records = usePages<AuditRecord, Schemas["AuditPage"]>(
    (cursor, signal) => call("get", "/admin/audit", { query: { ...filter, limit: 50, cursor }, signal }),
    [query.toString()],
  );
  return (
    <AdminFrame actions={<Export filter={filter} />}>
      <Seals />
      <Filters key={[...TEXTS, ...TIMES].map((name) => query.get(name)).join()} query={query} />
      <LoadState of={records} lines={6} />
      {records.data?.items.length === 0 && records.data.next === undefined && (
        <EmptyState icon="search" title={t("audit.none")} />
      )}
      <ul class="records">
        {records.data?.items.map((record) => (
          <li key={record.id}>
            <Entry record={record} />
          </li>
        ))}
      </ul>
      <More of={records} />
    </AdminFrame>
  );
}

function Export({ filter }: { filter: Filter }) {
  const { busy, error, run } = useAction();
  return (
    <>
      <ErrorNotice error={error} />
      <Button
        icon="download"
        busy={busy}
        onClick={() =>
          run(async () => {
            const response = await send("get", "/admin/audit", { query: filter, accept: "application/x-ndjson" });
            saveFile("taskward-audit.ndjson", await response.blob());
          })
        }
      >
        {t("audit.export")}
      </Button>
    </>
  );
}

// Of a field for local time, and back.
const toLocal = (moment: string | null) => {
  if (!moment) return "";
  const date = new Date(moment);
  return Number.isNaN(date.getTime())
    ? ""
    : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const toMoment = (local: string) => (local === "" ? undefined : new Date(local).toISOString());

const PREFIX = "action_of.";

function Filters({ query }: { query: URLSearchParams }) {
  const chosen = query.get("action")?.split(",") ?? [];
  const all = keysOf(PREFIX).map((key) => key.slice(PREFIX.length));
  const groups = [...new Set(all.map((action) => `${action.split(".", 1)[0] ?? ""}.`))];
  const [texts, setTexts] = useState(() => Object.fromEntries(TEXTS.map((name) => [name, query.get(name) ?? ""])));
  const [times, setTimes] = useState(() => Object.fromEntries(TIMES.map((name) => [name, toLocal(query.get(name))])));
  const used = [...TEXTS, ...TIMES].filter((name) => query.has(name)).length;
  return (
    <div class="filters" role="search" aria-label={t("audit.filters")}>
      <Toggles
        label={t("audit.outcome")}
        values={OUTCOMES.map((value) => ({ value, label: outcomeText(value) }))}
        name="outcome"
        chosen={listOf(query.get("outcome"), OUTCOMES)}
      />
      <div class="row">
        <Select
          label={t("audit.action")}
          labelHidden
          value=""
          onValue={(action) => {
            setInQuery("action", action, true);
          }}
          options={[
            { value: "", label: t("audit.add_action") },
            ...groups
              .flatMap((group) => [group, ...all.filter((action) => action.startsWith(group))])
              .filter((action) => !chosen.includes(action))
              .map((value) => ({
                value,
                label: value.endsWith(".")
                  ? t("audit.all_of", { group: value.slice(0, -1) })
                  : `\u2003${actionText(value)}`,
              })),
          ]}
        />
        {chosen.map((action) => (
          <span key={action} class="chip">
            {action.endsWith(".") ? t("audit.all_of", { group: action.slice(0, -1) }) : actionText(action)}
            <IconButton
              icon="close"
              label={t("audit.remove_action", { name: action })}
              onClick={() => {
                setInQuery("action", action, false);
              }}
            />
          </span>
        ))}
      </div>
      <details open={used > 0}>
        <summary>{used > 0 ? t("audit.more_used", { count: used }) : t("audit.more")}</summary>
        <form
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setQuery({
              ...Object.fromEntries(TEXTS.map((name) => [name, texts[name]?.trim()])),
              ...Object.fromEntries(TIMES.map((name) => [name, toMoment(times[name] ?? "")])),
            });
          }}
        >
          <div class="grid">
            {TIMES.map((name) => (
              <Field
                key={name}
                type="datetime-local"
                label={t(`audit.${name}`)}
                name={name}
                value={times[name] ?? ""}
                onValue={(value) => {
                  setTimes({ ...times, [name]: value });
                }}
              />
            ))}
            {TEXTS.map((name) => (
              <Field
                key={name}
                label={t(`audit.${name}`)}
                hint={name === "address" ? t("audit.address_hint") : undefined}
                name={name}
                autocomplete="off"
                spellcheck={false}
                value={texts[name] ?? ""}
                onValue={(value) => {
                  setTexts({ ...texts, [name]: value });
                }}
              />
            ))}
          </div>
          <div class="row">
            <Button kind="primary" type="submit" icon="search">
              {t("audit.search")}
            </Button>
            {query.size > 0 && (
              <Link to="/admin/audit" class="button ghost">
                {t("audit.clear")}
              </Link>
            )}
          </div>
        </form>
      </details>
    </div>
  );
}

// Links to the records with the same value.
function Same({ name, value }: { name: (typeof TEXTS)[number]; value: string }) {
  return (
    <Link to="/admin/audit" query={{ [name]: value }}>
      {value}
    </Link>
  );
}

function Entry({ record }: { record: AuditRecord }) {
  const [isOpen, setOpen] = useState(false);
  const { actor_id, object_id, token_id, request_id, client_address } = record;
  const facts: [string, preact.ComponentChildren][] = [
    [t("audit.action"), <code key="action">{record.action}</code>],
    [t("audit.time"), formatDate(record.at)],
    [t("audit.outcome"), outcomeText(record.outcome)],
    [t("audit.reason"), record.reason],
    [t("audit.actor"), actor_id && <Same name="actor" value={actor_id} />],
    [t("users.role"), record.actor_role],
    [t("audit.object"), object_id && <Same name="object" value={object_id} />],
    [t("audit.object_type"), record.object_type],
    [t("audit.changed"), record.changed_fields?.join(", ")],
    [t("audit.address"), client_address && <Same name="address" value={client_address} />],
    [t("audit.agent"), record.user_agent],
    [t("audit.request_id"), request_id && <Same name="request_id" value={request_id} />],
    [t("audit.token"), token_id && <Same name="token" value={token_id} />],
    [t("audit.record"), <code key="id">{record.id}</code>],
  ];
  return (
    <details
      class={`record ${record.outcome}`}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <Icon name={record.outcome === "success" ? "check" : "alert"} />
        <span class="record-action">{actionText(record.action)}</span>
        {record.outcome !== "success" && <span class="badge bad">{outcomeText(record.outcome)}</span>}
        <span class="muted">
          {[formatDate(record.at), client_address, record.user_agent === null ? null : nameOfAgent(record.user_agent)]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </summary>
      {isOpen && (
        <>
          <dl class="facts">
            {facts
              .filter(([, value]) => value !== null && value !== undefined && value !== "")
              .map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
          </dl>
          <div class="row">
            {actor_id && (
              <Link to={`/admin/users/${actor_id}`} class="button plain">
                {t("audit.open_actor")}
              </Link>
            )}
            {object_id && record.object_type === "user" && object_id !== actor_id && (
              <Link to={`/admin/users/${object_id}`} class="button plain">
                {t("audit.open_object")}
              </Link>
            )}
            <ProofOf id={record.id} />
          </div>
        </>
      )}
    </details>
  );
}
