import "../styles/main.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { reportError } from "./errors";
import { loadTexts } from "./i18n";
import { Layout } from "./Layout";
import { location, match, navigate } from "./router";
import { GUEST_PATHS, ROUTES } from "./routes";
import "./offline/start";
import { session, start } from "./session";
import "./theme";

window.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  reportError(event.reason);
});

// While the session is found out, the code of the page is fetched.
const first = match(ROUTES, location.value.path)?.route;
void first?.load().catch(reportError);
await Promise.all([loadTexts(), start()]);

effect(() => {
  const { path, query } = location.value;
  if (session.value.kind !== "in" || !GUEST_PATHS.has(path)) return;
  const next = query.get("next") ?? "";
  navigate(next.startsWith("/") ? next : "/", { replace: true });
});

const root = document.getElementById("app");
if (root) render(<Layout />, root);
