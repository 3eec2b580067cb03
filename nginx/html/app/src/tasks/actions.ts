// What a person does with tasks, with the message and the undo of each.
import { reportError } from "../errors";
import { firstWeekday, formatDue, t } from "../i18n";
import { type Done, change, changeAll, create, remove, undo } from "../offline/sync";
import { announce, toast } from "../ui/Toast";
import type { NewTask } from "../offline/entries";
import { type Change, type Task, snoozed } from "./task";

const TITLE_SHOWN = 60;
export const short = (title: string): string =>
  title.length > TITLE_SHOWN ? `${title.slice(0, TITLE_SHOWN - 1)}…` : title;

async function report(text: string, action: Promise<Done>): Promise<void> {
  const done = await action;
  toast(text, {
    action: {
      label: t("action.undo"),
      run: async () => {
        announceUndone(await undo(done));
      },
    },
  });
}

function announceUndone(label: string | null): void {
  if (label !== null) announce(t("task.done.undone", { label }));
}

export async function undoLast(): Promise<void> {
  const label = await undo();
  toast(label === null ? t("task.done.nothing") : t("task.done.undone", { label }));
}

export async function add(body: NewTask, id: string): Promise<void> {
  const text = t("tasks.added", { title: short(body.title) });
  await create(body, text, id);
  announce(text);
}

export function toggleDone(task: Task): Promise<void> {
  const isDone = task.status === "done";
  const text = t(isDone ? "task.done.reopened" : "task.done.completed", { title: short(task.title) });
  return report(text, change(task.id, { status: isDone ? "todo" : "done" }, text));
}

export function setDue(task: Task, due: Date | null): Promise<void> {
  const title = short(task.title);
  const text = due ? t("task.done.snoozed", { date: formatDue(due), title }) : t("task.done.undated", { title });
  return report(text, change(task.id, { due_at: due?.toISOString() ?? null }, text));
}

/** A change whose result is seen at once. `basis` is the task as it was when the user began to type. */
export async function edit(task: Task, changes: Change, basis?: Task): Promise<void> {
  const text = t("task.done.changed", { title: short(task.title) });
  await change(task.id, changes, text, basis);
  announce(text);
}

export function moveToTrash(task: Task): Promise<void> {
  const text = t("task.done.deleted", { title: short(task.title) });
  return report(text, remove(task.id, text));
}

export function changeSelected(ids: readonly string[], changes: Change): Promise<void> {
  const text = t("batch.done", { count: ids.length });
  return report(
    text,
    changeAll(ids, () => changes, text),
  );
}

export function deleteSelected(ids: readonly string[]): Promise<void> {
  const text = t("batch.deleted", { count: ids.length });
  return report(
    text,
    changeAll(ids, () => null, text),
  );
}

/** For a handler that cannot wait. */
export function run(action: Promise<unknown>): void {
  action.catch(reportError);
}

export type Snooze = { name: string; date: Date | null };
/** The usual new dates of a task, by their names. */
export function snoozes(): Snooze[] {
  const now = new Date();
  const later = snoozed("later", now, firstWeekday());
  return [
    { name: t("task.snooze.to", { name: t("task.snooze.later"), date: formatDue(later) }), date: later },
    { name: t("task.snooze.tomorrow"), date: snoozed("tomorrow", now, firstWeekday()) },
    {
      name: t("task.snooze.to", {
        name: t("task.snooze.week"),
        date: formatDue(snoozed("week", now, firstWeekday())),
      }),
      date: snoozed("week", now, firstWeekday()),
    },
    { name: t("task.snooze.none"), date: null },
  ];
}
