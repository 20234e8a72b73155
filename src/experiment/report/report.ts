/**
 * From finished cells to what they show: per data set and model the mean and spread of every metric, the difference of
 * each treatment to the first with its interval, and average ranks; over data sets, whether they differ at all; and the
 * whole as a document with a verdict. A report is plain data (JSON as it stands); printing it is elsewhere.
 */

import { UsageError } from "../../errors.ts";
import { describeMetric, type MetricName } from "../../metrics/metrics.ts";
import type { Cell, FailedCell } from "../cell.ts";
import { batchNotes } from "./batch-notes.ts";
import { type CellFigures, cellFigures } from "./cell-figures.ts";
import type { Rules } from "./comparison.ts";
import { type AnalysedStudy, adjusted, againstBaseline, type Contrast, contrast } from "./contrasts.ts";
import { missingPairs } from "./facts.ts";
import { leading, type Outcome, outcomesOf } from "./outcomes.ts";
import { type OverallRanks, overallRanks } from "./overall.ts";
import type { Section } from "./page.ts";
import { buildTable, type ReportTable } from "./report-tables.ts";
import { buildSections } from "./sections.ts";
import { primaryOf, type Study, studiesOf } from "./studies.ts";
import { groupCells } from "./treatments.ts";

/** Options of `buildReport`. */
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
  /** Cells of a plan that nothing was found of, in words; they count as missing. */
  readonly unrun?: readonly string[];
}

/** The metrics of a report that is asked for none. */
export const defaultMetrics: readonly MetricName[] = [
  "macroAuc",
  "macroAveragePrecision",
  "macroF1",
  "microF1",
  "rankingLoss",
  "oneError",
  "hammingLoss",
];

/** Means and comparisons of a grid's cells. */
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
  /** Cells that another treatment of their data set and model has, or that were planned; each in words. */
  readonly missing: readonly string[];
  /** Best epoch, late mean and time to target of each cell. */
  readonly cells: readonly CellFigures[];
  /** The whole as a document; its first section is the verdict. */
  readonly sections: readonly Section[];
}

/** @throws UsageError for no cells, an unknown metric, or one that no cell has. */
export function buildReport(cells: readonly Cell[], options: ReportOptions = {}): Report {
  if (cells.length === 0) throw new UsageError("report: there are no finished cells to report on");
  const {
    confidence = 0.95,
    alpha = 0.05,
    seed = 1,
    timings = false,
    margins = {},
    failures = [],
    unrun = [],
  } = options;
  const rules: Rules = { confidence, alpha, seed };
  const names = chooseMetrics(cells, options.metrics);
  const { groups, notes: ofGroups } = groupCells(cells, options.samplers ?? []);
  const notes = [...ofGroups, ...groups.flatMap(batchNotes)];
  const outcomes = outcomesOf(cells, names, margins);
  const studies = studiesOf(groups).map((study) => analysed(study, outcomes, rules));
  const tables = groups.map((group) => buildTable(group, names, studies, timings));
  const overall = overallRanks(tables);
  const missing = [...new Set([...groups.flatMap(missingPairs), ...unrun])];
  const perCell = cellFigures(groups, leading(outcomes)[0], timings);
  const sections = buildSections({ cells, failures, studies, outcomes, rules, perCell, notes, missing, timings });
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
    missing,
    cells: perCell,
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
