/**
 * Losses of an entry that take the place of binary cross-entropy in training: rivals of batch selection that weigh
 * what is hard or rare in the loss instead of in the draws. Composed of elementwise ops, so that gradients follow.
 * With g = sigmoid(f), y in {0, 1} and L = BCE(g, y).
 */
import { binaryCrossEntropy, log, multiply, negate, relu, sigmoid, square, subtract } from "../engine/ops/map.ts";
import { constant, type Tensor } from "../engine/tensor.ts";

/** 1 where y is 1, -1 where it is 0. */
const sign = (labels: Tensor): Tensor => subtract(multiply(2, labels), 1);

/**
 * `[batch, labels]`: (1 - g)^2 L where y = 1, g^2 L where y = 0; the whole of it is differentiated.
 * Lin, Goyal, Girshick, He and Dollar, *Focal Loss for Dense Object Detection*, ICCV 2017, gamma 2, without alpha.
 */
export function focalLoss(logits: Tensor, labels: Tensor): Tensor {
  const missed = sigmoid(negate(multiply(sign(labels), logits))); // 1 - g where y = 1, g where y = 0
  return multiply(square(missed), binaryCrossEntropy(logits, labels));
}

/** The probability that counts as none at all. */
const margin = 0.05;

/**
 * `[batch, labels]`: L where y = 1, -m^4 ln(1 - m) where y = 0, m = max(g - 0.05, 0); the whole of it is
 * differentiated. Ridnik et al., *Asymmetric Loss For Multi-Label Classification*, ICCV 2021, gamma+ 0, gamma- 4,
 * margin 0.05.
 */
export function asymmetricLoss(logits: Tensor, labels: Tensor): Tensor {
  const shifted = relu(subtract(sigmoid(logits), margin));
  const absent = negate(multiply(square(square(shifted)), log(subtract(1, shifted)))); // 1 - m is at least the margin
  const present = binaryCrossEntropy(logits, 1);
  return subtract(multiply(labels, present), multiply(subtract(labels, 1), absent));
}

/**
 * `[1, labels]` of mean 1, in proportion to (1 - beta) / (1 - beta^n_j), the inverse effective number of positives;
 * a label without positives counts as one with 1.
 * Cui, Jia, Lin, Song and Belongie, *Class-Balanced Loss Based on Effective Number of Samples*, CVPR 2019.
 * @param counts `[labels]` positives among the training rows
 */
export function effectiveNumberWeights(counts: ArrayLike<number>, beta: number): Tensor {
  const raw = Float64Array.from(counts, (count) => (1 - beta) / (1 - beta ** Math.max(1, count)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return constant(
    [1, raw.length],
    raw.map((weight) => (weight * raw.length) / total),
  );
}
