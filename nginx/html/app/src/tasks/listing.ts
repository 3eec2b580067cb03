import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Cancelled, NetworkError, Problem, call } from "../api/client";
import { allTasks, changes, currentId, forget, isOpen, keep, now, touchedSince, view } from "../offline/sync";
import { type Filter, type Task, arrange, comparator, dueRange, matches } from "./task";

type Listing = {
  /** In the order of the service. */
  ids: string[];
  /** Of the tasks on all pages. */
  total: number;
  cursor: string | null;
  /** When it was requested, by the count of sync. */
  since: number;
  /** What this device has, because there was no answer, or not yet. */
  isOfDevice: boolean;
};

const PAGE = 100;
const HIDDEN_LONG = 30_000;

function fromDevice(filter: Filter): Listing {
  const at = new Date();
  const found = allTasks().filter((task) => matches(task, filter, at));
  const ids = found.sort(comparator(filter.sort)).map(({ id }) => id);
  return { ids, total: ids.length, cursor: null, since: now(), isOfDevice: true };
}

async function request(filter: Filter, cursor: string | null, signal: AbortSignal) {
  const { after, before } = dueRange(filter.due, new Date());
  const page = await call("get", "/tasks", {
    query: {
      limit: PAGE,
      status: filter.status.length > 0 ? filter.status : undefined,
      priority: filter.priority.length > 0 ? filter.priority : undefined,
      tag: filter.tags.length > 0 ? filter.tags : undefined,
      due_after: after?.toISOString(),
      due_before: before?.toISOString(),
      q: filter.q.trim() === "" ? undefined : filter.q.trim(),
      sort: filter.sort ?? undefined,
      cursor: cursor ?? undefined,
      count: cursor === null ? true : undefined,
    },
    signal,
  });
  return { ...page, items: page.items as Task[] };
}

// Tasks of this device that the service would have returned between two others do not exist any more.
function forgetMissing(filter: Filter, items: readonly Task[], from: string | null, isLast: boolean, since: number) {
  if (filter.q !== "" || (filter.sort !== null && filter.sort !== "-created_at")) return;
  const present = new Set(items.map(({ id }) => id));
  const to = isLast ? null : (items.at(-1)?.created_at ?? null);
  const touched = touchedSince(since);
  const at = new Date();
  const missing = allTasks().filter(
    (task) =>
      (from === null || task.created_at < from) &&
      (to === null || task.created_at > to) &&
      !present.has(task.id) &&
      !touched.has(task.id) &&
      matches(task, filter, at),
  );
  forget(missing.map(({ id }) => id));
}

const isAborted = (error: unknown) =>
  error instanceof Cancelled || (error instanceof DOMException && error.name === "AbortError");
const isOutage = (error: unknown) =>
  error instanceof NetworkError || (error instanceof Problem && (error.status >= 500 || error.status === 429));

/** The tasks that a filter finds: at first those of this device, then those of the service, page by page. */
export function useListing(filter: Filter) {
  const [listing, setListing] = useState<Listing | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isLoading, setLoading] = useState(true);
  const controller = useRef(new AbortController());
  const isFetching = useRef(false);
  const key = JSON.stringify(filter);

  const load = useCallback(
    (isNew: boolean) => {
      controller.current.abort();
      const { signal } = (controller.current = new AbortController());
      const since = now();
      setError(null);
      setLoading(true);
      if (isNew) {
        const device = fromDevice(filter);
        // An empty answer would be a lie.
        setListing(device.ids.length > 0 ? device : null);
      }
      isFetching.current = true;
      request(filter, null, signal)
        .then((page) => {
          const cursor = page.next_cursor ?? null;
          keep(page.items);
          forgetMissing(filter, page.items, null, cursor === null, since);
          const ids = page.items.map(({ id }) => id);
          setListing({ ids, total: page.total ?? ids.length, cursor, since, isOfDevice: false });
        })
        .catch((failure: unknown) => {
          if (isAborted(failure)) return;
          if (isOutage(failure)) setListing(fromDevice(filter));
          if (!(failure instanceof NetworkError && !navigator.onLine)) setError(failure);
        })
        .finally(() => {
          if (signal.aborted) return;
          isFetching.current = false;
          setLoading(false);
        });
    },
    // The key stands for the filter.
    [key],
  );

  const ready = isOpen.value;
  useEffect(() => {
    if (ready) load(true);
    return () => {
      controller.current.abort();
    };
  }, [load, ready]);

  const more = useCallback(() => {
    if (isFetching.current || !listing?.cursor) return;
    isFetching.current = true;
    const { signal } = controller.current;
    const from = view(listing.ids.at(-1) ?? "")?.created_at ?? null;
    request(filter, listing.cursor, signal)
      .then((page) => {
        const cursor = page.next_cursor ?? null;
        keep(page.items);
        if (from !== null) forgetMissing(filter, page.items, from, cursor === null, listing.since);
        isFetching.current = false;
        setListing({ ...listing, ids: [...listing.ids, ...page.items.map(({ id }) => id)], cursor });
      })
      .catch((failure: unknown) => {
        if (isAborted(failure)) return;
        isFetching.current = false;
        setError(failure);
      });
  }, [key, listing]);

  // What was changed elsewhere meanwhile, unless that would move what is being read.
  useEffect(() => {
    let hiddenAt = 0;
    const isShort = (listing?.ids.length ?? 0) <= PAGE;
    const refresh = () => {
      if (ready && (isShort || listing?.isOfDevice)) load(false);
    };
    const onVisibility = () => {
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else if (Date.now() - hiddenAt > HIDDEN_LONG) refresh();
    };
    window.addEventListener("online", refresh);
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      window.removeEventListener("online", refresh);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [listing, load, ready]);

  const present = changes.value;
  const rows = useMemo(() => {
    if (!listing) return [];
    return arrange(listing.ids.map(currentId), touchedSince(listing.since), view, filter);
  }, [listing, present, key]);

  return {
    rows,
    /** null until it is known. */
    total: listing && (listing.isOfDevice ? rows.length : listing.total + rows.length - listing.ids.length),
    isOfDevice: listing?.isOfDevice === true && !isLoading,
    isLoading,
    hasMore: listing?.cursor !== null && listing?.cursor !== undefined,
    error,
    more,
    retry: () => {
      if (listing && !listing.isOfDevice && listing.cursor !== null) {
        setError(null);
        more();
      } else load(false);
    },
  };
}
