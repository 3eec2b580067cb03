// The outbox: every change of a task is an entry until the service has confirmed it. Nothing here touches the network or the
// database.
import type { components } from "../api/schema";
import { type Change, type Field, type Task, changed, fieldsOf, isSame } from "../tasks/task";

type Schemas = components["schemas"];
export type NewTask = Schemas["NewTask"];

/** Why an entry waits for a decision of the user. */
export type Trouble =
  /** Both sides changed the task. Without `theirs`, it was deleted. */
  | { kind: "conflict"; theirs: Task | null }
  /** The service refused the change. */
  | { kind: "refused"; code: string; detail: string; faults: Schemas["FieldFault"][] }
  /** It was sent so long ago that the service would not recognize a repetition. */
  | { kind: "uncertain" };

type ChangeItem = {
  kind: "change";
  id: string;
  /** As it was shown before. */
  task: Task;
  changes: Change;
  /** What the change is based on; null: the result of the entry before it. */
  version: number | null;
};
type DeleteItem = { kind: "delete"; id: string; task: Task; version: number | null };
type RestoreItem = { kind: "restore"; id: string; task: Task; version: number | null };
type CreateItem = { kind: "create"; id: string; body: NewTask };
export type BatchItem = ChangeItem | DeleteItem;
type BatchAction = { kind: "batch"; items: BatchItem[] };
export type Action = CreateItem | ChangeItem | DeleteItem | RestoreItem | BatchAction;

export type Draft = Action & {
  /** The Idempotency-Key, stored before the first attempt. */
  key: string;
  /** When the user did it. */
  at: string;
  /** When it was first sent; null if it never was. */
  attemptedAt: number | null;
  /** The body as it was first sent: with the same key the service expects the same. */
  body_sent: string | null;
  trouble: Trouble | null;
};
export type Entry = Draft & { seq: number };

const LOCAL = "local-";
/** The id of a task that the service has not created yet. */
export const localId = (): string => LOCAL + crypto.randomUUID();
export const isLocal = (id: string): boolean => id.startsWith(LOCAL);

export function draft(action: Action): Draft {
  return {
    ...action,
    key: crypto.randomUUID(),
    at: new Date().toISOString(),
    attemptedAt: null,
    body_sent: null,
    trouble: null,
  };
}

export const itemsOf = (entry: Action): (CreateItem | BatchItem | RestoreItem)[] =>
  entry.kind === "batch" ? entry.items : [entry];
export const idsOf = (entry: Action): string[] => itemsOf(entry).map(({ id }) => id);

/** A task with the changes that wait; null if it is deleted or not there. A refused change is not shown any more. */
export function withEntries(task: Task | null, id: string, entries: readonly Entry[]): Task | null {
  let shown = task;
  for (const entry of entries) {
    const isRefused = entry.trouble?.kind === "refused";
    for (const item of itemsOf(entry)) {
      if (item.id !== id) continue;
      if (item.kind === "create") shown = created(item, entry.at);
      else if (isRefused) continue;
      else if (item.kind === "change") shown = shown && changed(shown, item.changes, entry.at);
      else if (item.kind === "delete") shown = null;
      else shown = item.task;
    }
  }
  return shown;
}

function created({ id, body }: CreateItem, at: string): Task {
  const blank: Task = {
    id,
    title: body.title,
    description: "",
    status: "todo",
    priority: "none",
    due_at: null,
    tags: [],
    created_at: at,
    updated_at: at,
    completed_at: null,
    version: 0,
  };
  return changed(blank, body, at);
}

/** The next entry to send. An entry that waits for a decision blocks those of its tasks, and no others. */
export function nextToSend(entries: readonly Entry[]): Entry | null {
  const blocked = new Set<string>();
  for (const entry of entries) {
    const ids = idsOf(entry);
    if (entry.trouble === null && !ids.some((id) => blocked.has(id))) return entry;
    for (const id of ids) blocked.add(id);
  }
  return null;
}

/** What an entry leads to. */
export type Outcome = {
  /** Tasks as the service has them now. */
  tasks: Task[];
  /** Tasks that are gone, with the version that they had in the trash. */
  gone: { id: string; version: number }[];
  /** The id of a created task. */
  renamed: { from: string; to: string } | null;
};

/**
 * The entries after `done` with what they need to know of its outcome: the id of a created task, and the version that the next
 * change of a task is based on.
 */
export function settle(entries: readonly Entry[], done: Entry, { tasks, gone, renamed }: Outcome): Entry[] {
  const versions = new Map([...tasks, ...gone].map(({ id, version }) => [id, version]));
  const changedEntries: Entry[] = [];
  for (const entry of entries) {
    if (entry.seq <= done.seq) continue;
    const next = structuredClone(entry);
    let isChanged = false;
    for (const item of itemsOf(next)) {
      if (item.id === renamed?.from) {
        item.id = renamed.to;
        if (item.kind !== "create") item.task.id = renamed.to;
        isChanged = true;
      }
      const version = versions.get(item.id);
      if (version === undefined || item.kind === "create") continue;
      // The entries after it are based on its own result.
      versions.delete(item.id);
      if (item.version !== null) continue;
      item.version = version;
      isChanged = true;
    }
    if (isChanged) changedEntries.push(next);
  }
  return changedEntries;
}

/** The items of a batch as entries of their own, in its place. */
export function split(entry: Entry & BatchAction): Entry[] {
  return entry.items.map((item, index) => ({
    ...draft(item),
    at: entry.at,
    seq: entry.seq + index / (entry.items.length + 1),
  }));
}

/** How a change and the present state of its task go together. */
export function compare(item: ChangeItem, theirs: Task): "done" | "merge" | "conflict" {
  const fields = fieldsOf(item.changes);
  if (fields.every((field) => isSame(field, theirs[field], item.changes[field]))) return "done";
  return clashes(item, theirs).length === 0 ? "merge" : "conflict";
}

/** The fields that both sides changed, in different ways. */
export function clashes(item: ChangeItem, theirs: Task): Field[] {
  return fieldsOf(item.changes).filter(
    (field) => !isSame(field, theirs[field], item.task[field]) && !isSame(field, theirs[field], item.changes[field]),
  );
}
