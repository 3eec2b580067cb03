import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type Change = Schemas["TaskChange"];
export type Status = Task["status"];
export type Priority = Task["priority"];

export const STATUSES = ["todo", "in_progress", "done"] as const satisfies readonly Status[];
export const PRIORITIES = ["urgent", "high", "normal", "low", "none"] as const satisfies readonly Priority[];

/** The fields that a person changes. */
export const FIELDS = [
  "title",
  "status",
  "priority",
  "due_at",
  "tags",
  "description",
] as const satisfies readonly (keyof Task & keyof Change)[];
export type Field = (typeof FIELDS)[number];

export const TITLE_LENGTH = 200;
export const DESCRIPTION_LENGTH = 10_000;
export const TAG_LENGTH = 50;
export const TAGS = 20;

const EMPTY: Record<Field, unknown> = {
  title: "",
  status: "todo",
  priority: "none",
  due_at: null,
  tags: [],
  description: "",
};

/** Whether two values of a field are the same for the service. */
export function isSame(field: Field, left: unknown, right: unknown): boolean {
  const a = left ?? EMPTY[field];
  const b = right ?? EMPTY[field];
  if (field === "tags") return [...(a as string[])].sort().join("\n") === [...(b as string[])].sort().join("\n");
  if (field === "due_at" && typeof a === "string" && typeof b === "string") return Date.parse(a) === Date.parse(b);
  return a === b;
}

/** The fields of a change that are there. */
export const fieldsOf = (change: Change): Field[] => FIELDS.filter((field) => change[field] !== undefined);

/** Those fields of a task that a change has. */
export function before(task: Task, change: Change): Change {
  return Object.fromEntries(fieldsOf(change).map((field) => [field, task[field]]));
}

/** The task as the service will return it, except for its version. */
export function changed(task: Task, change: Change, at: string): Task {
  const next: Task = {
    ...task,
    title: change.title ?? task.title,
    status: change.status ?? task.status,
    description: change.description === undefined ? task.description : (change.description ?? ""),
    priority: change.priority === undefined ? task.priority : (change.priority ?? "none"),
    due_at: change.due_at === undefined ? task.due_at : change.due_at,
    tags: change.tags === undefined ? task.tags : [...new Set(change.tags ?? [])].sort(),
    updated_at: at,
  };
  next.completed_at = next.status === "done" ? (task.completed_at ?? at) : null;
  return next;
}

export function isOverdue(task: Task, now: Date): boolean {
  if (task.due_at === null || task.status === "done") return false;
  const due = new Date(task.due_at);
  const isWholeDay = due.getHours() === 0 && due.getMinutes() === 0;
  const limit = isWholeDay ? new Date(now.getFullYear(), now.getMonth(), now.getDate()) : now;
  return due < limit;
}

// ---------------------------------------------------------------- filters

export const SORTS = ["-created_at", "due_at", "-priority", "-updated_at", "title", "created_at"] as const;
export type Sort = (typeof SORTS)[number];
export const DUES = ["overdue", "today", "tomorrow", "week"] as const;
export type Due = (typeof DUES)[number];

export type Filter = {
  q: string;
  status: Status[];
  priority: Priority[];
  tags: string[];
  due: Due | null;
  /** null: by relevance with q, else the newest first. */
  sort: Sort | null;
};

export const OPEN: readonly Status[] = ["todo", "in_progress"];

const oneOf = <T extends string>(all: readonly T[], value: string | null): T | null =>
  all.find((candidate) => candidate === value) ?? null;
const someOf = <T extends string>(all: readonly T[], value: string | null): T[] => {
  const wanted = new Set((value ?? "").split(","));
  return all.filter((candidate) => wanted.has(candidate));
};

export function readFilter(query: URLSearchParams): Filter {
  const status = query.get("status");
  return {
    q: query.get("q") ?? "",
    status: status === "all" ? [] : someOf(STATUSES, status ?? OPEN.join(",")),
    priority: someOf(PRIORITIES, query.get("priority")),
    tags: readTags(query.get("tag")),
    due: oneOf(DUES, query.get("due")),
    sort: oneOf(SORTS, query.get("sort")),
  };
}

/** Tags as one parameter of the address. */
export const writeTags = (tags: readonly string[]): string => tags.map((tag) => encodeURIComponent(tag)).join(",");
function readTags(value: string | null): string[] {
  try {
    return (value ?? "")
      .split(",")
      .map(decodeURIComponent)
      .filter((tag) => tag !== "" && tag.length <= TAG_LENGTH);
  } catch {
    return [];
  }
}

/** From and to, of which only the first is included. */
export function dueRange(due: Due | null, now: Date): { after: Date | null; before: Date | null } {
  const day = (offset: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset);
  switch (due) {
    case "overdue":
      return { after: null, before: day(0) };
    case "today":
      return { after: day(0), before: day(1) };
    case "tomorrow":
      return { after: day(1), before: day(2) };
    case "week":
      return { after: day(0), before: day(7) };
    case null:
      return { after: null, before: null };
  }
}

const words = (text: string) => text.normalize("NFKC").toLowerCase();

/** Whether a filter finds a task, as far as that is known without the service. */
export function matches(task: Task, filter: Filter, now = new Date()): boolean {
  if (filter.status.length > 0 && !filter.status.includes(task.status)) return false;
  if (filter.priority.length > 0 && !filter.priority.includes(task.priority)) return false;
  if (!filter.tags.every((tag) => task.tags.includes(tag))) return false;
  const { after, before } = dueRange(filter.due, now);
  if (after ?? before) {
    if (task.due_at === null) return false;
    const due = new Date(task.due_at);
    if ((after && due < after) || (before && due >= before)) return false;
  }
  if (filter.q.trim() === "") return true;
  const text = words([task.title, task.description, ...task.tags].join(" "));
  return words(filter.q)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const RANK: Record<Priority, number> = { none: 0, low: 1, normal: 2, high: 3, urgent: 4 };
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The order of the service; by creation where that is by relevance. */
export function comparator(sort: Sort | null): (a: Task, b: Task) => number {
  switch (sort) {
    case "created_at":
      return (a, b) => compareText(a.created_at, b.created_at) || compareText(a.id, b.id);
    case "-updated_at":
      return (a, b) => compareText(b.updated_at, a.updated_at) || compareText(b.id, a.id);
    case "due_at":
      return (a, b) =>
        Number(a.due_at === null) - Number(b.due_at === null) ||
        Date.parse(a.due_at ?? "") - Date.parse(b.due_at ?? "") ||
        compareText(a.id, b.id);
    case "-priority":
      return (a, b) => RANK[b.priority] - RANK[a.priority] || compareText(b.id, a.id);
    case "title":
      return (a, b) => compareText(a.title.toLowerCase(), b.title.toLowerCase()) || compareText(a.id, b.id);
    default:
      return (a, b) => compareText(b.created_at, a.created_at) || compareText(b.id, a.id);
  }
}

/**
 * The tasks of a list as they are now: `ids` in the order of the service, without those that are gone or no longer found,
 * and with those that were created or moved here since then.
 */
export function arrange(
  ids: readonly string[],
  touched: ReadonlySet<string>,
  view: (id: string) => Task | null,
  filter: Filter,
): string[] {
  const keepsOrder = filter.q !== "" && filter.sort === null;
  const result: string[] = [];
  const placed = new Set<string>();
  for (const id of ids) {
    if (placed.has(id)) continue;
    const isTouched = touched.has(id);
    if (isTouched && !keepsOrder) continue;
    const task = view(id);
    if (!task || (isTouched && !matches(task, filter))) continue;
    placed.add(id);
    result.push(id);
  }
  const compare = comparator(filter.sort);
  for (const id of touched) {
    if (placed.has(id)) continue;
    const task = view(id);
    if (!task || !matches(task, filter)) continue;
    const position = keepsOrder ? 0 : result.findIndex((other) => compare(task, view(other) ?? task) < 0);
    if (position < 0) result.push(id);
    else result.splice(position, 0, id);
    placed.add(id);
  }
  return result;
}

/** When to be reminded again: at a usual time of the days to come. */
export function snoozed(choice: "later" | "tomorrow" | "week", now: Date, firstDay: number): Date {
  const day = (offset: number, hour = 0) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset, hour);
  if (choice === "tomorrow") return day(1);
  if (choice === "week") return day((((firstDay % 7) - now.getDay() + 6) % 7) + 1);
  // In three hours, at a full hour, but not in the night.
  return now.getHours() >= 20 ? day(1, 8) : day(0, Math.min(now.getHours() + 3, 22));
}
