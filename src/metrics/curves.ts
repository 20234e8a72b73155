/**
 * Areas under curves, label by label or over all entries: AUC (the ROC curve) and average precision.
 * A label whose rows are all positive or all negative has neither; macro averages leave it out.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { checkInput, type Scores } from "./input.ts";
import { countPairs, hasBothClasses, precisionAtPositives, type Split, splitEntries, splitLabels } from "./ordering.ts";

/** The share of (positive, negative) pairs in the right order, a tie counting half; null without both classes. */
function auc(split: Split): number | null {
  if (!hasBothClasses(split)) return null;
  const { above, tied, total } = countPairs(split);
  return (above + tied / 2) / total;
}

function averagePrecision(split: Split): number | null {
  return hasBothClasses(split) ? precisionAtPositives(split) : null;
}

/** The share of pairs in the right order, a tie counting as right; 0 without both classes. */
function aucPaper(split: Split): number {
  if (!hasBothClasses(split)) return 0;
  const { above, tied, total } = countPairs(split);
  return (above + tied) / total;
}

/** Mean of what is defined; null if nothing is. */
export function meanDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** All averages of this file, sorting each label once. Expects checked input. */
export function curveMetrics(labels: LabelMatrix, scores: Scores) {
  const byLabel = splitLabels(labels, scores);
  const entries = splitEntries(labels, scores);
  return {
    macroAuc: meanDefined(byLabel.map(auc)),
    microAuc: auc(entries),
    macroAveragePrecision: meanDefined(byLabel.map(averagePrecision)),
    microAveragePrecision: averagePrecision(entries),
    macroAucPaper: meanPaper(byLabel),
  };
}

function meanPaper(byLabel: readonly Split[]): number {
  return byLabel.reduce((sum, split) => sum + aucPaper(split), 0) / byLabel.length;
}

/**
 * AUC of each label, in label order; ties count half; null for a label without both classes. @throws UsageError on bad
 * input.
 */
export function labelAuc(labels: LabelMatrix, scores: Scores): readonly (number | null)[] {
  checkInput(labels, scores);
  return splitLabels(labels, scores).map(auc);
}

/** Mean of `labelAuc` over the labels having both classes; null if none has. @throws UsageError on bad input. */
export function macroAuc(labels: LabelMatrix, scores: Scores): number | null {
  return meanDefined(labelAuc(labels, scores));
}

/** AUC of all (row, label) entries taken as one; null if all are equal. @throws UsageError on bad input. */
export function microAuc(labels: LabelMatrix, scores: Scores): number | null {
  checkInput(labels, scores);
  return auc(splitEntries(labels, scores));
}

/**
 * Macro-AUC as the paper's code counts it: a tie is a pair in the right order, and a label without both classes adds 0
 * and stays in the denominator. Constant scores therefore reach 1. Source: authors' code. @throws UsageError on bad
 * input.
 */
export function macroAucPaper(labels: LabelMatrix, scores: Scores): number {
  checkInput(labels, scores);
  return meanPaper(splitLabels(labels, scores));
}

/**
 * Average precision of each label, sum over distinct scores of (R_t - R_(t-1)) P_t without interpolation; null for a
 * label without both classes. @throws UsageError on bad input.
 */
export function labelAveragePrecision(labels: LabelMatrix, scores: Scores): readonly (number | null)[] {
  checkInput(labels, scores);
  return splitLabels(labels, scores).map(averagePrecision);
}

/**
 * Mean of `labelAveragePrecision` over the labels having both classes; null if none has. @throws UsageError on bad
 * input.
 */
export function macroAveragePrecision(labels: LabelMatrix, scores: Scores): number | null {
  return meanDefined(labelAveragePrecision(labels, scores));
}

/**
 * Average precision of all (row, label) entries taken as one; null if all are equal. @throws UsageError on bad input.
 */
export function microAveragePrecision(labels: LabelMatrix, scores: Scores): number | null {
  checkInput(labels, scores);
  return averagePrecision(splitEntries(labels, scores));
}
