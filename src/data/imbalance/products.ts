/**
 * Dot products of some rows of a feature matrix with a run of its rows: the one heavy loop of the neighbour search,
 * kept behind a small interface so that a matrix multiplication on another device can take its place. Float64 here.
 */
import type { Matrix } from "../dataset.ts";

/** A block of dot products of rows. */
export interface DotProducts {
  /**
   * Unit roundoff of the arithmetic: 2^-53 for float64, 2^-24 for float32. The search widens its bounds accordingly.
   */
  readonly unitRoundoff: number;
  /** The most query rows asked for at a time. */
  readonly queryBlock: number;
  /** Runs of this many rows, beginning at a multiple of it, are asked for; the last may be shorter. */
  readonly candidateBlock: number;
  /** Whether a run may begin at any row: products with the rows after a row are then half the work. */
  readonly anyStart?: boolean;
  /**
   * Writes `out[i * candidateBlock + c] = sum_j x[queries[i], j] x[start + c, j]`, summed in any order. `out` has room
   * for a whole block, `[queryBlock, candidateBlock]`; places beyond what was asked for may hold anything.
   */
  compute(queries: Int32Array, start: number, end: number, out: Float64Array): void;
}

/** Prepares dot products between the rows of one matrix. */
export type DotProductKernel = (features: Matrix) => DotProducts;

/** Spreads a row over a float64 panel: column j goes to `panel[at + 4 j]`, so that four rows lie interleaved. */
function packRow(features: Matrix, row: number, panel: Float64Array, at: number): void {
  const { columns, values } = features;
  if (features.kind === "dense") {
    for (let j = 0; j < columns; j++) panel[at + 4 * j] = values[row * columns + j];
    return;
  }
  for (let j = 0; j < columns; j++) panel[at + 4 * j] = 0;
  for (let e = features.offsets[row]; e < features.offsets[row + 1]; e++)
    panel[at + 4 * features.indices[e]] = values[e];
}

/** Sixteen dot products at once, of the four rows interleaved in `left` from `a` with the four in `right` from `b`. */
function multiplyTile(
  left: Float64Array,
  a: number,
  right: Float64Array,
  b: number,
  columns: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let j = 0; j < 4 * columns; j += 4) {
    const x0 = left[a + j];
    const x1 = left[a + j + 1];
    const x2 = left[a + j + 2];
    const x3 = left[a + j + 3];
    const y0 = right[b + j];
    const y1 = right[b + j + 1];
    const y2 = right[b + j + 2];
    const y3 = right[b + j + 3];
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s23 += x2 * y3;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
    s33 += x3 * y3;
  }
  out[at] = s00;
  out[at + 1] = s01;
  out[at + 2] = s02;
  out[at + 3] = s03;
  out[at + stride] = s10;
  out[at + stride + 1] = s11;
  out[at + stride + 2] = s12;
  out[at + stride + 3] = s13;
  out[at + 2 * stride] = s20;
  out[at + 2 * stride + 1] = s21;
  out[at + 2 * stride + 2] = s22;
  out[at + 2 * stride + 3] = s23;
  out[at + 3 * stride] = s30;
  out[at + 3 * stride + 1] = s31;
  out[at + 3 * stride + 2] = s32;
  out[at + 3 * stride + 3] = s33;
}

/**
 * Every entry multiplied: blocks of rows become float64 panels of four interleaved rows, multiplied four by four in
 * registers.
 */
export const denseProducts: DotProductKernel = (features) => {
  const { columns } = features;
  const queryBlock = 64;
  const candidateBlock = 64;
  const left = new Float64Array(queryBlock * columns);
  const right = new Float64Array(candidateBlock * columns);
  return {
    unitRoundoff: 2 ** -53,
    queryBlock,
    candidateBlock,
    compute(queries, start, end, out) {
      // Lanes past the end of a block hold the numbers of an earlier one: what comes of them is never read.
      for (let i = 0; i < queries.length; i++) packRow(features, queries[i], left, (i - (i % 4)) * columns + (i % 4));
      for (let c = 0; c < end - start; c++) packRow(features, start + c, right, (c - (c % 4)) * columns + (c % 4));
      for (let i = 0; i < queries.length; i += 4) {
        for (let c = 0; c < end - start; c += 4) {
          multiplyTile(left, i * columns, right, c * columns, columns, out, i * candidateBlock + c, candidateBlock);
        }
      }
    },
  };
};

/** Calls `visit(row, column, value)` for every value that is not 0, rows ascending, columns ascending within a row. */
function visitNonzeros(features: Matrix, visit: (row: number, column: number, value: number) => void): void {
  const { columns, values } = features;
  for (let row = 0; row < features.rows; row++) {
    if (features.kind === "sparse") {
      for (let e = features.offsets[row]; e < features.offsets[row + 1]; e++) {
        if (values[e] !== 0) visit(row, features.indices[e], values[e]);
      }
    } else {
      for (let j = 0; j < columns; j++) if (values[row * columns + j] !== 0) visit(row, j, values[row * columns + j]);
    }
  }
}

/**
 * Only non-zero values multiplied: the matrix is turned into one list of rows per column, and a query adds up the lists
 * of its own columns. Runs end with the last row.
 */
export const sparseProducts: DotProductKernel = (features) => {
  const counts = new Uint32Array(features.columns + 1);
  const queryOffsets = new Uint32Array(features.rows + 1);
  visitNonzeros(features, (row, column) => {
    counts[column + 1]++;
    queryOffsets[row + 1]++;
  });
  for (let j = 0; j < features.columns; j++) counts[j + 1] += counts[j];
  for (let i = 0; i < features.rows; i++) queryOffsets[i + 1] += queryOffsets[i];
  const offsets = counts.slice();
  const entries = queryOffsets[features.rows];
  const listRows = new Uint32Array(entries);
  const listValues = new Float32Array(entries);
  const queryColumns = new Uint32Array(entries);
  const queryValues = new Float32Array(entries);
  let entry = 0;
  // Of each column's list what lies before `begin` is left out.
  const firsts = offsets.slice();
  let begin = 0;
  visitNonzeros(features, (row, column, value) => {
    const at = counts[column]++;
    listRows[at] = row;
    listValues[at] = value;
    queryColumns[entry] = column;
    queryValues[entry++] = value;
  });
  return {
    unitRoundoff: 2 ** -53,
    queryBlock: 1,
    candidateBlock: features.rows,
    anyStart: true,
    compute(queries, start, end, out) {
      out.fill(0, 0, end - start);
      if (start < begin) firsts.set(offsets);
      begin = start;
      const row = queries[0];
      for (let e = queryOffsets[row]; e < queryOffsets[row + 1]; e++) {
        const value = queryValues[e];
        const column = queryColumns[e];
        const last = offsets[column + 1];
        let first = firsts[column];
        while (first < last && listRows[first] < start) first++;
        firsts[column] = first;
        for (let at = first; at < last; at++) out[listRows[at] - start] += value * listValues[at];
      }
    },
  };
};

/**
 * Products of some rows of a matrix with a run of them in float32, as a device may offer them (`Backend.rowProducts`).
 */
interface DeviceProducts {
  readonly leftRows: number;
  readonly rightRows: number;
  compute(queries: Int32Array, start: number, end: number): Float32Array;
}

/** The largest matrix that is copied to a device, in bytes. */
const mostBytes = 2 ** 30;

/**
 * Every entry multiplied, by a device; where the matrix would take more memory there than is reasonable, by panels, or
 * by lists if it is sparse.
 */
export function deviceProducts(
  rowProducts: (rows: number, columns: number, fill: (values: Float32Array) => void) => DeviceProducts,
): DotProductKernel {
  return (features) => {
    const { rows, columns } = features;
    if (4 * rows * columns > mostBytes)
      return features.kind === "sparse" ? sparseProducts(features) : denseProducts(features);
    const { leftRows, rightRows, compute } = rowProducts(rows, columns, (values) => {
      if (features.kind === "dense") values.set(features.values);
      else
        visitNonzeros(features, (row, column, value) => {
          values[row * columns + column] = value;
        });
    });
    return {
      unitRoundoff: 2 ** -24,
      queryBlock: leftRows,
      candidateBlock: rightRows,
      compute(queries, start, end, out) {
        const products = compute(queries, start, end);
        const width = end - start;
        for (let i = 0; i < queries.length; i++) out.set(products.subarray(i * width, (i + 1) * width), i * rightRows);
      },
    };
  };
}

/**
 * The kernel with less work: lists cost about `listCost` times as much per product as `panels`, but skip every zero.
 */
export const lighter =
  (panels: DotProductKernel, listCost: number): DotProductKernel =>
  (features) => {
    const counts = new Float64Array(features.columns);
    visitNonzeros(features, (_row, column) => {
      counts[column]++;
    });
    const sparseWork = counts.reduce((sum, count) => sum + count * count, 0);
    const denseWork = features.rows * features.rows * features.columns;
    return listCost * sparseWork < denseWork ? sparseProducts(features) : panels(features);
  };

/** Lists or panels in float64, whichever is less work. */
export const products: DotProductKernel = lighter(denseProducts, 3);
