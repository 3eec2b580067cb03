import { batch, computed, signal } from "@preact/signals";
import type { AnchorHTMLAttributes, ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PlainKey } from "./i18n";
import type { IconName } from "./ui/Icon";

/** Where the app lives. Paths in it begin after that. */
const BASE = "/app";

export type PageProps = { params: Readonly<Record<string, string>> };
export type Route = {
  /** Such as "/tasks/:id". */
  path: string;
  title: PlainKey;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
  /** Who sees it. Others see the login, or that they have no access. */
  for: "all" | "user" | "admin";
  /** In the main navigation, in the order of the table. */
  icon?: IconName;
  /** The path of the page in the navigation that it belongs to. */
  within?: string;
};

type Place = { path: string; query: URLSearchParams };

function current(): Place {
  const path = window.location.pathname.slice(BASE.length).replace(/\/+$/, "");
  return { path: path === "" ? "/" : path, query: new URLSearchParams(window.location.search) };
}
const place = signal<Place>(current());
export const location = computed(() => place.value);

/** The address of a path of the app, for links and history. */
export function href(path: string, query?: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value) search.set(name, value);
  return BASE + path + (search.size > 0 ? `?${search.toString()}` : "");
}

/** Counts changes of the page by the user, after which the focus moves to the new one. */
export const visits = signal(0);

export function navigate(
  path: string,
  options: { replace?: boolean; query?: Record<string, string | undefined> } = {},
): void {
  const target = href(path, options.query);
  const isOtherPage = place.peek().path !== path;
  if (options.replace) history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  arrive();
  if (!options.replace && isOtherPage) window.scrollTo(0, 0);
}

/** Changes parameters of the address, without a new entry in the history. */
export function setQuery(changes: Record<string, string | undefined>): void {
  const { path, query } = place.peek();
  history.replaceState(null, "", href(path, { ...Object.fromEntries(query), ...changes }));
  place.value = current();
}

/** Adds a value to a list in the address, or removes it. What is drawn may be a click behind, so it reads the address. */
export function setInQuery(name: string, value: string, isWanted: boolean): void {
  const others = (place.peek().query.get(name)?.split(",") ?? []).filter((other) => other !== value);
  setQuery({ [name]: (isWanted ? [...others, value] : others).join() });
}
export function toggleInQuery(name: string, value: string): void {
  setInQuery(name, value, !place.peek().query.get(name)?.split(",").includes(value));
}

function arrive(): void {
  batch(() => {
    const next = current();
    if (next.path !== place.peek().path) visits.value += 1;
    place.value = next;
  });
}
window.addEventListener("popstate", arrive);

type LinkProps = Omit<AnchorHTMLAttributes, "href" | "role" | "children" | "onClick"> & {
  to: string;
  query?: Record<string, string | undefined>;
  children: ComponentChildren;
};
/** A link within the app. */
export function Link({ to, query, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, query ? { query } : {});
  };
  return (
    <a {...rest} href={href(to, query)} onClick={follow}>
      {children}
    </a>
  );
}

/** The route of a path, with the values of its ":names". */
export function match(routes: readonly Route[], path: string): { route: Route; params: Record<string, string> } | null {
  const parts = path.split("/");
  for (const route of routes) {
    const wanted = route.path.split("/");
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, index) => {
      const value = parts[index] ?? "";
      if (!part.startsWith(":")) return part === value;
      params[part.slice(1)] = decode(value);
      return value !== "";
    });
    if (fits) return { route, params };
  }
  return null;
}
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const loaded = new Map<Route, ComponentType<PageProps>>();

/** The component of a route, or null while it is fetched. */
export function usePage(route: Route): ComponentType<PageProps> | null {
  const [, setDone] = useState<Route | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    if (loaded.has(route)) return;
    route.load().then(
      (module) => {
        loaded.set(route, module.default);
        setDone(route);
      },
      (error: unknown) => {
        setFailure(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }, [route]);
  if (failure) throw failure;
  return loaded.get(route) ?? null;
}
