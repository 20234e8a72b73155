/**
 * For every op of the engine an arbitrary of applications to sensible inputs: awkward sizes, stretched axes, zeros,
 * ties, valid indices; ops that stand for several are in fused-cases.ts. Inputs are single precision numbers, so that every device starts from the same ones. A new
 * elementwise op needs its line in elementwise.ts and nothing here.
 */
import fc from "fast-check";
import { detach, mapOps, stretch, stretched } from "../../src/engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { max, sum } from "../../src/engine/ops/reduce.ts";
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
import { sparseMatmul, sparseMatmulTransposeLeft, sparseRows } from "../../src/engine/ops/sparse.ts";
import { apply, type Op, type Shape, type SparseLeaf, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { length, seed, shape } from "../arbitraries.ts";
import { type Case, fill, from, type OpCase, type Operand, plain } from "./case.ts";
import { type Domain, definitions } from "./elementwise.ts";
import { fusedCases } from "./fused-cases.ts";
import { randomTable } from "./sparse.ts";

/** Shapes that stretch to a common one; an operand of one choice is a single number, as rates and slopes are. */
function stretching(domains: readonly Domain[]): fc.Arbitrary<readonly Shape[]> {
  const kept = fc.tuple(fc.constantFrom(true, true, false), fc.constantFrom(true, true, false));
  return fc
    .record({ whole: shape(), kept: fc.array(kept, { minLength: domains.length, maxLength: domains.length }) })
    .map(({ whole, kept }) =>
      domains.map(({ kind }, i): Shape => {
        if (kind === "choice") return [1, 1];
        return [kept[i][0] ? whole[0] : 1, kept[i][1] ? whole[1] : 1];
      }),
    );
}

function elementwise(op: Op): fc.Arbitrary<Case> {
  const definition = definitions[op.name];
  if (!definition) {
    return fc.constant(op.name).map((name) => {
      throw new Error(`op ${name} has no line in test/laws/elementwise.ts`);
    });
  }
  const { operands } = definition;
  return from(
    stretching(operands),
    (i) => operands[i],
    (leaves) => apply(op, leaves),
  );
}

const products = fc.tuple(length(), length(130), length());
const single = (largest?: number): fc.Arbitrary<readonly Shape[]> => shape(largest).map((each) => [each]);
const always = () => plain;
const times = fc.constantFrom(1, 2, 3, 5, 14);

/** Cases whose second operand is a column of row numbers of `rows(shapes)`. */
function indexed(
  shapes: fc.Arbitrary<{ readonly x: Shape; readonly count: number; readonly rows: number }>,
  build: (x: Tensor, indices: Tensor, rows: number) => Tensor,
): fc.Arbitrary<Case> {
  return fc.record({ shapes, seed: seed() }).map(({ shapes: { x, count, rows }, seed }) => {
    const random = new Random(seed);
    const values = Float32Array.from({ length: count }, () => random.integer(rows));
    return {
      operands: [
        fill(x, plain, random),
        { shape: [count, 1], values, domain: { kind: "row numbers", below: rows } as const },
      ],
      build: (leaves: readonly Tensor[]) => build(leaves[0], leaves[1], rows),
      [fc.toStringMethod]: () => `[${x.join(", ")}], ${count} indices below ${rows}, seed ${seed}`,
    };
  });
}

const gathered = fc.tuple(shape(), length()).map(([x, count]) => ({ x, count, rows: x[0] }));
const scattered = fc.tuple(shape(), length()).map(([x, rows]) => ({ x, count: x[0], rows }));

/** Shapes with `times` as many rows, to be added up in groups. */
function grouped(build: (x: Tensor, times: number) => Tensor): fc.Arbitrary<Case> {
  return fc
    .tuple(times, shape(33))
    .chain(([count, [rows, columns]]) =>
      from(fc.constant<readonly Shape[]>([[rows * count, columns]]), always, ([x]) => build(x, count)),
    );
}

const spread = (build: (x: Tensor, times: number) => Tensor): fc.Arbitrary<Case> =>
  times.chain((count) => from(single(33), always, ([x]) => build(x, count)));

/** A run of rows, and the rows that it may be placed among. */
function run(
  build: (x: Tensor, first: number, count: number, rows: number) => Tensor,
  isWhole: boolean,
): fc.Arbitrary<Case> {
  return fc.tuple(shape(), fc.nat(), fc.nat()).chain(([[rows, columns], a, b]) => {
    const first = a % rows;
    const count = 1 + (b % (rows - first));
    const shapes: readonly Shape[] = [[isWhole ? rows : count, columns]];
    return from(fc.constant(shapes), always, ([x]) => build(x, first, count, rows));
  });
}

/** Rows of a random table, by number, and a matrix of `width` columns and as many rows as `height` says. */
function sparseRowsOf(
  shapes: fc.Arbitrary<{
    readonly table: Shape;
    readonly count: number;
    readonly width: number;
    readonly share: number;
  }>,
  height: (table: Shape, count: number) => number | undefined,
  build: (table: SparseLeaf, indices: Tensor, matrix: Tensor) => Tensor,
): fc.Arbitrary<Case> {
  return fc.record({ shapes, seed: seed() }).map(({ shapes: { table, count, width, share }, seed }) => {
    const random = new Random(seed);
    const leaf = randomTable("table", table, share, random);
    const numbers = Float32Array.from({ length: count }, () => random.integer(table[0]));
    const rows = height(table, count);
    const indices: Operand = { shape: [count, 1], values: numbers, domain: { kind: "row numbers", below: table[0] } };
    return {
      operands: rows === undefined ? [indices] : [indices, fill([rows, width], plain, random)],
      build: (leaves: readonly Tensor[]) => build(leaf, leaves[0], leaves[1]),
      [fc.toStringMethod]: () => `sparse [${table.join(", ")}], ${count} rows of it, width ${width}, seed ${seed}`,
    };
  });
}

const share = fc.constantFrom(0, 0.02, 0.2, 0.9);
const compressed = fc.record({ table: shape(70), count: length(33), width: length(70), share });
const wide = fc.record({
  table: fc.constant([3, 100_000] as const),
  count: fc.constant(2),
  width: fc.constant(1),
  share: fc.constant(3e-4),
});

/** Every op there is. */
export const opCases: readonly OpCase[] = [
  ...Object.values(mapOps).map((op) => ({ title: op.name, cases: elementwise(op) })),
  {
    title: "matmul",
    cases: from(
      products.map(([r, k, c]) => [
        [r, k],
        [k, c],
      ]),
      always,
      ([a, b]) => matmul(a, b),
    ),
  },
  {
    title: "matmulTransposeLeft",
    cases: from(
      products.map(([r, k, c]) => [
        [k, r],
        [k, c],
      ]),
      always,
      ([a, b]) => matmulTransposeLeft(a, b),
    ),
  },
  {
    title: "matmulTransposeRight",
    cases: from(
      products.map(([r, k, c]) => [
        [r, k],
        [c, k],
      ]),
      always,
      ([a, b]) => matmulTransposeRight(a, b),
    ),
  },
  { title: "sum over rows", cases: from(single(130), always, ([x]) => sum(x, "rows")) },
  { title: "sum over columns", cases: from(single(130), always, ([x]) => sum(x, "columns")) },
  { title: "max over rows", cases: from(single(130), always, ([x]) => max(x, "rows")) },
  { title: "max over columns", cases: from(single(130), always, ([x]) => max(x, "columns")) },
  { title: "gather", cases: indexed(gathered, (x, indices) => gather(x, indices)) },
  { title: "scatter", cases: indexed(scattered, (x, indices, rows) => scatter(x, indices, rows)) },
  { title: "repeat", cases: spread(repeat) },
  { title: "tile", cases: spread(tile) },
  { title: "sumRepeated", cases: grouped(sumRepeated) },
  { title: "sumTiled", cases: grouped(sumTiled) },
  { title: "slice", cases: run((x, first, count) => slice(x, first, count), true) },
  { title: "place", cases: run((x, first, _, rows) => place(x, first, rows), false) },
  ...fusedCases,
  { title: "sparseRows", cases: sparseRowsOf(compressed, () => undefined, sparseRows) },
  { title: "sparseMatmul", cases: sparseRowsOf(compressed, ([, columns]) => columns, sparseMatmul) },
  {
    title: "sparseMatmulTransposeLeft",
    cases: sparseRowsOf(compressed, (_, count) => count, sparseMatmulTransposeLeft),
  },
  {
    title: "sparseMatmul of 100,000 columns",
    cases: sparseRowsOf(wide, ([, columns]) => columns, sparseMatmul),
  },
  {
    title: "sparseMatmulTransposeLeft of 100,000 columns",
    cases: sparseRowsOf(wide, (_, count) => count, sparseMatmulTransposeLeft),
  },
  {
    title: "reshape",
    // As an output, a reshape of a leaf is a copy.
    cases: from(single(), always, ([x], [[rows, columns]]) => reshape(x, [columns, rows])),
  },
  {
    title: "stretch",
    cases: from(stretching([plain, plain]), always, ([x], shapes) => stretch(x, stretched(shapes))),
  },
  { title: "detach", cases: from(single(), always, ([x]) => detach(x)) },
];
