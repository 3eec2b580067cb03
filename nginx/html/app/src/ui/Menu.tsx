import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./Icon";

export type MenuItem = {
  label: string;
  icon?: IconName;
  run: () => void | Promise<void>;
  /** Of a choice: whether it is the present one. */
  checked?: boolean;
  /** One of several choices at once: the menu stays open. */
  multiple?: boolean;
  danger?: boolean;
};
export type MenuGroup = { label?: string; items: readonly MenuItem[] };

const EDGE = 8;

// Where there is more space: below or above the button, and no higher than that.
function place(menu: HTMLElement | null, button: HTMLElement | null): void {
  const list = menu?.querySelector<HTMLElement>(".menu-list");
  if (!list || !button) return;
  const { top, bottom } = button.getBoundingClientRect();
  const { scrollHeight } = list;
  const above = top - EDGE;
  const below = window.innerHeight - bottom - EDGE;
  const isAbove = scrollHeight > below && above > below;
  list.classList.toggle("flipped", isAbove);
  list.style.maxHeight = `${isAbove ? above : below}px`;
}

/** A button that opens a menu. Arrow keys, Home, End and letters move in it; Escape closes it. */
export function Menu({
  label,
  groups,
  children,
  buttonClass = "button ghost",
  buttonTabIndex,
  labelShown = false,
  above = false,
}: {
  /** The name of the button, after the text that it shows. */
  label: string;
  /** A function is called while the menu is open. */
  groups: readonly MenuGroup[] | (() => readonly MenuGroup[]);
  /** What the button shows. */
  children: ComponentChildren;
  buttonClass?: string;
  buttonTabIndex?: number;
  /** Not only for screen readers. */
  labelShown?: boolean;
  above?: boolean;
}) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = () => [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

  const returnsFocus = useRef(false);
  useLayoutEffect(() => {
    if (isOpen) place(root.current, button.current);
    else if (returnsFocus.current) {
      returnsFocus.current = false;
      // Unless the item gave it to something else.
      if (document.activeElement === document.body) button.current?.focus();
    }
  }, [isOpen]);
  // Not before the key that opened the menu has been handled.
  useEffect(() => {
    if (!isOpen) return undefined;
    entries()[0]?.focus({ preventScroll: true });
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
    };
  }, [isOpen]);

  // The focus returns after the menu is gone: the effect that gives it to the menu may still be due.
  const close = () => {
    returnsFocus.current = true;
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const all = entries();
    const index = all.findIndex((entry) => entry === document.activeElement);
    const focus = (target: number) => {
      event.preventDefault();
      all[(target + all.length) % all.length]?.focus();
    };
    if (event.key === "ArrowDown") focus(index + 1);
    else if (event.key === "ArrowUp") focus(index - 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(all.length - 1);
    else if (event.key === "Tab") setOpen(false);
    else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
      const wanted = event.key.toLowerCase();
      const next = [...all.slice(index + 1), ...all.slice(0, index + 1)].find((entry) =>
        entry.textContent.trim().toLowerCase().startsWith(wanted),
      );
      next?.focus();
    }
  };

  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        ref={button}
        class={buttonClass}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={labelShown ? undefined : label}
        tabIndex={buttonTabIndex}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {children} <span class={labelShown ? undefined : "visually-hidden"}>{label}</span>
      </button>
      {isOpen && (
        <div id={id} class={above ? "menu-list above" : "menu-list"} role="menu" aria-label={label}>
          {(typeof groups === "function" ? groups() : groups).map((group, number) => (
            <div key={number} role="group" aria-label={group.label}>
              {group.label !== undefined && (
                <p class="menu-label" aria-hidden="true">
                  {group.label}
                </p>
              )}
              {group.items.map((item) => (
                <button
                  key={item.label}
                  type="button"
                  role={item.checked === undefined ? "menuitem" : item.multiple ? "menuitemcheckbox" : "menuitemradio"}
                  aria-checked={item.checked}
                  tabIndex={-1}
                  class={item.danger ? "danger" : undefined}
                  onClick={() => {
                    if (!item.multiple) close();
                    return item.run();
                  }}
                >
                  {item.icon && <Icon name={item.icon} />}
                  <span>{item.label}</span>
                  {item.checked && <Icon name="check" size={16} />}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
