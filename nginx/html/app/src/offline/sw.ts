// The service worker: the app opens without a connection. Only the files of the app are kept here; tasks are kept by the page.

// As in the library of types for workers, which excludes that of pages.
type ExtendableEvent = Event & { waitUntil: (work: Promise<unknown>) => void };
type FetchEvent = ExtendableEvent & { request: Request; respondWith: (answer: Promise<Response>) => void };
type WorkerScope = {
  addEventListener: ((type: "install" | "activate", listener: (event: ExtendableEvent) => void) => void) &
    ((type: "fetch", listener: (event: FetchEvent) => void) => void);
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void> };
};
declare const SHELL_FILES: string[];
declare const SHELL_VERSION: string;
const worker = self as unknown as WorkerScope;

const PREFIX = "taskward-";
const CACHE = PREFIX + SHELL_VERSION;
const PAGE = "/app/";
const ASSETS = "/app/assets/";

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // The page is the only file whose content changes under its name.
  await cache.addAll(SHELL_FILES.map((path) => new Request(path, path === PAGE ? { cache: "reload" } : {})));
  await worker.skipWaiting();
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});
async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  // Open pages of the version before still fetch their files. Names are in the order of their creation.
  const kept = names.filter((name) => name !== CACHE).slice(-1);
  await Promise.all(names.filter((name) => name !== CACHE && !kept.includes(name)).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && (pathname === "/app" || pathname.startsWith(PAGE))) {
    event.respondWith(respond(PAGE, request));
  } else if (pathname.startsWith(ASSETS)) event.respondWith(respond(pathname, request));
});
async function respond(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

export {};
