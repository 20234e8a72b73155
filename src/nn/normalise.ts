/**
 * Batch normalisation over the rows of a tensor. Ioffe and Szegedy 2015; running statistics as PyTorch keeps them
 * (momentum 0.1, the variance unbiased), moved by updates that come back with the result.
 */
import { add, divide, multiply, sqrt, square, subtract } from "../engine/ops/map.ts";
import { mean } from "../engine/ops/reduce.ts";
import { type StateLeaf, state, type Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { parameter } from "./initialise.ts";
import type { Pass } from "./layers.ts";

const epsilon = 1e-5;
const momentum = 0.1;

/** Batch normalisation. */
export interface BatchNorm {
  readonly parameters: readonly StateLeaf[];
  readonly buffers: readonly StateLeaf[];
  /**
   * weight (x - mean) / sqrt(variance + 1e-5) and the bias that is still to be added, for fused activations. Training
   * takes the moments of x and moves the running ones; evaluation takes the running ones. A single row has variance 0
   * and says nothing of the running variance, which it leaves as it is.
   */
  parts(x: Tensor, pass: Pass): readonly [scaled: Tensor, offset: Tensor];
}

/** Batch normalisation of that width. */
export function batchNorm(name: string, width: number, random: Random): BatchNorm {
  const weight = parameter(`${name}.weight`, [1, width], [1, 1], random);
  const bias = parameter(`${name}.bias`, [1, width], [0, 0], random);
  const runningMean = state(`${name}.runningMean`, [1, width], "zeros");
  const runningVariance = state(`${name}.runningVariance`, [1, width], () => new Float32Array(width).fill(1));
  const moved = (from: StateLeaf, to: Tensor) => ({
    state: from,
    value: add(multiply(from, 1 - momentum), multiply(to, momentum)),
  });
  return {
    parameters: [weight, bias],
    buffers: [runningMean, runningVariance],
    parts(x, pass) {
      const rows = x.shape[0];
      const centre = pass.training ? mean(x, "rows") : runningMean;
      const centred = subtract(x, centre);
      const variance = pass.training ? mean(square(centred), "rows") : runningVariance;
      if (pass.training) {
        pass.updates.push(moved(runningMean, centre));
        if (rows > 1) pass.updates.push(moved(runningVariance, multiply(variance, rows / (rows - 1))));
      }
      return [multiply(centred, divide(weight, sqrt(add(variance, epsilon)))), bias];
    },
  };
}
