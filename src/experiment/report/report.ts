/**
 * From finished cells to what they show: per data set and model the mean and spread of every metric, the difference of
 * each sampler to the first with its interval, and average ranks; over data sets, whether the samplers differ at all.
 * A report is plain data (JSON as it stands); printing it is in print-report.ts.
 */
import { UsageError } from "../../errors.ts";
import { describeMetric, type MetricName } from "../../metrics/metrics.ts";
import type { Cell } from "../cell.ts";
import { friedman } from "../statistics/rank-tests.ts";
import { type Interval, mean, pairedTTest, standardDeviation } from "../statistics/statistics.ts";
import { type OverallRanks, overallRanks } from "./overall.ts";
import { type Group, groupCells, type Treatment } from "./treatments.ts";

export interface ReportOptions {
  /** Default: those of `defaultMetrics` that the cells have. */
  readonly metrics?: readonly string[];
  /** The order of the samplers, the baseline first; others follow as they appear in the cells. */
  readonly samplers?: readonly string[];
  /** Of the intervals; default 0.95. */
  readonly confidence?: number;
  /** Adds mean seconds a cell: then two equal runs no longer give equal reports. Default false. */
  readonly timings?: boolean;
}

export const defaultMetrics: readonly MetricName[] = [
  "macroAuc",
  "macroAveragePrecision",
  "macroF1",
  "microF1",
  "rankingLoss",
  "oneError",
  "hammingLoss",
];

/** Treatment minus baseline, paired by fold and seed. */
export interface Difference {
  readonly pairs: number;
  readonly mean: number;
  readonly interval: Interval | null;
  /** Two-sided, of this comparison alone: not adjusted for the number of metrics or samplers. */
  readonly pValue: number | null;
}

export interface ReportRow {
  readonly metric: MetricName;
  readonly direction: "higher" | "lower";
  /** The sampler, with the settings that tell it apart where one sampler ran with several. */
  readonly treatment: string;
  /** Cells in which the metric is defined. */
  readonly count: number;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Null for the baseline, and where no pair has both values. */
  readonly difference: Difference | null;
  /** Over the (fold, seed) pairs that every treatment has; 1 is best. */
  readonly averageRank: number | null;
}

export interface ReportTable {
  readonly data: string;
  readonly model: string;
  readonly treatments: readonly { readonly name: string; readonly cells: number; readonly seconds?: number }[];
  readonly folds: readonly number[];
  readonly seeds: readonly number[];
  /** What ran, not what was asked for. */
  readonly backends: readonly string[];
  /** How intervals and p-values were computed. */
  readonly method: string;
  readonly rows: readonly ReportRow[];
}

export interface Report {
  readonly confidence: number;
  readonly tables: readonly ReportTable[];
  /** Per model and metric, where at least two data sets have the same treatments. */
  readonly overall: readonly OverallRanks[];
  /** What a reader should know before believing the figures. */
  readonly notes: readonly string[];
}

/** @throws UsageError for no cells, an unknown metric, or one that no cell has. */
export function buildReport(cells: readonly Cell[], options: ReportOptions = {}): Report {
  if (cells.length === 0) throw new UsageError("report: there are no finished cells to report on");
  const { confidence = 0.95, timings = false } = options;
  const names = chooseMetrics(cells, options.metrics);
  const { groups, notes } = groupCells(cells, options.samplers ?? []);
  const tables = groups.map((group) => buildTable(group, names, confidence, timings));
  return { confidence, tables, overall: overallRanks(tables), notes };
}

function chooseMetrics(cells: readonly Cell[], asked: readonly string[] | undefined): readonly MetricName[] {
  const present = new Set(cells.flatMap((cell) => Object.keys(cell.metrics)));
  if (asked === undefined) return defaultMetrics.filter((name) => present.has(name));
  return asked.map((name) => {
    const description = describeMetric(name);
    if (!present.has(name))
      throw new UsageError(`report: no cell has the metric ${name}; there are ${[...present].join(", ")}`);
    return description.name;
  });
}

function buildTable(group: Group, names: readonly MetricName[], confidence: number, timings: boolean): ReportTable {
  const { data, model, treatments } = group;
  const cells = treatments.flatMap((treatment) => [...treatment.cells.values()]);
  const folds = sorted(cells.map(({ key }) => key.fold));
  const seeds = sorted(cells.map(({ key }) => key.seed));
  const testToTrain = folds.length > 1 ? shareOfTestRows(cells, folds.length) : 0;
  return {
    data,
    model,
    treatments: treatments.map(({ name, cells: own }) => {
      const seconds = [...own.values()].flatMap((cell) => cell.seconds ?? []);
      return { name, cells: own.size, ...(timings && seconds.length > 0 && { seconds: mean(seconds) }) };
    }),
    folds,
    seeds,
    backends: [...new Set(cells.map(({ backend }) => backend))].sort(),
    method: methodOf(folds.length, seeds.length, testToTrain),
    rows: names.flatMap((name) => metricRows(treatments, name, { confidence, testToTrain })),
  };
}

const sorted = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

/** Test rows / training rows: as the cells say, else as k folds have it. */
function shareOfTestRows(cells: readonly Cell[], seenFolds: number): number {
  const ratios = cells.flatMap(({ rows }) => (rows && rows.train > 0 ? rows.test / rows.train : []));
  if (ratios.length === cells.length) return mean(ratios);
  const declared = cells[0].settings.folds;
  const folds = typeof declared === "number" && declared > seenFolds ? declared : seenFolds;
  return 1 / (folds - 1);
}

function methodOf(folds: number, seeds: number, testToTrain: number): string {
  if (folds > 1)
    return `corrected resampled t-test (Nadeau and Bengio 2003), test/train rows ${testToTrain.toFixed(3)}`;
  if (seeds > 1) return "paired t-test over the seeds of one fold: it says nothing about other folds";
  return "one fold and seed: no interval can be given";
}

function metricRows(
  treatments: readonly Treatment[],
  metric: MetricName,
  test: { readonly confidence: number; readonly testToTrain: number },
): readonly ReportRow[] {
  const { direction } = describeMetric(metric);
  const valuesOf = ({ cells }: Treatment): ReadonlyMap<string, number> =>
    new Map(
      [...cells].flatMap(([pair, cell]) => (isNumber(cell.metrics[metric]) ? [[pair, cell.metrics[metric]]] : [])),
    );
  const values = treatments.map(valuesOf);
  const ranks = averageRanks(values, direction);
  const [baseline] = values;
  return treatments.map(({ name }, index) => {
    const own = [...values[index].values()];
    const differences = [...values[index]].flatMap(([pair, value]) => {
      const other = baseline.get(pair);
      return other === undefined ? [] : [value - other];
    });
    const tested = index > 0 && differences.length > 0 ? pairedTTest(differences, test) : null;
    return {
      metric,
      direction,
      treatment: name,
      count: own.length,
      mean: own.length > 0 ? mean(own) : null,
      standardDeviation: own.length > 0 ? standardDeviation(own) : null,
      difference: tested && {
        pairs: tested.count,
        mean: tested.mean,
        interval: tested.interval,
        pValue: tested.pValue,
      },
      averageRank: ranks === null ? null : ranks[index],
    };
  });
}

const isNumber = (value: unknown): value is number => typeof value === "number";

function averageRanks(values: readonly ReadonlyMap<string, number>[], direction: "higher" | "lower") {
  if (values.length < 2) return null;
  const blocks = [...values[0].keys()].flatMap((pair) => {
    const block = values.flatMap((own) => own.get(pair) ?? []);
    return block.length === values.length ? [block] : [];
  });
  return blocks.length === 0 ? null : friedman(blocks, direction).averageRanks;
}
