/**
 * Multi-label binary cross-entropy on logits, per entry, per row and as the (weighted) mean that is minimised.
 */
import { add, binaryCrossEntropy, multiply } from "../engine/ops/map.ts";
import { mean } from "../engine/ops/reduce.ts";
import type { Tensor } from "../engine/tensor.ts";

/** Binary cross-entropy per entry, per row and over the batch. */
export interface CrossEntropy {
  /** `[batch, labels]`: ln(1 + e^f) - f y, finite for every finite logit f. */
  readonly perEntry: Tensor;
  /** `[batch, 1]`: mean over the labels. */
  readonly perRow: Tensor;
}

/** Binary cross-entropy of logits. @param logits `[batch, labels]` @param labels `[batch, labels]`, 0 or 1 */
export function crossEntropy(logits: Tensor, labels: Tensor): CrossEntropy {
  const perEntry = binaryCrossEntropy(logits, labels);
  return { perEntry, perRow: mean(perEntry, "columns") };
}

/**
 * Mean of `[batch, 1]` with row i counting `weights[i]` times: sum of weights x values / batch. Without weights, the
 * mean. `[1, 1]`
 */
export function weightedMean(perRow: Tensor, weights: Tensor | undefined): Tensor {
  return mean(weights ? multiply(perRow, weights) : perRow);
}

/** The sum of `[1, 1]` parts. */
export function total(parts: Readonly<Record<string, Tensor>>): Tensor {
  return Object.values(parts).reduce((a, b) => add(a, b));
}
