/**
 * Copying matrices into the order in which the tiles of a product read them: panels of eight (the last maybe four) columns of
 * the right side, rows of a transposed left side. What is missing at an edge is filled with zeros.
 */
import { loadPart } from "./vector";

/** rows [0, inner) of a panel: `count` (1 to 8) columns from `from`, rows `stride` bytes apart, to `width` (4 or 8) columns. */
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
 * `count` (1 to 8) rows of a matrix, `stride` bytes apart, become columns: value k of row r goes to `to + k toStride + 4 r`,
 * and zeros to the rows up to `width` (4 or 8).
 */
export function packTransposed(
  to: usize,
  toStride: usize,
  from: usize,
  stride: usize,
  inner: i32,
  count: i32,
  width: i32,
): void {
  for (let r = 0; r < width; r += 4) {
    const rows = count - r;
    if (rows >= 4) transposeFour(to, toStride, from, stride, inner);
    else transposeFew(to, toStride, from, stride, inner, rows);
    to += 16;
    from += stride << 2;
  }
}

function transposeFour(to: usize, toStride: usize, from: usize, stride: usize, inner: i32): void {
  let a = from;
  let b = a + stride;
  let c = b + stride;
  let d = c + stride;
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

/** At most three rows, and zeros in the place of the others. */
function transposeFew(to: usize, toStride: usize, from: usize, stride: usize, inner: i32, rows: i32): void {
  for (let k = 0; k < inner; k++) {
    v128.store(to, f32x4.splat(0.0));
    let a = from;
    for (let r = 0; r < rows; r++) {
      store<f32>(to + (r << 2), load<f32>(a));
      a += stride;
    }
    to += toStride;
    from += 4;
  }
}
