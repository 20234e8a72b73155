/**
 * All multi-label metrics at once, by name, and the table that says of each which way is better and by what convention
 * it is counted. The conventions are scikit-learn's (1.2.1) unless the name ends in "Paper".
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { meant, UsageError } from "../errors.ts";
import { curveMetrics } from "./curves.ts";
import { decisionMetrics } from "./decisions.ts";
import { checkInput, type Scores } from "./input.ts";
import { rankingMetrics } from "./ranking.ts";
import { type Decide, decide } from "./rules/rule.ts";

/** What a metric is called, and which direction is better. */
export interface MetricDescription {
  readonly name: string;
  /** Which way is better. */
  readonly direction: "higher" | "lower";
  /** How it is counted, in one line: ties, degenerate rows and labels, what is null. */
  readonly convention: string;
}

/** Every metric, in the order in which tables print them. */
export const metricDescriptions = [
  {
    name: "macroAuc",
    direction: "higher",
    convention: "mean AUC over the labels having both classes; ties count half; null if no label has",
  },
  {
    name: "microAuc",
    direction: "higher",
    convention: "AUC of all entries taken as one label; ties count half; null without both classes",
  },
  {
    name: "macroAveragePrecision",
    direction: "higher",
    convention: "mean over the labels having both classes of the sum of (R_t - R_(t-1)) P_t; null if no label has",
  },
  {
    name: "microAveragePrecision",
    direction: "higher",
    convention: "average precision of all entries taken as one label; null without both classes",
  },
  {
    name: "rankingLoss",
    direction: "lower",
    convention: "wrongly ordered (relevant, irrelevant) pairs of a row, ties wrong; rows without both kinds add 0",
  },
  {
    name: "labelRankingAveragePrecision",
    direction: "higher",
    convention: "precision among the labels scored as high as each relevant one; rows without both kinds count 1",
  },
  {
    name: "coverageError",
    direction: "lower",
    convention: "labels scored as high as the lowest relevant one, in labels; rows without labels add 0",
  },
  {
    name: "oneError",
    direction: "lower",
    convention: "rows whose first top-scored label is irrelevant; rows without labels are errors (as in the paper)",
  },
  { name: "hammingLoss", direction: "lower", convention: "wrong entries, label predicted where score > threshold" },
  { name: "subsetAccuracy", direction: "higher", convention: "rows with all entries right at the threshold" },
  { name: "microF1", direction: "higher", convention: "2 TP / (2 TP + FP + FN) over all entries; 0/0 is 0" },
  { name: "macroF1", direction: "higher", convention: "mean over all labels of F1; 0/0 is 0" },
  {
    name: "weightedF1",
    direction: "higher",
    convention: "mean over the labels, weighted by positives, of F1; 0/0 is 0",
  },
  { name: "samplesF1", direction: "higher", convention: "mean over the rows of F1; 0/0 is 0, also for empty rows" },
  { name: "microPrecision", direction: "higher", convention: "TP / (TP + FP) over all entries; 0/0 is 0" },
  { name: "macroPrecision", direction: "higher", convention: "mean over all labels of precision; 0/0 is 0" },
  {
    name: "weightedPrecision",
    direction: "higher",
    convention: "mean over the labels, weighted by positives, of precision; 0/0 is 0",
  },
  { name: "samplesPrecision", direction: "higher", convention: "mean over the rows of precision; 0/0 is 0" },
  { name: "microRecall", direction: "higher", convention: "TP / (TP + FN) over all entries; 0/0 is 0" },
  { name: "macroRecall", direction: "higher", convention: "mean over all labels of recall; 0/0 is 0" },
  {
    name: "weightedRecall",
    direction: "higher",
    convention: "mean over the labels, weighted by positives, of recall: equals microRecall",
  },
  { name: "samplesRecall", direction: "higher", convention: "mean over the rows of recall; 0/0 is 0" },
  { name: "microJaccard", direction: "higher", convention: "TP / (TP + FP + FN) over all entries; 0/0 is 0" },
  { name: "macroJaccard", direction: "higher", convention: "mean over all labels of the Jaccard index; 0/0 is 0" },
  {
    name: "weightedJaccard",
    direction: "higher",
    convention: "mean over the labels, weighted by positives, of the Jaccard index; 0/0 is 0",
  },
  { name: "samplesJaccard", direction: "higher", convention: "mean over the rows of the Jaccard index; 0/0 is 0" },
  {
    name: "macroAucPaper",
    direction: "higher",
    convention: "macroAuc with ties counted as right and 0 for labels without both classes, which stay in the mean",
  },
  {
    name: "rankingLossPaper",
    direction: "lower",
    convention: "as the paper's code counts it: ties wrong, rows without both kinds add 0; equals rankingLoss",
  },
] as const satisfies readonly MetricDescription[];

/** The name of a metric. */
export type MetricName = (typeof metricDescriptions)[number]["name"];

/** The values by name; null where the convention leaves the value undefined (see the table). */
export type Metrics = Readonly<Record<MetricName, number | null>>;

/** All names, in the order in which they are printed. */
export const metricNames: readonly MetricName[] = /* @__PURE__ */ metricDescriptions.map(({ name }) => name);

/** @throws UsageError for a name that isn't in the table; the message lists those that are. */
export function describeMetric(name: string): (typeof metricDescriptions)[number] {
  const found = metricDescriptions.find((description) => description.name === name);
  if (found === undefined) {
    throw new UsageError(`metric "${name}" is unknown${meant(name, metricNames)}; there are ${metricNames.join(", ")}`);
  }
  return found;
}

/**
 * Every metric of the table. Also defined for a single label, where scikit-learn refuses some: the same formulas hold
 * (each row then has one kind of label only, so ranking loss is 0 and label ranking average precision 1).
 * @param labels `[rows, labels]` 0/1.
 * @param scores `[rows, labels]`, any real scale; only the decisions at the threshold depend on it.
 * @param threshold a label is predicted where score > threshold, compared in double precision; or a rule.
 * @throws UsageError for no rows or labels, sizes that disagree, labels other than 0/1, NaN.
 */
export function metrics(labels: LabelMatrix, scores: Scores, threshold: Decide = 0.5): Metrics {
  checkInput(labels, scores);
  return {
    ...curveMetrics(labels, scores),
    ...rankingMetrics(labels, scores),
    ...decisionMetrics(labels, decide(threshold, scores, labels.columns)),
  };
}
