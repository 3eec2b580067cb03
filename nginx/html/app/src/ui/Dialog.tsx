import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./Button";
import { Toasts } from "./Toast";

/** The dialogs that are open, the topmost last. It has the messages, because what is outside cannot be reached. */
export const openDialogs = signal<readonly string[]>([]);

/**
 * A modal dialog, open while it is rendered. It has the focus, and gives it back to where it was. Without onClose it
 * cannot be closed by the user.
 */
export function Dialog({
  title,
  onClose,
  children,
  side = false,
  wide = false,
}: {
  title: string;
  onClose?: (() => void) | undefined;
  children: ComponentChildren;
  /** At the side of the window, for details. */
  side?: boolean;
  wide?: boolean;
}) {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    openDialogs.value = [...openDialogs.value, id];
    return () => {
      openDialogs.value = openDialogs.value.filter((one) => one !== id);
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [id]);
  return (
    <dialog
      ref={ref}
      class={["dialog", side && "side", wide && "wide"].filter(Boolean).join(" ")}
      aria-labelledby={id}
      onKeyDown={(event) => {
        // A browser closes a dialog at the second Escape, whatever the event cancel is answered with.
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onClose?.();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={(event) => {
        if (event.currentTarget.isConnected) event.currentTarget.showModal();
      }}
      onMouseDown={(event) => {
        // Of the backdrop.
        if (event.target === ref.current) onClose?.();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          {onClose && <IconButton icon="close" label={t("action.close")} onClick={onClose} />}
        </header>
        {children}
      </div>
      {openDialogs.value.at(-1) === id && <Toasts />}
    </dialog>
  );
}
