// The outbox of the web interface. Run by node --test, with APP_PACKAGES: the folder of the packages of the web interface.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./units.mjs";

const { clashes, compare, draft, nextToSend, settle, split, withEntries } = await load("src/offline/entries.ts");

const at = "2026-04-15T08:00:00.000Z";
const task = (id, more = {}) => ({
  id, title: "Title", description: "", status: "todo", priority: "none", due_at: null, tags: [],
  created_at: at, updated_at: at, completed_at: null, version: 3, ...more,
});
let seq = 0;
const entry = (action) => ({ ...draft(action), seq: (seq += 1) });
const change = (of, changes, version = null) => entry({ kind: "change", id: of.id, task: of, changes, version });
const nothing = { tasks: [], gone: [], renamed: null };

test("every entry has a key of its own before it is sent", () => {
  const [a, b] = [draft({ kind: "create", id: "a", body: { title: "A" } }), draft({ kind: "create", id: "b", body: { title: "B" } })];
  assert.match(a.key, /^[0-9a-f-]{36}$/);
  assert.notEqual(a.key, b.key);
  assert.equal(a.attemptedAt, null);
});

test("a task is shown with the changes that wait", () => {
  const known = task("a");
  const entries = [change(known, { status: "done" }, 3), change(known, { tags: ["b", "a"], due_at: at })];
  const shown = withEntries(known, "a", entries);
  assert.equal(shown.status, "done");
  assert.notEqual(shown.completed_at, null);
  assert.deepEqual(shown.tags, ["a", "b"]);
  assert.equal(known.status, "todo");
  const deleted = entry({ kind: "delete", id: "a", task: known, version: null });
  assert.equal(withEntries(known, "a", [...entries, deleted]), null);
  assert.equal(withEntries(known, "a", [deleted, entry({ kind: "restore", id: "a", task: known, version: null })]), known);
  const created = entry({ kind: "create", id: "local-1", body: { title: "New", priority: "high" } });
  assert.equal(withEntries(null, "local-1", [created]).priority, "high");
  const refused = { ...change(known, { title: "No" }, 3), trouble: { kind: "refused", code: "x", detail: "", faults: [] } };
  assert.equal(withEntries(known, "a", [refused]).title, "Title");
});

test("an entry that waits for a decision blocks its task only", () => {
  const [a, b] = [task("a"), task("b")];
  const blocked = { ...change(a, { title: "1" }, 3), trouble: { kind: "uncertain" } };
  const after = change(a, { title: "2" });
  const other = change(b, { title: "3" }, 3);
  assert.equal(nextToSend([blocked, after, other]), other);
  assert.equal(nextToSend([blocked, after]), null);
  const both = entry({ kind: "batch", items: [after, other] });
  assert.equal(nextToSend([blocked, both, other]), null);
});

test("the version of a result is what the next change is based on, and no other", () => {
  const a = task("a");
  const [first, second, third] = [change(a, { title: "1" }, 3), change(a, { title: "2" }), change(a, { title: "3" })];
  const changed = settle([first, second, third], first, { ...nothing, tasks: [task("a", { version: 4 })] });
  assert.deepEqual(changed.map(({ seq: number, version }) => [number, version]), [[second.seq, 4]]);
  const deleted = settle([first, second], first, { ...nothing, gone: [{ id: "a", version: 4 }] });
  assert.equal(deleted[0].version, 4);
  // What is based on a version that was seen stays so.
  const own = change(a, { title: "4" }, 7);
  assert.deepEqual(settle([first, own], first, { ...nothing, tasks: [task("a", { version: 4 })] }), []);
});

test("what follows a created task gets its id", () => {
  const local = task("local-1");
  const create = entry({ kind: "create", id: "local-1", body: { title: "A" } });
  const edit = change(local, { title: "B" });
  const batch = entry({ kind: "batch", items: [{ kind: "delete", id: "local-1", task: local, version: null }] });
  const outcome = { tasks: [task("real", { version: 1 })], gone: [], renamed: { from: "local-1", to: "real" } };
  const [nextEdit, nextBatch] = settle([create, edit, batch], create, outcome);
  assert.deepEqual([nextEdit.id, nextEdit.task.id, nextEdit.version], ["real", "real", 1]);
  assert.deepEqual([nextBatch.items[0].id, nextBatch.items[0].version], ["real", null]);
});

test("a refused batch becomes its items, in its place", () => {
  const batch = entry({ kind: "batch", items: [change(task("a"), { title: "1" }, 3), change(task("b"), { title: "2" }, 3)] });
  const items = split(batch);
  assert.deepEqual(items.map(({ id }) => id), ["a", "b"]);
  assert.equal(items[0].seq, batch.seq);
  assert.ok(items[1].seq > batch.seq && items[1].seq < batch.seq + 1);
});

test("a change and the present task", () => {
  const seen = task("a");
  const mine = change(seen, { title: "Mine", tags: ["b", "a"] }, 3);
  // The answer was lost.
  assert.equal(compare(mine, task("a", { title: "Mine", tags: ["a", "b"], version: 4 })), "done");
  // Another field was changed.
  assert.equal(compare(mine, task("a", { description: "Theirs", version: 4 })), "merge");
  const theirs = task("a", { title: "Theirs", version: 4 });
  assert.equal(compare(mine, theirs), "conflict");
  assert.deepEqual(clashes(mine, theirs), ["title"]);
  // The same moment in another spelling.
  assert.equal(compare(change(seen, { due_at: "2026-04-15T10:00:00+02:00" }, 3), task("a", { due_at: at, version: 4 })), "done");
});
