/**
 * The elementwise family: one line an op, its scalar function (kernels/scalar.ts, same name) with its gradient.
 * An axis of size 1 stretches to its partners' size. Contractions are in matmul.ts and reduce.ts.
 */
import type * as scalar from "../../../kernels/scalar.ts";
import { UsageError } from "../../errors.ts";
import { type Adjoint, apply, type Node, type Op, type Operand, type Shape, type Tensor, tensor } from "../tensor.ts";

type Scalars = typeof scalar;
/** The same arguments, as tensors or numbers. */
type Operands<Values extends readonly unknown[]> = { [K in keyof Values]: Operand };
/** An op of that many operands, each a tensor or a number. */
export type Unary = (x: Operand) => Node;
/** An op of two operands. */
export type Binary = (x: Operand, y: Operand) => Node;
/** An op of three operands. */
export type Ternary = (x: Operand, y: Operand, z: Operand) => Node;
/** An op of four operands. */
export type Quaternary = (w: Operand, x: Operand, y: Operand, z: Operand) => Node;
/** An op of five operands. */
export type Quinary = (v: Operand, w: Operand, x: Operand, y: Operand, z: Operand) => Node;
/**
 * From the output y, its adjoint g and the inputs to each input's adjoint; hyperparameters (a slope, a rate) have none.
 * Summing over the axes that an input was stretched along is left to gradient.ts.
 */
type Rule = (y: Tensor, g: Tensor, ...inputs: Tensor[]) => readonly Adjoint[];

/** Every elementwise op by name: what the gradient and backend laws run over. */
export const mapOps: Record<string, Op> = {};

function map<Name extends keyof Scalars>(
  name: Name,
  rule?: Rule,
): (...operands: Operands<Parameters<Scalars[Name]>>) => Node {
  const op: Op = {
    name,
    family: "map",
    shape: stretched,
    ...(rule && { gradient: (node: Node, g: Tensor) => rule(node, g, ...node.inputs) }),
  };
  mapOps[name] = op;
  return (...operands) => apply(op, operands.map(tensor));
}

/** The common shape of stretching operands. */
export function stretched(shapes: readonly Shape[]): Shape {
  const sizes = (["rows", "columns"] as const).map((axis, a) => {
    const largest = Math.max(...shapes.map((shape) => shape[a]));
    const other = shapes.find((shape) => shape[a] !== 1 && shape[a] !== largest);
    if (other) throw new UsageError(`${axis} ${other[a]} and ${largest} differ and neither is 1`);
    return largest;
  });
  return [sizes[0], sizes[1]];
}

export const add: Binary = map("add", (_y, g) => [g, g]);
export const subtract: Binary = map("subtract", (_y, g) => [g, negate(g)]);
export const multiply: Binary = map("multiply", (_y, g, a, b) => [multiply(g, b), multiply(g, a)]);
export const divide: Binary = map("divide", (y, g, _a, b) => [divide(g, b), negate(divide(multiply(g, y), b))]);
export const negate: Unary = map("negate", (_y, g) => [negate(g)]);
export const square: Unary = map("square", (_y, g, x) => [multiply(g, multiply(2, x))]);
export const sqrt: Unary = map("sqrt", (y, g) => [divide(g, multiply(2, y))]);
export const absolute: Unary = map("absolute", (_y, g, x) => [multiply(g, subtract(greater(x, 0), greater(0, x)))]);
export const exp: Unary = map("exp", (y, g) => [multiply(g, y)]);
export const log: Unary = map("log", (_y, g, x) => [divide(g, x)]);
export const maximum: Binary = map("maximum", (_y, g, a, b) => [
  multiply(g, greater(a, b)),
  multiply(g, subtract(1, greater(a, b))),
]);
export const minimum: Binary = map("minimum", (_y, g, a, b) => [
  multiply(g, greater(b, a)),
  multiply(g, subtract(1, greater(b, a))),
]);
export const clamp: Ternary = map("clamp", (_y, g, x, low, high) => [multiply(g, within(x, low, high))]);
export const within: Ternary = map("within", () => [null, null, null]);
export const greater: Binary = map("greater", () => [null, null]);
export const equal: Binary = map("equal", () => [null, null]);
export const relu: Unary = map("relu", (y, g) => [leakyReluGradient(y, 0, g)]);
export const leakyRelu: Binary = map("leakyRelu", (_y, g, x, slope) => [leakyReluGradient(x, slope, g)]);
export const leakyReluGradient: Ternary = map("leakyReluGradient", (_y, g, x, slope) => [
  null,
  undefined,
  leakyReluGradient(x, slope, g),
]);
export const biasLeakyRelu: Ternary = map("biasLeakyRelu", (y, g, _x, _b, slope) => {
  const part = leakyReluGradient(y, slope, g); // y has the sign of x + b as the slope is positive or zero
  return [part, part];
});
/** Bias, leaky rectifier and dropout in one. */
export const biasLeakyReluDropout = map("biasLeakyReluDropout", (y, g, _x, _b, slope, u, rate) => {
  const part = leakyReluDropoutGradient(y, slope, u, rate, g);
  return [part, part, undefined, null];
});
export const leakyReluDropoutGradient: Quinary = map("leakyReluDropoutGradient", (_y, h, y, slope, u, rate) => [
  null,
  undefined,
  null,
  undefined,
  leakyReluDropoutGradient(y, slope, u, rate, h),
]);
export const biasLeakyReluProduct: Quaternary = map("biasLeakyReluProduct", (_y, g, x, b, slope, w) => {
  const part = biasLeakyReluProductGradient(x, b, slope, w, g);
  return [part, part, undefined, biasLeakyReluProduct(x, b, slope, g)];
});
export const biasLeakyReluProductGradient: Quinary = map("biasLeakyReluProductGradient", (_y, h, x, b, slope, w, g) => [
  null,
  null,
  undefined,
  biasLeakyReluProductGradient(x, b, slope, h, g),
  biasLeakyReluProductGradient(x, b, slope, w, h),
]);
export const elu: Unary = map("elu", (_y, g, x) => [multiply(g, eluSlope(x))]);
export const eluSlope: Unary = map("eluSlope", (y, g, x) => [multiply(g, multiply(y, greater(0, x)))]);
export const sigmoid: Unary = map("sigmoid", (y, g) => [sigmoidGradient(y, g)]);
export const sigmoidGradient: Binary = map("sigmoidGradient", (_y, h, y, g) => [
  multiply(h, multiply(g, subtract(1, multiply(2, y)))),
  multiply(h, multiply(y, subtract(1, y))),
]);
export const tanh: Unary = map("tanh", (y, g) => [multiply(g, subtract(1, square(y)))]);
export const softplus: Unary = map("softplus", (_y, g, x) => [multiply(g, sigmoid(x))]);
export const binaryCrossEntropy: Binary = map("binaryCrossEntropy", (_y, g, f, t) => [
  binaryCrossEntropyGradient(f, t, g),
  negate(multiply(g, f)),
]);
export const binaryCrossEntropyGradient: Ternary = map("binaryCrossEntropyGradient", (_y, h, f, t, g) => [
  multiply(h, multiply(g, sigmoidGradient(sigmoid(f), 1))),
  negate(multiply(h, g)),
  multiply(h, subtract(sigmoid(f), t)),
]);
export const erf: Unary = map("erf", (_y, g, x) => [
  multiply(g, multiply(2 / Math.sqrt(Math.PI), exp(negate(square(x))))),
]);
/** How likely a label is where the normal distribution below x + b is the probability of a 1. */
export const probit: Quinary = map("probit", (_y, g, x, b, y, _margin, bound) => {
  const part = probitGradient(x, b, y, bound, g);
  return [part, part, null, undefined, undefined];
});
export const probitGradient: Quinary = map("probitGradient", (v, h, x, b, y, bound) => {
  const part = negate(multiply(h, multiply(v, add(x, b))));
  return [part, part, null, undefined, probitGradient(x, b, y, bound, h)];
});
export const expDifference: Binary = map("expDifference", (y, g) => {
  const part = multiply(g, y);
  return [part, negate(part)];
});
export const sigmoidShare: Ternary = map("sigmoidShare", (y, g, s) => {
  const part = multiply(g, y);
  return [sigmoidShareGradient(y, s, g), part, negate(part)];
});
export const sigmoidShareGradient: Ternary = map("sigmoidShareGradient", (v, h, y, s, g) => [
  multiply(h, multiply(g, sigmoid(negate(s)))),
  negate(multiply(h, multiply(v, sigmoid(s)))),
  sigmoidShareGradient(y, s, h),
]);
export const softplusAffine: Ternary = map("softplusAffine", (_y, g, a, x) => [
  sigmoidProduct(a, x, g),
  softplusProduct(a, g),
  g,
]);
export const softplusProduct: Binary = map("softplusProduct", (_y, h, a, g) => [
  sigmoidProduct(a, g, h),
  softplusProduct(a, h),
]);
export const sigmoidProduct: Ternary = map("sigmoidProduct", (y, h, a, x, g) => [
  multiply(h, multiply(y, subtract(1, sigmoid(a)))),
  sigmoidProduct(a, g, h),
  sigmoidProduct(a, x, h),
]);
export const logSoftplusGradient: Binary = map("logSoftplusGradient", (y, h, a) => [
  multiply(h, multiply(y, subtract(subtract(1, sigmoid(a)), logSoftplusGradient(a, 1)))),
  logSoftplusGradient(a, h),
]);
export const logUnitSlope: Ternary = map("logUnitSlope", (_y, g, _w, s, a) => [
  g,
  logisticGradient(s, g),
  logSoftplusGradient(a, g),
]);
export const logisticGradient: Binary = map("logisticGradient", (_y, h, s, g) => [
  negate(multiply(2, multiply(h, sigmoidGradient(sigmoid(s), g)))),
  logisticGradient(s, h),
]);
export const dropout: Ternary = map("dropout", (_y, g, _x, u, rate) => [dropout(g, u, rate), null]);

// Optimiser arithmetic: applied after the gradient, never differentiated.
/** Adam's first moment. */
export const movingAverage = map("movingAverage");
/** Adam's second moment. */
export const movingSquare = map("movingSquare");
/** Adam's step. */
export const adamStep = map("adamStep");

const copyOp: Op = {
  name: "identity",
  family: "map",
  shape: ([[fromRows, fromColumns]], { rows, columns }) => {
    if ((fromRows !== 1 && fromRows !== rows) || (fromColumns !== 1 && fromColumns !== columns)) {
      throw new UsageError(`can't be stretched to [${rows}, ${columns}]: only an axis of size 1 stretches`);
    }
    return [rows, columns];
  },
  gradient: (_node, g) => [g],
};

/** x stretched to `shape`. */
export function stretch(x: Tensor, shape: Shape): Tensor {
  const [rows, columns] = shape;
  return x.shape[0] === rows && x.shape[1] === columns ? x : apply(copyOp, [x], { rows, columns });
}

/** x in a place of its own. */
export function copy(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  return apply(copyOp, [x], { rows, columns });
}

const detachOp: Op = { name: "identity", family: "map", shape: ([shape]) => shape, gradient: () => [null] };

/** x, through which no gradient flows. */
export function detach(x: Tensor): Tensor {
  return apply(detachOp, [x]);
}
