/** Whether numbers are all finite, at the speed of memory: 0 x is NaN exactly where x is not. */

export function allFinite(from: usize, count: i32): bool {
  const zero = f32x4.splat(0.0);
  let a = zero;
  let b = zero;
  for (const end = from + ((count & ~7) << 2); from < end; from += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(from), zero));
    b = f32x4.add(b, f32x4.mul(v128.load(from, 16), zero));
  }
  let rest: f32 = 0.0;
  for (let n = count & 7; n > 0; n--) {
    rest += load<f32>(from) * 0.0;
    from += 4;
  }
  // The sums are zeros or NaN, which equals nothing.
  return v128.all_true<i32>(f32x4.eq(f32x4.add(a, b), zero)) && rest === 0.0;
}
