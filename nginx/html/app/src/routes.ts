import type { Route } from "./router";

export const LOGIN: Route = { path: "/login", title: "login.title", load: () => import("./login/page"), for: "all" };

/** Every page. A page is a file of its own, which is fetched when it is first shown. */
export const ROUTES: readonly Route[] = [
  { path: "/", title: "tasks.title", load: () => import("./tasks/page"), for: "user", icon: "list" },
  LOGIN,
];
