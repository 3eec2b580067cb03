import { computed, signal } from "@preact/signals";
import type { components } from "./api/schema";
import { Cancelled, NetworkError, Problem } from "./api/problem";

type Schemas = components["schemas"];
export type User = Schemas["User"];

/**
 * starting  before the first refresh
 * out       no account is logged in
 * in        logged in; offline perhaps without a token
 * expired   the session has ended, and the page waits behind a login
 */
export type SessionState = { kind: "starting" | "out" } | { kind: "in" | "expired"; user: User };

const state = signal<SessionState>({ kind: "starting" });
export const session = computed(() => state.value);
/** The user who is logged in, or was until the session expired. */
export const user = computed(() => ("user" in state.value ? state.value.user : null));

// An access token is kept in memory only.
type Grant = { token: string; expiresAt: number; user: User };
let grant: Grant | null = null;
const RENEW_BEFORE = 30_000;
const isFresh = (candidate: Grant | null, failed: string | null): candidate is Grant =>
  candidate !== null && candidate.token !== failed && candidate.expiresAt - Date.now() > RENEW_BEFORE;

// ---------------------------------------------------------------- what is remembered

// Whether a refresh is worth a request, and whose data an offline start may show. It is no credential.
const REMEMBERED = "taskward.user";
function remember(person: User | null): void {
  if (person) localStorage.setItem(REMEMBERED, JSON.stringify(person));
  else localStorage.removeItem(REMEMBERED);
}
function remembered(): User | null {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "null") as User | null;
  } catch {
    return null;
  }
}

const endings = new Set<() => void | Promise<void>>();
/** Registers what must be erased when the user logs out, such as data that is kept for offline use. */
export function onLogOut(erase: () => void | Promise<void>): void {
  endings.add(erase);
}

const guards = new Set<() => Promise<boolean>>();
/** Registers a question before a logout that the user asks for; false cancels it. */
export function beforeLogOut(guard: () => Promise<boolean>): void {
  guards.add(guard);
}

// ---------------------------------------------------------------- other tabs

type Message = { kind: "grant"; grant: Grant } | { kind: "ask" } | { kind: "out" } | { kind: "user"; user: User };
const channel = new BroadcastChannel("taskward-session");
const tell = (message: Message) => {
  channel.postMessage(message);
};
const grantListeners = new Set<(received: Grant) => void>();
channel.onmessage = ({ data }: MessageEvent<Message>) => {
  switch (data.kind) {
    case "ask":
      if (isFresh(grant, null)) tell({ kind: "grant", grant });
      break;
    case "grant":
      if (adopt(data.grant)) for (const listener of grantListeners) listener(data.grant);
      break;
    case "user":
      if (state.value.kind === "in" && state.value.user.id === data.user.id) showUser(data.user);
      break;
    case "out":
      void leave();
      break;
  }
};

// Each tab holds this lock together with the others, so that one knows whether it is alone.
const TAB_LOCK = "taskward-tab";
const isCounted = new Promise<void>((resolve) => {
  void navigator.locks.request(TAB_LOCK, { mode: "shared" }, () => {
    resolve();
    return new Promise(() => undefined);
  });
});
async function hasOtherTabs(): Promise<boolean> {
  await isCounted;
  const { held = [] } = await navigator.locks.query();
  return held.filter(({ name }) => name === TAB_LOCK).length > 1;
}

// What another tab has, if it answers at once.
async function grantOfOtherTab(failed: string | null): Promise<Grant | null> {
  if (!(await hasOtherTabs())) return null;
  return new Promise((resolve) => {
    const finish = (received: Grant | null) => {
      clearTimeout(timer);
      grantListeners.delete(listen);
      resolve(received);
    };
    const listen = (received: Grant) => {
      if (isFresh(received, failed)) finish(received);
    };
    const timer = setTimeout(() => {
      finish(null);
    }, 150);
    grantListeners.add(listen);
    tell({ kind: "ask" });
  });
}

// ---------------------------------------------------------------- changes of state

let waitingForLogin: { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void } | null = null;

// False for another account: nothing on this page is its own, so the page is left.
function adopt(next: Grant): boolean {
  const previous = user.value;
  if (previous && previous.id !== next.user.id) {
    location.assign("/app/");
    return false;
  }
  grant = next;
  remember(next.user);
  showUser(next.user);
  waitingForLogin?.resolve();
  waitingForLogin = null;
  return true;
}

function showUser(person: User): void {
  state.value = { kind: "in", user: person };
}

// Counts the logouts, so that a refresh that began before one is not used after it.
let departures = 0;

async function leave(): Promise<void> {
  departures += 1;
  grant = null;
  remember(null);
  await Promise.allSettled([...endings].map(async (erase) => erase()));
  state.value = { kind: "out" };
  waitingForLogin?.reject(new Cancelled());
  waitingForLogin = null;
}

/** Begins the session that a login returned. All tabs are in it then. */
export function begin({ access_token, expires_in, user: person }: Schemas["TokenPair"]): void {
  const next = { token: access_token, expiresAt: Date.now() + expires_in * 1000, user: person };
  if (adopt(next)) tell({ kind: "grant", grant: next });
}

/** Replaces the access token by one of the same session, as an answer of a step-up or a new factor has it. */
export function renewToken({ access_token, expires_in }: { access_token: string; expires_in: number }): void {
  if (!user.value) return;
  grant = { token: access_token, expiresAt: Date.now() + expires_in * 1000, user: user.value };
  tell({ kind: "grant", grant });
}

/** The methods with which the session was authenticated (the claim amr of the access token, RFC 8176). */
export function loggedInBy(): readonly string[] {
  const [, claims = ""] = grant?.token.split(".") ?? [];
  if (claims === "") return [];
  const { amr = [] } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))) as { amr?: string[] };
  return amr;
}

/** Shows a changed profile in all tabs. */
export function updateUser(changes: Partial<User>): void {
  if (!user.value) return;
  const person = { ...user.value, ...changes };
  if (grant) grant = { ...grant, user: person };
  remember(person);
  showUser(person);
  tell({ kind: "user", user: person });
}

/** Ends this session, the others, or all, and logs out every tab unless only others end. */
export async function logOut(scope: Schemas["Logout"]["scope"] = "session"): Promise<void> {
  if (scope !== "others") for (const guard of guards) if (!(await guard())) throw new Cancelled();
  // No refresh is under way then, whose cookie would outlive this.
  await navigator.locks.request(REFRESH_LOCK, async () => {
    try {
      await post("/auth/logout", { scope });
    } catch (error) {
      // The session has ended already.
      if (scope === "others" || !(error instanceof Problem) || error.status !== 401) throw error;
    }
  });
  if (scope === "others") return;
  tell({ kind: "out" });
  await leave();
}

/** Logs out this browser after the service has ended the session, for example with the account. */
export async function sessionEnded(): Promise<void> {
  tell({ kind: "out" });
  await leave();
}

// ---------------------------------------------------------------- tokens

const REFRESH_LOCK = "taskward-refresh";

// Not by the client, which needs a token for what it sends.
async function post(path: string, body?: object): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : null,
    });
  } catch (error) {
    throw new NetworkError(error);
  }
  if (!response.ok) throw await Problem.of(response);
  return response;
}

let refreshing: Promise<Grant | null> | null = null;

// null if the session has ended.
async function requestGrant(failed: string | null): Promise<Grant | null> {
  if (isFresh(grant, failed)) return grant;
  const shared = await grantOfOtherTab(failed);
  if (shared) return shared;
  const before = departures;
  try {
    const pair = (await (await post("/auth/refresh")).json()) as Schemas["TokenPair"];
    if (departures !== before) return null;
    begin(pair);
    return grant;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

// One refresh for all tabs.
async function refreshOnce(failed: string | null): Promise<Grant | null> {
  try {
    return await navigator.locks.request(REFRESH_LOCK, () => requestGrant(failed));
  } finally {
    refreshing = null;
  }
}

function refresh(failed: string | null): Promise<Grant | null> {
  refreshing ??= refreshOnce(failed);
  return refreshing;
}

function expire(): Promise<void> {
  if (!user.value) return Promise.reject(new Cancelled());
  grant = null;
  state.value = { kind: "expired", user: user.value };
  waitingForLogin ??= Promise.withResolvers();
  return waitingForLogin.promise;
}

/** A valid access token. Waits for a login if the session has ended. */
export async function accessToken(): Promise<string> {
  return isFresh(grant, null) ? grant.token : recover(null);
}

/** An access token other than the one that was refused. */
export async function recover(refused: string | null): Promise<string> {
  if (state.value.kind === "expired") await expire();
  const next = await refresh(refused);
  if (next) return next.token;
  await expire();
  return accessToken();
}

/** Finds out who is logged in. */
export async function start(): Promise<void> {
  const known = remembered();
  if (!known) {
    const shared = await grantOfOtherTab(null);
    if (shared === null) state.value = { kind: "out" };
    return;
  }
  try {
    if (!(await refresh(null))) await leave();
  } catch (error) {
    // Offline the app shows what it has kept.
    if (!(error instanceof NetworkError) && !(error instanceof Problem)) throw error;
    state.value = { kind: "in", user: known };
  }
}
