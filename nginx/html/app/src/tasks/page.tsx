import { useCallback, useEffect, useState } from "preact/hooks";
import { Cancelled, type Schemas, call } from "../api/client";
import { daysFromToday, formatDue, t } from "../i18n";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Loading";
import { EmptyState, ErrorNotice } from "../ui/Notice";

export default function TasksPage() {
  const [page, setPage] = useState<Schemas["TaskPage"] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback((signal: AbortSignal) => {
    setError(null);
    call("get", "/tasks", { query: { limit: 20, count: true }, signal }).then(setPage, (failure: unknown) => {
      if (!signal.aborted && !(failure instanceof Cancelled)) setError(failure);
    });
  }, []);
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal);
    return () => {
      controller.abort();
    };
  }, [load]);

  return (
    <>
      <header class="page-header">
        <h1>{t("tasks.title")}</h1>
        {page?.total !== undefined && <p class="muted">{t("tasks.count", { count: page.total })}</p>}
      </header>
      <ErrorNotice
        error={error}
        retry={() => {
          load(new AbortController().signal);
        }}
      />
      {page === null && error === null && <Skeleton lines={6} />}
      {page?.items.length === 0 && (
        <EmptyState icon="check" title={t("tasks.empty.title")}>
          <p class="muted">{t("tasks.empty.text")}</p>
        </EmptyState>
      )}
      {page !== null && page.items.length > 0 && (
        <ul class="task-list">
          {page.items.map((task) => (
            <TaskRow key={task.id} task={task} />
          ))}
        </ul>
      )}
    </>
  );
}

function TaskRow({ task }: { task: Schemas["Task"] }) {
  const isOverdue = task.due_at !== null && task.status !== "done" && daysFromToday(task.due_at) < 0;
  return (
    <li class={`task ${task.status}`}>
      <span class={`dot ${task.priority}`} role="img" aria-label={t(`priority.${task.priority}`)} />
      <span class="task-title">{task.title}</span>
      {task.tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
      {task.due_at !== null && (
        <span class={isOverdue ? "due overdue" : "due"}>
          <Icon name="calendar" size={14} />
          <span class="visually-hidden">{t("tasks.due", { date: formatDue(task.due_at) })}</span>
          <span aria-hidden="true">{formatDue(task.due_at)}</span>
        </span>
      )}
    </li>
  );
}
