/**
 * Everything that scores of known rows can say about a model, as plain data: metrics with intervals, the label report,
 * minority labels against the others, calibration, confusion counts. Printing is for others.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { selectLabelColumns } from "../../data/labels.ts";
import type { Scores } from "../input.ts";
import { type Metrics, metrics } from "../metrics.ts";
import type { TrainingCounts } from "../rules/fit.ts";
import type { Decide } from "../rules/rule.ts";
import { type MetricIntervals, metricIntervals } from "./bootstrap.ts";
import { type Calibration, calibration } from "./calibration.ts";
import { type LabelGroup, type LabelReport, labelGroups, labelReport } from "./label-report.ts";

/** Options of `evaluate`. */
export interface EvaluationOptions {
  readonly labelNames: readonly string[];
  /** What decides; default score > 0.5. */
  readonly rule?: Decide;
  /** Of the rows that the model learned from: what says how rare labels are; default the scored rows. */
  readonly training?: TrainingCounts;
  /** Draws of the bootstrap; default 1000, 0 for no intervals. */
  readonly draws?: number;
  /** Of the bootstrap; default 1. */
  readonly seed?: number;
  /** Called after each draw of the bootstrap. */
  readonly onDraw?: () => void;
}

/** Entries by label and decision. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export interface GroupEvaluation extends LabelGroup {
  /** null for a group without labels. */
  readonly expectedCalibrationError: number | null;
}

/** What `evaluate` answers. */
export interface Evaluation {
  readonly rows: number;
  readonly labels: number;
  readonly metrics: Metrics;
  readonly intervals?: MetricIntervals;
  /** The rarest label first. */
  readonly labelReport: readonly LabelReport[];
  readonly minority: GroupEvaluation;
  readonly majority: GroupEvaluation;
  readonly calibration: Calibration;
  readonly confusion: Confusion;
}

/**
 * @param labels `[rows, labels]`
 * @param scores `[rows, labels]` in [0, 1]
 * @throws UsageError on bad input or options
 */
export function evaluate(labels: LabelMatrix, scores: Scores, options: EvaluationOptions): Evaluation {
  const { labelNames, rule = 0.5, training, draws = 1000, seed = 1, onDraw } = options;
  const found = metrics(labels, scores, rule);
  const report = labelReport(labels, scores, labelNames, rule, training);
  const { minority, majority } = labelGroups(report);
  const of = (group: LabelGroup, isMinority: boolean): GroupEvaluation => {
    const columns = report.filter((label) => label.minority === isMinority).map(({ label }) => label);
    const error = columns.length === 0 ? null : calibrationOf(labels, scores, columns).expectedCalibrationError;
    return { ...group, expectedCalibrationError: error };
  };
  const sum = (count: keyof Confusion): number => report.reduce((total, label) => total + label[count], 0);
  return {
    rows: labels.rows,
    labels: labels.columns,
    metrics: found,
    ...(draws > 0 && {
      intervals: metricIntervals(labels, scores, rule, { draws, seed, ...(onDraw && { onDraw }) }),
    }),
    labelReport: report,
    minority: of(minority, true),
    majority: of(majority, false),
    calibration: calibration(labels, scores),
    confusion: {
      truePositives: sum("truePositives"),
      falsePositives: sum("falsePositives"),
      falseNegatives: sum("falseNegatives"),
      trueNegatives: sum("trueNegatives"),
    },
  };
}

/** Of some of the labels. */
function calibrationOf(labels: LabelMatrix, scores: Scores, columns: readonly number[]): Calibration {
  const some = Float64Array.from({ length: labels.rows * columns.length }, (_, i) => {
    return scores[Math.floor(i / columns.length) * labels.columns + columns[i % columns.length]];
  });
  return calibration(selectLabelColumns(labels, columns), some);
}
