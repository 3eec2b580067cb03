// Dialogs of the tasks that are fetched when they are first opened.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Schemas, call, send } from "../api/client";
import { reportError } from "../errors";
import { formatDate, formatDue, lookUp, t } from "../i18n";
import { type Entry, clashes } from "../offline/entries";
import { discard, resolve, retry, troubles } from "../offline/sync";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { saveFile } from "../ui/copy";
import { changeSelected, run, setDue, short } from "./actions";
import { DueFields } from "./Panel";
import { type Change, FIELDS, type Field, type Task, changed, fieldsOf, isSame } from "./task";

type Closable = { close: () => void };

// ---------------------------------------------------------------- keys

export function KeysDialog({ close }: Closable) {
  const keys: [string[], string][] = [
    [["Q", "N"], t("keys.add")],
    [["J", "K"], t("keys.move")],
    [["Enter"], t("keys.open")],
    [["X"], t("keys.complete")],
    [["E"], t("keys.edit")],
    [["V"], t("keys.select")],
    [["#", "Delete"], t("keys.delete")],
    [["/"], t("keys.search")],
    [["U"], t("keys.undo")],
    [["Escape"], t("keys.close")],
    [["?"], t("keys.help")],
  ];
  return (
    <Dialog title={t("keys.title")} onClose={close}>
      <dl class="keys">
        {keys.map(([names, meaning]) => (
          <div key={meaning}>
            <dt>
              {names.map((name, index) => (
                <span key={name}>
                  {index > 0 && <span class="muted"> {t("keys.or")} </span>}
                  <kbd>{name}</kbd>
                </span>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

// ---------------------------------------------------------------- due date

export function DateDialog({ tasks, close }: Closable & { tasks: Task[] }) {
  const [first] = tasks;
  const [due, setDate] = useState<Date | null>(
    first?.due_at ? new Date(first.due_at) : new Date(new Date().setHours(0, 0, 0, 0)),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    if (tasks.length === 1 && first) run(setDue(first, due));
    else
      run(
        changeSelected(
          tasks.map(({ id }) => id),
          { due_at: due?.toISOString() ?? null },
        ),
      );
    close();
  };
  return (
    <Dialog title={t("pick.title")} onClose={close}>
      <form class="stack" onSubmit={submit}>
        <div class="panel-fields">
          <DueFields due={due} onDue={setDate} />
        </div>
        <div class="dialog-actions">
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit">
            {t("panel.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// ---------------------------------------------------------------- import and export

const TYPES = { json: "application/json", csv: "text/csv", ics: "text/calendar" };

export function ImportDialog({ close, imported }: Closable & { imported: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  // The same file is the same import, until there is an answer.
  const key = useRef("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isUnknown, setUnknown] = useState(false);
  const [outcome, setOutcome] = useState<Schemas["ImportOutcome"] | null>(null);
  const id = useId();

  const submit = async (event: Event) => {
    event.preventDefault();
    const type = new Map(Object.entries(TYPES)).get(file?.name.split(".").at(-1)?.toLowerCase() ?? "");
    setUnknown(type === undefined);
    if (!file || type === undefined) return;
    setBusy(true);
    setError(null);
    try {
      const body = new Blob([await file.arrayBuffer()], { type });
      setOutcome(await call("post", "/tasks/import", { body, headers: { "Idempotency-Key": key.current } }));
      imported();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <Dialog title={t("import.title")} onClose={close}>
      {outcome ? (
        <div class="stack">
          <p role="status">{t("import.done", { count: outcome.imported })}</p>
          <Issues title={t("import.refused", { count: outcome.refused.length })} issues={outcome.refused} isOpen />
          <Issues title={t("import.warnings", { count: outcome.warnings.length })} issues={outcome.warnings} />
          <div class="dialog-actions">
            <Button
              onClick={() => {
                setOutcome(null);
                setFile(null);
              }}
            >
              {t("import.another")}
            </Button>
            <Button kind="primary" onClick={close}>
              {t("action.close")}
            </Button>
          </div>
        </div>
      ) : (
        <form class="stack" onSubmit={submit}>
          <p class="muted">{t("import.lead")}</p>
          <ErrorNotice error={error} />
          <div class="field">
            <label for={id}>{t("import.file")}</label>
            <input
              id={id}
              class="file"
              type="file"
              accept=".json,.csv,.ics"
              aria-describedby={isUnknown ? `${id}-error` : undefined}
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0] ?? null);
                setUnknown(false);
                key.current = crypto.randomUUID();
              }}
            />
            {isUnknown && (
              <p class="fault" id={`${id}-error`}>
                <Icon name="alert" size={14} /> {t("import.unknown")}
              </p>
            )}
          </div>
          <div class="dialog-actions">
            <Button onClick={close}>{t("action.cancel")}</Button>
            <Button kind="primary" type="submit" busy={busy}>
              {t("import.submit")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Issues({
  title,
  issues,
  isOpen = false,
}: {
  title: string;
  issues: Schemas["ImportIssue"][];
  isOpen?: boolean;
}) {
  if (issues.length === 0) return null;
  return (
    <details class="issues" open={isOpen}>
      <summary>{title}</summary>
      <div class="scroller" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("import.line")}</th>
              <th scope="col">{t("import.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {issues.map(({ line, message }, index) => (
              <tr key={index}>
                <td>{line}</td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Saves all tasks as a file. */
export async function exportTasks(format: keyof typeof TYPES): Promise<void> {
  const response = await send("get", "/tasks/export", { query: { format }, accept: TYPES[format] });
  saveFile(`tasks.${format}`, await response.blob());
  toast(t("tasks.export.done"), { kind: "success" });
}

// ---------------------------------------------------------------- what was not saved

/** Every change that waits for a decision. Closes itself after the last one. */
export function TroubleDialog({ close }: Closable) {
  const entries = troubles.value;
  const isEmpty = entries.length === 0;
  useEffect(() => {
    if (isEmpty) close();
  }, [isEmpty]);
  const [entry] = entries;
  if (!entry) return null;
  if (entry.kind === "change" && entry.trouble?.kind === "conflict" && entry.trouble.theirs) {
    return <ConflictDialog key={entry.seq} entry={entry} theirs={entry.trouble.theirs} close={close} />;
  }
  return (
    <Dialog title={t("trouble.title")} onClose={close}>
      <ul class="troubles" role="list">
        {entries.map((other) => (
          <TroubleItem key={other.seq} entry={other} />
        ))}
      </ul>
    </Dialog>
  );
}

function titleOf(entry: Entry): string {
  if (entry.kind === "batch") return "";
  return short(entry.kind === "create" ? entry.body.title : entry.task.title);
}

function TroubleItem({ entry }: { entry: Entry }) {
  const { seq, trouble } = entry;
  const theirs = trouble?.kind === "conflict" ? trouble.theirs : null;
  const isDeletion = entry.kind === "delete" && theirs !== null;
  return (
    <li>
      <p>
        <strong>
          {entry.kind === "batch" ? t("trouble.batch") : t(`trouble.${entry.kind}`, { title: titleOf(entry) })}
        </strong>
      </p>
      <p>{reason(entry)}</p>
      {entry.kind === "change" && <ChangedFields changes={entry.changes} />}
      <div class="row">
        <Button
          onClick={() => {
            run(isDeletion ? resolve(seq, null, theirs) : retry(seq));
          }}
        >
          {t(isDeletion ? "conflict.delete_action" : "trouble.again")}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            run(discard(seq));
          }}
        >
          {t(isDeletion ? "conflict.keep_action" : "trouble.discard")}
        </Button>
      </div>
    </li>
  );
}

function reason(entry: Entry): string {
  const { trouble } = entry;
  switch (trouble?.kind) {
    case "uncertain":
      return t("trouble.uncertain");
    case "conflict":
      return entry.kind === "delete" ? t("conflict.delete", { title: titleOf(entry) }) : t("trouble.gone");
    case "refused": {
      const text = lookUp(`error.${trouble.code}`) ?? trouble.detail;
      const faults = trouble.faults.map(
        ({ field, code, message }) => `${field}: ${lookUp(`fault.${code}`) ?? message}`,
      );
      return [text, ...faults].join(" ");
    }
    case undefined:
      return "";
  }
}

function ChangedFields({ changes }: { changes: Change }) {
  return (
    <ul class="changed-fields" role="list">
      {fieldsOf(changes).map((field) => (
        <li key={field}>
          <span class="muted">{fieldName(field)}:</span> {valueText(field, changes[field])}
        </li>
      ))}
    </ul>
  );
}

function fieldName(field: Field): string {
  switch (field) {
    case "title":
      return t("panel.name");
    case "status":
      return t("panel.status");
    case "priority":
      return t("tasks.filter.priority");
    case "due_at":
      return t("panel.date");
    case "tags":
      return t("panel.tags");
    case "description":
      return t("panel.description");
  }
}

function valueText(field: Field, value: Change[Field]): string {
  if (value === null || value === undefined || value === "" || value.length === 0) return t("conflict.empty");
  if (Array.isArray(value)) return value.map((tag) => `#${tag}`).join(" ");
  if (field === "due_at") return formatDue(value);
  return lookUp(`${field}.${value}`) ?? value;
}

// ---------------------------------------------------------------- conflicts

type Side = "mine" | "theirs";

function ConflictDialog({
  entry,
  theirs,
  close,
}: Closable & { entry: Extract<Entry, { kind: "change" }>; theirs: Task }) {
  const mine = changed(entry.task, entry.changes, entry.at);
  // Also what only one side changed: both versions are shown whole.
  const differing = FIELDS.filter((field) => !isSame(field, mine[field], theirs[field]));
  const open = clashes(entry, theirs);
  const wasMine = (field: Field) => fieldsOf(entry.changes).includes(field);
  const [sides, setSides] = useState<Partial<Record<Field, Side>>>(
    Object.fromEntries(
      differing.filter((field) => !open.includes(field)).map((field) => [field, wasMine(field) ? "mine" : "theirs"]),
    ),
  );
  const isDecided = differing.every((field) => sides[field] !== undefined);
  const setAll = (side: Side) => {
    setSides(Object.fromEntries(differing.map((field) => [field, side])));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = Object.fromEntries(
      differing.filter((field) => sides[field] === "mine").map((field) => [field, mine[field]]),
    );
    run(resolve(entry.seq, chosen, theirs).catch(reportError));
  };

  return (
    <Dialog title={t("conflict.title")} onClose={close} wide>
      <form class="stack" onSubmit={submit}>
        <p>{t("conflict.lead", { title: short(entry.task.title) })}</p>
        <p class="muted">{t("panel.changed", { date: formatDate(theirs.updated_at) })}</p>
        <div class="conflict">
          {differing.map((field) => (
            <fieldset key={field}>
              <legend>{fieldName(field)}</legend>
              {(["mine", "theirs"] as const).map((side) => (
                <label key={side} class="choice">
                  <input
                    type="radio"
                    name={field}
                    checked={sides[field] === side}
                    onChange={() => {
                      setSides({ ...sides, [field]: side });
                    }}
                  />
                  <span>
                    <span class="muted">{t(`conflict.${side}`)}</span>
                    <span class="plain-text">{valueText(field, (side === "mine" ? mine : theirs)[field])}</span>
                  </span>
                </label>
              ))}
            </fieldset>
          ))}
        </div>
        <div class="dialog-actions">
          <Button
            kind="ghost"
            onClick={() => {
              setAll("mine");
            }}
          >
            {t("conflict.all_mine")}
          </Button>
          <Button
            kind="ghost"
            onClick={() => {
              setAll("theirs");
            }}
          >
            {t("conflict.all_theirs")}
          </Button>
          <Button kind="primary" type="submit" disabled={!isDecided}>
            {t("conflict.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
