/**
 * Layers as plain functions: each makes its parameters and says how they apply to a tensor. Weights are `[inputs,
 * outputs]`. Over a concatenation a dense layer is the sum of dense layers, so that what many rows share is computed
 * once.
 */
import { add } from "../engine/ops/map.ts";
import { matmul } from "../engine/ops/matmul.ts";
import { repeat } from "../engine/ops/rows.ts";
import type { Update } from "../engine/program.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { type Initialiser, parameter, pytorchDefault } from "./initialise.ts";

/** One use of a model: training with noise, or evaluation without. */
export interface Pass {
  readonly training: boolean;
  /** Where layers with running statistics leave what these become. */
  readonly updates: Update[];
}

/** A pass with dropout and the batch's own means, which collects updates. */
export const trainingPass = (): Pass => ({ training: true, updates: [] });
/** A pass that changes nothing: no dropout, stored means of batch normalisation. */
export const evaluationPass = (): Pass => ({ training: false, updates: [] });

/** How weights and biases begin. */
export interface Initialisers {
  /** Default, as for `bias`: PyTorch's of Linear. */
  readonly weight?: Initialiser;
  readonly bias?: Initialiser;
}

/** A dense layer. */
export interface Dense {
  readonly parameters: readonly StateLeaf[];
  /**
   * x W + b, `[rows, inputs] -> [rows, outputs]`. Several inputs count as concatenated; row i of one with fewer rows
   * goes with the run of rows i times .. i times + times - 1 of the longest.
   */
  apply(x: Tensor | readonly Tensor[]): Tensor;
  /**
   * The two summands of `apply`, x W and what is still to be added (`[1, outputs]` or as large), for fused activations.
   */
  parts(x: Tensor | readonly Tensor[]): readonly [product: Tensor, offset: Tensor];
}

/** `add` for `reduce`, which hands over more than two arguments. */
const sumOfTwo = (a: Tensor, b: Tensor): Tensor => add(a, b);

/**
 * A dense layer.
 * @param inputs the width of the input, or the widths of several that count as concatenated
 */
export function dense(
  name: string,
  inputs: number | readonly number[],
  outputs: number,
  random: Random,
  { weight = pytorchDefault, bias = pytorchDefault }: Initialisers = {},
): Dense {
  const widths = typeof inputs === "number" ? [inputs] : inputs;
  const width = widths.reduce((total, own) => total + own, 0);
  const weights = widths.map((own, i) => {
    const suffix = widths.length === 1 ? "weight" : `weight${i}`;
    return parameter(`${name}.${suffix}`, [own, outputs], weight(width, outputs), random);
  });
  const b = parameter(`${name}.bias`, [1, outputs], bias(width, outputs), random);

  const parts = (x: Tensor | readonly Tensor[]): readonly [Tensor, Tensor] => {
    const products = [x].flat().map((part, i) => matmul(part, weights[i]));
    const rows = Math.max(...products.map(({ shape }) => shape[0]));
    const longest = products.findIndex(({ shape }) => shape[0] === rows);
    const others = products.filter((_, i) => i !== longest);
    const shorter = others.filter(({ shape }) => shape[0] < rows);
    const spread = shorter.length > 0 ? repeat(shorter.reduce(sumOfTwo, b), rows / shorter[0].shape[0]) : b;
    return [products[longest], others.filter(({ shape }) => shape[0] === rows).reduce(sumOfTwo, spread)];
  };
  return { parameters: [...weights, b], parts, apply: (x) => add(...parts(x)) };
}
