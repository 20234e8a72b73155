/**
 * What is known of each label on scored rows: how rare it is, how well it is found at its threshold, and how well its
 * scores order and estimate. Sorted by imbalance, so that minority labels stand first.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { labelImbalance } from "../../data/describe.ts";
import { UsageError } from "../../errors.ts";
import { labelAuc, labelAveragePrecision, meanDefined } from "../curves.ts";
import { countDecisions, ratios } from "../decisions.ts";
import type { Scores } from "../input.ts";
import type { TrainingCounts } from "../rules/fit.ts";
import { type Decide, decide, thresholdsOf } from "../rules/rule.ts";

/** Figures of one label. */
export interface LabelReport {
  readonly name: string;
  /** Its column, from 0. */
  readonly label: number;
  /** Scored rows that carry it. */
  readonly support: number;
  /** Training rows that carry it; null where that is not known. */
  readonly trainingSupport: number | null;
  /**
   * IRLbl: positives of the commonest label / positives of this one, among the training rows where they are known,
   * otherwise among the scored rows; null without positives there.
   */
  readonly irlbl: number | null;
  /** IRLbl above its mean over the labels that have one; without positives, too. */
  readonly minority: boolean;
  /** Where it has one for every row. */
  readonly threshold: number | null;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** 0/0 is 0, as in all metrics. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** null for a label without both classes. */
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  /** Mean of (score - label)². */
  readonly brier: number;
}

/**
 * One entry a label, the rarest first.
 * @param labels `[rows, labels]`
 * @throws UsageError on bad input, names or training counts of another number of labels
 */
export function labelReport(
  labels: LabelMatrix,
  scores: Scores,
  labelNames: readonly string[],
  rule: Decide = 0.5,
  training?: TrainingCounts,
): LabelReport[] {
  const { rows, columns, values } = labels;
  for (const [what, count] of [
    ["names", labelNames.length],
    ["training counts", training?.positives.length],
  ] as const) {
    if (count !== undefined && count !== columns)
      throw new UsageError(`label report: ${count} ${what} for ${columns} labels: expected one a label`);
  }
  const auc = labelAuc(labels, scores);
  const averagePrecision = labelAveragePrecision(labels, scores);
  const { truePositives, predicted, actual } = countDecisions(labels, decide(rule, scores, columns)).byLabel;
  const { irlbl, isMinority } = labelImbalance(Array.from(training?.positives ?? actual));
  const thresholds = thresholdsOf(rule, columns);
  const squares = new Float64Array(columns);
  for (let entry = 0; entry < values.length; entry++) squares[entry % columns] += (scores[entry] - values[entry]) ** 2;
  const report = labelNames.map((name, label): LabelReport => {
    const counts = [truePositives[label], predicted[label], actual[label]] as const;
    const [tp, p, a] = counts;
    return {
      name,
      label,
      support: a,
      trainingSupport: training?.positives[label] ?? null,
      irlbl: irlbl[label],
      minority: isMinority[label],
      threshold: thresholds?.[label] ?? null,
      truePositives: tp,
      falsePositives: p - tp,
      falseNegatives: a - tp,
      trueNegatives: rows - p - a + tp,
      precision: ratios.precision(...counts),
      recall: ratios.recall(...counts),
      f1: ratios.f1(...counts),
      auc: auc[label],
      averagePrecision: averagePrecision[label],
      brier: squares[label] / rows,
    };
  });
  return report.sort((a, b) => (b.irlbl ?? Infinity) - (a.irlbl ?? Infinity) || a.label - b.label);
}

/** Means over some labels: of those that have the figure. */
export interface LabelGroup {
  readonly labels: number;
  /** Scored (row, label) entries that are 1. */
  readonly support: number;
  readonly macroPrecision: number | null;
  readonly macroRecall: number | null;
  readonly macroF1: number | null;
  /** From the sums of the counts. */
  readonly microF1: number | null;
  readonly macroAuc: number | null;
  readonly macroAveragePrecision: number | null;
  readonly brier: number | null;
}

/** Of minority labels and of all others; null for a figure that no label of the group has. */
export function labelGroups(report: readonly LabelReport[]): {
  readonly minority: LabelGroup;
  readonly majority: LabelGroup;
} {
  return {
    minority: groupOf(report.filter(({ minority }) => minority)),
    majority: groupOf(report.filter(({ minority }) => !minority)),
  };
}

function groupOf(labels: readonly LabelReport[]): LabelGroup {
  const sum = (of: (label: LabelReport) => number): number => labels.reduce((total, label) => total + of(label), 0);
  const mean = (of: (label: LabelReport) => number | null): number | null => meanDefined(labels.map(of));
  const [truePositives, support] = [sum((label) => label.truePositives), sum((label) => label.support)];
  const predicted = truePositives + sum((label) => label.falsePositives);
  return {
    labels: labels.length,
    support,
    macroPrecision: mean(({ precision }) => precision),
    macroRecall: mean(({ recall }) => recall),
    macroF1: mean(({ f1 }) => f1),
    microF1: labels.length === 0 ? null : ratios.f1(truePositives, predicted, support),
    macroAuc: mean(({ auc }) => auc),
    macroAveragePrecision: mean(({ averagePrecision }) => averagePrecision),
    brier: mean(({ brier }) => brier),
  };
}
