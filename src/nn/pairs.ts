/**
 * Tensors with a row for each pair of instance and label: `[batch labels, width]`, row i labels + j for instance i and
 * label j. Seen as `[batch, labels width]`, the same memory lets what is per label stretch over the batch without a
 * copy.
 */
import { add, biasLeakyReluProduct, multiply } from "../engine/ops/map.ts";
import { matmulTransposeRight } from "../engine/ops/matmul.ts";
import { sum } from "../engine/ops/reduce.ts";
import { repeat, reshape, tile } from "../engine/ops/rows.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { parameter, pytorchDefault } from "./initialise.ts";

/** An elementwise function of `[batch labels, width]` and of what is per label, `[labels, width]` each. */
export function withLabels<Each extends readonly Tensor[]>(
  combine: (pairs: Tensor, ...perLabel: Each) => Tensor,
  pairs: Tensor,
  ...perLabel: Each
): Tensor;
export function withLabels(
  combine: (...tensors: Tensor[]) => Tensor,
  pairs: Tensor,
  ...perLabel: readonly Tensor[]
): Tensor {
  const [labels, width] = perLabel[0].shape;
  const flat = reshape(pairs, [pairs.shape[0] / labels, labels * width]);
  const rows = perLabel.map((vectors) => reshape(vectors, [1, labels * width]));
  return reshape(combine(flat, ...rows), pairs.shape);
}

/** Every row times every label's row: `[batch, width]`, `[labels, width] -> [batch labels, width]`. */
export function pairProducts(rows: Tensor, perLabel: Tensor): Tensor {
  return withLabels((pairs, vectors) => multiply(pairs, vectors), repeat(rows, perLabel.shape[0]), perLabel);
}

/** Every row plus every label's row: `[batch, width]`, `[labels, width] -> [batch labels, width]`. */
export function pairSums(rows: Tensor, perLabel: Tensor): Tensor {
  return withLabels((pairs, vectors) => add(pairs, vectors), repeat(rows, perLabel.shape[0]), perLabel);
}

/** `[batch labels, width]`, each row summed -> `[batch, labels]`. */
export function sumPairs(pairs: Tensor, labels: number): Tensor {
  return reshape(sum(pairs, "columns"), [pairs.shape[0] / labels, labels]);
}

export interface PerLabelDense {
  readonly parameters: readonly StateLeaf[];
  /** `[batch labels, width] -> [batch, labels]` */
  apply(pairs: Tensor): Tensor;
  /** As `apply` to leakyRelu(pairs + bias), which is never stored; bias is `[1, width]`. */
  applyActivated(pairs: Tensor, bias: Tensor, slope: number): Tensor;
  /** As `apply` where all labels of an instance share one row: `[batch, width] -> [batch, labels]`. */
  applyShared(rows: Tensor): Tensor;
}

/** A dense layer with one output for each label, each with weights of its own: `[labels, width]`. */
export function perLabelDense(name: string, labels: number, width: number, random: Random): PerLabelDense {
  const weight = parameter(`${name}.weight`, [labels, width], pytorchDefault(width, 1), random);
  const bias = parameter(`${name}.bias`, [1, labels], pytorchDefault(width, 1), random);
  const summed = (products: Tensor): Tensor => add(sumPairs(products, labels), bias);
  return {
    parameters: [weight, bias],
    apply: (pairs) => summed(withLabels((x, w) => multiply(x, w), pairs, weight)),
    applyActivated: (pairs, b, slope) =>
      summed(withLabels((x, w, c) => biasLeakyReluProduct(x, c, slope, w), pairs, weight, tile(b, labels))),
    applyShared: (rows) => add(matmulTransposeRight(rows, weight), bias),
  };
}
