/**
 * Random graphs as a model would build them: every kind of leaf, ops of all families on awkward sizes, a loss, its
 * gradients, and updates that read each other's states. Values stay moderate by construction.
 */
import fc from "fast-check";
import type { Values } from "../../src/backends/backend.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { add, movingAverage, multiply, subtract, tanh } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { mean } from "../../src/engine/ops/reduce.ts";
import { gather } from "../../src/engine/ops/rows.ts";
import { type Program, print, program, type Update } from "../../src/engine/program.ts";
import { data, input, noise, type Shape, sameShape, size, state, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { length, seed } from "../arbitraries.ts";
import { pick, type Rule, rules, scaled } from "./growth.ts";
import { randomTable } from "./sparse.ts";

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

function normals(count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  random.fillNormal(values);
  return values;
}

function grow(
  sizes: readonly [number, number, number, number],
  growths: readonly Growth[],
  rules: readonly Rule[],
  seed: number,
): Graph {
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
  const compressed = gather(randomTable("compressed", [total, width], 0.3, random), rows);
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
    compressed,
    add(scaled(matmul(compressed, weights), width), bias),
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
        ...noiseFeeds(of)({ seed, step: run }),
      };
      return Object.fromEntries([...of.inputs, ...of.noise].map(({ name }) => [name, values[name]]));
    },
  };
}

/** Graphs that grow by the given rules, some `least` to `most` times; a counterexample shows as the printed program. */
export const graphsOf = (rules: readonly Rule[], least: number, most: number): fc.Arbitrary<Graph> =>
  fc
    .record({
      sizes: fc.tuple(length(17), length(17), length(17), length(33)),
      growths: fc.array(fc.record({ rule: fc.nat(1000), first: fc.nat(1000), second: fc.nat(1000) }), {
        minLength: least,
        maxLength: most,
        size: "max",
      }),
      seed: seed(),
    })
    .map(({ sizes, growths, seed }) => {
      const graph = grow(sizes, growths, rules, seed);
      return { ...graph, [fc.toStringMethod]: () => `seed ${seed}\n${print(program(graph.outputs, graph.updates))}` };
    });

/** Graphs of every op. */
export const graphs: fc.Arbitrary<Graph> = graphsOf(rules, 5, 40);
