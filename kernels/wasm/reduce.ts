/**
 * Sum and maximum along an axis. Sums run in double precision, four numbers at a time; a NaN makes a maximum NaN.
 * A run is what becomes one number: a column (axis 0) or a row (axis 1).
 */
import {
  reduceAxis,
  reduceChunkRuns,
  reduceColumns,
  reduceInput,
  reduceOperation,
  reduceOutput,
  reduceRows,
  sumOperation,
} from "./records";
import { loadPart, storePart } from "./vector";
import { min, word } from "./words";

/** Columns that are gone through together: their sums stay in the first cache while rows stream past. */
const blockColumns = 256;

export function reduceChunk(record: usize, chunk: i32, scratch: usize): void {
  const rows = word(record, reduceRows);
  const columns = word(record, reduceColumns);
  const input = <usize>word(record, reduceInput);
  const output = <usize>word(record, reduceOutput);
  const size = word(record, reduceChunkRuns);
  const start = chunk * size;
  const isSum = word(record, reduceOperation) === sumOperation;
  if (word(record, reduceAxis) === 1) {
    const end = min(rows, start + size);
    for (let row = start; row < end; row++) {
      const run = input + ((row * columns) << 2);
      store<f32>(output + (row << 2), isSum ? sumRow(run, columns) : maxRow(run, columns));
    }
  } else {
    const end = min(columns, start + size);
    for (let column = start; column < end; column += blockColumns) {
      const count = min(blockColumns, end - column);
      const at = column << 2;
      if (isSum) sumColumns(input + at, rows, columns << 2, output + at, count, scratch);
      else maxColumns(input + at, rows, columns << 2, output + at, count, scratch);
    }
  }
}

function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0));
}

function narrow(lowPart: v128, highPart: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(lowPart), f32x4.demote_f64x2_zero(highPart), 0, 2);
}

export function sumRow(from: usize, count: i32): f32 {
  let a = f64x2.splat(0.0);
  let b = f64x2.splat(0.0);
  let c = f64x2.splat(0.0);
  let d = f64x2.splat(0.0);
  const end = from + ((count & ~7) << 2);
  while (from < end) {
    const x = v128.load(from);
    const y = v128.load(from, 16);
    a = f64x2.add(a, low(x));
    b = f64x2.add(b, high(x));
    c = f64x2.add(c, low(y));
    d = f64x2.add(d, high(y));
    from += 32;
  }
  if (count & 4) {
    const x = v128.load(from);
    a = f64x2.add(a, low(x));
    b = f64x2.add(b, high(x));
    from += 16;
  }
  const sums = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let rest = count & 3; rest > 0; rest--) {
    sum += <f64>load<f32>(from);
    from += 4;
  }
  return <f32>sum;
}

/** Sums of `count` columns; those of fours are kept in double precision at `sums`. */
function sumColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32, sums: usize): void {
  const fours = (<usize>(count & ~3)) << 2;
  if (fours > 0) {
    memory.fill(sums, 0, fours << 1);
    let row = from;
    for (let n = rows >> 2; n > 0; n--) {
      addFourRows(row, stride, fours, sums);
      row += stride << 2;
    }
    for (let n = rows & 3; n > 0; n--) {
      for (let at: usize = 0; at < fours; at += 16) {
        const x = v128.load(row + at);
        const sum = sums + (at << 1);
        v128.store(sum, f64x2.add(v128.load(sum), low(x)));
        v128.store(sum, f64x2.add(v128.load(sum, 16), high(x)), 16);
      }
      row += stride;
    }
    for (let at: usize = 0; at < fours; at += 16) {
      v128.store(to + at, narrow(v128.load(sums + (at << 1)), v128.load(sums + (at << 1), 16)));
    }
  }
  if (count & 3) sumFewColumns(from + fours, rows, stride, to + fours, count & 3);
}

export function addFourRows(row: usize, stride: usize, bytes: usize, sums: usize): void {
  let second = row + stride;
  let third = second + stride;
  let fourth = third + stride;
  for (const end = row + bytes; row < end; row += 16) {
    const x = v128.load(row);
    const y = v128.load(second);
    const z = v128.load(third);
    const w = v128.load(fourth);
    const lower = f64x2.add(f64x2.add(low(x), low(y)), f64x2.add(low(z), low(w)));
    const upper = f64x2.add(f64x2.add(high(x), high(y)), f64x2.add(high(z), high(w)));
    v128.store(sums, f64x2.add(v128.load(sums), lower));
    v128.store(sums, f64x2.add(v128.load(sums, 16), upper), 16);
    second += 16;
    third += 16;
    fourth += 16;
    sums += 32;
  }
}

function sumFewColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32): void {
  let a = f64x2.splat(0.0);
  let b = f64x2.splat(0.0);
  for (; rows > 0; rows--) {
    const x = loadPart(from, count);
    a = f64x2.add(a, low(x));
    b = f64x2.add(b, high(x));
    from += stride;
  }
  storePart(to, narrow(a, b), count);
}

/** NaN where the mask is set. */
function withNaN(x: v128, mask: v128): v128 {
  return v128.or(x, mask);
}

/** The larger numbers; where x is NaN it counts for nothing, so that NaN has to be looked for beside. */
function larger(most: v128, x: v128): v128 {
  return f32x4.pmax(most, x);
}

function maxRow(from: usize, count: i32): f32 {
  let most = f32x4.splat(-Infinity);
  let missing = i32x4.splat(0);
  for (const end = from + ((count & ~3) << 2); from < end; from += 16) {
    const x = v128.load(from);
    most = larger(most, x);
    missing = v128.or(missing, f32x4.ne(x, x));
  }
  most = withNaN(most, missing);
  let largest = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (let rest = count & 3; rest > 0; rest--) {
    largest = max<f32>(largest, load<f32>(from));
    from += 4;
  }
  return largest;
}

/** Maxima of `count` columns; those of fours, and where NaN was met, are kept at `most`. */
function maxColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32, most: usize): void {
  const fours = (<usize>(count & ~3)) << 2;
  for (let at: usize = 0; at < fours; at += 16) {
    v128.store(most + (at << 1), f32x4.splat(-Infinity));
    v128.store(most + (at << 1), i32x4.splat(0), 16);
  }
  let row = from;
  for (let n = rows; n > 0; n--) {
    for (let at: usize = 0; at < fours; at += 16) {
      const x = v128.load(row + at);
      const sofar = most + (at << 1);
      v128.store(sofar, larger(v128.load(sofar), x));
      v128.store(sofar, v128.or(v128.load(sofar, 16), f32x4.ne(x, x)), 16);
    }
    row += stride;
  }
  for (let at: usize = 0; at < fours; at += 16) {
    v128.store(to + at, withNaN(v128.load(most + (at << 1)), v128.load(most + (at << 1), 16)));
  }
  if (count & 3) maxFewColumns(from + fours, rows, stride, to + fours, count & 3);
}

function maxFewColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32): void {
  let most = f32x4.splat(-Infinity);
  let missing = i32x4.splat(0);
  for (; rows > 0; rows--) {
    const x = loadPart(from, count);
    most = larger(most, x);
    missing = v128.or(missing, f32x4.ne(x, x));
    from += stride;
  }
  storePart(to, withNaN(most, missing), count);
}
