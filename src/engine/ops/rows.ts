/**
 * Moving whole rows: gather, repeat, tile and the sums that are their adjoints, runs of rows, and the renaming
 * `reshape`. They carry `[batch, labels, width]` as `[batch * labels, width]` in a world of rank 2.
 */
import { UsageError } from "../../errors.ts";
import { apply, formatShape, type Op, type Shape, size, type Tensor } from "../tensor.ts";
import { sparseRows } from "./sparse.ts";

function timesAs(times: number): number {
  if (!Number.isInteger(times) || times < 1)
    throw new UsageError(`times ${times}: expected a whole number of at least 1`);
  return times;
}

function groups([rows, columns]: Shape, times: number): Shape {
  if (rows % timesAs(times) !== 0) throw new UsageError(`${rows} rows are not a multiple of ${times}`);
  return [rows / times, columns];
}

export const gatherOp: Op = {
  name: "gather",
  family: "rows",
  shape: ([x, indices]) => {
    if (indices[1] !== 1) throw new UsageError(`indices are ${formatShape(indices)}, expected one column`);
    return [indices[0], x[1]];
  },
  gradient: ({ inputs: [x, indices] }, g) => [scatter(g, indices, x.shape[0]), null],
};

export const scatterOp: Op = {
  name: "scatter",
  family: "rows",
  shape: ([x, indices], { rows }) => {
    if (indices[1] !== 1 || indices[0] !== x[0]) {
      throw new UsageError(`indices are ${formatShape(indices)}, expected [${x[0]}, 1]: one for each row`);
    }
    return [rows, x[1]];
  },
  gradient: ({ inputs: [, indices] }, g) => [gather(g, indices), null],
};

export const repeatOp: Op = {
  name: "repeat",
  family: "rows",
  shape: ([x], { times }) => [x[0] * timesAs(times), x[1]],
  gradient: ({ attributes: { times } }, g) => [sumRepeated(g, times)],
};

export const sumRepeatedOp: Op = {
  name: "sumRepeated",
  family: "rows",
  shape: ([x], { times }) => groups(x, times),
  gradient: ({ attributes: { times } }, g) => [repeat(g, times)],
};

export const tileOp: Op = {
  name: "tile",
  family: "rows",
  shape: ([x], { times }) => [x[0] * timesAs(times), x[1]],
  gradient: ({ attributes: { times } }, g) => [sumTiled(g, times)],
};

export const sumTiledOp: Op = {
  name: "sumTiled",
  family: "rows",
  shape: ([x], { times }) => groups(x, times),
  gradient: ({ attributes: { times } }, g) => [tile(g, times)],
};

export const sliceOp: Op = {
  name: "slice",
  family: "rows",
  shape: ([x], { first, count }) => {
    if (!Number.isInteger(first) || first < 0 || !Number.isInteger(count) || count < 1 || first + count > x[0]) {
      throw new UsageError(`${count} rows from row ${first} on: expected a run of at least one of the ${x[0]} rows`);
    }
    return [count, x[1]];
  },
  gradient: ({ inputs: [x], attributes: { first } }, g) => [place(g, first, x.shape[0])],
};

export const placeOp: Op = {
  name: "place",
  family: "rows",
  shape: ([x], { first, rows }) => {
    if (!Number.isInteger(first) || first < 0 || !Number.isInteger(rows) || first + x[0] > rows) {
      throw new UsageError(`${x[0]} rows from row ${first} on do not fit ${rows} rows`);
    }
    return [rows, x[1]];
  },
  gradient: ({ inputs: [x], attributes: { first } }, g) => [slice(g, first, x.shape[0])],
};

export const reshapeOp: Op = {
  name: "reshape",
  family: "rows",
  shape: ([x], { rows, columns }) => {
    if (size(x) !== rows * columns) throw new UsageError(`${size(x)} values can't be seen as [${rows}, ${columns}]`);
    return [rows, columns];
  },
  gradient: ({ inputs: [x] }, g) => [reshape(g, x.shape)],
};

/**
 * Rows of x by index: `[rows, columns]`, indices `[count, 1]` whole numbers in 0..rows-1 -> `[count, columns]`. Rows of
 * a sparse table stay sparse where they are multiplied.
 */
export const gather = (x: Tensor, indices: Tensor): Tensor =>
  x.kind === "sparse" ? sparseRows(x, indices) : apply(gatherOp, [x, indices]);

/** The adjoint of `gather`: row i of x added to row indices[i] of zeros: `[count, columns] -> [rows, columns]`. */
export const scatter = (x: Tensor, indices: Tensor, rows: number): Tensor => apply(scatterOp, [x, indices], { rows });

/** Every row `times` times in succession: row i of the result is row floor(i / times) of x. */
export const repeat = (x: Tensor, times: number): Tensor => apply(repeatOp, [x], { times });

/** The adjoint of `repeat`: each run of `times` rows summed. */
export const sumRepeated = (x: Tensor, times: number): Tensor => apply(sumRepeatedOp, [x], { times });

/** The whole of x `times` times: row i of the result is row i mod rows of x. */
export const tile = (x: Tensor, times: number): Tensor => apply(tileOp, [x], { times });

/** The adjoint of `tile`: the `times` blocks summed. */
export const sumTiled = (x: Tensor, times: number): Tensor => apply(sumTiledOp, [x], { times });

/** `count` rows of x from row `first` on. */
export const slice = (x: Tensor, first: number, count: number): Tensor => apply(sliceOp, [x], { first, count });

/** The adjoint of `slice`: x as the rows from `first` on of `rows` rows, of which the others are zeros. */
export const place = (x: Tensor, first: number, rows: number): Tensor => apply(placeOp, [x], { first, rows });

/** The same values, row-major, under another shape. */
export function reshape(x: Tensor, [rows, columns]: Shape): Tensor {
  return x.shape[0] === rows && x.shape[1] === columns ? x : apply(reshapeOp, [x], { rows, columns });
}
