/**
 * From finished cells to what they show: per data set and model the mean and spread of every metric, the difference of
 * each treatment to the first with its interval, and average ranks; over data sets, whether they differ at all; and the
 * whole as a document with a verdict. A report is plain data (JSON as it stands); printing it is elsewhere.
 */

import { testFile } from "../../data/join.ts";
import { UsageError } from "../../errors.ts";
import { describeMetric, type MetricName } from "../../metrics/metrics.ts";
import type { Cell, FailedCell } from "../cell.ts";
import { friedman } from "../statistics/rank-tests.ts";
import { type Interval, mean, standardDeviation } from "../statistics/statistics.ts";
import type { Rules } from "./comparison.ts";
import { type AnalysedStudy, adjusted, againstBaseline, type Contrast, contrast } from "./contrasts.ts";
import { secondsOf } from "./evidence.ts";
import { missingPairs } from "./facts.ts";
import { type Outcome, outcomesOf, scoreOf } from "./outcomes.ts";
import { type OverallRanks, overallRanks } from "./overall.ts";
import type { Section } from "./page.ts";
import { buildSections } from "./sections.ts";
import { primaryOf, type Study, studiesOf, testToTrainOf } from "./studies.ts";
import { type Group, groupCells, type Treatment } from "./treatments.ts";

export interface ReportOptions {
  /** Default: those of `defaultMetrics` that the cells have. */
  readonly metrics?: readonly string[];
  /** The order of the treatments (samplers, arms), the baseline first; others follow as they appear in the cells. */
  readonly samplers?: readonly string[];
  /** Of the intervals; default 0.95. */
  readonly confidence?: number;
  /** Below it, Holm's adjusted p decides; default 0.05. */
  readonly alpha?: number;
  /** By metric, in its unit: differences within count as none. Default: `defaultMargin`. */
  readonly margins?: Readonly<Record<string, number>>;
  /** Of what is drawn at random (Bayesian signed-rank test, bootstrap); default 1. */
  readonly seed?: number;
  /** Adds times and dates: then two equal runs no longer give equal reports. Default false. */
  readonly timings?: boolean;
  /** Cells that have no result. */
  readonly failures?: readonly FailedCell[];
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
  /** Adjusted (Holm) for all treatments and data sets of the metric with this model. */
  readonly holmPValue: number | null;
}

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

export interface Report {
  readonly confidence: number;
  readonly alpha: number;
  readonly verdict: readonly string[];
  readonly tables: readonly ReportTable[];
  /** Per model and metric, where at least two data sets have the same treatments. */
  readonly overall: readonly OverallRanks[];
  /** Each treatment against the baseline, on each data set and over them. */
  readonly contrasts: readonly (Contrast & { readonly model: string; readonly condition: string })[];
  /** What a reader should know before believing the figures. */
  readonly notes: readonly string[];
  /** Cells that another treatment of their data set and model has; each in words. */
  readonly missing: readonly string[];
  /** The whole as a document; its first section is the verdict. */
  readonly sections: readonly Section[];
}

/** @throws UsageError for no cells, an unknown metric, or one that no cell has. */
export function buildReport(cells: readonly Cell[], options: ReportOptions = {}): Report {
  if (cells.length === 0) throw new UsageError("report: there are no finished cells to report on");
  const { confidence = 0.95, alpha = 0.05, seed = 1, timings = false, margins = {}, failures = [] } = options;
  const rules: Rules = { confidence, alpha, seed };
  const names = chooseMetrics(cells, options.metrics);
  const { groups, notes } = groupCells(cells, options.samplers ?? []);
  const outcomes = outcomesOf(cells, names, margins);
  const studies = studiesOf(groups).map((study) => analysed(study, outcomes, rules));
  const tables = groups.map((group) => buildTable(group, names, studies, timings));
  const overall = overallRanks(tables);
  const sections = buildSections({ cells, failures, studies, outcomes, rules, notes, timings });
  return {
    confidence,
    alpha,
    verdict: sections[0].blocks.flatMap((block) => (block.kind === "text" ? [block.text] : [])),
    tables,
    overall,
    contrasts: studies.flatMap(({ study: { model, condition }, contrasts }) =>
      contrasts.map((own) => ({ model, condition, ...own })),
    ),
    notes,
    missing: groups.flatMap(missingPairs),
    sections,
  };
}

function analysed(study: Study, outcomes: readonly Outcome[], rules: Rules): AnalysedStudy {
  const pair = primaryOf(study);
  const primary = outcomes.flatMap((outcome) => {
    const found = pair && contrast(study, pair.treatment, pair.reference, outcome, rules);
    return found ? adjusted([found], rules) : [];
  });
  return { study, contrasts: againstBaseline(study, outcomes, rules), primary };
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

function buildTable(
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
      ?.perDataSet.find((each) => each.data === data)?.comparison;
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
