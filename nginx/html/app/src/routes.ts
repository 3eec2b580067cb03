import type { Route } from "./router";

export const LOGIN: Route = { path: "/login", title: "login.title", load: () => import("./login/page"), for: "all" };

// Only for who is not logged in.
const GUEST: readonly Route[] = [
  LOGIN,
  { path: "/register", title: "register.title", load: () => import("./login/register"), for: "all" },
  { path: "/forgot", title: "forgot.title", load: () => import("./login/forgot"), for: "all" },
];
export const GUEST_PATHS: ReadonlySet<string> = new Set(GUEST.map(({ path }) => path));

const ACCOUNT = { for: "user", within: "/account" } as const;
const ADMIN = { for: "admin", within: "/admin" } as const;

/** Every page. A page is a file of its own, which is fetched when it is first shown. */
export const ROUTES: readonly Route[] = [
  { path: "/", title: "tasks.title", load: () => import("./tasks/page"), for: "user", icon: "list" },
  { path: "/trash", title: "trash.title", load: () => import("./tasks/trash"), for: "user", icon: "trash" },
  ...GUEST,
  { path: "/account", title: "account.title", load: () => import("./account/profile"), for: "user", icon: "user" },
  { path: "/account/security", title: "security.title", load: () => import("./account/security"), ...ACCOUNT },
  { path: "/account/sessions", title: "sessions.title", load: () => import("./account/sessions"), ...ACCOUNT },
  { path: "/account/tokens", title: "tokens.title", load: () => import("./account/tokens"), ...ACCOUNT },
  { path: "/account/activity", title: "activity.title", load: () => import("./account/activity"), ...ACCOUNT },
  { path: "/admin", title: "admin.title", load: () => import("./admin/dashboard"), for: "admin", icon: "shield" },
  { path: "/admin/users", title: "users.title", load: () => import("./admin/users"), ...ADMIN },
  { path: "/admin/users/:id", title: "user.title", load: () => import("./admin/user"), ...ADMIN },
  { path: "/admin/audit", title: "audit.title", load: () => import("./admin/audit"), ...ADMIN },
  { path: "/admin/mail", title: "mail.title", load: () => import("./admin/mail"), ...ADMIN },
];
