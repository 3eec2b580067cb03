import { useEffect, useId, useRef } from "preact/hooks";
import uPlot from "uplot";
import { formatDate, formatNumber, locale, t } from "../i18n";
import { theme } from "../theme";

export type Series = { label: string; values: readonly number[]; tone: "accent" | "danger" | "success" };

const HEIGHT = 150;
// About two seconds.
const MOST_FRAMES = 120;

// A day of the service is one in UTC.
const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;
const dayText = (seconds: number) =>
  new Intl.DateTimeFormat(locale.value, { day: "numeric", month: "short", timeZone: "UTC" }).format(seconds * 1000);

/** Numbers of each day as a drawing, and as a table for who cannot see it. */
export function Chart({
  title,
  dates,
  series,
}: {
  title: string;
  dates: readonly string[];
  series: readonly Series[];
}) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const colour = (part: Element | null | undefined) => (part ? getComputedStyle(part).color : "gray");
    const draw = () => {
      const swatches = [...(legend.current?.children ?? [])];
      const axis = colour(element);
      const line = getComputedStyle(element).borderTopColor;
      return new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
          cursor: { show: false },
          legend: { show: false },
          scales: { y: { range: (_, __, most) => [0, Math.max(most, 4)] } },
          axes: [
            {
              stroke: axis,
              grid: { show: false },
              ticks: { show: false },
              values: (_, days) => days.map(dayText),
              space: 60,
            },
            {
              stroke: axis,
              grid: { stroke: line, width: 1 },
              ticks: { show: false },
              size: 44,
              space: 36,
              incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
              values: (_, counts) => counts.map(formatNumber),
            },
          ],
          series: [
            {},
            ...series.map((_, number) => ({
              stroke: colour(swatches[number]),
              width: 2,
              points: { show: false },
            })),
          ],
        },
        [dates.map(dayOf), ...series.map(({ values }) => [...values])],
        element,
      );
    };
    let plot = draw();
    const shown = () => colour(legend.current?.firstElementChild);
    let drawn = shown();
    // The colours of a drawing do not follow the style sheet, which the browser itself applies some frames later.
    let frame = 0;
    const recolour = () => {
      cancelAnimationFrame(frame);
      let frames = 0;
      const look = () => {
        if (shown() !== drawn) {
          drawn = shown();
          plot.destroy();
          plot = draw();
        } else if (frames < MOST_FRAMES) {
          frames += 1;
          frame = requestAnimationFrame(look);
        }
      };
      look();
    };
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", recolour);
    const stop = theme.subscribe(recolour);
    return () => {
      stop();
      cancelAnimationFrame(frame);
      dark.removeEventListener("change", recolour);
      observer.disconnect();
      plot.destroy();
    };
  }, [dates, series]);

  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <ul class="legend" ref={legend}>
          {series.map(({ label, values, tone }) => (
            <li key={label} class={tone}>
              <span>
                {label} {formatNumber(values.reduce((sum, value) => sum + value, 0))}
              </span>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} class="plot" aria-hidden="true" />
      <details>
        <summary>{t("chart.table")}</summary>
        <div class="table-scroll" tabIndex={0} role="region" aria-labelledby={id}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("chart.day")}</th>
                {series.map(({ label }) => (
                  <th key={label} scope="col" class="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {dates
                .map((date, row) => (
                  <tr key={date}>
                    <th scope="row">{formatDate(`${date}T12:00:00`, "date")}</th>
                    {series.map(({ label, values }) => (
                      <td key={label} class="number">
                        {formatNumber(values[row] ?? 0)}
                      </td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
