import { signal } from "@preact/signals";
import type { components, operations, paths } from "./schema";
import { accessToken, recover, user } from "../session";
import { withStepUp } from "../step-up";
import { Cancelled, NetworkError, Problem } from "./problem";

export { Cancelled, NetworkError, Problem } from "./problem";
export type Schemas = components["schemas"];

export type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<M, infer O> ? O : never;
/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<M, P> extends operations[keyof operations] ? P : never;
}[keyof paths];

type Content<T> = T extends { content: infer C } ? C : never;
type Json<T> = T extends { "application/json": infer J } ? J : never;
type Success<R> = R[Extract<keyof R, 200 | 201 | 202 | 204>];
/** What a successful request returns: the JSON body, or nothing. */
export type Answer<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer R }
    ? [Content<Success<R>>] extends [never]
      ? undefined
      : Json<Content<Success<R>>>
    : never;
/** The JSON body of a request. */
export type Body<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody?: infer B } ? Json<Content<NonNullable<B>>> : never;
/** The query parameters of a request. */
export type Query<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

type PathPart<O> = O extends { parameters: { path: infer T extends object } } ? { path: T } : { path?: never };
type QueryPart<O> = O extends { parameters: { query?: infer Q extends object } }
  ? { query?: Loose<Q> }
  : { query?: never };
type HeaderPart<O> = O extends { parameters: { header?: infer H extends object } }
  ? { headers?: H }
  : { headers?: never };
// A file is sent with its own type.
type BodyPart<O> = O extends { requestBody: { content: infer C } }
  ? { body: Json<C> | ("text/csv" extends keyof C ? Blob : never) }
  : O extends { requestBody?: { content: infer C } }
    ? { body?: Json<C> }
    : { body?: never };
// So that a parameter may be left out by a condition.
type Loose<T> = { [K in keyof T]: T[K] | undefined };

type Common = {
  signal?: AbortSignal;
  /** "none": without the access token, as the routes for logging in. Nothing is repeated after a 401 or a step-up then. */
  auth?: "none";
  /** A demand for a recent authentication is reported, instead of opening the dialog: for the dialog itself. */
  direct?: boolean;
  /** Not to be repeated after 429, 502, 503 and 504, as reads otherwise are. */
  once?: boolean;
  /** The format of the answer of `send`, if not JSON. */
  accept?: string;
};
export type Options<M extends Method, P extends PathOf<M>> = Common &
  PathPart<Operation<M, P>> &
  QueryPart<Operation<M, P>> &
  HeaderPart<Operation<M, P>> &
  BodyPart<Operation<M, P>>;
type Arguments<M extends Method, P extends PathOf<M>> =
  object extends Options<M, P> ? [options?: Options<M, P>] : [options: Options<M, P>];

/** When the next attempt of a read is made, while the service or the network does not answer. */
export const waiting = signal<{ why: "busy" | "unavailable" | "offline"; until: number } | null>(null);

const ATTEMPTS = 4;
const LONGEST_WAIT = 15_000;

/** Sends a request and returns its JSON answer. Throws a Problem, a NetworkError, or Cancelled. */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...options: Arguments<M, P>
): Promise<Answer<M, P>> {
  const response = await send(method, path, ...options);
  const text = await readText(response);
  return (text === "" ? undefined : JSON.parse(text)) as Answer<M, P>;
}

/** Sends a request and returns the successful response, for files, streams and headers. */
export async function send<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[options]: Arguments<M, P>
): Promise<Response> {
  const request = prepare(method, path, (options ?? {}) as Parts);
  const attempts = method === "get" && options?.once !== true ? ATTEMPTS : 1;
  const run = () => repeated(() => authorized(request, options?.auth === "none"), attempts, options?.signal);
  return options?.auth === "none" || options?.direct ? run() : withStepUp(run);
}

type Parts = Common & {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | (string | number)[] | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
};

// Parameters of which each value is sent by itself; other lists are separated by commas.
const REPEATED = new Set(["tag"]);

function prepare(method: Method, path: string, options: Parts): (token: string | null) => Promise<Response> {
  let target = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value === undefined) continue;
    if (Array.isArray(value) && REPEATED.has(name)) for (const item of value) query.append(name, String(item));
    else if (!Array.isArray(value) || value.length > 0) query.append(name, String(value));
  }
  if (query.size > 0) target += `?${query.toString()}`;

  const headers = new Headers(options.headers);
  headers.set("Accept", options.accept ?? "application/json");
  let body: BodyInit | null = null;
  if (options.body instanceof Blob) {
    headers.set("Content-Type", options.body.type);
    body = options.body;
  } else if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(options.body);
  }
  return async (token) => {
    if (token === null) headers.delete("Authorization");
    else headers.set("Authorization", `Bearer ${token}`);
    const init: RequestInit = { method: method.toUpperCase(), headers, body, cache: "no-store", redirect: "error" };
    if (options.signal) init.signal = options.signal;
    let response: Response;
    try {
      response = await fetch(target, init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new NetworkError(error);
    }
    if (!response.ok && response.status !== 304) throw await Problem.of(response);
    return response;
  };
}

const REFUSED_TOKEN = new Set(["authentication_required", "invalid_token", "token_expired"]);

async function authorized(
  request: (token: string | null) => Promise<Response>,
  isAnonymous: boolean,
): Promise<Response> {
  if (isAnonymous) return request(null);
  // What one account asked for is not sent with the token of another.
  const owner = user.value?.id;
  const tokenOf = async (waitForToken: Promise<string>) => {
    const token = await waitForToken;
    if (owner !== undefined && user.value?.id !== owner) throw new Cancelled();
    return token;
  };
  const token = await tokenOf(accessToken());
  try {
    return await request(token);
  } catch (error) {
    if (!(error instanceof Problem) || !REFUSED_TOKEN.has(error.code)) throw error;
    // The session may have ended: then this waits until there is one again, with the request as it was.
    return request(await tokenOf(recover(token)));
  }
}

const WHY = new Map([
  [429, "busy"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
] as const);

async function repeated(request: () => Promise<Response>, attempts: number, stop?: AbortSignal): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await request();
      waiting.value = null;
      return response;
    } catch (error) {
      const why =
        error instanceof NetworkError ? "offline" : error instanceof Problem ? WHY.get(error.status as 429) : undefined;
      // Offline there is nothing to wait for.
      if (why === undefined || attempt >= attempts || !navigator.onLine) {
        if (attempt > 1) waiting.value = null;
        throw error;
      }
      const asked = error instanceof Problem ? error.retryAfter : null;
      const pause = asked === null ? 500 * 2 ** attempt : asked * 1000;
      if (pause > LONGEST_WAIT) throw error;
      waiting.value = { why, until: Date.now() + pause };
      await sleep(pause, stop);
    }
  }
}

function sleep(milliseconds: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    stop?.throwIfAborted();
    const timer = setTimeout(resolve, milliseconds);
    stop?.addEventListener("abort", () => {
      clearTimeout(timer);
      waiting.value = null;
      reject(stop.reason as Error);
    });
  });
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new NetworkError(error);
  }
}
