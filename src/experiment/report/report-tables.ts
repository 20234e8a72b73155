/**
 * The tables of a report: per data set and model the mean and spread of every metric, and the difference of each
 * treatment to the first with its interval.
 */
import { testFile } from "../../data/join.ts";
import { describeMetric, type MetricName } from "../../metrics/metrics.ts";
import { friedman } from "../statistics/rank-tests.ts";
import { type Interval, mean, standardDeviation } from "../statistics/statistics.ts";
import type { AnalysedStudy, Contrast } from "./contrasts.ts";
import { secondsOf } from "./evidence.ts";
import { scoreOf } from "./outcomes.ts";
import { testToTrainOf } from "./studies.ts";
import type { Group, Treatment } from "./treatments.ts";

/** Treatment minus baseline, paired by fold and seed. */
export interface Difference {
  readonly pairs: number;
  readonly mean: number;
  readonly interval: Interval | null;
  /** Two-sided, of this comparison alone: not adjusted for the number of metrics or samplers. */
  readonly pValue: number | null;
  /** Adjusted (Holm) for all treatments and data sets of the metric with this model. */
  readonly holmPValue: number | null;
}

/** A treatment in a table. */
export interface ReportRow {
  readonly metric: MetricName;
  readonly direction: "higher" | "lower";
  /** The sampler, with the settings that tell it apart where one sampler ran with several. */
  readonly treatment: string;
  /** Cells in which the metric is defined. */
  readonly count: number;
  /** Cells that there are. */
  readonly cells: number;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Null for the baseline, and where no pair has both values. */
  readonly difference: Difference | null;
  /** Over the (fold, seed) pairs that every treatment has; 1 is best. */
  readonly averageRank: number | null;
}

/** A metric of a model on a data set. */
export interface ReportTable {
  readonly data: string;
  readonly model: string;
  /** Settings in which groups of the same data set and model differ. */
  readonly condition?: string;
  readonly treatments: readonly { readonly name: string; readonly cells: number; readonly seconds?: number }[];
  readonly folds: readonly number[];
  readonly seeds: readonly number[];
  /** What ran, not what was asked for. */
  readonly backends: readonly string[];
  /** How intervals and p-values were computed. */
  readonly method: string;
  readonly rows: readonly ReportRow[];
}

export function buildTable(
  group: Group,
  names: readonly MetricName[],
  studies: readonly AnalysedStudy[],
  timings: boolean,
): ReportTable {
  const { data, model, condition, treatments } = group;
  const cells = treatments.flatMap((treatment) => [...treatment.cells.values()]);
  const folds = sorted(cells.map(({ key }) => key.fold));
  const seeds = sorted(cells.map(({ key }) => key.seed));
  const contrasts = studies.find(({ study }) => study.groups.includes(group))?.contrasts ?? [];
  return {
    data,
    model,
    ...(condition !== "" && { condition }),
    treatments: treatments.map(({ name, cells: own }) => {
      const seconds = [...own.values()].flatMap((cell) => secondsOf(cell) ?? []);
      return { name, cells: own.size, ...(timings && seconds.length > 0 && { seconds: mean(seconds) }) };
    }),
    folds,
    seeds,
    backends: [...new Set(cells.map(({ backend }) => backend))].sort(),
    method: methodOf(folds.length, seeds.length, testToTrainOf(group), cells[0].settings.split === testFile),
    rows: names.flatMap((name) => metricRows(group, name, contrasts)),
  };
}

const sorted = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

function methodOf(folds: number, seeds: number, testToTrain: number, fixed: boolean): string {
  if (fixed && seeds > 1)
    return "paired t-test over seeds, the only replication on a fixed test set: it says nothing about other rows";
  if (fixed) return "one seed on a fixed test set: no interval can be given";
  if (folds > 1)
    return `corrected resampled t-test (Nadeau and Bengio 2003), test/train rows ${testToTrain.toFixed(3)}`;
  if (seeds > 1) return "paired t-test over the seeds of one fold: it says nothing about other folds";
  return "one fold and seed: no interval can be given";
}

function metricRows(
  { data, treatments }: Group,
  metric: MetricName,
  contrasts: readonly Contrast[],
): readonly ReportRow[] {
  const { direction } = describeMetric(metric);
  const valuesOf = ({ cells }: Treatment): ReadonlyMap<string, number> =>
    new Map(
      [...cells].flatMap(([pair, cell]) => {
        const value = scoreOf(cell, { metric, moment: "best" });
        return value === null ? [] : [[pair, value] as const];
      }),
    );
  const values = treatments.map(valuesOf);
  const ranks = averageRanks(values, direction);
  return treatments.map(({ name, cells }, index) => {
    const own = [...values[index].values()];
    const compared = contrasts
      .find(({ treatment, outcome }) => treatment === name && outcome.metric === metric && outcome.moment === "best")
      ?.perDataSet.find((pair) => pair.data === data)?.comparison;
    return {
      metric,
      direction,
      treatment: name,
      count: own.length,
      cells: cells.size,
      mean: own.length > 0 ? mean(own) : null,
      standardDeviation: own.length > 0 ? standardDeviation(own) : null,
      difference: compared
        ? {
            pairs: compared.pairs,
            mean: compared.mean,
            interval: compared.interval,
            pValue: compared.pValue,
            holmPValue: compared.holmPValue,
          }
        : null,
      averageRank: ranks === null ? null : ranks[index],
    };
  });
}

function averageRanks(values: readonly ReadonlyMap<string, number>[], direction: "higher" | "lower") {
  if (values.length < 2) return null;
  const blocks = [...values[0].keys()].flatMap((pair) => {
    const block = values.flatMap((own) => own.get(pair) ?? []);
    return block.length === values.length ? [block] : [];
  });
  return blocks.length === 0 ? null : friedman(blocks, direction).averageRanks;
}
