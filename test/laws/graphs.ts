/**
 * Random graphs as a model would build them: every kind of leaf, ops of all families on awkward sizes, a loss, its
 * gradients, and updates that read each other's states. Values stay moderate by construction.
 */
import fc from "fast-check";
import type { Values } from "../../src/backends/backend.ts";
import { gradient } from "../../src/gradient.ts";
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
  movingAverage,
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
} from "../../src/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/ops/matmul.ts";
import { max, mean, sum } from "../../src/ops/reduce.ts";
import { gather, repeat, reshape, scatter, sumRepeated, sumTiled, tile } from "../../src/ops/rows.ts";
import { noiseFeeds, type Program, print, program, type Update } from "../../src/program.ts";
import { Random } from "../../src/random.ts";
import { constant, data, input, noise, type Shape, sameShape, size, state, type Tensor } from "../../src/tensor.ts";
import { length, seed } from "../arbitraries.ts";

/** A graph with its updates, and what to feed it. */
export interface Graph {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly updates: readonly Update[];
  /** Inputs and noise of run 0, 1, ... of a program of this graph; new arrays each time. */
  feeds(of: Program, run: number): Values;
}

/** One growth of the graph: which rule, and numbers from which it takes its operands. */
interface Growth {
  readonly rule: number;
  readonly first: number;
  readonly second: number;
}

type Pool = readonly Tensor[];
type Rule = (x: Tensor, pool: Pool, choice: number) => Tensor | undefined;

const unary: readonly ((x: Tensor) => Tensor)[] = [
  tanh,
  sigmoid,
  softplus,
  relu,
  elu,
  erf,
  absolute,
  negate,
  detach,
  (x) => leakyRelu(x, 0.1),
  (x) => square(clamp(x, -1.5, 1.5)),
  (x) => sqrt(add(absolute(x), 0.1)),
  (x) => log(add(absolute(x), 0.5)),
  (x) => exp(minimum(x, 1)),
];

const binary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  add,
  subtract,
  maximum,
  minimum,
  greater,
  equal,
  (x, y) => multiply(x, tanh(y)),
  (x, y) => divide(x, add(absolute(y), 1)),
  (x, y) => binaryCrossEntropy(x, sigmoid(y)),
  (x, y) => dropout(x, sigmoid(y), 0.5),
];

/** The `choice`-th of those that fit. */
function pick(pool: Pool, choice: number, fits: (each: Tensor) => boolean): Tensor | undefined {
  const fitting = pool.filter(fits);
  return fitting[choice % Math.max(1, fitting.length)];
}

function stretches(a: Shape, b: Shape): boolean {
  return [0, 1].every((axis) => a[axis] === b[axis] || a[axis] === 1 || b[axis] === 1);
}

/** Contractions are scaled down by what they sum over. */
const scaled = (x: Tensor, inner: number): Tensor => multiply(x, 1 / inner);

/** Some valid row numbers of a matrix, as a constant. */
const rowNumbers = (count: number, rows: number, choice: number): Tensor =>
  constant(
    [count, 1],
    Float32Array.from({ length: count }, (_, i) => (choice + i * 7 + ((i * i) % 3)) % rows),
  );

const rules: readonly Rule[] = [
  ...unary.map(
    (op): Rule =>
      (x) =>
        op(x),
  ),
  ...binary.flatMap((op): Rule[] => {
    const rule: Rule = (x, pool, choice) => {
      const y = pick(pool, choice, (each) => stretches(x.shape, each.shape));
      return y && op(x, y);
    };
    return [rule, rule];
  }),
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
  (x, _, choice) => (choice % 2 === 0 ? max(x, "rows") : max(x, "columns")),
  (x) => scaled(sum(x), size(x.shape)),
  (x, _, choice) => gather(x, rowNumbers(1 + (choice % 9), x.shape[0], choice)),
  (x, _, choice) => scatter(x, rowNumbers(x.shape[0], 1 + (choice % 9), choice), 1 + (choice % 9)),
  (x, _, choice) => (size(x.shape) > 200 ? undefined : repeat(x, 1 + (choice % 3))),
  (x, _, choice) => (size(x.shape) > 200 ? undefined : tile(x, 1 + (choice % 3))),
  (x, _, choice) => (x.shape[0] % (1 + (choice % 4)) === 0 ? sumRepeated(x, 1 + (choice % 4)) : undefined),
  (x, _, choice) => (x.shape[0] % (1 + (choice % 4)) === 0 ? sumTiled(x, 1 + (choice % 4)) : undefined),
  (x) => reshape(x, [x.shape[1], x.shape[0]]),
  (x, pool, choice) => {
    const y = pick(pool, choice, (each) => stretches(x.shape, each.shape));
    return y && stretch(x, stretched([x.shape, y.shape]));
  },
];

function normals(count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  random.fillNormal(values);
  return values;
}

function grow(sizes: readonly [number, number, number, number], growths: readonly Growth[], seed: number): Graph {
  const [total, batch, width, hidden] = sizes;
  const random = new Random(seed);
  const parameter = (name: string, shape: Shape) => state(name, shape, normals(size(shape), random));
  const table = data("table", [total, width], normals(total * width, random));
  const rows = input("rows", [batch, 1]);
  const extra = input("extra", [batch, hidden]);
  const weights = parameter("weights", [width, hidden]);
  const bias = parameter("bias", [1, hidden]);
  const left = parameter("left", [hidden, hidden]);
  const right = parameter("right", [hidden, hidden]);
  const last = parameter("last", [batch, hidden]);
  const features = gather(table, rows);
  const pool: Tensor[] = [
    extra,
    weights,
    bias,
    left,
    right,
    last,
    noise("mask", [batch, hidden], "uniform"),
    noise("jitter", [1, hidden], "normal"),
    features,
    add(scaled(matmul(features, weights), width), bias),
  ];
  for (const { rule, first, second } of growths) {
    // Half of the operands are recent, so that graphs grow deep as well as wide.
    const x = first % 2 === 0 ? pool[first % pool.length] : pool[pool.length - 1 - (first % Math.min(4, pool.length))];
    const grown = rules[rule % rules.length](x, pool, second);
    if (grown) pool.push(grown);
  }
  const loss = pool
    .slice(-4)
    .map((each) => mean(each))
    .reduce((part, each) => add(part, each));
  const parameters = [weights, bias, left];
  const slopes = gradient(loss, [...parameters, extra]);
  const rowValue = pick(pool, growths.length, ({ shape }) => sameShape(shape, last.shape)) ?? extra;
  return {
    outputs: { loss, newest: pool[pool.length - 1], slope: slopes[3], leaf: extra, loss2: loss },
    updates: [
      { state: weights, value: subtract(weights, multiply(tanh(slopes[0]), 0.1)) },
      { state: bias, value: movingAverage(bias, tanh(slopes[1]), 0.1, 1, bias, 0.01) },
      // Two states change places, so that neither may be written before both were read.
      { state: left, value: right },
      { state: right, value: add(left, multiply(tanh(slopes[2]), 0.1)) },
      { state: last, value: rowValue },
    ],
    feeds(of, run) {
      const stream = new Random(seed).stream(`run ${run}`);
      const values: Record<string, Float32Array> = {
        rows: Float32Array.from({ length: batch }, () => stream.integer(total)),
        extra: normals(batch * hidden, stream),
        ...noiseFeeds(of)(stream),
      };
      return Object.fromEntries([...of.inputs, ...of.noise].map(({ name }) => [name, values[name]]));
    },
  };
}

/** Graphs of some 5 to 40 growths; a counterexample shows as the printed program. */
export const graphs: fc.Arbitrary<Graph> = fc
  .record({
    sizes: fc.tuple(length(17), length(17), length(17), length(33)),
    growths: fc.array(fc.record({ rule: fc.nat(1000), first: fc.nat(1000), second: fc.nat(1000) }), {
      minLength: 5,
      maxLength: 40,
      size: "max",
    }),
    seed: seed(),
  })
  .map(({ sizes, growths, seed }) => {
    const graph = grow(sizes, growths, seed);
    return { ...graph, [fc.toStringMethod]: () => `seed ${seed}\n${print(program(graph.outputs, graph.updates))}` };
  });
