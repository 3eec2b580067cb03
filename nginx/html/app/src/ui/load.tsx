import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Cancelled } from "../api/problem";
import { t } from "../i18n";
import { Button } from "./Button";
import { Skeleton } from "./Loading";
import { ErrorNotice } from "./Notice";

export type Loaded<T> = {
  data: T | null;
  error: unknown;
  reload: () => Promise<void>;
  /** Changes what is shown, after a request has changed it. */
  change: (data: T) => void;
};

/** Loads what a page shows, again when an input changes. What was shown stays meanwhile. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[] = []): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const current = useRef<AbortController | null>(null);
  const reload = useCallback(async () => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    try {
      const found = await load(controller.signal);
      if (controller.signal.aborted) return;
      setData(found);
      setError(null);
    } catch (failure) {
      if (!controller.signal.aborted && !(failure instanceof Cancelled)) setError(failure);
    }
  }, inputs);
  useEffect(() => {
    void reload();
    return () => current.current?.abort();
  }, [reload]);
  return { data, error, reload, change: setData };
}

/** What is shown before there is something, or instead of it. */
export function LoadState({
  of: { data, error, reload },
  lines = 3,
}: {
  of: Pick<Loaded<unknown>, "data" | "error" | "reload">;
  lines?: number;
}) {
  if (error !== null) return <ErrorNotice error={error} retry={reload} />;
  return data === null ? <Skeleton lines={lines} /> : null;
}

type PageOf<T> = { items: T[]; next_cursor?: string };
export type Paged<T, P extends PageOf<T>> = Loaded<{ items: T[]; first: P; next: string | undefined }> & {
  busy: boolean;
  loadMore: () => Promise<void>;
};

/** A list that is loaded page by page. */
export function usePages<T, P extends PageOf<T>>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<P>,
  inputs: readonly unknown[] = [],
): Paged<T, P> {
  const loaded = useLoad(async (signal) => {
    const first = await load(undefined, signal);
    return { items: first.items, first, next: first.next_cursor };
  }, inputs);
  const [busy, setBusy] = useState(false);
  const [moreError, setMoreError] = useState<unknown>(null);
  const latest = useRef(loaded.data);
  latest.current = loaded.data;
  const loadMore = async () => {
    const before = latest.current;
    if (busy || !before?.next) return;
    setBusy(true);
    setMoreError(null);
    try {
      const page = await load(before.next, new AbortController().signal);
      // Unless the list was begun again meanwhile.
      if (latest.current === before)
        loaded.change({ ...before, items: [...before.items, ...page.items], next: page.next_cursor });
    } catch (failure) {
      if (!(failure instanceof Cancelled)) setMoreError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { ...loaded, error: loaded.error ?? moreError, busy, loadMore };
}

/** Loads the next page when the end of the list comes into view; also a button. */
export function More({
  of: { data, busy, error, loadMore },
}: {
  of: { data: { next: string | undefined } | null; busy: boolean; error: unknown; loadMore: () => Promise<void> };
}) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(loadMore);
  latest.current = loadMore;
  const next = data?.next;
  useEffect(() => {
    const element = end.current;
    if (!element || next === undefined || error !== null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void latest.current();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [next, error]);
  if (next === undefined) return null;
  return (
    <div ref={end} class="more">
      <Button busy={busy} onClick={loadMore}>
        {t("list.more")}
      </Button>
    </div>
  );
}
