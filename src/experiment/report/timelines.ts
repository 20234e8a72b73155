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
    const points = sharedEpochs(histories, mostPoints).flatMap((epochs) => {
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

/**
 * At most so many epochs that all histories have, each as its record in every history. By the epoch's number, as some
 * histories may have been thinned.
 */
export function sharedEpochs(
  histories: readonly (readonly EpochRecord[])[],
  most: number,
): readonly (readonly EpochRecord[])[] {
  const [first, ...others] = histories;
  if (first === undefined) return [];
  const byNumber = others.map((history) => new Map(history.map((epoch) => [epoch.epoch, epoch])));
  const shared = first.flatMap((epoch) => {
    const all = [epoch, ...byNumber.flatMap((own) => own.get(epoch.epoch) ?? [])];
    return all.length === histories.length ? [all] : [];
  });
  return thinned(shared.length, most).map((at) => shared[at]);
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

/**
 * A column for each arm, a row for each measure and place. Where arms have places of their own: a row for each point.
 */
function tableOf(made: Lines, axis: Axis): PageTable {
  const right = (title: string) => ({ title, align: "right" as const });
  const placesOf = (lines: readonly Timeline[]): readonly number[] =>
    [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  if (placesOf(made.flatMap(({ lines }) => lines)).length > 2 * mostPoints) {
    return {
      columns: [{ title: "measure" }, { title: "arm" }, right(axis.name), right("value")],
      rows: made.flatMap(({ measure, lines }) =>
        lines.flatMap(({ treatment, points }) =>
          points.map(({ x, y }): readonly Entry[] => [measure.name, treatment, place(x), entry(y, short)]),
        ),
      ),
    };
  }
  const names = new Map(made.flatMap(({ lines }) => lines.map(({ style, treatment }) => [style, treatment] as const)));
  const arms = [...names].sort(([a], [b]) => a - b);
  return {
    columns: [{ title: "measure" }, right(axis.name), ...arms.map(([, treatment]) => right(treatment))],
    rows: made.flatMap(({ measure, lines }) => {
      const values = new Map(lines.map(({ style, points }) => [style, new Map(points.map(({ x, y }) => [x, y]))]));
      return placesOf(lines).map((x): readonly Entry[] => [
        measure.name,
        place(x),
        ...arms.map(([style]) => entry(values.get(style)?.get(x), short)),
      ]);
    }),
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
