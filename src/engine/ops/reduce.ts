/**
 * The reductions: sum and maximum along an axis, which stays with size 1. Means and norms are compositions of them.
 */
import { UsageError } from "../../errors.ts";
import { type Attributes, apply, type Op, type Operand, type Shape, type Tensor, tensor } from "../tensor.ts";
import { divide, equal, multiply } from "./map.ts";

/** The axis that disappears: summing over "rows" leaves `[1, columns]`, over "columns" `[rows, 1]`. */
export type Axis = "rows" | "columns";

function reduced([shape]: readonly Shape[], { axis }: Attributes): Shape {
  if (axis !== 0 && axis !== 1) throw new UsageError(`axis ${axis}: expected 0 (over rows) or 1 (over columns)`);
  return axis === 0 ? [1, shape[1]] : [shape[0], 1];
}

export const sumOp: Op = { name: "sum", family: "reduce", shape: reduced, gradient: (_node, g) => [g] };

export const maxOp: Op = {
  name: "max",
  family: "reduce",
  shape: reduced,
  // Ties share the adjoint equally.
  gradient: (node, g) => {
    const winners = equal(node.inputs[0], node);
    return [multiply(g, divide(winners, apply(sumOp, [winners], node.attributes)))];
  },
};

const axisNumber = (axis: Axis): Attributes => ({ axis: axis === "rows" ? 0 : 1 });

/** Sum over an axis, or over everything (`[1, 1]`). */
export function sum(x: Tensor, axis?: Axis): Tensor {
  if (axis) return apply(sumOp, [x], axisNumber(axis));
  return [0, 1].reduce((part, a) => (part.shape[a] === 1 ? part : apply(sumOp, [part], { axis: a })), x);
}

/** Largest value along an axis. */
export function max(x: Tensor, axis: Axis): Tensor {
  return apply(maxOp, [x], axisNumber(axis));
}

/** Mean over an axis, or over everything (`[1, 1]`). */
export function mean(x: Operand, axis?: Axis): Tensor {
  const from = tensor(x);
  const total = sum(from, axis);
  return multiply(total, (total.shape[0] * total.shape[1]) / (from.shape[0] * from.shape[1]));
}

/**
 * The adjoint of stretching `from` to `to`: `part`, which stands for a tensor of shape `to` and may itself have axes
 * left to stretch, summed over every axis that was stretched.
 */
export function sumTo(part: Tensor, from: Shape, to: Shape): Tensor {
  return [0, 1].reduce((value, axis) => {
    if (from[axis] === to[axis]) return value;
    return value.shape[axis] === 1 ? multiply(value, to[axis]) : apply(sumOp, [value], { axis });
  }, part);
}
