import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Ref } from "preact";

// Rows before and after those in the window.
const MARGIN = 8;
// How many rows before the end more are asked for.
const AHEAD = 40;

export type VirtualListHandle = {
  /** Scrolls as far as needed to see a row. */
  show: (index: number) => void;
};

/**
 * A list of rows of one height, which the style sheet sets, in the scrolled page. Only the rows in the window are in the
 * document, and the one at `active`, so that the focus stays.
 */
export function VirtualList({
  ids,
  row,
  label,
  total,
  active = -1,
  onEnd,
  handle,
}: {
  ids: readonly string[];
  /** An <li> with the attributes for its place. */
  row: (id: string, index: number, place: RowPlace) => ComponentChildren;
  label: string;
  /** Of all rows, also those that are not loaded. */
  total: number;
  active?: number;
  /** More rows are needed. */
  onEnd?: () => void;
  handle?: Ref<VirtualListHandle>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [height, setHeight] = useState(44);
  const [range, setRange] = useState({ first: 0, last: 40 });

  const measure = useCallback(() => {
    const element = list.current;
    if (!element) return;
    const measured = element.querySelector("li")?.getBoundingClientRect().height ?? 0;
    const present = measured > 0 ? measured : height;
    if (present !== height) setHeight(present);
    const { top } = element.getBoundingClientRect();
    const first = Math.max(0, Math.floor(-top / present) - MARGIN);
    const last = Math.ceil((window.innerHeight - top) / present) + MARGIN;
    setRange((known) => (known.first === first && known.last === last ? known : { first, last }));
  }, [height]);

  useLayoutEffect(measure, [measure, ids.length > 0]);
  useEffect(() => {
    let frame = 0;
    const later = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        measure();
      });
    };
    const observer = new ResizeObserver(later);
    observer.observe(document.body);
    window.addEventListener("scroll", later, { passive: true });
    window.addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      window.removeEventListener("scroll", later);
      window.removeEventListener("resize", later);
    };
  }, [measure]);

  const isNearEnd = range.last >= ids.length - AHEAD;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, ids.length, onEnd]);

  useImperativeHandle(
    handle ?? null,
    () => ({
      show(index) {
        const element = list.current;
        if (!element) return;
        const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
        const top = element.getBoundingClientRect().top + index * height - (Number.parseFloat(scrollPaddingTop) || 0);
        const bottom =
          element.getBoundingClientRect().top +
          (index + 1) * height -
          window.innerHeight +
          (Number.parseFloat(scrollPaddingBottom) || 0);
        if (top < 0) window.scrollBy(0, top);
        else if (bottom > 0) window.scrollBy(0, bottom);
      },
    }),
    [height],
  );

  const shown: number[] = [];
  const last = Math.min(range.last, ids.length - 1);
  for (let index = range.first; index <= last; index += 1) shown.push(index);
  if (active >= 0 && active < ids.length) {
    if (active < range.first) shown.unshift(active);
    else if (active > last) shown.push(active);
  }
  return (
    // Safari does not take a list without markers for one.
    <ul ref={list} class="virtual-list" role="list" aria-label={label} style={{ height: `${ids.length * height}px` }}>
      {shown.map((index) =>
        row(ids[index] ?? "", index, {
          "aria-setsize": total,
          "aria-posinset": index + 1,
          style: { top: `${index * height}px` },
        }),
      )}
    </ul>
  );
}

export type RowPlace = { "aria-setsize": number; "aria-posinset": number; style: { top: string } };
