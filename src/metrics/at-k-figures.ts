/** The figures of the k best-scored labels, all at once: for those who ask for them (`evaluate --at-k`). */
import type { LabelMatrix } from "../data/dataset.ts";
import { countPositives } from "../data/labels.ts";
import { ndcgAt, precisionAt, propensities, propensityNdcgAt, propensityPrecisionAt } from "./at-k.ts";
import type { Scores } from "./input.ts";
import type { TrainingCounts } from "./rules/fit.ts";

/** The k of published tables. */
const usualRanks = [1, 3, 5] as const;

export interface FiguresAtK {
  readonly k: number;
  readonly precision: number;
  readonly ndcg: number;
  readonly propensityPrecision: number;
  readonly propensityNdcg: number;
}

/**
 * For each k up to the number of labels. @param training says how rare labels are; default the scored rows
 * @throws UsageError on bad input, and for fewer than 3 rows that propensities are made of
 */
export function figuresAtK(labels: LabelMatrix, scores: Scores, training?: TrainingCounts): readonly FiguresAtK[] {
  const { rows, positives } = training ?? { rows: labels.rows, positives: countPositives(labels) };
  const propensity = propensities(positives, rows);
  return usualRanks
    .filter((k) => k <= labels.columns)
    .map((k) => ({
      k,
      precision: precisionAt(labels, scores, k),
      ndcg: ndcgAt(labels, scores, k),
      propensityPrecision: propensityPrecisionAt(labels, scores, propensity, k),
      propensityNdcg: propensityNdcgAt(labels, scores, propensity, k),
    }));
}
