import { computed, effect, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Key, Messages, en } from "./en";

export type { Key } from "./en";

const LANGUAGES = {
  en: async () => (await import("./en")).en as Messages,
  de: async () => (await import("./de")).de,
};
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

// ---------------------------------------------------------------- choice of the language

const STORED = "taskward.language";
const isLanguage = (name: string | null): name is Language => name !== null && name in LANGUAGES;
const ofBrowser = () =>
  navigator.languages.find((tag) => isLanguage(tag.slice(0, 2)))?.slice(0, 2) as Language | undefined;

function storedChoice(): Language | "auto" {
  const name = localStorage.getItem(STORED);
  return isLanguage(name) ? name : "auto";
}

/** The setting; setLanguage changes it. */
export const languageChoice = signal<Language | "auto">(storedChoice());
const texts = signal<{ language: Language; messages: Messages } | null>(null);
/** The language that is shown. */
export const language = computed<Language>(() => texts.value?.language ?? "en");

export async function setLanguage(choice: Language | "auto"): Promise<void> {
  if (choice === "auto") localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, choice);
  languageChoice.value = choice;
  await loadTexts();
}

/** Loads the texts. Nothing is shown before. */
export async function loadTexts(): Promise<void> {
  const chosen = languageChoice.value === "auto" ? (ofBrowser() ?? "en") : languageChoice.value;
  texts.value = { language: chosen, messages: await LANGUAGES[chosen]() };
}
effect(() => {
  document.documentElement.lang = language.value;
});

// ---------------------------------------------------------------- texts

type English = typeof en;
type NamesIn<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type ValueNames<K extends Key> = English[K] extends { other: infer Other }
  ? NamesIn<Other> | "count"
  : NamesIn<English[K]>;
type Values<K extends Key, V> = { [N in ValueNames<K>]: N extends "count" ? number : V };
/** A key of a text that contains no values. */
export type PlainKey = { [K in Key]: [ValueNames<K>] extends [never] ? K : never }[Key];
type ValueArguments<K extends Key, V> = [ValueNames<K>] extends [never] ? [] : [values: Values<K, V>];

function pattern(key: Key, values: Record<string, unknown>): string {
  const message: string | { one: string; other: string } | undefined = texts.value?.messages[key];
  if (message === undefined) return "";
  if (typeof message === "string") return message;
  return message[plural(Number(values["count"])) === "one" ? "one" : "other"];
}

const shown = (name: string, value: unknown) => (name === "count" ? formatNumber(Number(value)) : value);

/** A text in the language of the user. The values that a text contains are required. */
export function t<K extends Key>(key: K, ...[values]: ValueArguments<K, string | number>): string {
  const known: Record<string, unknown> = values ?? {};
  return pattern(key, known).replace(/\{(\w+)\}/g, (_, name: string) => String(shown(name, known[name])));
}

/** A text with values that may be elements, such as a link. */
export function rich<K extends Key>(key: K, ...[values]: ValueArguments<K, ComponentChildren>): ComponentChildren[] {
  const known: Record<string, ComponentChildren> = values ?? {};
  return pattern(key, known)
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? part : (shown(part, known[part]) as ComponentChildren)));
}

/** A text by a key that is put together; null if there is none. */
export function lookUp(key: string): string | null {
  const message = texts.value?.messages[key as Key];
  return typeof message === "string" ? message : null;
}

/** The keys that begin so. */
export const keysOf = (prefix: string): string[] =>
  Object.keys(texts.value?.messages ?? {}).filter((key) => key.startsWith(prefix));

// ---------------------------------------------------------------- numbers and dates

/** For Intl: the language that is shown, with the region of the browser if it has that language. */
export const locale = computed(
  () => navigator.languages.find((tag) => tag.startsWith(language.value)) ?? language.value,
);
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const plural = (count: number) => new Intl.PluralRules(locale.value).select(count);

const formats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.value + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale.value, options);
  formats.set(key, known);
  return known;
}

export const formatNumber = (value: number): string => new Intl.NumberFormat(locale.value).format(value);

type Moment = string | number | Date;
/** In the time zone of the device. */
export function formatDate(moment: Moment, style: "date" | "time" | "datetime" | "day" = "datetime"): string {
  const date = new Date(moment);
  switch (style) {
    case "date":
      return dateFormat({ dateStyle: "medium" }).format(date);
    case "time":
      return dateFormat({ timeStyle: "short" }).format(date);
    case "datetime":
      return dateFormat({ dateStyle: "medium", timeStyle: "short" }).format(date);
    case "day": {
      const isThisYear = date.getFullYear() === new Date().getFullYear();
      return dateFormat({
        weekday: "short",
        day: "numeric",
        month: "short",
        ...(isThisYear ? {} : { year: "numeric" }),
      }).format(date);
    }
  }
}

/** Whole days from today, by the calendar of the device. */
export function daysFromToday(moment: Moment): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (midnight(new Date(moment)) - midnight(new Date())) / 86_400_000;
}

/** "today", "tomorrow" or "yesterday" where it is that, else the day; with the time unless it is midnight. */
export function formatDue(moment: Moment): string {
  const date = new Date(moment);
  const days = daysFromToday(date);
  const day =
    Math.abs(days) <= 1
      ? new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }).format(days, "day")
      : formatDate(date, "day");
  return date.getHours() === 0 && date.getMinutes() === 0 ? day : `${day}, ${formatDate(date, "time")}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
/** Such as "5 minutes ago". */
export function formatRelative(moment: Moment): string {
  const seconds = Math.round((new Date(moment).getTime() - Date.now()) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** 1 is Monday, 7 Sunday. */
export function firstWeekday(): number {
  const { weekInfo, getWeekInfo } = new Intl.Locale(locale.value) as Intl.Locale & {
    weekInfo?: { firstDay: number };
    getWeekInfo?: () => { firstDay: number };
  };
  return (getWeekInfo?.call(new Intl.Locale(locale.value)) ?? weekInfo)?.firstDay ?? 1;
}
