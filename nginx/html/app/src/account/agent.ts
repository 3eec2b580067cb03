import { t } from "../i18n";

const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/(?:Firefox|FxiOS)\//, "Firefox"],
  [/(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS|Macintosh/, "macOS"],
  [/Linux|X11/, "Linux"],
];
const find = (table: [RegExp, string][], agent: string) => table.find(([pattern]) => pattern.test(agent))?.[1];

/** What a User-Agent stands for: browser and system, or the first word of what a program sends. */
export function nameOfAgent(agent: string | null): string {
  if (!agent) return t("agent.unknown");
  const browser = find(BROWSERS, agent);
  const system = find(SYSTEMS, agent);
  if (browser && system) return t("agent.browser", { browser, system });
  return browser ?? system ?? agent.split(/[\s/]/, 1)[0] ?? agent;
}
