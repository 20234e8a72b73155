/**
 * Where weights begin. Every published initialiser here is uniform on a range that follows from the numbers of a unit's
 * inputs and outputs; each parameter draws from a stream of its own name, so adding one never shifts another.
 */

import { formatShape, type Shape, type StateLeaf, size, state } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import type { Random } from "../random.ts";

/** Lowest and highest value. */
export type Range = readonly [low: number, high: number];

/** The range of a layer's weights (or biases), from the number of its inputs and outputs. */
export type Initialiser = (inputs: number, outputs: number) => Range;

const symmetric = (bound: number): Range => [-bound, bound];

/** Variance 2 / ((1 + slope^2) inputs), for (leaky) rectifiers. He, Zhang, Ren and Sun 2015. */
export const kaimingUniform =
  (slope: number): Initialiser =>
  (inputs) =>
    symmetric(Math.sqrt(6 / ((1 + slope ** 2) * inputs)));

/** Variance 1 / inputs: Kaiming's with PyTorch's gain for a sigmoid, which is 1. */
export const kaimingUniformSigmoid: Initialiser = (inputs) => symmetric(Math.sqrt(3 / inputs));

/** Variance 1 / (3 inputs), for weights and biases alike: PyTorch's default of Linear and Conv. */
export const pytorchDefault: Initialiser = (inputs) => symmetric(1 / Math.sqrt(inputs));

/** Variance 2 / (inputs + outputs). Glorot and Bengio 2010. */
export const xavierUniform: Initialiser = (inputs, outputs) => symmetric(Math.sqrt(6 / (inputs + outputs)));

/** Between two values. */
export const uniform =
  (low: number, high: number): Initialiser =>
  () => [low, high];

/** Always the same value. */
export const constantly = (value: number): Initialiser => uniform(value, value);

/**
 * Numbers of the largest parameter, 1 GiB: beyond, a mistyped width would take the machine's memory before it is
 * noticed.
 */
const largest = 2 ** 28;

function checkSize(name: string, shape: Shape): void {
  if (size(shape) <= largest) return;
  throw new UsageError(
    `parameter ${name} ${formatShape(shape)}: ${size(shape)} numbers, expected at most ${largest}; choose smaller widths`,
  );
}

/** A parameter drawn uniformly from the range. @throws UsageError for one of more than 2^28 numbers */
export function parameter(name: string, shape: Shape, [low, high]: Range, random: Random): StateLeaf {
  checkSize(name, shape);
  return state(name, shape, () => {
    const initial = new Float32Array(size(shape));
    random.stream(name).fillUniform(initial);
    for (let i = 0; i < initial.length; i++) initial[i] = low + (high - low) * initial[i];
    return initial;
  });
}

/** A parameter drawn from the standard normal distribution. */
export function normalParameter(name: string, shape: Shape, random: Random): StateLeaf {
  checkSize(name, shape);
  return state(name, shape, () => {
    const initial = new Float32Array(size(shape));
    random.stream(name).fillNormal(initial);
    return initial;
  });
}
