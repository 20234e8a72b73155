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

export function reduceChunk(record: usize, chunk: i32): void {
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
    for (let column = start; column < end; column += 8) {
      const count = min(8, end - column);
      const at = column << 2;
      if (isSum) sumColumns(input + at, rows, columns << 2, output + at, count);
      else maxColumns(input + at, rows, columns << 2, output + at, count);
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

function sumRow(from: usize, count: i32): f32 {
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

/** `count` (1 to 8) columns side by side. */
function sumColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32): void {
  if (count === 8) {
    let a = f64x2.splat(0.0);
    let b = f64x2.splat(0.0);
    let c = f64x2.splat(0.0);
    let d = f64x2.splat(0.0);
    for (; rows > 0; rows--) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      a = f64x2.add(a, low(x));
      b = f64x2.add(b, high(x));
      c = f64x2.add(c, low(y));
      d = f64x2.add(d, high(y));
      from += stride;
    }
    v128.store(to, narrow(a, b));
    v128.store(to, narrow(c, d), 16);
    return;
  }
  if (count >= 4) {
    sumFourColumns(from, rows, stride, to);
    if (count > 4) sumFewColumns(from + 16, rows, stride, to + 16, count - 4);
  } else {
    sumFewColumns(from, rows, stride, to, count);
  }
}

function sumFourColumns(from: usize, rows: i32, stride: usize, to: usize): void {
  let a = f64x2.splat(0.0);
  let b = f64x2.splat(0.0);
  for (; rows > 0; rows--) {
    const x = v128.load(from);
    a = f64x2.add(a, low(x));
    b = f64x2.add(b, high(x));
    from += stride;
  }
  v128.store(to, narrow(a, b));
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

function maxColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32): void {
  if (count === 8) {
    let a = f32x4.splat(-Infinity);
    let b = a;
    let missingA = i32x4.splat(0);
    let missingB = missingA;
    for (; rows > 0; rows--) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      a = larger(a, x);
      b = larger(b, y);
      missingA = v128.or(missingA, f32x4.ne(x, x));
      missingB = v128.or(missingB, f32x4.ne(y, y));
      from += stride;
    }
    v128.store(to, withNaN(a, missingA));
    v128.store(to, withNaN(b, missingB), 16);
  } else {
    maxFewColumns(from, rows, stride, to, min(count, 4));
    if (count > 4) maxFewColumns(from + 16, rows, stride, to + 16, count - 4);
  }
}

function maxFewColumns(from: usize, rows: i32, stride: usize, to: usize, count: i32): void {
  let most = f32x4.splat(-Infinity);
  let missing = i32x4.splat(0);
  for (; rows > 0; rows--) {
    const x = count === 4 ? v128.load(from) : loadPart(from, count);
    most = larger(most, x);
    missing = v128.or(missing, f32x4.ne(x, x));
    from += stride;
  }
  most = withNaN(most, missing);
  if (count === 4) v128.store(to, most);
  else storePart(to, most, count);
}
