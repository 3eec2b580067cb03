import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useErrorBoundary, useRef } from "preact/hooks";
import { waiting } from "./api/client";
import { reportError } from "./errors";
import { LANGUAGE_NAMES, type Language, languageChoice, setLanguage, t } from "./i18n";
import { LossQuestion } from "./offline/Loss";
import { Link, type Route, location, match, navigate, usePage, visits } from "./router";
import { GUEST_PATHS, LOGIN, ROUTES } from "./routes";
import { logOut, session, user } from "./session";
import { enrolment, stepUp } from "./step-up";
import { type Theme, setTheme, theme } from "./theme";
import { Button } from "./ui/Button";
import { Dialog, openDialogs } from "./ui/Dialog";
import { Icon } from "./ui/Icon";
import { lazy } from "./ui/lazy";
import { Skeleton } from "./ui/Loading";
import { Menu, type MenuGroup } from "./ui/Menu";
import { EmptyState } from "./ui/Notice";
import { Toasts } from "./ui/Toast";

const Login = lazy(async () => (await import("./login/Login")).Login);
const StepUpDialog = lazy(async () => (await import("./login/StepUp")).StepUpDialog);
const EnrolmentDialog = lazy(async () => (await import("./login/Enrolment")).EnrolmentDialog);

/** The whole window: navigation, the page of the address, and what lies over it. */
export function Layout() {
  const place = location.value;
  const state = session.value;
  if (state.kind === "starting") {
    return (
      <p class="visually-hidden" role="status">
        {t("app.starting")}
      </p>
    );
  }
  const found = match(ROUTES, place.path);
  // In place, so that the address is still the one to come back to.
  const isLogin = found !== null && found.route.for !== "all" && state.kind === "out";
  const route = isLogin ? LOGIN : (found?.route ?? null);
  // The effect in main.tsx leads away from these.
  const isPlain = state.kind === "out" || GUEST_PATHS.has(place.path);

  return (
    <>
      <a class="skip" href="#content">
        {t("app.skip")}
      </a>
      <div class={isPlain ? "frame plain" : "frame"}>
        {isPlain ? <PlainHeader /> : <Sidebar present={route} />}
        <Content route={route} params={found?.params ?? {}} />
      </div>
      <Waiting />
      {openDialogs.value.length === 0 && <Toasts />}
      {enrolment.value && <EnrolmentDialog finish={enrolment.value} />}
      {stepUp.value && <StepUpDialog finish={stepUp.value} />}
      <LossQuestion />
      {state.kind === "expired" && (
        <Dialog title={t("login.expired.title")}>
          <p class="muted">{t("login.expired.text")}</p>
          <Login name={state.user.email ?? state.user.username ?? ""} inPlace />
          <Button kind="ghost" wide onClick={() => logOut()}>
            {t("account.log_out")}
          </Button>
        </Dialog>
      )}
    </>
  );
}

function Content({ route, params }: { route: Route | null; params: Record<string, string> }) {
  const main = useRef<HTMLElement>(null);
  const title = t(route?.title ?? "app.not_found.title");
  const visit = visits.value;
  useEffect(() => {
    document.title = `${title} – ${t("app.name")}`;
  }, [title]);
  // The focus follows to a new page, as it would in a new document.
  useEffect(() => {
    if (visit > 0 && !main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [visit]);
  return (
    <main id="content" ref={main} tabIndex={-1} aria-label={title}>
      {route === null ? (
        <EmptyState icon="search" title={t("app.not_found.title")}>
          <p class="muted">{t("app.not_found.text")}</p>
          <Link to="/" class="button primary">
            {t("app.not_found.back")}
          </Link>
        </EmptyState>
      ) : route.for === "admin" && user.value?.role !== "admin" ? (
        <EmptyState icon="lock" title={t("app.forbidden.title")}>
          <p class="muted">{t("app.forbidden.text")}</p>
        </EmptyState>
      ) : (
        <Page key={route.path} route={route} params={params} />
      )}
    </main>
  );
}

function Page({ route, params }: { route: Route; params: Record<string, string> }) {
  const [failure] = useErrorBoundary((error: unknown) => {
    console.error(error);
  }) as [unknown, () => void];
  if (failure) {
    return (
      <EmptyState icon="alert" title={t("app.crash.title")}>
        <p class="muted">{t("app.crash.text")}</p>
        <Button
          kind="primary"
          onClick={() => {
            window.location.reload();
          }}
        >
          {t("app.crash.reload")}
        </Button>
      </EmptyState>
    );
  }
  return <LoadedPage route={route} params={params} />;
}

function LoadedPage({ route, params }: { route: Route; params: Record<string, string> }) {
  const Component = usePage(route);
  return Component ? <Component params={params} /> : <Skeleton lines={6} />;
}

function Brand() {
  return (
    <Link to="/" class="brand">
      <span class="brand-mark">
        <Icon name="check" size={16} />
      </span>
      {t("app.name")}
    </Link>
  );
}

function PlainHeader() {
  return (
    <header class="plain-header">
      <Brand />
      <SettingsMenu buttonClass="icon-button">
        <Icon name="settings" />
      </SettingsMenu>
    </header>
  );
}

function Sidebar({ present }: { present: Route | null }) {
  const person = user.value;
  const shown = ROUTES.filter(
    (route) => route.icon !== undefined && (route.for !== "admin" || person?.role === "admin"),
  );
  const name = person?.name ?? person?.username ?? person?.email ?? t("account.guest");
  return (
    <header class="sidebar">
      <Brand />
      <nav aria-label={t("app.navigation")}>
        {shown.map((route) => (
          <Link
            key={route.path}
            to={route.path}
            class="nav-link"
            aria-current={route.path === present?.path || route.path === present?.within ? "page" : undefined}
          >
            {route.icon && <Icon name={route.icon} />}
            <span>{t(route.title)}</span>
          </Link>
        ))}
      </nav>
      <SettingsMenu buttonClass="account-button" withLogOut>
        <span class="avatar" aria-hidden="true">
          {name.slice(0, 1).toUpperCase()}
        </span>
        <span class="account-name">{name}</span>
      </SettingsMenu>
    </header>
  );
}

function SettingsMenu({
  children,
  buttonClass,
  withLogOut = false,
}: {
  children: ComponentChildren;
  buttonClass: string;
  withLogOut?: boolean;
}) {
  const themes: [Theme, string][] = [
    ["auto", t("theme.auto")],
    ["light", t("theme.light")],
    ["dark", t("theme.dark")],
  ];
  const languages: [Language | "auto", string][] = [
    ["auto", t("language.auto")],
    ...(Object.entries(LANGUAGE_NAMES) as [Language, string][]),
  ];
  const groups: MenuGroup[] = [
    {
      label: t("theme.label"),
      items: themes.map(([value, label]) => ({
        label,
        checked: theme.value === value,
        run: () => {
          setTheme(value);
        },
      })),
    },
    {
      label: t("language.label"),
      items: languages.map(([value, label]) => ({
        label,
        checked: languageChoice.value === value,
        run: () => setLanguage(value),
      })),
    },
  ];
  if (withLogOut) {
    groups.push({
      items: [
        {
          label: t("account.log_out"),
          icon: "logOut",
          run: async () => {
            await logOut().catch(reportError);
            if (session.value.kind === "out") navigate("/login", { replace: true });
          },
        },
      ],
    });
  }
  return (
    <Menu label={t("account.menu")} groups={groups} buttonClass={buttonClass} above={withLogOut}>
      {children}
    </Menu>
  );
}

// Honest about the network, and about what is repeated by itself.
function Waiting() {
  const isOffline = useSignal(!navigator.onLine);
  useEffect(() => {
    const update = () => {
      isOffline.value = !navigator.onLine;
    };
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, [isOffline]);
  const text = isOffline.value ? t("offline") : waiting.value ? t(`waiting.${waiting.value.why}`) : "";
  return (
    <div class="status-bar" role="status">
      {text !== "" && <p>{text}</p>}
    </div>
  );
}
