// Reads a line such as "Buy milk !high #home tomorrow 18:00". What is not understood stays in the title.
import { type Priority, TAGS, TAG_LENGTH } from "./task";

export type Part =
  | { kind: "priority"; value: Priority }
  | { kind: "tag"; value: string }
  | { kind: "date"; value: Date }
  | { kind: "time"; value: { hour: number; minute: number } };
/** A part with the words it was read from. */
export type Found = Part & { text: string; start: number; end: number };

export type QuickTask = {
  title: string;
  priority: Priority | null;
  tags: string[];
  due: Date | null;
  found: Found[];
  /** Words about a repetition. They stay in the title, because tasks are not repeated. */
  repeats: string | null;
};

export type Context = {
  now: Date;
  /** Whether 3/4 is the 3rd of April or the 4th of March. */
  dayFirst: boolean;
  /** 1 is Monday, 7 Sunday. */
  firstWeekday: number;
  /** Words that are not to be read, in lower case. */
  ignored?: ReadonlySet<string>;
};

const PRIORITY_WORDS: Record<string, Priority> = {
  urgent: "urgent",
  dringend: "urgent",
  "1": "urgent",
  p1: "urgent",
  "!!": "urgent",
  high: "high",
  hoch: "high",
  "2": "high",
  p2: "high",
  "!": "high",
  normal: "normal",
  medium: "normal",
  mittel: "normal",
  "3": "normal",
  p3: "normal",
  low: "low",
  niedrig: "low",
  "4": "low",
  p4: "low",
  none: "none",
  keine: "none",
};

// By the number of the day, Sunday is 0.
const WEEKDAYS: readonly string[][] = [
  ["sunday", "sonntag", "so\\."],
  ["monday", "mon", "montag", "mo\\."],
  ["tuesday", "tue", "tues", "dienstag", "di\\."],
  ["wednesday", "wed", "mittwoch", "mi\\."],
  ["thursday", "thu", "thur", "thurs", "donnerstag", "do\\."],
  ["friday", "fri", "freitag", "fr\\."],
  ["saturday", "sat", "samstag", "sonnabend", "sa\\."],
];
const MONTHS: readonly string[][] = [
  ["january", "jan", "januar", "jänner"],
  ["february", "feb", "februar"],
  ["march", "mar", "märz", "mär"],
  ["april", "apr"],
  ["may", "mai"],
  ["june", "jun", "juni"],
  ["july", "jul", "juli"],
  ["august", "aug"],
  ["september", "sep", "sept"],
  ["october", "oct", "oktober", "okt"],
  ["november", "nov"],
  ["december", "dec", "dezember", "dez"],
];
const NUMBERS: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  ein: 1,
  eine: 1,
  einem: 1,
  einer: 1,
  einen: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  fünf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  neun: 9,
  zehn: 10,
};
const UNITS: readonly [string, "minute" | "hour" | "day" | "week" | "month" | "year"][] = [
  ["min|mins|minutes?|minuten?", "minute"],
  ["h|hours?|stunden?|std\\.?", "hour"],
  ["days?|tage?n?", "day"],
  ["weeks?|wochen?", "week"],
  ["months?|monate?n?", "month"],
  ["years?|jahre?n?", "year"],
];

const anyOf = (lists: readonly string[][]) =>
  lists
    .flat()
    .sort((a, b) => b.length - a.length)
    .join("|");
const indexOf = (lists: readonly string[][], word: string) =>
  lists.findIndex((list) => list.some((name) => name.replace("\\", "") === word.toLowerCase()));

const WEEKDAY = anyOf(WEEKDAYS);
const MONTH = anyOf(MONTHS);
const UNIT = UNITS.map(([names]) => names).join("|");
const NUMBER = `\\d{1,3}|${Object.keys(NUMBERS)
  .sort((a, b) => b.length - a.length)
  .join("|")}`;

// Whole words only, with the blanks or the punctuation that follow left as they are.
const rule = (pattern: string) => new RegExp(`(?<![^\\s(])(?:${pattern})(?=$|[\\s,;:!?)]|\\.(?:\\s|$))`, "giu");

const TIME =
  "(?:[01]?\\d|2[0-3])(?::[0-5]\\d)?\\s?[ap]m|(?:[01]?\\d|2[0-3]):[0-5]\\d(?:\\s?(?:uhr|h))?|(?:[01]?\\d|2[0-3])\\s?uhr";

// With what they repeat, the time included.
const REPETITION = rule(
  `(?:every|each|jede[nrsm]?|alle)\\s+(?:(?:other|second|third|zweite[nrs]?|dritte[nrs]?|${NUMBER})\\s+)?` +
    `(?:${UNIT}|${WEEKDAY}|${MONTH}|weekday|workday|weekend|morning|evening|night|werktage?|wochenende|morgen|abend|tag)` +
    `(?:\\s+(?:at\\s+|um\\s+|@)?(?:${TIME}))?` +
    `|(?:daily|weekly|monthly|yearly|annually|täglich|wöchentlich|monatlich|jährlich)(?:\\s+(?:at\\s+|um\\s+|@)?(?:${TIME}))?`,
);

type Reader = (match: RegExpExecArray, context: Context) => Part | null;

const startOf = (now: Date, days = 0) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
const date = (value: Date | null): Part | null => (value ? { kind: "date", value } : null);
const number = (text: string) => NUMBERS[text.toLowerCase()] ?? Number(text);

// A day that exists; without a year the next one.
function day(year: number | null, month: number, dayOfMonth: number, now: Date): Date | null {
  const found = new Date(year ?? now.getFullYear(), month - 1, dayOfMonth);
  if (found.getMonth() !== month - 1 || found.getDate() !== dayOfMonth) return null;
  if (year !== null || found >= startOf(now)) return found;
  return day(now.getFullYear() + 1, month, dayOfMonth, now);
}
const yearOf = (text: string | undefined) =>
  text === undefined || text === "" ? null : text.length === 2 ? 2000 + Number(text) : Number(text);

function nextWeekday(index: number, now: Date): Date {
  return startOf(now, ((index - now.getDay() + 6) % 7) + 1);
}

const fullMinute = (time: number) => new Date(time - (time % 60_000));

function later(count: number, unit: string, now: Date): Date {
  const name = UNITS.find(([names]) => new RegExp(`^(?:${names})$`, "iu").test(unit))?.[1];
  switch (name) {
    case "minute":
      return fullMinute(now.getTime() + count * 60_000);
    case "hour":
      return fullMinute(now.getTime() + count * 3_600_000);
    case "week":
      return startOf(now, count * 7);
    case "month":
    case "year": {
      const months = now.getMonth() + count * (name === "year" ? 12 : 1);
      const last = new Date(now.getFullYear(), months + 1, 0).getDate();
      return new Date(now.getFullYear(), months, Math.min(now.getDate(), last));
    }
    default:
      return startOf(now, count);
  }
}

// In this order; the first date and the first time count.
const RULES: readonly [RegExp, Reader][] = [
  [
    rule('#(?:"([^"\\n]+)"|([\\p{L}\\p{N}_/-]+))'),
    ([, quoted, plain]) => {
      const value = (quoted ?? plain ?? "").trim();
      // A number is that of something else.
      return value === "" || value.length > TAG_LENGTH || (quoted === undefined && /^\d+$/.test(value))
        ? null
        : { kind: "tag", value };
    },
  ],
  [
    rule("!([\\p{L}\\d]+|!!?)|(p[1-4])"),
    ([, marked, plain]) => {
      const value = PRIORITY_WORDS[(marked ?? plain ?? "").toLowerCase()];
      return value ? { kind: "priority", value } : null;
    },
  ],
  [
    rule("(\\d{4})-(\\d{2})-(\\d{2})(?:T([01]\\d|2[0-3]):([0-5]\\d))?"),
    ([, year, month, dayOfMonth, hour, minute], { now }) => {
      const value = day(Number(year), Number(month), Number(dayOfMonth), now);
      if (value && hour !== undefined) value.setHours(Number(hour), Number(minute));
      return date(value);
    },
  ],
  [
    rule("(?:(?:on|by|am|bis|bis\\s+zum)\\s+)?(\\d{1,2})\\.\\s?(\\d{1,2})\\.(\\d{4}|\\d{2})?"),
    ([, dayOfMonth, month, year], { now }) => date(day(yearOf(year), Number(month), Number(dayOfMonth), now)),
  ],
  [
    rule("(?:(?:on|by)\\s+)?(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}|\\d{2}))?"),
    ([, first, second, year], { now, dayFirst }) =>
      date(day(yearOf(year), Number(dayFirst ? second : first), Number(dayFirst ? first : second), now)),
  ],
  [
    rule(
      `(?:(?:on|by|am|bis|bis\\s+zum)\\s+)?(\\d{1,2})(?:\\.|st|nd|rd|th)?\\s+(?:of\\s+)?(${MONTH})\\.?(?:\\s+(\\d{4}))?`,
    ),
    ([, dayOfMonth, month, year], { now }) =>
      date(day(yearOf(year), indexOf(MONTHS, month ?? "") + 1, Number(dayOfMonth), now)),
  ],
  [
    rule(`(?:(?:on|by)\\s+)?(${MONTH})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s+(\\d{4}))?`),
    ([, month, dayOfMonth, year], { now }) =>
      date(day(yearOf(year), indexOf(MONTHS, month ?? "") + 1, Number(dayOfMonth), now)),
  ],
  [
    rule(`in\\s+(${NUMBER})\\s+(${UNIT})`),
    ([, count, unit], { now }) => date(later(number(count ?? ""), unit ?? "", now)),
  ],
  [rule("(?:the\\s+)?day\\s+after\\s+tomorrow|übermorgen"), (_, { now }) => date(startOf(now, 2))],
  [rule("(?:by\\s+|bis\\s+)?(?:tomorrow|tmrw|morgen)"), (_, { now }) => date(startOf(now, 1))],
  [rule("today|heute"), (_, { now }) => date(startOf(now))],
  [
    rule("(?:next|nächste[nr]?|kommende[nr]?)\\s+(?:week|woche)"),
    (_, { now, firstWeekday: first }) => date(nextWeekday(first % 7, now)),
  ],
  [
    rule("(?:next|nächste[nrs]?|kommende[nrs]?)\\s+(month|monat|year|jahr)"),
    ([, unit], { now }) => date(later(1, unit === "jahr" ? "year" : unit === "monat" ? "month" : (unit ?? ""), now)),
  ],
  [
    rule(`(?:(?:on|by|am|bis)\\s+)?(?:(?:next|nächste[nr]?|kommende[nr]?)\\s+)?(${WEEKDAY})`),
    ([, name], { now }) => date(nextWeekday(indexOf(WEEKDAYS, name ?? ""), now)),
  ],
  [
    rule(`(?:(?:at|um|@)\\s*)?(${TIME})`),
    ([, text = ""]) => {
      const [, hour = "", minute = "0", half] = /^(\d{1,2})(?::(\d\d))?\s*([ap])?/i.exec(text) ?? [];
      let value = Number(hour);
      if (half !== undefined) {
        if (value === 0 || value > 12) return null;
        value = (value % 12) + (half.toLowerCase() === "p" ? 12 : 0);
      }
      return { kind: "time", value: { hour: value, minute: Number(minute) } };
    },
  ],
];

export function readLine(text: string, context: Context): QuickTask {
  const found: Found[] = [];
  // What was read is not read again; with blanks in its place the positions stay.
  let rest = text;
  const take = (start: number, end: number) => {
    rest = rest.slice(0, start) + "\u0000".repeat(end - start) + rest.slice(end);
  };
  const repetition = first(REPETITION, rest);
  if (repetition) take(repetition.index, repetition.index + repetition[0].length);

  const seen = new Set<string>();
  for (const [pattern, read] of RULES) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
      const words = match[0];
      if (context.ignored?.has(words.toLowerCase())) continue;
      const part = read(match, context);
      if (!part || (part.kind !== "tag" && seen.has(part.kind))) continue;
      if (part.kind === "tag" && found.filter(({ kind }) => kind === "tag").length >= TAGS) continue;
      seen.add(part.kind);
      found.push({ ...part, text: words, start: match.index, end: match.index + words.length });
      take(match.index, match.index + words.length);
    }
  }
  found.sort((a, b) => a.start - b.start);

  let title = "";
  let position = 0;
  for (const { start, end } of found) {
    title += text.slice(position, start);
    position = end;
    // Punctuation after what was read belongs to the word before.
    if (/^[,;:!?.](?:\s|$)/.test(text.slice(end))) title = title.trimEnd();
  }
  title = (title + text.slice(position)).replace(/\s+/g, " ").trim();
  return {
    title,
    priority: found.find((part) => part.kind === "priority")?.value ?? null,
    tags: [...new Set(found.flatMap((part) => (part.kind === "tag" ? [part.value] : [])))],
    due: due(found, context.now),
    found,
    repeats: repetition?.[0] ?? null,
  };
}

function first(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}

function due(found: readonly Found[], now: Date): Date | null {
  const givenDate = found.find((part) => part.kind === "date")?.value ?? null;
  const time = found.find((part) => part.kind === "time")?.value;
  if (!time) return givenDate;
  const value = new Date(givenDate ?? now);
  value.setHours(time.hour, time.minute, 0, 0);
  // A time alone is the next one.
  if (!givenDate && value <= now) value.setDate(value.getDate() + 1);
  return value;
}
