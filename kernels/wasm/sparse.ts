/**
 * Rows of a compressed table: written out, times a matrix, and transposed times a matrix. Threads share rows of the
 * batch or, where the table's columns are the rows of the output, columns: nobody writes where another does, and each
 * sum runs in the order of the columns, or of the batch, however the work is cut. A row number that is no row of the
 * table gives NaN, as in rows.ts.
 */
import {
  sparseBlockUnits,
  sparseChunkUnits,
  sparseColumns,
  sparseCount,
  sparseIndices,
  sparseMatmulTransposeLeftOperation,
  sparseMatrix,
  sparseOperation,
  sparseOutput,
  sparseRows,
  sparseRowsOperation,
  sparseTable,
  sparseWidth,
} from "./records";
import { fillWithNaN, rowOf } from "./rows";
import { loadPart, multiplyAdd, storePart } from "./vector";
import { min, word } from "./words";

/** Units [chunk n, (chunk + 1) n). */
export function sparseChunk(record: usize, chunk: i32): void {
  const operation = word(record, sparseOperation);
  const size = word(record, sparseChunkUnits);
  const start = chunk * size;
  if (operation === sparseMatmulTransposeLeftOperation) {
    const end = min(word(record, sparseColumns), start + size);
    const block = word(record, sparseBlockUnits);
    for (let column = start; column < end; column += block) collect(record, column, min(end, column + block));
    return;
  }
  const end = min(word(record, sparseCount), start + size);
  for (let row = start; row < end; row++) {
    if (operation === sparseRowsOperation) writeOut(record, row);
    else multiply(record, row);
  }
}

/** The table's row that row `row` of the batch is, or -1. */
function tableRow(record: usize, row: i32): i32 {
  return rowOf(load<f32>(<usize>word(record, sparseIndices) + (row << 2)), word(record, sparseRows));
}

/** Where the column of entry `entry` stands; its value stands as far behind as there are entries. */
function entryAt(record: usize, entry: u32): usize {
  return <usize>word(record, sparseTable) + ((<usize>word(record, sparseRows) + 1 + entry) << 2);
}

function offset(record: usize, row: i32): u32 {
  return load<u32>(<usize>word(record, sparseTable) + (row << 2));
}

/** From the column of an entry to its value, in bytes. */
function toValue(record: usize): usize {
  return (<usize>offset(record, word(record, sparseRows))) << 2;
}

function writeOut(record: usize, row: i32): void {
  const bytes = (<usize>word(record, sparseColumns)) << 2;
  const to = <usize>word(record, sparseOutput) + row * bytes;
  const source = tableRow(record, row);
  if (source < 0) {
    fillWithNaN(to, bytes);
    return;
  }
  memory.fill(to, 0, bytes);
  const value = toValue(record);
  const end = entryAt(record, offset(record, source + 1));
  for (let entry = entryAt(record, offset(record, source)); entry < end; entry += 4) {
    store<f32>(to + (load<usize>(entry) << 2), load<f32>(entry + value));
  }
}

/** Row `row` of the product: the table's row times the matrix. */
function multiply(record: usize, row: i32): void {
  const width = word(record, sparseWidth);
  const stride = <usize>(width << 2);
  let to = <usize>word(record, sparseOutput) + row * stride;
  const source = tableRow(record, row);
  if (source < 0) {
    fillWithNaN(to, stride);
    return;
  }
  const value = toValue(record);
  const entry = entryAt(record, offset(record, source));
  const end = entryAt(record, offset(record, source + 1));
  let matrix = <usize>word(record, sparseMatrix);
  let rest = width;
  for (; rest >= 32; rest -= 32) {
    thirtyTwoColumns(entry, end, value, matrix, stride, to);
    matrix += 128;
    to += 128;
  }
  for (; rest >= 4; rest -= 4) {
    fourColumns(entry, end, value, matrix, stride, to);
    matrix += 16;
    to += 16;
  }
  if (rest > 0) fewColumns(entry, end, value, matrix, stride, to, rest);
}

export function thirtyTwoColumns(
  entry: usize,
  end: usize,
  value: usize,
  matrix: usize,
  stride: usize,
  to: usize,
): void {
  let a = f32x4.splat(0.0);
  let b = f32x4.splat(0.0);
  let c = f32x4.splat(0.0);
  let d = f32x4.splat(0.0);
  let e = f32x4.splat(0.0);
  let f = f32x4.splat(0.0);
  let g = f32x4.splat(0.0);
  let h = f32x4.splat(0.0);
  for (; entry < end; entry += 4) {
    const x = v128.load_splat<f32>(entry + value);
    const from = matrix + load<usize>(entry) * stride;
    a = multiplyAdd(x, v128.load(from), a);
    b = multiplyAdd(x, v128.load(from, 16), b);
    c = multiplyAdd(x, v128.load(from, 32), c);
    d = multiplyAdd(x, v128.load(from, 48), d);
    e = multiplyAdd(x, v128.load(from, 64), e);
    f = multiplyAdd(x, v128.load(from, 80), f);
    g = multiplyAdd(x, v128.load(from, 96), g);
    h = multiplyAdd(x, v128.load(from, 112), h);
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
}

function fourColumns(entry: usize, end: usize, value: usize, matrix: usize, stride: usize, to: usize): void {
  let sum = f32x4.splat(0.0);
  for (; entry < end; entry += 4) {
    sum = multiplyAdd(v128.load_splat<f32>(entry + value), v128.load(matrix + load<usize>(entry) * stride), sum);
  }
  v128.store(to, sum);
}

function fewColumns(entry: usize, end: usize, value: usize, matrix: usize, stride: usize, to: usize, count: i32): void {
  let sum = f32x4.splat(0.0);
  for (; entry < end; entry += 4) {
    sum = multiplyAdd(v128.load_splat<f32>(entry + value), loadPart(matrix + load<usize>(entry) * stride, count), sum);
  }
  storePart(to, sum, count);
}

/**
 * Rows [start, end) of the transposed product: to row c goes, for each row of the batch, its entry in column c times
 * the matrix's row.
 */
function collect(record: usize, start: i32, end: i32): void {
  const count = word(record, sparseCount);
  const stride = (<usize>word(record, sparseWidth)) << 2;
  const output = <usize>word(record, sparseOutput);
  const first = output + start * stride;
  for (let row = 0; row < count; row++) {
    if (tableRow(record, row) >= 0) continue;
    fillWithNaN(first, (end - start) * stride);
    return;
  }
  memory.fill(first, 0, (end - start) * stride);
  const value = toValue(record);
  let from = <usize>word(record, sparseMatrix);
  for (let row = 0; row < count; row++) {
    const source = tableRow(record, row);
    const last = entryAt(record, offset(record, source + 1));
    let entry = firstEntry(entryAt(record, offset(record, source)), last, start);
    for (; entry < last && load<i32>(entry) < end; entry += 4) {
      addMultiple(output + load<usize>(entry) * stride, from, load<f32>(entry + value), stride);
    }
    from += stride;
  }
}

/** The first of some entries whose column is not below `column`. */
function firstEntry(low: usize, high: usize, column: i32): usize {
  while (low < high) {
    const middle = low + (((high - low) >> 3) << 2);
    if (load<i32>(middle) < column) low = middle + 4;
    else high = middle;
  }
  return low;
}

/** Adds the row at `from`, times x, to that at `to`. */
export function addMultiple(to: usize, from: usize, x: f32, bytes: usize): void {
  const factor = f32x4.splat(x);
  for (const end = to + (bytes & ~63); to < end; to += 64, from += 64) {
    v128.store(to, multiplyAdd(factor, v128.load(from), v128.load(to)));
    v128.store(to, multiplyAdd(factor, v128.load(from, 16), v128.load(to, 16)), 16);
    v128.store(to, multiplyAdd(factor, v128.load(from, 32), v128.load(to, 32)), 32);
    v128.store(to, multiplyAdd(factor, v128.load(from, 48), v128.load(to, 48)), 48);
  }
  for (const end = to + (bytes & 48); to < end; to += 16, from += 16) {
    v128.store(to, multiplyAdd(factor, v128.load(from), v128.load(to)));
  }
  const rest = <i32>((bytes >> 2) & 3);
  if (rest > 0) storePart(to, multiplyAdd(factor, loadPart(from, rest), loadPart(to, rest)), rest);
}
