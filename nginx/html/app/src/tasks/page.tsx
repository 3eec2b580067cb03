import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { currentId, firstId, isWaiting, troubles, unsent, view } from "../offline/sync";
import { location, setQuery } from "../router";
import { user } from "../session";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Loading";
import { lazy } from "../ui/lazy";
import { Menu } from "../ui/Menu";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { VirtualList, type VirtualListHandle } from "../ui/VirtualList";
import { moveToTrash, run, toggleDone, undoLast } from "./actions";
import { BatchBar } from "./BatchBar";
import { Filters, addTag, resetFilters } from "./Filters";
import { QuickAdd } from "./QuickAdd";
import { Row, type RowActions } from "./Row";
import { useListing } from "./listing";
import { type Task, readFilter } from "./task";

const Panel = lazy(async () => (await import("./Panel")).Panel);
const dialogs = () => import("./dialogs");
const KeysDialog = lazy(async () => (await dialogs()).KeysDialog);
const DateDialog = lazy(async () => (await dialogs()).DateDialog);
const ImportDialog = lazy(async () => (await dialogs()).ImportDialog);
const TroubleDialog = lazy(async () => (await dialogs()).TroubleDialog);
const exportTasks = async (format: "json" | "csv" | "ics") => (await dialogs()).exportTasks(format);

type Opened = { kind: "keys" | "import" | "troubles" } | { kind: "date"; tasks: Task[] };

export default function TasksPage() {
  const { query } = location.value;
  const filter = useMemo(() => readFilter(query), [query]);
  const { rows, total, isLoading, isOfDevice, hasMore, error, more, retry } = useListing(filter);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [edited, setEdited] = useState<string | null>(null);
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState({ id: "", index: 0 });
  const anchor = useRef(0);
  const list = useRef<VirtualListHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const addInput = useRef<HTMLInputElement>(null);
  const searchInput = useRef<HTMLInputElement>(null);

  const keys = useMemo(() => rows.map(firstId), [rows]);
  // A row that has gone gives its place to the next one.
  const activeIndex = useMemo(() => {
    const found = keys.indexOf(active.id);
    return found >= 0 ? found : Math.min(active.index, keys.length - 1);
  }, [keys, active]);
  const selected = keys.filter((key) => selection.has(key));
  const panelId = query.get("task");

  // ---------------------------------------------------------------- focus

  const hadFocus = useRef(false);
  const focusRow = () => {
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(keys[activeIndex] ?? "")}"]`);
    row?.querySelector<HTMLElement>(".task-open")?.focus({ preventScroll: true });
  };
  // The focus does not vanish with its row.
  useLayoutEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) focusRow();
  });
  useEffect(() => {
    const forget = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) hadFocus.current = false;
    };
    document.addEventListener("pointerdown", forget);
    document.addEventListener("focusin", forget);
    return () => {
      document.removeEventListener("pointerdown", forget);
      document.removeEventListener("focusin", forget);
    };
  }, []);

  const move = (index: number) => {
    const target = Math.max(0, Math.min(index, keys.length - 1));
    const id = keys[target];
    if (id === undefined) return;
    hadFocus.current = true;
    list.current?.show(target);
    setActive({ id, index: target });
    if (target === activeIndex) focusRow();
    else (document.activeElement as HTMLElement | null)?.blur();
  };

  // ---------------------------------------------------------------- actions

  const activeTask = () => view(currentId(keys[activeIndex] ?? ""));
  const close = () => {
    setOpened(null);
  };
  const select = useCallback(
    (id: string, isRange: boolean) => {
      const index = keys.indexOf(id);
      setSelection((known) => {
        const next = new Set(known);
        if (isRange) {
          const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
          for (const key of keys.slice(from, to + 1)) next.add(key);
        } else if (!next.delete(id)) next.add(id);
        return next;
      });
      anchor.current = index;
    },
    [keys],
  );
  const actions: RowActions = {
    open: (id) => {
      setQuery({ task: currentId(id) });
    },
    edit: (id) => {
      setEdited(id);
      if (id === null) hadFocus.current = true;
    },
    select,
    pickDate: (id) => {
      const task = view(currentId(id));
      if (task) setOpened({ kind: "date", tasks: [task] });
    },
    filterByTag: (tag) => {
      addTag(tag);
    },
    activate: (id) => {
      hadFocus.current = true;
      if (id !== active.id) setActive({ id, index: keys.indexOf(id) });
    },
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], [role=menu]")) return;
    if (document.querySelector("dialog[open]")) return;
    const isInList = box.current?.contains(target) ?? false;
    const task = activeTask();
    const commands: Record<string, (() => void) | undefined> = {
      "?": () => {
        setOpened({ kind: "keys" });
      },
      n: () => addInput.current?.focus(),
      q: () => addInput.current?.focus(),
      "/": () => {
        searchInput.current?.scrollIntoView({ block: "center" });
        searchInput.current?.focus();
        searchInput.current?.select();
      },
      u: () => {
        run(undoLast());
      },
      Escape: () => {
        setSelection(new Set());
      },
      // The first press only says where one is.
      j: () => {
        move(isInList ? activeIndex + 1 : activeIndex);
      },
      k: () => {
        move(isInList ? activeIndex - 1 : activeIndex);
      },
      ...(isInList && {
        ArrowDown: () => {
          move(activeIndex + 1);
        },
        ArrowUp: () => {
          move(activeIndex - 1);
        },
        Home: () => {
          move(0);
        },
        End: () => {
          move(keys.length - 1);
        },
      }),
      ...(task && {
        x: () => {
          run(toggleDone(task));
        },
        e: () => {
          list.current?.show(activeIndex);
          setEdited(keys[activeIndex] ?? null);
        },
        v: () => {
          select(keys[activeIndex] ?? "", false);
        },
        "#": () => {
          run(moveToTrash(task));
        },
        Delete: () => {
          run(moveToTrash(task));
        },
        ...(target === document.body && {
          Enter: () => {
            actions.open(task.id);
          },
        }),
      }),
    };
    const command = commands[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  };
  const latestOnKey = useRef(onKey);
  latestOnKey.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      latestOnKey.current(event);
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, []);

  // A conflict asks by itself, unless something else is open.
  const conflicts = troubles.value.length;
  const askedAbout = useRef(0);
  useEffect(() => {
    if (conflicts > askedAbout.current && !document.querySelector("dialog[open]")) setOpened({ kind: "troubles" });
    askedAbout.current = conflicts;
  }, [conflicts]);

  const isFiltered =
    filter.q !== "" || filter.priority.length + filter.tags.length > 0 || filter.due !== null || query.has("status");

  return (
    <div class="tasks">
      <header class="page-header">
        <h1>{t("tasks.title")}</h1>
        <p class="muted" role="status">
          {total !== null && t("tasks.count", { count: total })}
        </p>
        <div class="page-actions">
          <Menu
            label={t("tasks.more")}
            buttonClass="icon-button"
            groups={[
              {
                items: [
                  {
                    label: t("tasks.import"),
                    icon: "upload",
                    run: () => {
                      setOpened({ kind: "import" });
                    },
                  },
                ],
              },
              {
                label: t("tasks.export"),
                items: (["json", "csv", "ics"] as const).map((format) => ({
                  label: t(`tasks.export.${format}`),
                  icon: "download",
                  run: () => exportTasks(format),
                })),
              },
              {
                items: [
                  {
                    label: t("tasks.keys"),
                    icon: "info",
                    run: () => {
                      setOpened({ kind: "keys" });
                    },
                  },
                ],
              },
            ]}
          >
            <Icon name="more" />
          </Menu>
        </div>
      </header>
      {user.value?.role !== "guest" && <QuickAdd filter={filter} inputRef={addInput} />}
      <Filters filter={filter} searchRef={searchInput} />
      <SyncNotices
        isOfDevice={isOfDevice}
        review={() => {
          setOpened({ kind: "troubles" });
        }}
      />
      <ErrorNotice error={error} retry={retry} />
      <div ref={box} class={selected.length > 0 ? "task-box selecting" : "task-box"}>
        {rows.length > 0 ? (
          <VirtualList
            ids={keys}
            label={t("tasks.list")}
            total={hasMore ? (total ?? -1) : rows.length}
            active={activeIndex}
            onEnd={more}
            handle={list}
            row={(key, index, place) => {
              const task = view(currentId(key));
              return (
                task && (
                  <Row
                    key={key}
                    task={task}
                    rowId={key}
                    place={place}
                    isActive={index === activeIndex}
                    isSelected={selection.has(key)}
                    isEdited={edited === key}
                    actions={actions}
                  />
                )
              );
            }}
          />
        ) : isLoading ? (
          <Skeleton lines={6} />
        ) : (
          error === null &&
          (isFiltered ? (
            <EmptyState icon="search" title={t("tasks.none.title")}>
              <p class="muted">{t("tasks.none.text")}</p>
              <Button onClick={resetFilters}>{t("tasks.none.reset")}</Button>
            </EmptyState>
          ) : (
            <EmptyState icon="check" title={t("tasks.empty.title")}>
              <p class="muted">{t("tasks.empty.add")}</p>
            </EmptyState>
          ))
        )}
        {hasMore && rows.length > 0 && <p class="muted loading-more">{t("tasks.loading_more")}</p>}
      </div>
      {selected.length > 0 && (
        <BatchBar
          ids={selected.map(currentId)}
          selectAll={() => {
            setSelection(new Set(keys));
          }}
          clear={() => {
            setSelection(new Set());
          }}
          pickDate={() => {
            setOpened({ kind: "date", tasks: selected.flatMap((key) => view(currentId(key)) ?? []) });
          }}
        />
      )}
      {panelId !== null && <Panel key={firstId(panelId)} id={panelId} />}
      {opened?.kind === "keys" && <KeysDialog close={close} />}
      {opened?.kind === "import" && <ImportDialog close={close} imported={retry} />}
      {opened?.kind === "date" && <DateDialog tasks={opened.tasks} close={close} />}
      {opened?.kind === "troubles" && <TroubleDialog close={close} />}
    </div>
  );
}

// Honest about what the service does not have yet.
function SyncNotices({ isOfDevice, review }: { isOfDevice: boolean; review: () => void }) {
  const waiting = isWaiting.value ? unsent.value : 0;
  const failed = troubles.value.length;
  return (
    <>
      <div role="status">
        {(waiting > 0 || isOfDevice) && (
          <p class="sync-state">
            <Icon name="cloudOff" size={16} />
            {isOfDevice && t("sync.device")} {waiting > 0 && t("sync.waiting", { count: waiting })}
          </p>
        )}
      </div>
      {failed > 0 && (
        <div class="notice error" role="alert">
          <Icon name="alert" />
          <div>
            <p>{t("sync.troubles", { count: failed })}</p>
          </div>
          <Button onClick={review}>{t("sync.review")}</Button>
        </div>
      )}
    </>
  );
}
