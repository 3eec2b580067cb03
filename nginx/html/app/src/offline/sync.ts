// The tasks as they are shown: what the service last returned, with the changes of the outbox. Every change is written into the
// outbox first, and sent from there: in order, by one tab at a time, until the service has confirmed it.
import { computed, signal } from "@preact/signals";
import { call } from "../api/client";
import { Cancelled, NetworkError, Problem } from "../api/problem";
import { reportError } from "../errors";
import { beforeLogOut, onLogOut } from "../session";
import { type Change, type Task, before } from "../tasks/task";
import { type Database, erase, eraseOthers, open, readEntries } from "./database";
import {
  type Action,
  type BatchItem,
  type Draft,
  type Entry,
  type NewTask,
  type Outcome,
  type Trouble,
  compare,
  draft,
  idsOf,
  itemsOf,
  localId,
  nextToSend,
  settle,
  split,
  withEntries,
} from "./entries";

// ---------------------------------------------------------------- what is shown

const base = signal<ReadonlyMap<string, Task>>(new Map());
function setBase(tasks: readonly Task[], gone: readonly string[] = []): void {
  const next = new Map(base.peek());
  for (const task of tasks) next.set(task.id, task);
  for (const id of gone) next.delete(id);
  base.value = next;
}
// Of deleted tasks: answers that are older do not bring them back.
const buried = new Map<string, number>();
const outbox = signal<readonly Entry[]>([]);
const renames = new Map<string, string>();
const firstIds = new Map<string, string>();

/** Whether the tasks of this device have been read. */
export const isOpen = signal(false);
/** Changes with every task. */
export const changes = computed(() => [base.value, outbox.value] as const);
export const unsent = computed(() => outbox.value.filter(({ trouble }) => trouble === null).length);
/** Entries that wait for a decision of the user. */
export const troubles = computed(() => outbox.value.filter(({ trouble }) => trouble !== null));
/** Whether changes wait because there is no connection. */
export const isWaiting = signal(false);

const entriesOf = computed(() => {
  const found = new Map<string, Entry[]>();
  for (const entry of outbox.value) {
    for (const id of new Set(idsOf(entry))) found.set(id, [...(found.get(id) ?? []), entry]);
  }
  return found;
});

/** The present id of a task that was created here. */
export const currentId = (id: string): string => renames.get(id) ?? id;
/** The id that a task had first on this page, which identifies its row. */
export const firstId = (id: string): string => firstIds.get(id) ?? id;

/** A task as it is shown; null if there is none. */
export function view(id: string): Task | null {
  const present = currentId(id);
  const task = base.value.get(present) ?? null;
  const entries = entriesOf.value.get(present);
  return entries ? withEntries(task, present, entries) : task;
}
export const isPending = (id: string): boolean =>
  entriesOf.value.get(currentId(id))?.some(({ trouble }) => trouble === null) ?? false;
export const hasTrouble = (id: string): boolean =>
  entriesOf.value.get(currentId(id))?.some(({ trouble }) => trouble !== null) ?? false;

/** Every task that this device has. */
export function allTasks(): Task[] {
  const ids = new Set([...base.value.keys(), ...entriesOf.value.keys()]);
  return [...ids].flatMap((id) => view(id) ?? []);
}

// When tasks were last changed here, as a count: lists that were requested before do not show that.
let clock = 0;
const touches = new Map<string, number>();
export const now = (): number => clock;
function touch(ids: Iterable<string>): void {
  clock += 1;
  for (const id of ids) touches.set(id, clock);
}
/** Tasks that were changed here since then, or have changes that wait. */
export function touchedSince(time: number): Set<string> {
  const ids = new Set(entriesOf.value.keys());
  for (const [id, at] of touches) if (at > time) ids.add(id);
  return new Set([...ids].map(currentId));
}

/** Keeps tasks that the service returned, unless newer ones are known. */
export function keep(tasks: readonly Task[]): void {
  const news = tasks.filter(
    ({ id, version }) => version >= (base.peek().get(id)?.version ?? 0) && version > (buried.get(id) ?? 0),
  );
  setBase(news);
  if (database && news.length > 0) void write(database, news, []).catch(ignoreQuota);
}

/** Forgets tasks that the service does not have any more. */
export function forget(ids: readonly string[]): void {
  if (ids.length === 0) return;
  setBase([], ids);
  const gone = ids.map((id) => ({ id, version: Number.POSITIVE_INFINITY }));
  if (database) void write(database, [], gone).catch(ignoreQuota);
}

// Another tab may have written what is newer.
async function write(target: Database, tasks: readonly Task[], gone: Outcome["gone"]): Promise<void> {
  const { store, done } = target.transaction("tasks", "readwrite");
  const isNewest = async ({ id, version }: { id: string; version: number }) =>
    ((await store.get(id))?.version ?? 0) <= version;
  const put = async (task: Task) => (await isNewest(task)) && store.put(task);
  const remove = async (task: Outcome["gone"][number]) => (await isNewest(task)) && store.delete(task.id);
  await Promise.all([...tasks.map(put), ...gone.map(remove), done]);
}
const isQuota = (error: unknown): boolean => error instanceof DOMException && error.name === "QuotaExceededError";
// A cache that cannot be written is none.
function ignoreQuota(error: unknown): void {
  if (!isQuota(error)) throw error;
}

// ---------------------------------------------------------------- opening

let database: Database | null = null;
let account: string | null = null;

const NOTHING: Outcome = { tasks: [], gone: [], renamed: null };
// What the service has confirmed, for the other tabs. Those of the version before send no `tasks` and read those with the `ids`.
type News = Omit<Outcome, "tasks"> & { tasks?: Task[]; ids: string[] };
let channel: BroadcastChannel | null = null;

// Changes wait until the tasks of this device have been read.
function newOpening(): PromiseWithResolvers<undefined> {
  const begun = Promise.withResolvers<undefined>();
  begun.promise.catch(() => undefined);
  return begun;
}
let opening = newOpening();

/** Reads what this device has of an account, and sends what waits. */
export async function start(id: string): Promise<void> {
  if (account === id) return;
  account = id;
  try {
    await openAccount(id);
  } catch (error) {
    opening.reject(error);
    throw error;
  }
}

async function openAccount(id: string): Promise<void> {
  const opened = await open(id);
  const isLoggedOut = () => account !== id;
  if (!isLoggedOut()) {
    channel = new BroadcastChannel(`taskward-tasks-${id}`);
    channel.onmessage = ({ data }: MessageEvent<News>) => void hear(data).catch(reportError);
    // What is heard meanwhile comes after it.
    await inTurn(async () => {
      if (isLoggedOut()) return;
      const [tasks, entries] = await Promise.all([opened.getAll("tasks"), readEntries(opened)]);
      if (isLoggedOut()) return;
      setBase(tasks);
      database = opened;
      outbox.value = entries;
    });
  }
  if (isLoggedOut()) {
    opened.close();
    return;
  }
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  isOpen.value = true;
  opening.resolve(undefined);
  wake();
  await eraseOthers(id);
}

function wake(): void {
  if (document.visibilityState === "visible") void drain().catch(reportError);
}

const hear = (news: News): Promise<void> =>
  inTurn(async () => {
    const present = database;
    if (!present) return;
    bury(news.gone);
    // An older answer may have brought them back.
    if (news.gone.length > 0) await write(present, [], news.gone);
    if (database !== present) return;
    const read = async () =>
      (await Promise.all(news.ids.map((id) => present.get("tasks", id)))).flatMap((task) => task ?? []);
    const [entries, tasks] = await Promise.all([readEntries(present), news.tasks ?? read()]);
    if (database !== present) return;
    outbox.value = entries;
    confirm({ ...news, tasks });
  });

function bury(gone: Outcome["gone"]): void {
  for (const { id, version } of gone) buried.set(id, version);
}

// What is gone has been buried.
function confirm({ tasks, gone, renamed }: Outcome): void {
  if (renamed) rename(renamed);
  setBase(
    tasks.filter(({ id, version }) => version >= (base.peek().get(id)?.version ?? 0)),
    gone.map(({ id }) => id),
  );
  for (const { id } of tasks) buried.delete(id);
  touch([...tasks, ...gone].map(({ id }) => id));
}

function rename({ from, to }: { from: string; to: string }): void {
  renames.set(from, to);
  firstIds.set(to, from);
}

onLogOut(async () => {
  const ended = account;
  if (ended === null) return;
  account = null;
  opening.reject(new Cancelled());
  opening = newOpening();
  window.removeEventListener("online", wake);
  document.removeEventListener("visibilitychange", wake);
  channel?.close();
  database?.close();
  database = null;
  isOpen.value = false;
  base.value = new Map();
  for (const known of [buried, renames, firstIds, touches]) known.clear();
  history.length = 0;
  notBefore = 0;
  outbox.value = [];
  await erase(ended);
});

let ask: ((count: number) => Promise<boolean>) | null = null;
/** Sets who asks whether unsent changes may be lost. */
export function registerLossQuestion(question: (count: number) => Promise<boolean>): void {
  ask = question;
}
beforeLogOut(async () => {
  const count = database ? (await readEntries(database)).length : 0;
  return count === 0 || ask === null || ask(count);
});

// ---------------------------------------------------------------- changes by the user

// One after the other, so that each knows of those before it.
let writing: Promise<unknown> = Promise.resolve();
function inTurn<T>(write: () => Promise<T>): Promise<T> {
  const written = writing.then(write);
  writing = written.catch(() => undefined);
  return written;
}

async function enqueue(make: () => Action[]): Promise<Entry[]> {
  await opening.promise;
  return inTurn(async () => {
    if (!database) throw new Cancelled();
    const drafts = make().map(draft);
    const { store, done } = database.transaction("outbox", "readwrite");
    const seqs = await Promise.all(drafts.map((entry: Draft) => store.add(entry)));
    await done;
    const entries = drafts.map((entry, index) => ({ ...entry, seq: seqs[index] ?? 0 }));
    touch(entries.flatMap(idsOf));
    outbox.value = [...outbox.value, ...entries];
    tell(NOTHING);
    void drain().catch(reportError);
    return entries;
  });
}

// What a change of a task is based on.
function versionOf(id: string): number | null {
  return entriesOf.value.has(id) ? null : (base.peek().get(id)?.version ?? null);
}

/** A change that can be reversed, once. */
export type Done = { label: string; actions: (() => Promise<unknown>)[] };
const UNDONE = 50;
const history: Done[] = [];
function undoable(label: string, ...actions: (() => Promise<unknown>)[]): Done {
  const done = { label, actions };
  history.push(done);
  if (history.length > UNDONE) history.shift();
  return done;
}
/** Reverses a change, by default the last one of this page, and returns its label; null if there is none. */
export async function undo(done: Done | undefined = history.at(-1)): Promise<string | null> {
  const position = done ? history.indexOf(done) : -1;
  if (!done || position < 0) return null;
  history.splice(position, 1);
  for (const action of done.actions) await action();
  return done.label;
}

/** Creates a task; it has the id `id` for the time being. */
export async function create(body: NewTask, label: string, id = localId()): Promise<Done> {
  await enqueue(() => [{ kind: "create", id, body }]);
  return undoable(label, () => enqueueDeletion(id));
}

/** `basis` is the task as it was when the user began: what was changed elsewhere since then is a conflict. */
export async function change(id: string, wanted: Change, label: string, basis?: Task): Promise<Done> {
  const [entry] = await enqueue(() => {
    const task = view(id);
    if (!task) return [];
    const version = versionOf(task.id);
    const isBased = basis !== undefined && version !== null && basis.version < version;
    return [
      {
        kind: "change",
        id: task.id,
        task: isBased ? { ...basis, id: task.id } : task,
        changes: wanted,
        version: isBased ? basis.version : version,
      },
    ];
  });
  return undoable(label, async () => (entry?.kind === "change" ? reverse(entry) : undefined));
}

const reverse = (item: { id: string; task: Task; changes: Change }): Promise<unknown> =>
  enqueue(() => {
    const task = view(item.id);
    if (!task) return [];
    return [
      { kind: "change", id: task.id, task, changes: before(item.task, item.changes), version: versionOf(task.id) },
    ];
  });

export async function remove(id: string, label: string): Promise<Done> {
  const [entry] = await enqueueDeletion(id);
  return undoable(label, async () => (entry?.kind === "delete" ? restore(entry.task) : undefined));
}

const enqueueDeletion = (id: string): Promise<Entry[]> =>
  enqueue(() => {
    const task = view(id);
    return task ? [{ kind: "delete", id: task.id, task, version: versionOf(task.id) }] : [];
  });

/** Takes a task back from the trash. */
export function restore(task: Task): Promise<unknown> {
  return enqueue(() => {
    const id = currentId(task.id);
    const version = entriesOf.value.has(id) ? null : (buried.get(id) ?? task.version);
    return [{ kind: "restore", id, task: { ...task, id }, version }];
  });
}

const BATCH = 100;
/** Changes or deletes several tasks; `wanted` null deletes. */
export async function changeAll(
  ids: readonly string[],
  wanted: (task: Task) => Change | null,
  label: string,
): Promise<Done> {
  const entries = await enqueue(() => {
    const items = ids.flatMap((id): BatchItem[] => {
      const task = view(id);
      if (!task) return [];
      const changesOfTask = wanted(task);
      const common = { id: task.id, task, version: versionOf(task.id) };
      return [changesOfTask ? { kind: "change", ...common, changes: changesOfTask } : { kind: "delete", ...common }];
    });
    const actions: Action[] = [];
    for (let first = 0; first < items.length; first += BATCH) {
      actions.push({ kind: "batch", items: items.slice(first, first + BATCH) });
    }
    return actions;
  });
  const items = entries.flatMap((entry) => itemsOf(entry));
  return undoable(
    label,
    ...items.map((item) => () => {
      if (item.kind === "change") return reverse(item);
      return item.kind === "delete" ? restore(item.task) : Promise.resolve();
    }),
  );
}

// ---------------------------------------------------------------- decisions of the user

async function decide(seq: number, decision: (entry: Entry) => Entry | null): Promise<void> {
  await inTurn(() => settleTrouble(seq, decision));
  await drain();
}

async function settleTrouble(seq: number, decision: (entry: Entry) => Entry | null): Promise<void> {
  if (!database) return;
  const transaction = database.transaction("outbox", "readwrite");
  const entry = (await transaction.store.get(seq)) as Entry | undefined;
  if (entry) {
    const next = decision(entry);
    if (next) await transaction.store.put(next);
    else {
      await transaction.store.delete(seq);
      const all = (await transaction.store.getAll()) as Entry[];
      if (entry.kind === "create") {
        // Nothing else of the task can be sent.
        for (const other of all) if (idsOf(other).includes(entry.id)) await transaction.store.delete(other.seq);
      } else {
        // What follows is based on the task as it is now.
        const tasks = idsOf(entry).flatMap((id) => base.peek().get(id) ?? []);
        const nothing = { tasks, gone: [], renamed: null };
        for (const other of settle(all, entry, nothing)) await transaction.store.put(other);
      }
    }
  }
  await transaction.done;
  if (entry) touch(idsOf(entry));
  await reread();
}

/** Gives a change up. */
export const discard = (seq: number): Promise<void> => decide(seq, () => null);
/** Sends a refused or uncertain change again; what it was based on, and its key, are those of now. */
export const retry = (seq: number): Promise<void> =>
  decide(seq, (entry) => ({
    ...entry,
    ...(entry.kind === "batch" || entry.kind === "create"
      ? {}
      : { version: base.peek().get(entry.id)?.version ?? null }),
    key: entry.trouble?.kind === "uncertain" ? crypto.randomUUID() : entry.key,
    attemptedAt: null,
    body_sent: null,
    trouble: null,
  }));
/** Resolves a conflict: what the user has chosen is based on the task as the service has it. */
export const resolve = (seq: number, chosen: Change | null, theirs: Task): Promise<void> =>
  decide(seq, (entry) => {
    if (entry.kind === "delete") return { ...entry, version: theirs.version, trouble: null, attemptedAt: null };
    if (entry.kind !== "change" || chosen === null || Object.keys(chosen).length === 0) return null;
    return { ...entry, task: theirs, changes: chosen, version: theirs.version, trouble: null, attemptedAt: null };
  });

async function reread(outcome = NOTHING): Promise<void> {
  if (!database) return;
  outbox.value = await readEntries(database);
  tell(outcome);
}

function tell(outcome: Outcome): void {
  const ids = [...outcome.tasks, ...outcome.gone].map(({ id }) => id);
  channel?.postMessage({ ...outcome, ids } satisfies News);
}

// ---------------------------------------------------------------- sending

// The service forgets keys after 24 hours.
const KEY_LIFETIME = 23 * 3_600_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
let pause = FIRST_PAUSE;
let timer = 0;
// When the service permits the next attempt.
let notBefore = 0;
let draining: Promise<void> | null = null;

/** Sends what waits. */
export function drain(): Promise<void> {
  if (!database || account === null) return Promise.resolve();
  if (!navigator.onLine) {
    isWaiting.value = outbox.value.length > 0;
    return Promise.resolve();
  }
  if (nextToSend(outbox.value) === null || Date.now() < notBefore) return Promise.resolve();
  window.clearTimeout(timer);
  draining ??= sendWithLock(account);
  return draining;
}

async function sendWithLock(owner: string): Promise<void> {
  try {
    await navigator.locks.request(`taskward-outbox-${owner}`, () => sendAll(owner));
  } finally {
    draining = null;
  }
  // Added after the last look.
  if (database && !isWaiting.value && nextToSend(outbox.value)) void drain().catch(reportError);
}

async function sendAll(owner: string): Promise<void> {
  for (;;) {
    const present = database;
    if (!present || account !== owner) return;
    const entry = nextToSend(await inTurn(() => readEntries(present)));
    if (!entry) {
      isWaiting.value = false;
      await inTurn(() => reread());
      return;
    }
    try {
      await sendOne(present, entry);
      isWaiting.value = false;
      pause = FIRST_PAUSE;
    } catch (error) {
      if (database !== present) return;
      isWaiting.value = true;
      if (error instanceof Cancelled) return;
      if (!isTemporary(error)) throw error;
      const wait = pauseAfter(error);
      notBefore = error instanceof Problem ? Date.now() + wait : 0;
      timer = window.setTimeout(() => void drain().catch(reportError), wait);
      return;
    }
  }
}

const isTemporary = (error: unknown): error is Problem | NetworkError =>
  error instanceof NetworkError ||
  (error instanceof Problem &&
    (error.status === 401 || error.status === 429 || error.status >= 500 || error.code === "idempotency_key_in_use"));

// How long to wait before the next attempt.
function pauseAfter(error: Problem | NetworkError): number {
  const own = pause;
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  return error instanceof Problem && error.retryAfter !== null ? error.retryAfter * 1000 : own;
}

// A change that another tab wrote while this one sent the creation of its task.
const withCurrentIds = (entry: Entry): Entry =>
  entry.kind === "create"
    ? entry
    : entry.kind === "batch"
      ? { ...entry, items: entry.items.map((item) => ({ ...item, id: currentId(item.id) })) }
      : { ...entry, id: currentId(entry.id) };

async function sendOne(present: Database, entry: Entry): Promise<void> {
  const isCreation = entry.kind === "create" || entry.kind === "batch";
  if (isCreation && entry.attemptedAt !== null && Date.now() - entry.attemptedAt > KEY_LIFETIME) {
    await trouble(present, entry, { kind: "uncertain" });
    return;
  }
  const attempt = withCurrentIds({ ...entry });
  if (attempt.attemptedAt === null) {
    attempt.attemptedAt = Date.now();
    if (entry.kind === "create") attempt.body_sent = JSON.stringify(entry.body);
    if (attempt.kind === "batch") attempt.body_sent = JSON.stringify(batchBody(attempt.items));
    await present.put("outbox", attempt);
  }
  try {
    await finish(present, attempt, await transmit(attempt));
  } catch (error) {
    // The database was closed by a logout.
    if (database !== present) throw new Cancelled();
    if (!(error instanceof Problem) || isTemporary(error)) throw error;
    await refused(present, attempt, error);
  }
}

function batchBody(items: readonly BatchItem[]): object {
  const update = items.flatMap((item) =>
    item.kind === "change" ? [{ ...item.changes, id: item.id, version: baseVersion(item) }] : [],
  );
  const remove = items.flatMap((item) => (item.kind === "delete" ? [item.id] : []));
  return { ...(update.length > 0 ? { update } : {}), ...(remove.length > 0 ? { delete: remove } : {}) };
}

const baseVersion = ({ id, version }: { id: string; version: number | null }): number =>
  version ?? base.peek().get(id)?.version ?? 1;
const condition = (item: { id: string; version: number | null }) => ({ "If-Match": `"${baseVersion(item)}"` });

async function transmit(entry: Entry): Promise<Outcome> {
  switch (entry.kind) {
    case "create": {
      const body = JSON.parse(entry.body_sent ?? "") as NewTask;
      const task = await call("post", "/tasks", { body, headers: { "Idempotency-Key": entry.key } });
      return { tasks: [task], gone: [], renamed: { from: entry.id, to: task.id } };
    }
    case "change": {
      const task = await call("patch", "/tasks/{id}", {
        path: { id: entry.id },
        body: entry.changes,
        headers: condition(entry),
      });
      return { ...NOTHING, tasks: [task] };
    }
    case "delete":
      await call("delete", "/tasks/{id}", { path: { id: entry.id }, headers: condition(entry) });
      return { ...NOTHING, gone: [{ id: entry.id, version: baseVersion(entry) + 1 }] };
    case "restore": {
      const task = await call("post", "/tasks/{id}/restore", { path: { id: entry.id }, headers: condition(entry) });
      return { ...NOTHING, tasks: [task] };
    }
    case "batch": {
      const done = await call("post", "/tasks/batch", {
        body: JSON.parse(entry.body_sent ?? "") as object,
        headers: { "Idempotency-Key": entry.key },
      });
      const deleted = new Set(done.deleted);
      return {
        tasks: done.updated,
        gone: entry.items
          .filter(({ id }) => deleted.has(id))
          .map((item) => ({ id: item.id, version: baseVersion(item) + 1 })),
        renamed: null,
      };
    }
  }
}

async function current(id: string): Promise<Task | null> {
  try {
    return await call("get", "/tasks/{id}", { path: { id }, once: true });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

// The service did not carry an entry out, or not now: an answer may have been lost.
async function refused(present: Database, entry: Entry, problem: Problem): Promise<void> {
  if (problem.code === "answer_erased") {
    const outcome: Outcome = { tasks: [], gone: [], renamed: null };
    // One after the other: a hundred at once would exceed the limit of requests.
    for (const item of entry.kind === "batch" ? entry.items : []) {
      const task = await current(item.id);
      if (task) outcome.tasks.push(task);
      else outcome.gone.push({ id: item.id, version: baseVersion(item) + 1 });
    }
    await finish(present, entry, outcome);
    return;
  }
  if (entry.kind === "batch") {
    await replace(present, entry, split(entry));
    return;
  }
  if (entry.kind !== "create" && (problem.status === 412 || problem.status === 404)) {
    const theirs = await current(entry.id);
    if (theirs) keep([theirs]);
    else forget([entry.id]);
    if (entry.kind === "delete") {
      if (theirs === null)
        await finish(present, entry, { ...NOTHING, gone: [{ id: entry.id, version: baseVersion(entry) + 1 }] });
      else await trouble(present, entry, { kind: "conflict", theirs });
      return;
    }
    if (entry.kind === "restore" && theirs) {
      await finish(present, entry, { ...NOTHING, tasks: [theirs] });
      return;
    }
    if (entry.kind === "change") {
      const result = theirs ? compare(entry, theirs) : "conflict";
      if (theirs && result === "done") await finish(present, entry, { ...NOTHING, tasks: [theirs] });
      else if (theirs && result === "merge") await replace(present, entry, [{ ...entry, version: theirs.version }]);
      else await trouble(present, entry, { kind: "conflict", theirs });
      return;
    }
  }
  await trouble(present, entry, {
    kind: "refused",
    code: problem.code,
    detail: problem.message,
    faults: problem.errors,
  });
}

const finish = (present: Database, entry: Entry, outcome: Outcome): Promise<void> =>
  inTurn(async () => {
    bury(outcome.gone);
    try {
      await settleInDatabase(present, entry, outcome, true);
    } catch (error) {
      if (!isQuota(error)) throw error;
      await settleInDatabase(present, entry, outcome, false);
    }
    if (database !== present) return;
    confirm(outcome);
    await reread(outcome);
  });

// The entry is gone when its result is kept: neither is lost with the tab.
async function settleInDatabase(
  present: Database,
  entry: Entry,
  outcome: Outcome,
  isResultKept: boolean,
): Promise<void> {
  const transaction = present.transaction(["outbox", "tasks"], "readwrite");
  const queue = transaction.objectStore("outbox");
  const cache = transaction.objectStore("tasks");
  await queue.delete(entry.seq);
  const entries = (await queue.getAll()) as Entry[];
  for (const next of settle(entries, entry, outcome)) await queue.put(next);
  for (const task of isResultKept ? outcome.tasks : []) {
    if (((await cache.get(task.id))?.version ?? 0) <= task.version) await cache.put(task);
  }
  for (const { id } of outcome.gone) await cache.delete(id);
  await transaction.done;
}

const replace = (present: Database, entry: Entry, by: Entry[]): Promise<void> =>
  inTurn(async () => {
    const { store, done } = present.transaction("outbox", "readwrite");
    await store.delete(entry.seq);
    for (const next of by) await store.put(next);
    await done;
    await reread();
  });

async function trouble(present: Database, entry: Entry, what: Trouble): Promise<void> {
  await replace(present, entry, [{ ...entry, trouble: what }]);
}
