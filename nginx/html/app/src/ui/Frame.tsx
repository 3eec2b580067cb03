import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type PlainKey, t } from "../i18n";
import { Link, location } from "../router";

export type Tab = { path: string; label: PlainKey };

/** A page with several parts, which are addresses of their own. */
export function Frame({
  title,
  tabs,
  actions,
  children,
}: {
  title: PlainKey;
  tabs: readonly Tab[];
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { path } = location.value;
  const present = tabs.findLast((tab) => path === tab.path || path.startsWith(`${tab.path}/`));
  const nav = useRef<HTMLElement>(null);
  // On a phone the parts do not fit side by side.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [present]);
  return (
    <>
      <header class="page-header">
        <h1>{t(title)}</h1>
        {actions}
      </header>
      <nav ref={nav} class="tabs" aria-label={t(title)}>
        {tabs.map((tab) => (
          <Link key={tab.path} to={tab.path} aria-current={tab === present ? "page" : undefined}>
            {t(tab.label)}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}

/** A part of a page with a heading. */
export function Panel({
  title,
  text,
  actions,
  children,
  danger = false,
}: {
  title: string;
  text?: ComponentChildren;
  actions?: ComponentChildren;
  children?: ComponentChildren;
  danger?: boolean;
}) {
  return (
    <section class={danger ? "panel danger" : "panel"}>
      <header>
        <div>
          <h2>{title}</h2>
          {text !== undefined && <p class="muted">{text}</p>}
        </div>
        {actions && <div class="row">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
