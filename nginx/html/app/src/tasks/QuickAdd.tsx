import type { Ref } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { firstWeekday, formatDate, formatDue, locale, t } from "../i18n";
import { localId } from "../offline/entries";
import { view } from "../offline/sync";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { toast } from "../ui/Toast";
import { add, run } from "./actions";
import { type Found, readLine } from "./quick-add";
import { type Filter, TITLE_LENGTH, matches } from "./task";

const isDayFirst = () =>
  new Intl.DateTimeFormat(locale.value).formatToParts().find(({ type }) => type === "day" || type === "month")?.type !==
  "month";

/** One line that becomes a task. What it understood is shown before. */
export function QuickAdd({ filter, inputRef }: { filter: Filter; inputRef: Ref<HTMLInputElement> }) {
  const [text, setText] = useState("");
  const [ignored, setIgnored] = useState<ReadonlySet<string>>(new Set());
  const [fault, setFault] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const task = useMemo(
    () => readLine(text, { now: new Date(), dayFirst: isDayFirst(), firstWeekday: firstWeekday(), ignored }),
    [text, ignored],
  );

  const submit = async (event: Event) => {
    event.preventDefault();
    // As the service counts.
    const { length } = Array.from(task.title);
    if (length === 0 || length > TITLE_LENGTH) {
      setFault(length === 0 ? t("tasks.add.no_title") : t("tasks.add.too_long", { count: length, max: TITLE_LENGTH }));
      return;
    }
    const id = localId();
    const { title, priority, tags, due } = task;
    setText("");
    setIgnored(new Set());
    setFault(null);
    try {
      await add(
        {
          title,
          ...(priority ? { priority } : {}),
          ...(tags.length > 0 ? { tags } : {}),
          ...(due ? { due_at: due.toISOString() } : {}),
        },
        id,
      );
    } catch (error) {
      // It could not be kept on this device.
      setText((present) => (present === "" ? text : present));
      throw error;
    }
    const created = view(id);
    if (created && !matches(created, filter)) toast(t("tasks.added_hidden"));
  };

  const ignore = (part: Found) => {
    setIgnored(new Set([...ignored, part.text.toLowerCase()]));
    form.current?.querySelector("input")?.focus();
  };

  return (
    <form
      class="quick-add"
      ref={form}
      onSubmit={(event) => {
        run(submit(event));
      }}
    >
      <div class="quick-add-line">
        <Icon name="plus" />
        <input
          ref={inputRef}
          class="quick-add-input"
          aria-label={t("tasks.add.label")}
          aria-describedby="quick-add-about"
          aria-invalid={fault !== null}
          placeholder={t("tasks.add.example")}
          value={text}
          autocomplete="off"
          enterkeyhint="done"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setFault(null);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd class="key" aria-hidden="true">
          Q
        </kbd>
        {text.trim() !== "" && (
          <Button kind="primary" type="submit" icon="check">
            {t("tasks.add.submit")}
          </Button>
        )}
      </div>
      <div id="quick-add-about" class="quick-add-about">
        {fault !== null && (
          <p class="fault" role="alert">
            <Icon name="alert" size={14} /> {fault}
          </p>
        )}
        {task.found.length > 0 && (
          <ul class="pills" role="list" aria-label={t("tasks.add.understood")}>
            {task.found.map((part) => (
              <li key={`${part.start} ${part.text}`} class="pill">
                <PartLabel part={part} due={task.due} hasDate={task.found.some(({ kind }) => kind === "date")} />
                <IconButton
                  icon="close"
                  label={t("tasks.add.ignore", { text: part.text })}
                  onClick={() => {
                    ignore(part);
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        {task.repeats !== null && (
          <p class="hint">
            <Icon name="info" size={14} /> {t("tasks.add.repeats", { text: task.repeats })}
          </p>
        )}
      </div>
    </form>
  );
}

function PartLabel({ part, due, hasDate }: { part: Found; due: Date | null; hasDate: boolean }) {
  switch (part.kind) {
    case "priority":
      return (
        <>
          <span class={`flag ${part.value}`}>
            <Icon name="flag" size={14} />
          </span>
          {t(`priority.${part.value}`)}
        </>
      );
    case "tag":
      return <>#{part.value}</>;
    case "date":
      return (
        <>
          <Icon name="calendar" size={14} /> {formatDue(dayOf(due ?? part.value, part.value))}
        </>
      );
    case "time":
      return (
        <>
          <Icon name="clock" size={14} /> {due && (hasDate ? formatDate(due, "time") : formatDue(due))}
        </>
      );
  }
}

// The date without the time that another part shows.
function dayOf(due: Date, date: Date): Date {
  return due.getTime() === date.getTime() ? date : new Date(date.getFullYear(), date.getMonth(), date.getDate());
}
