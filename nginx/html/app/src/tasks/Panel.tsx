import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem, call } from "../api/client";
import { reportError } from "../errors";
import { formatDate, t } from "../i18n";
import { allTasks, currentId, firstId, isOpen, keep, view } from "../offline/sync";
import { setQuery } from "../router";
import { Button, IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field, Select, TextArea } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Loading";
import { lazy } from "../ui/lazy";
import { edit, moveToTrash, run, snoozes, toggleDone } from "./actions";
import { DESCRIPTION_LENGTH, PRIORITIES, STATUSES, TAGS, TAG_LENGTH, TITLE_LENGTH, type Task } from "./task";

const Markdown = lazy(async () => (await import("./Markdown")).Markdown);

const close = () => {
  setQuery({ task: undefined });
};

/** The details of a task, at the side. */
export function Panel({ id }: { id: string }) {
  const task = view(id);
  const present = currentId(id);
  const [isGone, setGone] = useState(false);
  const ready = isOpen.value;
  useEffect(() => {
    if (present !== id) setQuery({ task: present });
  }, [id, present]);
  // What the list does not have, such as from a link.
  useEffect(() => {
    if (!ready || task) return;
    call("get", "/tasks/{id}", { path: { id: present } }).then(
      (found) => {
        keep([found]);
        // Unless it was just deleted here.
        if (!view(found.id)) setGone(true);
      },
      (error: unknown) => {
        setGone(true);
        if (!(error instanceof Problem && (error.status === 404 || error.status === 422))) reportError(error);
      },
    );
  }, [ready, present, task === null]);

  return (
    <Dialog title={t("panel.title")} onClose={close} side>
      {task ? (
        <Details key={firstId(id)} task={task} />
      ) : isGone ? (
        <p class="muted">{t("panel.gone")}</p>
      ) : (
        <Skeleton lines={5} />
      )}
    </Dialog>
  );
}

function Details({ task }: { task: Task }) {
  return (
    <div class="task-panel">
      <TitleField task={task} />
      <div class="panel-fields">
        <Select
          label={t("panel.status")}
          value={task.status}
          options={STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
          onValue={(status) => {
            run(edit(task, { status }));
          }}
        />
        <Select
          label={t("tasks.filter.priority")}
          value={task.priority}
          options={PRIORITIES.map((priority) => ({ value: priority, label: t(`priority.${priority}`) }))}
          onValue={(priority) => {
            run(edit(task, { priority }));
          }}
        />
        <DueFields
          due={task.due_at === null ? null : new Date(task.due_at)}
          onDue={(due) => {
            run(edit(task, { due_at: due?.toISOString() ?? null }));
          }}
        />
      </div>
      <div class="row">
        {snoozes().map(({ name, date }) => (
          <button
            key={name}
            type="button"
            class="tag"
            onClick={() => {
              run(edit(task, { due_at: date?.toISOString() ?? null }));
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <TagField task={task} />
      <Description task={task} />
      <footer class="panel-footer">
        <p class="muted">
          {t("panel.created", { date: formatDate(task.created_at) })} ·{" "}
          {task.completed_at === null
            ? t("panel.changed", { date: formatDate(task.updated_at) })
            : t("panel.completed", { date: formatDate(task.completed_at) })}
        </p>
        <div class="row">
          <Button
            icon="check"
            kind={task.status === "done" ? "plain" : "primary"}
            onClick={() => {
              run(toggleDone(task));
              if (task.status !== "done") close();
            }}
          >
            {t(task.status === "done" ? "status.todo" : "batch.complete")}
          </Button>
          <Button
            icon="trash"
            kind="danger"
            onClick={() => {
              run(moveToTrash(task));
              close();
            }}
          >
            {t("task.delete")}
          </Button>
        </div>
      </footer>
    </div>
  );
}

function TitleField({ task }: { task: Task }) {
  const [title, setTitle] = useState<string | null>(null);
  const basis = useRef(task);
  const save = () => {
    const wanted = title?.trim();
    setTitle(null);
    if (wanted && wanted !== basis.current.title) run(edit(task, { title: wanted }, basis.current));
  };
  return (
    <textarea
      class="panel-title"
      rows={1}
      aria-label={t("panel.name")}
      maxLength={TITLE_LENGTH}
      value={title ?? task.title}
      onInput={(event) => {
        if (title === null) basis.current = task;
        setTitle(event.currentTarget.value.replace(/\n/g, " "));
      }}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        event.currentTarget.blur();
      }}
    />
  );
}

const two = (value: number) => String(value).padStart(2, "0");
const dayText = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** A date and perhaps a time, in the time zone of the device. */
export function DueFields({ due, onDue }: { due: Date | null; onDue: (due: Date | null) => void }) {
  const hasTime = due !== null && (due.getHours() > 0 || due.getMinutes() > 0);
  const time = hasTime ? `${two(due.getHours())}:${two(due.getMinutes())}` : "";
  const set = (day: string, clock: string) => {
    const [year = 0, month = 0, dayOfMonth = 0] = day.split("-").map(Number);
    const [hour = 0, minute = 0] = clock.split(":").map(Number);
    // Half a year is typed.
    if (day !== "" && year < 1000) return;
    onDue(day === "" ? null : new Date(year, month - 1, dayOfMonth, hour, minute));
  };
  return (
    <>
      <Field
        label={t("panel.date")}
        type="date"
        value={due ? dayText(due) : ""}
        max="9999-12-31"
        onChange={(event) => {
          set(event.currentTarget.value, time);
        }}
      />
      <Field
        label={t("panel.time")}
        type="time"
        value={time}
        optional
        disabled={due === null}
        onChange={(event) => {
          set(due ? dayText(due) : "", event.currentTarget.value);
        }}
      />
    </>
  );
}

const TAGS_OFFERED = 50;

function TagField({ task }: { task: Task }) {
  const [text, setText] = useState("");
  // What is drawn may be a key press behind.
  const tags = () => (view(task.id) ?? task).tags;
  const set = (changed: readonly string[]) => {
    run(edit(task, { tags: [...changed] }));
  };
  const add = () => {
    const tag = text.trim().replace(/^#/, "");
    setText("");
    if (tag !== "" && !tags().includes(tag)) set([...tags(), tag]);
  };
  const known = useMemo(() => [...new Set(allTasks().flatMap(({ tags }) => tags))], []);
  return (
    <div class="field">
      <label for="panel-tags">{t("panel.tags")}</label>
      <div class="tag-field">
        {task.tags.map((tag) => (
          <span key={tag} class="pill">
            #{tag}
            <IconButton
              icon="close"
              label={t("panel.remove_tag", { name: tag })}
              onClick={() => {
                set(tags().filter((other) => other !== tag));
              }}
            />
          </span>
        ))}
        {task.tags.length < TAGS && (
          <input
            id="panel-tags"
            placeholder={t("panel.add_tag")}
            maxLength={TAG_LENGTH}
            value={text}
            list="known-tags"
            autocomplete="off"
            onInput={(event) => {
              setText(event.currentTarget.value);
            }}
            onBlur={add}
            onKeyDown={(event) => {
              if ((event.key === "Enter" || event.key === ",") && text !== "") {
                event.preventDefault();
                add();
              } else if (event.key === "Backspace" && text === "" && tags().length > 0) set(tags().slice(0, -1));
            }}
          />
        )}
        <datalist id="known-tags">
          {known
            .filter((tag) => !task.tags.includes(tag))
            .slice(0, TAGS_OFFERED)
            .map((tag) => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
      </div>
    </div>
  );
}

function Description({ task }: { task: Task }) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isPlain, setPlain] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const basis = useRef(task);
  const save = () => {
    if (draft !== null && draft !== basis.current.description) run(edit(task, { description: draft }, basis.current));
  };
  // What was typed is not lost when the panel is closed.
  const saveAtEnd = useRef(save);
  saveAtEnd.current = save;
  useEffect(
    () => () => {
      saveAtEnd.current();
    },
    [],
  );
  const end = (isSaved: boolean) => {
    if (isSaved) save();
    setDraft(null);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (draft !== null) {
    return (
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          end(true);
        }}
      >
        <TextArea
          label={t("panel.description")}
          hint={t("panel.description_hint")}
          rows={10}
          value={draft}
          maxLength={DESCRIPTION_LENGTH}
          onValue={setDraft}
          autofocus
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) end(true);
            else if (event.key === "Escape") {
              event.preventDefault();
              event.stopPropagation();
              end(false);
            }
          }}
        />
        <div class="row">
          <Button kind="primary" type="submit">
            {t("panel.save")}
          </Button>
          <Button
            onClick={() => {
              end(false);
            }}
          >
            {t("action.cancel")}
          </Button>
        </div>
      </form>
    );
  }
  const begin = () => {
    basis.current = task;
    setDraft(task.description);
  };
  return (
    <section class="description" aria-label={t("panel.description")}>
      <header>
        <h3>{t("panel.description")}</h3>
        {task.description !== "" && (
          <>
            <button
              type="button"
              class="filter-button"
              aria-pressed={isPlain}
              onClick={() => {
                setPlain(!isPlain);
              }}
            >
              {t("panel.plain")}
            </button>
            <IconButton icon="edit" buttonRef={button} label={t("panel.edit_description")} onClick={begin} />
          </>
        )}
      </header>
      {task.description === "" ? (
        <button type="button" class="description-empty" ref={button} onClick={begin}>
          <Icon name="plus" size={16} /> {t("panel.no_description")}
        </button>
      ) : isPlain ? (
        <p class="plain-text">{task.description}</p>
      ) : (
        <Markdown text={task.description} />
      )}
    </section>
  );
}
