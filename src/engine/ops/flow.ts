/**
 * Sigmoidal flows, one step for what is several passes over [rows, units] otherwise: devices make the units' parameters
 * row by row and forget them. What the op means is `composedFlow`, in the ops that there are besides; its derivatives
 * follow from that. Huang, Krueger, Lacoste and Courville, Neural Autoregressive Flows, 2018.
 */
import { UsageError } from "../../errors.ts";
import { gradient } from "../gradient.ts";
import { apply, formatShape, type Op, type Shape, size, type Tensor } from "../tensor.ts";
import {
  add,
  detach,
  divide,
  expDifference,
  log,
  logUnitSlope,
  multiply,
  sigmoidShare,
  softplusAffine,
  subtract,
} from "./map.ts";
import { matmulTransposeRight } from "./matmul.ts";
import { max, sum } from "./reduce.ts";
import { place, reshape, slice } from "./rows.ts";

/** Keeps the transformed value off 0 and 1. */
const margin = 1e-6;

/** A dense layer that gives one number for each unit. */
export interface UnitLayer {
  /** `[units, outputs]` */
  readonly weight: Tensor;
  /** `[units, 1]` */
  readonly bias: Tensor;
}

/** @throws UsageError where the shapes of a flow's inputs disagree */
function sizesOf([parameters, x, ...layers]: readonly Shape[]): { rows: number; outputs: number; units: number } {
  const [rows, outputs] = parameters;
  const [units] = layers[0];
  const expected: readonly Shape[] = [
    [rows, 1],
    ...[0, 1, 2].flatMap((): Shape[] => [
      [units, outputs],
      [units, 1],
    ]),
  ];
  expected.forEach((shape, i) => {
    const given = [x, ...layers][i];
    if (given[0] === shape[0] && given[1] === shape[1]) return;
    throw new UsageError(`operand ${i + 2} is ${formatShape(given)}, expected ${formatShape(shape)}`);
  });
  return { rows, outputs, units };
}

export const sigmoidalFlowOp: Op = {
  name: "sigmoidalFlow",
  family: "flow",
  shape: (inputs) => [2, sizesOf(inputs).rows],
  gradient: ({ inputs }, g) => {
    const packed = apply(sigmoidalFlowGradientOp, [...inputs, g]);
    let first = 0;
    return inputs.map(({ shape }) => {
      const part = reshape(slice(packed, first, size(shape)), shape);
      first += size(shape);
      return part;
    });
  },
};

/** The adjoints of a flow's inputs in their order, one behind the other, `[numbers, 1]`. */
export const sigmoidalFlowGradientOp: Op = {
  name: "sigmoidalFlowGradient",
  family: "flow",
  shape: (inputs) => {
    const { rows } = sizesOf(inputs.slice(0, -1));
    const g = inputs[inputs.length - 1];
    if (g[0] !== 2 || g[1] !== rows) throw new UsageError(`the adjoint is ${formatShape(g)}, expected [2, ${rows}]`);
    return [inputs.slice(0, -1).reduce((total, shape) => total + size(shape), 0), 1];
  },
  gradient: ({ inputs }, h) => {
    const adjoints = joined(composedFlowGradient(inputs.slice(0, -1), inputs[inputs.length - 1]));
    return gradient(sum(multiply(adjoints, h)), [...inputs, h], true).slice(0, -1);
  },
};

/** Tensors one behind the other, `[numbers, 1]`. */
export function joined(parts: readonly Tensor[]): Tensor {
  const rows = parts.reduce((total, { shape }) => total + size(shape), 0);
  let first = 0;
  const placed = parts.map((part) => {
    const column = place(reshape(part, [size(part.shape), 1]), first, rows);
    first += size(part.shape);
    return column;
  });
  return placed.reduce((total, part) => add(total, part));
}

/**
 * x -> logit(m'), m' = (1 - 1e-6) m + 5e-7, m = sum_t w_t sigmoid(a_t x + b_t) in each row, w on the simplex, a > 0:
 * their logits, softplus inverses and values come from the row's parameters by a dense layer each.
 * @param parameters `[rows, outputs]` @param x `[rows, 1]`
 * @returns `[2, rows]`: the transformed values, and ln of the slopes
 */
export function sigmoidalFlow(
  parameters: Tensor,
  x: Tensor,
  layers: { readonly slopes: UnitLayer; readonly shifts: UnitLayer; readonly shares: UnitLayer },
): Tensor {
  const { slopes, shifts, shares } = layers;
  return apply(sigmoidalFlowOp, [
    parameters,
    x,
    ...[slopes, shifts, shares].flatMap(({ weight, bias }) => [weight, bias]),
  ]);
}

/**
 * The definition of the op, by elementwise ops, products and sums: value and log slope, `[1, rows]` each. The few units
 * are rows, the many rows columns, along which devices are fast.
 */
export function composedFlow([parameters, x, ...layers]: readonly Tensor[]): readonly [value: Tensor, slope: Tensor] {
  const [a, b, w] = [0, 2, 4].map((i) => add(matmulTransposeRight(layers[i], parameters), layers[i + 1])); // [units, rows]
  const s = softplusAffine(a, reshape(x, [1, x.shape[0]]), b);
  const shares = exponentials(w);
  const m = divide(sum(sigmoidShare(s, w, shares.largest), "rows"), shares.sum); // [1, rows]
  const inside = add(multiply(1 - margin, m), margin / 2);
  const [low, high] = [log(inside), log(subtract(1, inside))];
  const slope = subtract(logSum(exponentials(logUnitSlope(w, s, a))), logSum(shares));
  return [subtract(low, high), subtract(add(slope, Math.log(1 - margin)), add(low, high))];
}

/** The adjoints of the inputs of `composedFlow` for g, `[2, rows]`, in the order of the inputs. */
export function composedFlowGradient(inputs: readonly Tensor[], g: Tensor): readonly Tensor[] {
  const parts = composedFlow(inputs).map((part, i) => sum(multiply(part, slice(g, i, 1))));
  return gradient(add(parts[0], parts[1]), [...inputs, g], true).slice(0, -1);
}

/**
 * The sum of e^(x - largest) in each column, and what was taken out: nothing overflows, and at least one is 1. `[1,
 * columns]`
 */
function exponentials(x: Tensor) {
  const largest = detach(max(x, "rows"));
  return { largest, sum: sum(expDifference(x, largest), "rows") };
}

const logSum = ({ largest, sum }: ReturnType<typeof exponentials>): Tensor => add(log(sum), largest);
