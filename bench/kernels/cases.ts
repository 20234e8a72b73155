/**
 * What is timed of a backend: programs of one kernel on data that lives on the device, with their results checked
 * against float64 arithmetic. Small kernels stand several times in one program, so that the call of a run weighs
 * little.
 */
import type { Backend } from "../../src/backends/backend.ts";
import { adamStep, add, biasLeakyRelu, binaryCrossEntropy, multiply, sigmoid } from "../../src/engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { max, sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { data, input, type Shape, size, state, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";

/** A value and by how much single precision may miss it. */
interface Expected {
  readonly value: number;
  readonly error: number;
}

export interface KernelCase {
  readonly name: string;
  readonly shape: string;
  readonly operands: readonly Shape[];
  readonly build: (...operands: Tensor[]) => Tensor;
  readonly expected: (row: number, column: number, operands: readonly Float32Array[]) => Expected;
  /** Of one kernel call: multiplications and additions, or bytes read and written. */
  readonly work: number;
  readonly unit: "GFLOP/s" | "GB/s";
}

const unit = 2 ** -24;

/** Sum of a(k) b(k), within the bound of k roundings in any order. */
function dot(count: number, a: (k: number) => number, b: (k: number) => number): Expected {
  let value = 0;
  let magnitude = 0;
  for (let k = 0; k < count; k++) {
    const product = a(k) * b(k);
    value += product;
    magnitude += Math.abs(product);
  }
  return { value, error: (1.001 * count * unit * magnitude) / (1 - count * unit) };
}

/** The three forms of [rows, inner] x [inner, columns]. */
export function products(rows: number, inner: number, columns: number): KernelCase[] {
  const common = {
    shape: `${rows} x ${inner} x ${columns}`,
    work: 2 * rows * inner * columns,
    unit: "GFLOP/s",
  } as const;
  return [
    {
      ...common,
      name: "matmul",
      operands: [
        [rows, inner],
        [inner, columns],
      ],
      build: (a, b) => matmul(a, b),
      expected: (r, c, [a, b]) =>
        dot(
          inner,
          (k) => a[r * inner + k],
          (k) => b[k * columns + c],
        ),
    },
    {
      ...common,
      name: "matmulTransposeLeft",
      operands: [
        [inner, rows],
        [inner, columns],
      ],
      build: (a, b) => matmulTransposeLeft(a, b),
      expected: (r, c, [a, b]) =>
        dot(
          inner,
          (k) => a[k * rows + r],
          (k) => b[k * columns + c],
        ),
    },
    {
      ...common,
      name: "matmulTransposeRight",
      operands: [
        [rows, inner],
        [columns, inner],
      ],
      build: (a, b) => matmulTransposeRight(a, b),
      expected: (r, c, [a, b]) =>
        dot(
          inner,
          (k) => a[r * inner + k],
          (k) => b[c * inner + k],
        ),
    },
  ];
}

/** Within `roundings` units of the largest magnitude that occurs on the way. */
const near = (value: number, roundings: number, magnitude = Math.abs(value)): Expected => ({
  value,
  error: roundings * unit * magnitude + 2 ** -126,
});

/** Elementwise ops and reductions on [rows, columns]. */
export function streams(rows: number, columns: number): KernelCase[] {
  const whole: Shape = [rows, columns];
  const across: Shape = [1, columns];
  const bytes = 4 * rows * columns;
  const common = { shape: `${rows} x ${columns}`, unit: "GB/s" } as const;
  const at = (r: number, c: number): number => r * columns + c;
  return [
    {
      ...common,
      name: "add",
      operands: [whole, whole],
      work: 3 * bytes,
      build: (a, b) => add(a, b),
      expected: (r, c, [a, b]) => near(a[at(r, c)] + b[at(r, c)], 1),
    },
    {
      ...common,
      name: "multiply by a row",
      operands: [whole, across],
      work: 2 * bytes,
      build: (a, b) => multiply(a, b),
      expected: (r, c, [a, b]) => near(a[at(r, c)] * b[c], 1),
    },
    {
      ...common,
      name: "biasLeakyRelu",
      operands: [whole, across],
      work: 2 * bytes,
      build: (a, b) => biasLeakyRelu(a, b, 0.1),
      expected: (r, c, [a, b]) => {
        const x = a[at(r, c)] + b[c];
        return near(x > 0 ? x : 0.1 * x, 4, Math.abs(a[at(r, c)]) + Math.abs(b[c]));
      },
    },
    {
      ...common,
      name: "sigmoid",
      operands: [whole],
      work: 2 * bytes,
      build: (a) => sigmoid(a),
      expected: (r, c, [a]) => near(1 / (1 + Math.exp(-a[at(r, c)])), 8),
    },
    {
      ...common,
      name: "binaryCrossEntropy",
      operands: [whole, whole],
      work: 3 * bytes,
      build: (a, b) => binaryCrossEntropy(a, b),
      expected: (r, c, [a, b]) => {
        const [f, y] = [a[at(r, c)], b[at(r, c)]];
        return near(Math.max(f, 0) - f * y + Math.log1p(Math.exp(-Math.abs(f))), 10, 1 + Math.abs(f) + Math.abs(f * y));
      },
    },
    {
      ...common,
      name: "adamStep",
      operands: [whole, whole, whole],
      work: 4 * bytes,
      build: (p, m, v) => adamStep(p, m, v, 0.001, 0.5, 1e-8, 1),
      expected: (r, c, [p, m, v]) => {
        const i = at(r, c);
        const change = (0.001 * m[i]) / (Math.sqrt(v[i]) / 0.5 + 1e-8);
        return near(p[i] - change, 8, Math.abs(p[i]) + Math.abs(change));
      },
    },
    ...(["rows", "columns"] as const).map((axis): KernelCase => {
      const [count, step, first] =
        axis === "rows" ? [rows, columns, (_: number, c: number) => c] : [columns, 1, (r: number) => r * columns];
      return {
        ...common,
        name: `sum over ${axis}`,
        operands: [whole],
        work: bytes,
        build: (a) => sum(a, axis),
        expected: (r, c, [a]) =>
          dot(
            count,
            (k) => a[first(r, c) + k * step],
            () => 1,
          ),
      };
    }),
    {
      ...common,
      name: "max over columns",
      operands: [whole],
      work: bytes,
      build: (a) => max(a, "columns"),
      expected: (r, _, [a]) => ({
        value: a.subarray(r * columns, (r + 1) * columns).reduce((x, y) => Math.max(x, y)),
        error: 0,
      }),
    },
  ];
}

/** A case on a backend, ready to be timed. */
export interface Prepared {
  /** What really runs. */
  readonly description: string;
  readonly run: () => Promise<unknown>;
  /** Kernel calls a run. */
  readonly copies: number;
  dispose(): void;
}

/** How often a kernel stands in one program: about 4 million operations, 16 times at most. */
const copiesOf = ({ work }: KernelCase): number => Math.max(1, Math.min(16, Math.floor(4e6 / work)));

/** @throws Error where the backend's result is not that of float64 arithmetic */
export async function prepare(backend: Backend, each: KernelCase): Promise<Prepared> {
  const copies = copiesOf(each);
  const random = new Random(1).stream(each.name + each.shape);
  const values = Array.from({ length: copies }, () =>
    each.operands.map((shape) => {
      // Uniform on [0.01, 1.01): no product hides in another's roundoff, and roots are real.
      return Float32Array.from({ length: size(shape) }, () => 0.01 + random.uniform());
    }),
  );
  const results = values.map((operands, i) =>
    each.build(...operands.map((x, k) => data(`x${i}.${k}`, each.operands[k], x))),
  );
  const kept = results.map((result, i) => state(`result${i}`, result.shape, new Float32Array(size(result.shape))));
  const turn = input("turn", [1, 1]);
  const built = program(
    { turn: add(turn, 1) },
    kept.map((leaf, i) => ({ state: leaf, value: results[i] })),
  );
  const executable = await backend.compile({ built });
  const feeds = { turn: Float32Array.of(0) };
  const run = (): Promise<unknown> => executable.run("built", feeds);
  await run();
  const answered = await executable.read();
  for (const [i, { name, shape }] of kept.entries()) checkEntries(each, shape, values[i], answered[name], random);
  return { description: executable.description, run, copies, dispose: () => executable.dispose() };
}

/** The corners and some hundred entries; all where there are few. */
function checkEntries(
  each: KernelCase,
  [rows, columns]: Shape,
  operands: readonly Float32Array[],
  actual: ArrayLike<number>,
  random: Random,
): void {
  const every = rows * columns <= 400;
  const entries = every
    ? Array.from({ length: rows * columns }, (_, i) => i)
    : [0, columns - 1, (rows - 1) * columns, rows * columns - 1].concat(
        Array.from({ length: 300 }, () => random.integer(rows * columns)),
      );
  for (const i of entries) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const { value, error } = each.expected(row, column, operands);
    if (Math.abs(actual[i] - value) <= error) continue;
    throw new Error(
      `${each.name} ${each.shape}: entry [${row}, ${column}] is ${actual[i]}, expected ${value} within ${error}`,
    );
  }
}
