/**
 * Matrix products of a few rows, one row after another: the right side is read once for each of them, where it lies, as
 * packing it would take longer. The sums of an element run in one order wherever chunks are cut, as in matmul.ts.
 */
import {
  thinChunkColumns,
  thinColumns,
  thinInner,
  thinLeft,
  thinLeftRow,
  thinLeftStep,
  thinOutput,
  thinRight,
  thinRows,
  thinTransposed,
} from "./records";
import { loadPart, multiplyAdd, storePart } from "./vector";
import { min, word } from "./words";

export function thinChunk(record: usize, chunk: i32): void {
  const columns = word(record, thinColumns);
  const inner = word(record, thinInner);
  const right = <usize>word(record, thinRight);
  const step = <usize>word(record, thinLeftStep);
  const size = word(record, thinChunkColumns);
  const start = chunk * size;
  const count = min(columns, start + size) - start;
  const transposed = word(record, thinTransposed) !== 0;
  let left = <usize>word(record, thinLeft);
  let output = <usize>word(record, thinOutput) + (start << 2);
  for (let row = word(record, thinRows); row > 0; row--) {
    if (transposed) dotProducts(left, right + ((start * inner) << 2), inner, output, count);
    else combination(left, step, right + (start << 2), columns << 2, inner, output, count);
    left += word(record, thinLeftRow);
    output += columns << 2;
  }
}

/**
 * The sum of `inner` rows of the right side, `stride` bytes apart, each times a number of the left; `count` columns of
 * it.
 */
function combination(
  left: usize,
  step: usize,
  right: usize,
  stride: usize,
  inner: i32,
  output: usize,
  count: i32,
): void {
  for (; count >= 16; count -= 16) {
    sixteenColumns(left, step, right, stride, inner, output);
    right += 64;
    output += 64;
  }
  for (; count >= 4; count -= 4) {
    fourColumns(left, step, right, stride, inner, output);
    right += 16;
    output += 16;
  }
  if (count > 0) fewColumns(left, step, right, stride, inner, output, count);
}

export function sixteenColumns(left: usize, step: usize, right: usize, stride: usize, inner: i32, output: usize): void {
  let a = f32x4.splat(0.0);
  let b = f32x4.splat(0.0);
  let c = f32x4.splat(0.0);
  let d = f32x4.splat(0.0);
  for (const end = right + inner * stride; right !== end; right += stride) {
    const x = v128.load_splat<f32>(left);
    a = multiplyAdd(x, v128.load(right), a);
    b = multiplyAdd(x, v128.load(right, 16), b);
    c = multiplyAdd(x, v128.load(right, 32), c);
    d = multiplyAdd(x, v128.load(right, 48), d);
    left += step;
  }
  v128.store(output, a);
  v128.store(output, b, 16);
  v128.store(output, c, 32);
  v128.store(output, d, 48);
}

function fourColumns(left: usize, step: usize, right: usize, stride: usize, inner: i32, output: usize): void {
  let sum = f32x4.splat(0.0);
  for (; inner > 0; inner--) {
    sum = multiplyAdd(v128.load_splat<f32>(left), v128.load(right), sum);
    left += step;
    right += stride;
  }
  v128.store(output, sum);
}

function fewColumns(
  left: usize,
  step: usize,
  right: usize,
  stride: usize,
  inner: i32,
  output: usize,
  count: i32,
): void {
  let sum = f32x4.splat(0.0);
  for (; inner > 0; inner--) {
    sum = multiplyAdd(v128.load_splat<f32>(left), loadPart(right, count), sum);
    left += step;
    right += stride;
  }
  storePart(output, sum, count);
}

/** One row of the left side times `count` rows of the right one, all of length `inner`. */
function dotProducts(left: usize, right: usize, inner: i32, output: usize, count: i32): void {
  const stride = <usize>(inner << 2);
  for (; count >= 4; count -= 4) {
    fourDotProducts(left, right, stride, inner, output);
    right += stride << 2;
    output += 16;
  }
  for (; count > 0; count--) {
    store<f32>(output, dotProduct(left, right, inner));
    right += stride;
    output += 4;
  }
}

export function fourDotProducts(left: usize, right: usize, stride: usize, inner: i32, output: usize): void {
  let a = f32x4.splat(0.0);
  let b = f32x4.splat(0.0);
  let c = f32x4.splat(0.0);
  let d = f32x4.splat(0.0);
  let second = right + stride;
  let third = second + stride;
  let fourth = third + stride;
  for (const end = left + ((inner & ~3) << 2); left < end; left += 16) {
    const x = v128.load(left);
    a = multiplyAdd(x, v128.load(right), a);
    b = multiplyAdd(x, v128.load(second), b);
    c = multiplyAdd(x, v128.load(third), c);
    d = multiplyAdd(x, v128.load(fourth), d);
    right += 16;
    second += 16;
    third += 16;
    fourth += 16;
  }
  const rest = inner & 3;
  if (rest > 0) {
    const x = loadPart(left, rest);
    a = multiplyAdd(x, loadPart(right, rest), a);
    b = multiplyAdd(x, loadPart(second, rest), b);
    c = multiplyAdd(x, loadPart(third, rest), c);
    d = multiplyAdd(x, loadPart(fourth, rest), d);
  }
  store<f32>(output, total(a));
  store<f32>(output, total(b), 4);
  store<f32>(output, total(c), 8);
  store<f32>(output, total(d), 12);
}

function dotProduct(left: usize, right: usize, inner: i32): f32 {
  let sum = f32x4.splat(0.0);
  for (const end = left + ((inner & ~3) << 2); left < end; left += 16) {
    sum = multiplyAdd(v128.load(left), v128.load(right), sum);
    right += 16;
  }
  const rest = inner & 3;
  if (rest > 0) sum = multiplyAdd(loadPart(left, rest), loadPart(right, rest), sum);
  return total(sum);
}

function total(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f64>(x, x, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
