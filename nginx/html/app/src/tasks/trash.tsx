import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { NetworkError, type Schemas, call } from "../api/client";
import { formatRelative, t } from "../i18n";
import { isOpen, now, restore, touchedSince, view } from "../offline/sync";
import { Button, IconButton } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { Skeleton } from "../ui/Loading";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { VirtualList } from "../ui/VirtualList";
import { short } from "./actions";

type Trashed = Schemas["TrashedTask"];
const PAGE = 100;

export default function TrashPage() {
  const [tasks, setTasks] = useState<Trashed[] | null>(null);
  const [about, setAbout] = useState<{ total: number; cursor: string | null; since: number }>({
    total: 0,
    cursor: null,
    since: 0,
  });
  const [error, setError] = useState<unknown>(null);
  const isFetching = useRef(false);
  const controller = useRef(new AbortController());

  const load = useCallback((cursor: string | null) => {
    if (isFetching.current) return;
    isFetching.current = true;
    const { signal } = controller.current;
    const since = now();
    setError(null);
    call("get", "/tasks", {
      query: { trash: true, limit: PAGE, ...(cursor === null ? { count: true } : { cursor }) },
      signal,
    })
      .then((page) => {
        const items = page.items as Trashed[];
        setTasks((known) => (cursor === null || known === null ? items : [...known, ...items]));
        setAbout((known) => ({
          total: page.total ?? known.total,
          cursor: page.next_cursor ?? null,
          since: cursor === null ? since : known.since,
        }));
      })
      .catch((failure: unknown) => {
        if (!signal.aborted) setError(failure);
      })
      .finally(() => {
        isFetching.current = false;
      });
  }, []);

  const [question, ask] = useConfirm();
  const ready = isOpen.value;
  useEffect(() => {
    if (ready) load(null);
  }, [load, ready]);
  useEffect(
    () => () => {
      controller.current.abort();
    },
    [],
  );

  // What was restored is a task again.
  const touched = touchedSince(about.since);
  const shown = (tasks ?? []).filter(({ id }) => !(touched.has(id) && view(id)));
  const byId = new Map(shown.map((task) => [task.id, task]));

  const takeBack = async (task: Trashed) => {
    await restore(task);
    toast(t("trash.restored", { title: short(task.title) }), { kind: "success" });
  };
  const purge = ({ id, title, version }: Trashed) => {
    ask({
      title: t("trash.purge_title"),
      text: t("trash.purge_text", { title: short(title) }),
      action: t("trash.purge_action"),
      danger: true,
      run: async () => {
        await call("delete", "/tasks/{id}", {
          path: { id },
          query: { permanent: true },
          headers: { "If-Match": `"${version}"` },
        });
        setTasks((known) => known?.filter((task) => task.id !== id) ?? null);
        setAbout((known) => ({ ...known, total: known.total - 1 }));
        toast(t("trash.purged", { title: short(title) }));
      },
    });
  };
  const more = useCallback(() => {
    if (about.cursor !== null) load(about.cursor);
  }, [about.cursor, load]);

  return (
    <div class="tasks">
      <header class="page-header">
        <h1>{t("trash.title")}</h1>
        <p class="muted">{t("trash.lead")}</p>
      </header>
      {error instanceof NetworkError && !navigator.onLine ? (
        <EmptyState icon="cloudOff" title={t("trash.offline")} />
      ) : (
        <ErrorNotice
          error={error}
          retry={() => {
            load(tasks === null ? null : about.cursor);
          }}
        />
      )}
      {tasks === null && error === null && <Skeleton lines={6} />}
      {tasks !== null && shown.length === 0 && <EmptyState icon="trash" title={t("trash.empty")} />}
      {shown.length > 0 && (
        <VirtualList
          ids={shown.map(({ id }) => id)}
          label={t("trash.title")}
          total={about.total - ((tasks?.length ?? 0) - shown.length)}
          onEnd={more}
          row={(id, _, place) => {
            const task = byId.get(id);
            return (
              task && (
                <li key={id} {...place} class="task trashed">
                  <span class="task-open">
                    <span class="task-title">{task.title}</span>
                  </span>
                  <div class="task-about">
                    <span class="due">
                      {task.deleted_at !== null && t("trash.deleted", { date: formatRelative(task.deleted_at) })}
                    </span>
                  </div>
                  <Button
                    kind="ghost"
                    icon="refresh"
                    aria-label={t("trash.restore_task", { title: task.title })}
                    onClick={() => takeBack(task)}
                  >
                    {t("trash.restore")}
                  </Button>
                  <IconButton
                    icon="trash"
                    label={t("trash.purge", { title: task.title })}
                    onClick={() => {
                      purge(task);
                    }}
                  />
                </li>
              )
            );
          }}
        />
      )}
      {question}
    </div>
  );
}
