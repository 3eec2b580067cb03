import { signal } from "@preact/signals";
import { t } from "../i18n";
import { onLogOut } from "../session";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

type Options = {
  kind?: "info" | "success" | "error";
  /** Such as undo. It is offered as long as the message is shown. */
  action?: { label: string; run: () => void | Promise<void> };
};
type Message = Options & { id: number; text: string };

const messages = signal<readonly Message[]>([]);
const announced = signal("");
let lastId = 0;

const SHOWN_FOR = 6000;
const SHOWN_FOR_WITH_ACTION = 10_000;
const timers = new Map<number, number>();

/** Shows a message for some seconds, and reads it to screen readers. Returns what removes it. */
export function toast(text: string, options: Options = {}): () => void {
  lastId += 1;
  const id = lastId;
  // The oldest give way.
  messages.value = [...messages.value.slice(-2), { ...options, id, text }];
  startTimer(id);
  announce(text);
  return () => {
    remove(id);
  };
}

/** Reads a text to screen readers, and shows nothing. */
export function announce(text: string): void {
  // The same text twice is read twice.
  announced.value = announced.value === text ? `${text}\u00a0` : text;
}

// They may contain data of the account.
onLogOut(() => {
  messages.value = [];
});

function remove(id: number): void {
  stopTimer(id);
  messages.value = messages.value.filter((message) => message.id !== id);
}
function startTimer(id: number): void {
  stopTimer(id);
  const message = messages.value.find((candidate) => candidate.id === id);
  const duration = message?.action ? SHOWN_FOR_WITH_ACTION : SHOWN_FOR;
  timers.set(id, window.setTimeout(remove, duration, id));
}
function stopTimer(id: number): void {
  window.clearTimeout(timers.get(id));
  timers.delete(id);
}

/** The live region and the messages: in the topmost dialog, or else in the page. */
export function Toasts() {
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {announced}
      </div>
      <div class="toasts">
        {messages.value.map(({ id, kind = "info", text, action }) => (
          <div
            key={id}
            class={`toast ${kind}`}
            onPointerEnter={() => {
              stopTimer(id);
            }}
            onFocusIn={() => {
              stopTimer(id);
            }}
            onPointerLeave={() => {
              startTimer(id);
            }}
            onFocusOut={() => {
              startTimer(id);
            }}
          >
            {kind !== "info" && <Icon name={kind === "error" ? "alert" : "check"} />}
            <p>{text}</p>
            {action && (
              <button
                type="button"
                class="button toast-action"
                onClick={() => {
                  remove(id);
                  return action.run();
                }}
              >
                {action.label}
              </button>
            )}
            <IconButton
              icon="close"
              label={t("action.close")}
              onClick={() => {
                remove(id);
              }}
            />
          </div>
        ))}
      </div>
    </>
  );
}
