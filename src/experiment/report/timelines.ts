/**
 * Measures over the course of training: for each treatment the mean over folds and seeds, with a band of one standard
 * deviation, thinned to what an eye can tell apart. Chart and table are made from the same points.
 */
import type { CurvesChart } from "../../charts/curves.ts";
import type { EpochRecord } from "../cell.ts";
import { mean, standardDeviation } from "../statistics/statistics.ts";
import { thinned } from "../thin.ts";
import { type Entry, entry, type Figure, type PageTable } from "./page.ts";
import type { Group } from "./treatments.ts";

export interface Measure {
  readonly name: string;
  readonly of: (epoch: EpochRecord) => number | null | undefined;
}

/** Where a point stands on the x axis. */
export interface Axis {
  readonly name: string;
  readonly of: (epoch: EpochRecord) => number | undefined;
}

export const epochsAxis: Axis = { name: "epochs", of: ({ epoch }) => epoch + 1 };
export const otherAxes: readonly Axis[] = [
  { name: "steps", of: ({ steps }) => steps },
  { name: "rows seen", of: ({ rowsSeen }) => rowsSeen },
  { name: "seconds", of: ({ seconds }) => seconds },
];

export interface Timeline {
  readonly treatment: string;
  /** Place among the group's treatments. */
  readonly style: number;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[];
}

const mostPoints = 20;
/** Bands of more lines than these would cover each other. */
const mostBands = 5;

/** One line for each treatment of the group that has the measure. */
export function timelines({ treatments }: Group, measure: Measure, axis: Axis): readonly Timeline[] {
  return treatments.flatMap(({ name, cells }, style) => {
    const histories = [...cells.values()].map(({ history }) => history);
    const longest = Math.max(0, ...histories.map(({ length }) => length));
    const points = thinned(longest, mostPoints).flatMap((at) => {
      const epochs = histories.flatMap((history) => history[at] ?? []);
      const values = epochs.flatMap((epoch) => measure.of(epoch) ?? []);
      const places = epochs.flatMap((epoch) => axis.of(epoch) ?? []);
      // A mean over some of the cells would jump where one ends.
      if (values.length < histories.length || places.length < histories.length) return [];
      const y = mean(values);
      const spread = standardDeviation(values) ?? 0;
      return [{ x: mean(places), y, low: y - spread, high: y + spread }];
    });
    return points.length === 0 ? [] : [{ treatment: name, style, points }];
  });
}

/** Whether a treatment stands elsewhere on the axis than the others: if not, the axis says no more than epochs do. */
export function tellsApart({ treatments }: Group, axis: Axis): boolean {
  const [first, ...others] = treatments.map(({ cells }) =>
    [...cells.values()].map(({ history }) => history.map((epoch) => axis.of(epoch))),
  );
  return others.some((own) => JSON.stringify(own) !== JSON.stringify(first));
}

type Panel = Omit<CurvesChart, "width" | "height" | "legend">;

export interface Panels {
  readonly panels: readonly Panel[];
  readonly table: PageTable;
}

/**
 * Panels of one group, one for each measure, and the table of their points; undefined where there is none.
 * @param leftOut what the table's note says of arms that are not shown
 */
export function panelsOf(group: Group, measures: readonly Measure[], axis: Axis, leftOut: string): Panels | undefined {
  const made = measures.flatMap((measure) => {
    const lines = timelines(group, measure, axis);
    return lines.length === 0 ? [] : [{ measure, lines }];
  });
  if (made.length === 0) return undefined;
  return {
    panels: made.map(({ measure, lines }) => ({
      title: measure.name,
      description: `${measure.name} over ${axis.name}`,
      heading: measure.name,
      xLabel: axis.name,
      yLabel: "",
      series: lines.map(({ treatment, style, points }) => ({
        name: treatment,
        style,
        points: lines.length > mostBands ? points.map(({ x, y }) => ({ x, y })) : points,
      })),
    })),
    table: {
      ...tableOf(made, axis),
      note: `Means over folds and seeds; bands in the figure are one standard deviation to each side (none where there are more than ${mostBands} lines). At most ${mostPoints} epochs are shown.${leftOut}`,
    },
  };
}

type Lines = readonly { readonly measure: Measure; readonly lines: readonly Timeline[] }[];

const place = (x: number): Entry => entry(x, (value) => String(Number(value.toFixed(2))));

/** A column for each line where all have their points at the same places; else a row for each point. */
function tableOf(made: Lines, axis: Axis): PageTable {
  const columns = made.flatMap(({ measure, lines }) => lines.map((line) => ({ measure, line })));
  const places = [...new Set(columns.flatMap(({ line }) => line.points.map(({ x }) => x)))].sort((a, b) => a - b);
  const right = (title: string) => ({ title, align: "right" as const });
  if (places.length > 2 * mostPoints) {
    return {
      columns: [{ title: "measure" }, { title: "arm" }, right(axis.name), right("value")],
      rows: columns.flatMap(({ measure, line }) =>
        line.points.map(({ x, y }): readonly Entry[] => [measure.name, line.treatment, place(x), entry(y, short)]),
      ),
    };
  }
  const byPlace = columns.map(({ line }) => new Map(line.points.map((point) => [point.x, point.y])));
  return {
    columns: [
      right(axis.name),
      ...columns.map(({ measure, line }) =>
        right(made.length === 1 ? line.treatment : `${measure.name}, ${line.treatment}`),
      ),
    ],
    rows: places.map((x): readonly Entry[] => [place(x), ...byPlace.map((own) => entry(own.get(x), short))]),
  };
}

/** Five digits. */
export const short = (value: number): string => String(Number(value.toPrecision(5)));

export const figureOf = (id: string, title: string, sentence: string, { panels, table }: Panels): Figure => ({
  kind: "figure",
  id,
  title,
  sentence,
  chart: { kind: "smallMultiples", data: { panels } },
  table,
});
