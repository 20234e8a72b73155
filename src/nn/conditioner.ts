/**
 * The masked network that makes a flow autoregressive: parameters for dimension i that depend on dimensions before i
 * and on the label only. Germain, Gregor, Murray and Larochelle, MADE, 2015; degrees in sequence as in PACA's code.
 */
import { add, elu, multiply } from "../engine/ops/map.ts";
import { matmul } from "../engine/ops/matmul.ts";
import { gather, reshape } from "../engine/ops/rows.ts";
import { rowsOfRuns, staircaseMatmul } from "../engine/ops/staircase.ts";
import { constant, type Shape, type StateLeaf, type Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { constantly, parameter, pytorchDefault } from "./initialise.ts";
import { pairSums } from "./pairs.ts";

export interface ConditionerSizes {
  /** D */
  readonly dimensions: number;
  readonly labels: number;
  /** Hidden units; at least as many as dimensions, or some would have none. */
  readonly hidden: number;
  /** Parameters of each dimension. */
  readonly outputs: number;
}

export interface Conditioner {
  readonly parameters: readonly StateLeaf[];
  /** `[batch, D] -> [batch labels D, outputs]` */
  apply(x: Tensor): Tensor;
}

export function conditioner(name: string, sizes: ConditionerSizes, random: Random): Conditioner {
  const { dimensions, labels, hidden, outputs } = sizes;
  const drawn = (part: string, shape: Shape, inputs: number): StateLeaf =>
    parameter(`${name}.${part}`, shape, pytorchDefault(inputs, 1), random);
  const hiddenWeight = drawn("hidden.weight", [dimensions, hidden], dimensions);
  const hiddenBias = drawn("hidden.bias", [1, hidden], dimensions);
  const labelWeight = drawn("label.weight", [labels, hidden], labels);
  const labelBias = parameter(`${name}.label.bias`, [1, hidden], constantly(0)(labels, hidden), random);
  // Columns by dimension, so that each dimension's parameters are a row of their own after a reshape.
  const outputWeight = drawn("output.weight", [hidden, dimensions * outputs], hidden);
  const outputBias = drawn("output.bias", [1, dimensions * outputs], hidden);
  const masks = conditionerMasks(sizes);
  const order = byDegree(sizes);
  return {
    parameters: [hiddenWeight, hiddenBias, labelWeight, labelBias, outputWeight, outputBias],
    apply(x) {
      const own = add(matmul(x, multiply(hiddenWeight, constant(hiddenWeight.shape, masks.hidden))), hiddenBias);
      // A dense layer over a one-hot label is that label's row of its weights.
      const perLabel = add(labelWeight, labelBias);
      const parameters = order
        ? staircaseMatmul(
            elu(pairSums(matmul(own, order.columns), matmul(perLabel, order.columns))), // [batch labels, hidden]
            gather(outputWeight, order.rows),
            { classes: dimensions - 1, width: outputs },
          )
        : matmul(elu(pairSums(own, perLabel)), multiply(outputWeight, constant(outputWeight.shape, masks.output)));
      return reshape(add(parameters, outputBias), [x.shape[0] * labels * dimensions, outputs]);
    },
  };
}

/**
 * The hidden units in the order of their degrees, in which the weights that count lie right of a staircase: as row
 * numbers, `[hidden, 1]`, and as a matrix that puts columns into this order, `[hidden, hidden]`. Undefined for one
 * dimension, of which no weight counts.
 */
function byDegree({
  dimensions,
  hidden,
}: ConditionerSizes): { readonly rows: Tensor; readonly columns: Tensor } | undefined {
  if (dimensions === 1) return undefined;
  const classes = dimensions - 1;
  const order: number[] = [];
  for (let run = 0; run < classes; run++) {
    for (let unit = run; unit < hidden; unit += classes) order.push(unit);
    if (order.length !== rowsOfRuns(hidden, classes, run + 1)) throw new Error("conditioner: degrees out of order");
  }
  const columns = new Float32Array(hidden * hidden);
  order.forEach((unit, place) => {
    columns[unit * hidden + place] = 1;
  });
  return {
    rows: constant([hidden, 1], Float32Array.from(order)),
    columns: constant([hidden, hidden], columns),
  };
}

/**
 * Which weights count, 0 or 1: input i (degree i + 1) reaches hidden units of at least its degree, hidden unit t has
 * degree (t mod max(D - 1, 1)) + 1, and reaches the outputs of dimensions of a higher degree. `[D, hidden]`, `[hidden,
 * D outputs]`.
 */
export function conditionerMasks({ dimensions, hidden, outputs }: Omit<ConditionerSizes, "labels">): {
  readonly hidden: Float32Array;
  readonly output: Float32Array;
} {
  const degree = (t: number): number => (t % Math.max(dimensions - 1, 1)) + 1;
  const width = dimensions * outputs;
  return {
    hidden: Float32Array.from({ length: dimensions * hidden }, (_, k) =>
      Math.floor(k / hidden) + 1 <= degree(k % hidden) ? 1 : 0,
    ),
    output: Float32Array.from({ length: hidden * width }, (_, k) =>
      degree(Math.floor(k / width)) < Math.floor((k % width) / outputs) + 1 ? 1 : 0,
    ),
  };
}
