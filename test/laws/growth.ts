/**
 * The ways in which a random graph grows: each takes a tensor, and another that fits it, to a new tensor of moderate
 * values.
 */
import { sigmoidalFlow } from "../../src/engine/ops/flow.ts";
import {
  absolute,
  add,
  binaryCrossEntropy,
  clamp,
  detach,
  divide,
  dropout,
  elu,
  equal,
  erf,
  exp,
  greater,
  leakyRelu,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  stretch,
  stretched,
  subtract,
  tanh,
} from "../../src/engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { max, mean, sum } from "../../src/engine/ops/reduce.ts";
import {
  gather,
  place,
  repeat,
  reshape,
  scatter,
  slice,
  sumRepeated,
  sumTiled,
  tile,
} from "../../src/engine/ops/rows.ts";
import { constant, type Shape, size, type Tensor } from "../../src/engine/tensor.ts";

export type Pool = readonly Tensor[];
/** Undefined where nothing fits. */
export type Rule = (x: Tensor, pool: Pool, choice: number) => Tensor | undefined;

const smoothUnary: readonly ((x: Tensor) => Tensor)[] = [
  tanh,
  sigmoid,
  softplus,
  erf,
  negate,
  (x) => square(tanh(x)),
  (x) => sqrt(add(square(x), 0.1)),
  (x) => log(add(square(x), 0.5)),
  (x) => exp(tanh(x)),
];

const kinkedUnary: readonly ((x: Tensor) => Tensor)[] = [
  relu,
  elu,
  absolute,
  detach,
  (x) => leakyRelu(x, 0.1),
  (x) => square(clamp(x, -1.5, 1.5)),
  (x) => sqrt(add(absolute(x), 0.1)),
  (x) => exp(minimum(x, 1)),
];

const smoothBinary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  add,
  subtract,
  (x, y) => multiply(x, tanh(y)),
  (x, y) => divide(x, add(square(y), 1)),
  (x, y) => binaryCrossEntropy(x, sigmoid(y)),
];

const kinkedBinary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  maximum,
  minimum,
  greater,
  equal,
  (x, y) => dropout(x, sigmoid(y), 0.5),
];

/** The `choice`-th of those that fit. */
export function pick(pool: Pool, choice: number, fits: (each: Tensor) => boolean): Tensor | undefined {
  const fitting = pool.filter(fits);
  return fitting[choice % Math.max(1, fitting.length)];
}

function stretches(a: Shape, b: Shape): boolean {
  return [0, 1].every((axis) => a[axis] === b[axis] || a[axis] === 1 || b[axis] === 1);
}

/** Contractions are scaled down by what they sum over. */
export const scaled = (x: Tensor, inner: number): Tensor => multiply(x, 1 / inner);

/** Some valid row numbers of a matrix, as a constant. */
const rowNumbers = (count: number, rows: number, choice: number): Tensor =>
  constant(
    [count, 1],
    Float32Array.from({ length: count }, (_, i) => (choice + i * 7 + ((i * i) % 3)) % rows),
  );

/** Layers of a flow with fixed weights of either sign. */
function unitLayers(outputs: number, units: number) {
  const waves = (shape: Shape, phase: number): Tensor =>
    constant(
      shape,
      Float64Array.from({ length: size(shape) }, (_, i) => Math.fround(Math.sin(phase + 1.7 * i))),
    );
  const layer = (phase: number) => ({
    weight: scaled(waves([units, outputs], phase), outputs),
    bias: waves([units, 1], phase + 0.5),
  });
  return { slopes: layer(0), shifts: layer(1), shares: layer(2) };
}

const withPartner =
  (op: (x: Tensor, y: Tensor) => Tensor): Rule =>
  (x, pool, choice) => {
    const y = pick(pool, choice, (each) => stretches(x.shape, each.shape));
    return y && op(x, y);
  };

/** Without kinks or jumps: what finite differences can follow. */
export const smoothRules: readonly Rule[] = [
  ...smoothUnary.map(
    (op): Rule =>
      (x) =>
        op(x),
  ),
  ...smoothBinary.map(withPartner),
  (x, pool, choice) => {
    const y = pick(pool, choice, ({ shape }) => shape[0] === x.shape[1]);
    return y && scaled(matmul(x, y), x.shape[1]);
  },
  (x, pool, choice) => {
    const y = pick(pool, choice, ({ shape }) => shape[0] === x.shape[0]);
    return y && scaled(matmulTransposeLeft(x, y), x.shape[0]);
  },
  (x, pool, choice) => {
    const y = pick(pool, choice, ({ shape }) => shape[1] === x.shape[1]);
    return y && scaled(matmulTransposeRight(x, y), x.shape[1]);
  },
  (x, _, choice) => (choice % 2 === 0 ? mean(x, "rows") : mean(x, "columns")),
  (x) => scaled(sum(x), size(x.shape)),
  (x, _, choice) => gather(x, rowNumbers(1 + (choice % 9), x.shape[0], choice)),
  (x, _, choice) => scatter(x, rowNumbers(x.shape[0], 1 + (choice % 9), choice), 1 + (choice % 9)),
  (x, _, choice) => (size(x.shape) > 200 ? undefined : repeat(x, 1 + (choice % 3))),
  (x, _, choice) => (size(x.shape) > 200 ? undefined : tile(x, 1 + (choice % 3))),
  (x, _, choice) => (x.shape[0] % (1 + (choice % 4)) === 0 ? sumRepeated(x, 1 + (choice % 4)) : undefined),
  (x, _, choice) => (x.shape[0] % (1 + (choice % 4)) === 0 ? sumTiled(x, 1 + (choice % 4)) : undefined),
  (x, _, choice) => slice(x, choice % x.shape[0], 1 + (choice % (x.shape[0] - (choice % x.shape[0])))),
  (x, _, choice) => place(x, choice % 4, x.shape[0] + (choice % 4) + (choice % 3)),
  (x, _, choice) => sigmoidalFlow(tanh(x), mean(tanh(x), "columns"), unitLayers(x.shape[1], 1 + (choice % 5))),
  (x) => reshape(x, [x.shape[1], x.shape[0]]),
  (x, pool, choice) => {
    const y = pick(pool, choice, (each) => stretches(x.shape, each.shape));
    return y && stretch(x, stretched([x.shape, y.shape]));
  },
];

export const rules: readonly Rule[] = [
  ...smoothRules,
  ...smoothBinary.map(withPartner),
  ...kinkedUnary.map(
    (op): Rule =>
      (x) =>
        op(x),
  ),
  ...kinkedBinary.map(withPartner),
  (x, _, choice) => (choice % 2 === 0 ? max(x, "rows") : max(x, "columns")),
];
