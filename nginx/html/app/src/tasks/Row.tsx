import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatDue, t } from "../i18n";
import { hasTrouble, isPending } from "../offline/sync";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import type { RowPlace } from "../ui/VirtualList";
import { edit, moveToTrash, run, setDue, snoozes, toggleDone } from "./actions";
import { PRIORITIES, TITLE_LENGTH, type Task, isOverdue } from "./task";

export type RowActions = {
  open: (id: string) => void;
  edit: (id: string | null) => void;
  select: (id: string, isRange: boolean) => void;
  pickDate: (id: string) => void;
  filterByTag: (tag: string) => void;
  activate: (id: string) => void;
};

export function Row({
  task,
  rowId,
  place,
  isActive,
  isSelected,
  isEdited,
  actions,
}: {
  task: Task;
  rowId: string;
  place: RowPlace;
  /** The one whose controls are reached by the Tab key. */
  isActive: boolean;
  isSelected: boolean;
  isEdited: boolean;
  actions: RowActions;
}) {
  const tabIndex = isActive ? 0 : -1;
  const isDone = task.status === "done";
  const classes = ["task", task.status, isSelected && "selected", isActive && "active"].filter(Boolean).join(" ");
  return (
    <li
      {...place}
      class={classes}
      data-row={rowId}
      onFocusIn={() => {
        actions.activate(rowId);
      }}
    >
      <input
        type="checkbox"
        class="task-select"
        tabIndex={tabIndex}
        checked={isSelected}
        aria-label={t("task.select", { title: task.title })}
        onClick={(event) => {
          actions.select(rowId, event.shiftKey);
        }}
      />
      <button
        type="button"
        role="checkbox"
        class={`task-check ${task.priority}`}
        tabIndex={tabIndex}
        aria-checked={isDone}
        aria-label={t("task.complete", { title: task.title })}
        onClick={() => {
          run(toggleDone(task));
        }}
      >
        <span>
          <Icon name="check" size={14} />
        </span>
      </button>
      {isEdited ? (
        <TitleEditor
          task={task}
          onEnd={() => {
            actions.edit(null);
          }}
        />
      ) : (
        <button
          type="button"
          class="task-open"
          tabIndex={tabIndex}
          onClick={() => {
            actions.open(rowId);
          }}
        >
          <span class="task-title">{task.title}</span>
          {task.priority !== "none" && <span class="visually-hidden">, {t(`priority.${task.priority}`)}</span>}
          {task.description !== "" && <Icon name="note" size={14} />}
        </button>
      )}
      <div class="task-about">
        {hasTrouble(task.id) ? (
          <span class="state trouble">
            <Icon name="alert" size={14} /> {t("task.trouble")}
          </span>
        ) : (
          isPending(task.id) && (
            <span class="state" title={t("task.pending")}>
              <Icon name="upload" size={14} />
              <span class="visually-hidden">{t("task.pending")}</span>
            </span>
          )
        )}
        {task.status === "in_progress" && <span class="state progress">{t("status.in_progress")}</span>}
        {task.tags.slice(0, TAGS_SHOWN).map((tag) => (
          <button
            key={tag}
            type="button"
            class="tag"
            tabIndex={tabIndex}
            onClick={() => {
              actions.filterByTag(tag);
            }}
          >
            {tag}
          </button>
        ))}
        {task.tags.length > TAGS_SHOWN && <span class="tag">+{task.tags.length - TAGS_SHOWN}</span>}
        {task.due_at !== null && (
          <span class={isOverdue(task, new Date()) ? "due overdue" : "due"}>
            <Icon name="calendar" size={14} />
            <span class="visually-hidden">{t("tasks.due", { date: formatDue(task.due_at) })}</span>
            <span aria-hidden="true">{formatDue(task.due_at)}</span>
          </span>
        )}
      </div>
      <RowMenu task={task} rowId={rowId} actions={actions} tabIndex={tabIndex} />
    </li>
  );
}

const TAGS_SHOWN = 2;

function RowMenu({
  task,
  rowId,
  actions,
  tabIndex,
}: {
  task: Task;
  rowId: string;
  actions: RowActions;
  tabIndex: number;
}) {
  return (
    <Menu
      label={t("task.actions")}
      buttonClass="icon-button"
      buttonTabIndex={tabIndex}
      groups={() => [
        {
          items: [
            {
              label: t("task.open"),
              icon: "info",
              run: () => {
                actions.open(rowId);
              },
            },
            {
              label: t("task.edit"),
              icon: "edit",
              run: () => {
                actions.edit(rowId);
              },
            },
            {
              label: t("task.mark"),
              icon: "check",
              run: () => {
                actions.select(rowId, false);
              },
            },
          ],
        },
        {
          label: t("task.due_group"),
          items: [
            ...snoozes().map(({ name, date }) => ({ label: name, run: () => setDue(task, date) })),
            {
              label: t("task.snooze.pick"),
              run: () => {
                actions.pickDate(rowId);
              },
            },
          ],
        },
        {
          label: t("tasks.filter.priority"),
          items: PRIORITIES.map((priority) => ({
            label: t(`priority.${priority}`),
            checked: task.priority === priority,
            run: () => edit(task, { priority }),
          })),
        },
        {
          items: [{ label: t("task.delete"), icon: "trash", danger: true, run: () => moveToTrash(task) }],
        },
      ]}
    >
      <Icon name="more" />
    </Menu>
  );
}

function TitleEditor({ task, onEnd }: { task: Task; onEnd: () => void }) {
  const [title, setTitle] = useState(task.title);
  const [basis] = useState(task);
  const input = useRef<HTMLInputElement>(null);
  const hasEnded = useRef(false);
  // Before the next key.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const end = (isSaved: boolean) => {
    if (hasEnded.current) return;
    hasEnded.current = true;
    const wanted = title.trim();
    if (isSaved && wanted !== "" && wanted !== basis.title) run(edit(task, { title: wanted }, basis));
    onEnd();
  };
  return (
    <input
      ref={input}
      class="task-editor"
      aria-label={t("task.edit_label")}
      value={title}
      maxLength={TITLE_LENGTH}
      onInput={(event) => {
        setTitle(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        // The key is not also one of what has the focus next.
        event.preventDefault();
        end(event.key === "Enter");
      }}
      onBlur={() => {
        end(true);
      }}
    />
  );
}
