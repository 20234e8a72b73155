/**
 * Copying matrices into the order in which the tiles of a product read them: panels of eight (the last maybe four)
 * columns of the right side, rows of the left side. What is missing at an edge is filled with numbers that no sum that
 * is kept sees.
 */
import { loadPart } from "./vector";

/**
 * rows [0, inner) of a panel: `count` (1 to 8) columns from `from`, rows `stride` bytes apart, to `width` (4 or 8)
 * columns.
 */
export function packPanel(to: usize, from: usize, stride: usize, inner: i32, count: i32, width: i32): void {
  if (count === 8) {
    for (let k = 0; k < inner; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += stride;
      to += 32;
    }
  } else if (count === 4) {
    for (let k = 0; k < inner; k++) {
      v128.store(to, v128.load(from));
      from += stride;
      to += 16;
    }
  } else if (width === 8) {
    const rest = count - 4;
    for (let k = 0; k < inner; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, loadPart(from + 16, rest), 16);
      from += stride;
      to += 32;
    }
  } else {
    for (let k = 0; k < inner; k++) {
      v128.store(to, loadPart(from, count));
      from += stride;
      to += 16;
    }
  }
}

/**
 * `count` (1 to 8) rows of a matrix, `stride` bytes apart, become columns: value k of row r goes to `to + k toStride +
 * 4 r`. The columns of missing rows, up to the fourth or eighth, are written, too: with a copy of a row that is there.
 */
export function packTransposed(to: usize, toStride: usize, from: usize, stride: usize, inner: i32, count: i32): void {
  transposeFour(to, toStride, from, stride, inner, count);
  if (count > 4) transposeFour(to + 16, toStride, from + (stride << 2), stride, inner, count - 4);
}

function transposeFour(to: usize, toStride: usize, from: usize, stride: usize, inner: i32, count: i32): void {
  let a = from;
  let b = count > 1 ? a + stride : a;
  let c = count > 2 ? b + stride : a;
  let d = count > 3 ? c + stride : a;
  for (let k = inner >> 2; k > 0; k--) {
    const x = v128.load(a);
    const y = v128.load(b);
    const z = v128.load(c);
    const w = v128.load(d);
    const xy0 = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const xy1 = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    const zw0 = v128.shuffle<f32>(z, w, 0, 4, 1, 5);
    const zw1 = v128.shuffle<f32>(z, w, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(xy0, zw0, 0, 2));
    v128.store(to + toStride, v128.shuffle<f64>(xy0, zw0, 1, 3));
    to += toStride << 1;
    v128.store(to, v128.shuffle<f64>(xy1, zw1, 0, 2));
    v128.store(to + toStride, v128.shuffle<f64>(xy1, zw1, 1, 3));
    to += toStride << 1;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  for (let k = inner & 3; k > 0; k--) {
    store<f32>(to, load<f32>(a));
    store<f32>(to, load<f32>(b), 4);
    store<f32>(to, load<f32>(c), 8);
    store<f32>(to, load<f32>(d), 12);
    to += toStride;
    a += 4;
    b += 4;
    c += 4;
    d += 4;
  }
}
