/**
 * Four floats at a time: the pieces that the translated scalar functions are made of. Every function here takes or returns a
 * vector and is therefore inlined by the build. Errors, against exact results: exp 1, log 1, logOnePlus 2, expMinusOne 2,
 * tanh 3 units in the last place over all floats; measured by test/wasm/vector.test.ts.
 */

/** a b + c: fused where the module may (one rounding), else two roundings. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `yes` where the mask is set, else `no`. */
export function choose(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

/** e^r - 1 for |r| <= 0.35. */
function exponentialMinusOneNear(r: v128): v128 {
  let q = f32x4.splat(0.0001982413);
  q = multiplyAdd(q, r, f32x4.splat(0.0013933246));
  q = multiplyAdd(q, r, f32x4.splat(0.0083334196));
  q = multiplyAdd(q, r, f32x4.splat(0.0416664827));
  q = multiplyAdd(q, r, f32x4.splat(0.166666663));
  q = multiplyAdd(q, r, f32x4.splat(0.5));
  return multiplyAdd(f32x4.mul(r, r), q, r);
}

/** x - n ln 2, with ln 2 in two parts of which n times the first is exact. */
function reduced(x: v128, n: v128): v128 {
  return multiplyAdd(n, f32x4.splat(2.1219444e-4), multiplyAdd(n, f32x4.splat(-0.693359375), x));
}

/** 2^n for whole n in [-126, 127]. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x; 0 and infinity beyond the range of floats, and subnormal results where they belong. */
export function exp(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, f32x4.splat(90.0)), f32x4.splat(-105.0));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)));
  const r = reduced(bounded, n);
  const power = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(power, 1);
  const near = f32x4.add(f32x4.splat(1.0), exponentialMinusOneNear(r));
  return f32x4.mul(f32x4.mul(near, powerOfTwo(half)), powerOfTwo(i32x4.sub(power, half)));
}

/** e^x - 1, accurate near 0. */
export function expMinusOne(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, f32x4.splat(90.0)), f32x4.splat(-25.0));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)));
  const near = exponentialMinusOneNear(reduced(bounded, n));
  const power = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(power, 1);
  // 2^n (e^r - 1) + (2^n - 1), at half scale where 2^n itself would be infinite.
  const scale = powerOfTwo(i32x4.sub(power, half));
  const rest = powerOfTwo(half);
  const inverse = powerOfTwo(i32x4.sub(i32x4.splat(0), half));
  return f32x4.mul(f32x4.add(f32x4.mul(near, scale), f32x4.sub(scale, inverse)), rest);
}

/** ln x: -infinity at 0, NaN below. */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = choose(subnormal, f32x4.mul(x, f32x4.splat(8388608.0)), x);
  // x = 2^n m with m in [sqrt(1/2), sqrt 2): the bits of sqrt(1/2) are taken off before the exponent is read.
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const n = i32x4.sub(i32x4.shr_s(bits, 23), v128.and(subnormal, i32x4.splat(23)));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const power = f32x4.convert_i32x4_s(n);
  const f = f32x4.sub(m, f32x4.splat(1.0));
  // ln(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R = 2 (s^2/3 + s^4/5 + ...).
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2.0)));
  const z = f32x4.mul(s, s);
  let series = f32x4.splat(0.2987137301);
  series = multiplyAdd(series, z, f32x4.splat(0.3997755914));
  series = multiplyAdd(series, z, f32x4.splat(0.6666677619));
  series = f32x4.mul(series, z);
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const low = multiplyAdd(s, f32x4.add(half, series), f32x4.mul(power, f32x4.splat(-2.1219444e-4)));
  const result = f32x4.add(f32x4.sub(f, f32x4.sub(half, low)), f32x4.mul(power, f32x4.splat(0.693359375)));
  // Zero, negative, infinite and NaN arguments.
  const infinity = f32x4.splat(Infinity);
  const proper = choose(f32x4.lt(x, infinity), result, x);
  const positive = choose(f32x4.lt(x, f32x4.splat(0.0)), f32x4.splat(NaN), proper);
  return choose(f32x4.eq(x, f32x4.splat(0.0)), f32x4.neg(infinity), positive);
}

/** ln(1 + x), accurate near 0: ln u + (x - (u - 1)) / u with u = 1 + x rounded. */
export function logOnePlus(x: v128): v128 {
  const u = f32x4.add(f32x4.splat(1.0), x);
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, f32x4.splat(1.0))), u);
  const finite = f32x4.lt(f32x4.abs(lost), f32x4.splat(1.0));
  return f32x4.add(log(u), v128.and(finite, lost));
}

/** tanh |x| = -t / (2 + t) with t = e^(-2|x|) - 1; the sign of x put back. */
export function tanh(x: v128): v128 {
  const t = expMinusOne(f32x4.mul(f32x4.abs(x), f32x4.splat(-2.0)));
  const y = f32x4.div(t, f32x4.add(f32x4.splat(2.0), t));
  return v128.or(f32x4.abs(y), v128.and(x, f32x4.splat(-0.0)));
}

/** The first `count` (1 to 3) floats at `from`, the rest 0: never reads past them. */
export function loadPart(from: usize, count: i32): v128 {
  if (count === 1) return v128.load32_zero(from);
  const two = v128.load64_zero(from);
  return count === 2 ? two : v128.load_lane<f32>(from, two, 2, 8);
}

/** Stores the first `count` (1 to 3) floats. */
export function storePart(to: usize, value: v128, count: i32): void {
  if (count === 1) {
    v128.store_lane<f32>(to, value, 0);
  } else {
    v128.store_lane<f64>(to, value, 0);
    if (count === 3) v128.store_lane<f32>(to, value, 2, 8);
  }
}
