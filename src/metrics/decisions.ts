/**
 * Metrics of yes/no decisions: label predicted where score > threshold, strictly, or as a rule says. One pass counts
 * true positives, predictions and labels per label and per row; every metric is a ratio of those counts, and 0/0 is 0.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { checkInput, type Scores } from "./input.ts";
import { type Decide, decide } from "./rules/rule.ts";

/**
 * `micro`: counts summed over all entries first. `macro`: mean over the labels. `weighted`: mean over the labels,
 * weighted by their positives (0 if there are none). `samples`: mean over the rows.
 */
export type Average = "micro" | "macro" | "weighted" | "samples";

/** Counts per label or per row; `truePositives[i] <= min(predicted[i], actual[i])`. */
interface Counts {
  readonly truePositives: Float64Array;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

export interface Decisions {
  readonly byLabel: Counts;
  readonly byRow: Counts;
  /** Entries in which decision and label differ. */
  readonly wrongEntries: number;
  /** Rows in which all entries are right. */
  readonly rightRows: number;
  /** `[rows]` how often each row counts; once where it is absent. */
  readonly weights?: ArrayLike<number>;
}

/** A ratio of counts (true positives, predicted, actual), 0 where its denominator is 0. */
type Ratio = (truePositives: number, predicted: number, actual: number) => number;

const divide = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : numerator / denominator);
const precisionOf: Ratio = (truePositives, predicted) => divide(truePositives, predicted);
const recallOf: Ratio = (truePositives, _, actual) => divide(truePositives, actual);
const f1Of: Ratio = (truePositives, predicted, actual) => divide(2 * truePositives, predicted + actual);
const jaccardOf: Ratio = (truePositives, predicted, actual) =>
  divide(truePositives, predicted + actual - truePositives);

/** Of counts: true positives, predicted, actual. */
export const ratios = { precision: precisionOf, recall: recallOf, f1: f1Of };

const noCounts = (length: number): Counts => ({
  truePositives: new Float64Array(length),
  predicted: new Float64Array(length),
  actual: new Float64Array(length),
});

/**
 * @param decided `[rows, labels]` of the rule
 * @param weights how often each row counts; counts of a row itself are those of one
 */
export function countDecisions(
  { rows, columns, values }: LabelMatrix,
  decided: Uint8Array,
  weights?: ArrayLike<number>,
): Decisions {
  const byLabel = noCounts(columns);
  const byRow = noCounts(rows);
  let wrongEntries = 0;
  let rightRows = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    let wrong = 0;
    for (let label = 0; label < columns; label++) {
      const entry = row * columns + label;
      const actual = values[entry];
      const predicted = decided[entry];
      byLabel.truePositives[label] += weight * actual * predicted;
      byLabel.predicted[label] += weight * predicted;
      byLabel.actual[label] += weight * actual;
      byRow.truePositives[row] += actual * predicted;
      byRow.predicted[row] += predicted;
      byRow.actual[row] += actual;
      if (actual !== predicted) wrong++;
    }
    wrongEntries += weight * wrong;
    if (wrong === 0) rightRows += weight;
  }
  return { byLabel, byRow, wrongEntries, rightRows, ...(weights && { weights }) };
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

function average({ byLabel, byRow, weights: ofRows }: Decisions, kind: Average, ratio: Ratio): number {
  if (kind === "micro") return ratio(total(byLabel.truePositives), total(byLabel.predicted), total(byLabel.actual));
  const { truePositives, predicted, actual } = kind === "samples" ? byRow : byLabel;
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < actual.length; i++) {
    const weight = kind === "weighted" ? actual[i] : kind === "samples" ? (ofRows?.[i] ?? 1) : 1;
    sum += weight * ratio(truePositives[i], predicted[i], actual[i]);
    weights += weight;
  }
  return divide(sum, weights);
}

/** All metrics of this file, counting once. Expects checked input; `weights` add up to the number of rows. */
export function decisionMetrics(labels: LabelMatrix, decided: Uint8Array, weights?: ArrayLike<number>) {
  const decisions = countDecisions(labels, decided, weights);
  const of = (ratio: Ratio) => (kind: Average) => average(decisions, kind, ratio);
  const f1 = of(f1Of);
  const precision = of(precisionOf);
  const recall = of(recallOf);
  const jaccard = of(jaccardOf);
  return {
    hammingLoss: decisions.wrongEntries / (labels.rows * labels.columns),
    subsetAccuracy: decisions.rightRows / labels.rows,
    microF1: f1("micro"),
    macroF1: f1("macro"),
    weightedF1: f1("weighted"),
    samplesF1: f1("samples"),
    microPrecision: precision("micro"),
    macroPrecision: precision("macro"),
    weightedPrecision: precision("weighted"),
    samplesPrecision: precision("samples"),
    microRecall: recall("micro"),
    macroRecall: recall("macro"),
    weightedRecall: recall("weighted"),
    samplesRecall: recall("samples"),
    microJaccard: jaccard("micro"),
    macroJaccard: jaccard("macro"),
    weightedJaccard: jaccard("weighted"),
    samplesJaccard: jaccard("samples"),
  };
}

function checked(labels: LabelMatrix, scores: Scores, threshold: Decide): Decisions {
  checkInput(labels, scores);
  return countDecisions(labels, decide(threshold, scores, labels.columns));
}

/** Share of the entries in which decision and label differ. @throws UsageError on bad input. */
export function hammingLoss(labels: LabelMatrix, scores: Scores, threshold: Decide = 0.5): number {
  return checked(labels, scores, threshold).wrongEntries / (labels.rows * labels.columns);
}

/** Share of the rows in which every label is decided rightly. @throws UsageError on bad input. */
export function subsetAccuracy(labels: LabelMatrix, scores: Scores, threshold: Decide = 0.5): number {
  return checked(labels, scores, threshold).rightRows / labels.rows;
}

/** TP / (TP + FP); 0 where nothing is predicted. @throws UsageError on bad input. */
export function precision(labels: LabelMatrix, scores: Scores, kind: Average, threshold: Decide = 0.5): number {
  return average(checked(labels, scores, threshold), kind, precisionOf);
}

/** TP / (TP + FN); 0 where no label is present. @throws UsageError on bad input. */
export function recall(labels: LabelMatrix, scores: Scores, kind: Average, threshold: Decide = 0.5): number {
  return average(checked(labels, scores, threshold), kind, recallOf);
}

/** 2 TP / (2 TP + FP + FN); 0 where there is neither a label nor a prediction. @throws UsageError on bad input. */
export function f1(labels: LabelMatrix, scores: Scores, kind: Average, threshold: Decide = 0.5): number {
  return average(checked(labels, scores, threshold), kind, f1Of);
}

/** TP / (TP + FP + FN); 0 where there is neither a label nor a prediction. @throws UsageError on bad input. */
export function jaccard(labels: LabelMatrix, scores: Scores, kind: Average, threshold: Decide = 0.5): number {
  return average(checked(labels, scores, threshold), kind, jaccardOf);
}
