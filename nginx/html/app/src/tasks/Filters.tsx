import type { Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { allTasks } from "../offline/sync";
import { location, setInQuery, setQuery, toggleInQuery } from "../router";
import { Icon } from "../ui/Icon";
import { Menu, type MenuItem } from "../ui/Menu";
import { DUES, type Filter, OPEN, PRIORITIES, SORTS, STATUSES, type Sort, readFilter, writeTags } from "./task";

const SEARCH_PAUSE = 150;
const TAGS_OFFERED = 30;

const SORT_NAMES = {
  "-created_at": "tasks.sort.newest",
  due_at: "tasks.sort.due",
  "-priority": "tasks.sort.priority",
  "-updated_at": "tasks.sort.updated",
  title: "tasks.sort.title",
  created_at: "tasks.sort.oldest",
} as const satisfies Record<Sort, string>;

const VIEWS = [
  ["open", OPEN, "tasks.view.open"],
  ["in_progress", ["in_progress"], "status.in_progress"],
  ["done", ["done"], "status.done"],
  ["all", [], "tasks.view.all"],
] as const;

const sameSet = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((value) => right.includes(value));

/** Resets what narrows the list. */
export function resetFilters(): void {
  setQuery({ q: undefined, status: undefined, priority: undefined, tag: undefined, due: undefined });
}

// What is drawn may be a click behind, so these read the address.
const chosenTags = () => readFilter(location.peek().query).tags;
export function addTag(tag: string): void {
  if (!chosenTags().includes(tag)) setQuery({ tag: writeTags([...chosenTags(), tag]) });
}
function removeTag(tag: string): void {
  setQuery({ tag: writeTags(chosenTags().filter((other) => other !== tag)) });
}

/** The search and the filters, which are kept in the address. */
export function Filters({ filter, searchRef }: { filter: Filter; searchRef: Ref<HTMLInputElement> }) {
  const tagItems = (): MenuItem[] => {
    const counts = new Map<string, number>();
    for (const task of allTasks()) for (const tag of task.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    for (const tag of filter.tags) counts.set(tag, Infinity);
    const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, TAGS_OFFERED);
    return frequent.map(([tag]) => ({
      label: tag,
      checked: filter.tags.includes(tag),
      multiple: true,
      run: () => {
        if (chosenTags().includes(tag)) removeTag(tag);
        else addTag(tag);
      },
    }));
  };
  const sorts: (Sort | null)[] = filter.q === "" ? [...SORTS] : [null, ...SORTS];

  return (
    <div class="task-filters">
      <Search value={filter.q} inputRef={searchRef} />
      <div class="segments" role="group" aria-label={t("tasks.view")}>
        {VIEWS.map(([name, statuses, label]) => (
          <button
            key={name}
            type="button"
            aria-pressed={sameSet(filter.status.length === STATUSES.length ? [] : filter.status, statuses)}
            onClick={() => {
              setQuery({ status: name === "open" ? undefined : name });
            }}
          >
            {t(label)}
          </button>
        ))}
      </div>
      <div class="filter-menus">
        <Menu
          label={t("tasks.filter.priority")}
          labelShown
          buttonClass="filter-button"
          groups={() => [
            {
              items: PRIORITIES.map((priority) => ({
                label: t(`priority.${priority}`),
                checked: filter.priority.includes(priority),
                multiple: true,
                run: () => {
                  toggleInQuery("priority", priority);
                },
              })),
            },
          ]}
        >
          <Icon name="flag" size={16} />
        </Menu>
        <Menu
          label={t("tasks.filter.tag")}
          labelShown
          buttonClass="filter-button"
          groups={() => {
            const items = tagItems();
            return [items.length > 0 ? { items } : { label: t("tasks.filter.no_tags"), items: [] }];
          }}
        >
          <Icon name="tag" size={16} />
        </Menu>
        <Menu
          label={t("tasks.filter.due")}
          labelShown
          buttonClass="filter-button"
          groups={() => [
            {
              items: [null, ...DUES].map((due) => ({
                label: t(due === null ? "tasks.filter.any" : `tasks.due.${due}`),
                checked: filter.due === due,
                run: () => {
                  setQuery({ due: due ?? undefined });
                },
              })),
            },
          ]}
        >
          <Icon name="calendar" size={16} />
        </Menu>
        <Menu
          label={t("tasks.sort")}
          labelShown
          buttonClass="filter-button"
          groups={() => [
            {
              items: sorts.map((sort) => ({
                label: t(sort === null ? "tasks.sort.relevance" : SORT_NAMES[sort]),
                checked: filter.sort === sort || (filter.q === "" && filter.sort === null && sort === "-created_at"),
                run: () => {
                  setQuery({ sort: sort === "-created_at" && filter.q === "" ? undefined : (sort ?? undefined) });
                },
              })),
            },
          ]}
        >
          <Icon name="sort" size={16} />
        </Menu>
      </div>
      <ActiveFilters filter={filter} />
    </div>
  );
}

function ActiveFilters({ filter }: { filter: Filter }) {
  const active: { key: string; name: string; remove: () => void }[] = [
    ...filter.priority.map((priority) => ({
      key: priority,
      name: t(`priority.${priority}`),
      remove: () => {
        setInQuery("priority", priority, false);
      },
    })),
    ...filter.tags.map((tag) => ({
      key: `#${tag}`,
      name: `#${tag}`,
      remove: () => {
        removeTag(tag);
      },
    })),
  ];
  const { due } = filter;
  if (due !== null) {
    active.push({
      key: due,
      name: t(`tasks.due.${due}`),
      remove: () => {
        setQuery({ due: undefined });
      },
    });
  }
  if (active.length === 0) return null;
  return (
    <ul class="pills" role="list" aria-label={t("tasks.filter.active")}>
      {active.map(({ key, name, remove }) => (
        <li key={key} class="pill">
          {name}
          <button
            type="button"
            class="icon-button"
            aria-label={t("tasks.filter.remove", { name })}
            title={t("tasks.filter.remove", { name })}
            onClick={remove}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Search({ value, inputRef }: { value: string; inputRef: Ref<HTMLInputElement> }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const written = useRef(value);
  // Changed by something else, such as a reset.
  useEffect(() => {
    if (value === written.current) return;
    written.current = value;
    setText(value);
  }, [value]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
    },
    [],
  );
  const write = (next: string) => {
    written.current = next.trim();
    setQuery({ q: written.current });
  };
  return (
    <div class="task-search" role="search">
      <Icon name="search" />
      <input
        ref={inputRef}
        type="search"
        class="input"
        aria-label={t("tasks.search")}
        placeholder={t("tasks.search")}
        maxLength={200}
        enterkeyhint="search"
        value={text}
        onInput={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          window.clearTimeout(timer.current);
          timer.current = window.setTimeout(write, SEARCH_PAUSE, next);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          window.clearTimeout(timer.current);
          if (text === "") event.currentTarget.blur();
          setText("");
          write("");
          event.preventDefault();
        }}
      />
      <kbd class="key" aria-hidden="true">
        /
      </kbd>
    </div>
  );
}
