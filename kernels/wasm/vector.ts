/**
 * Four floats at a time: the pieces that the translated scalar functions are made of. Every function here takes or
 * returns a vector and is therefore inlined by the build. Their errors are stated in docs/backends.md and measured by
 * test/wasm/vector.test.ts.
 */

// Numbers lie in memory: V8 makes a vector constant anew, by three instructions, wherever it is used.
const exponential = memory.data<f32>([0.0013898223, 0.0083660355, 0.041666854, 0.166665487]);
const logarithm = memory.data<f32>([0.2987137301, 0.3997755914, 0.6666677619]);
const logarithmNearOne = memory.data<f32>([0.28012003839, 0.28001802103, 0.40021527413, 0.66666416283]);
const bitsOfRoot = memory.data<i32>([0x3f3504f3]);
const fractionBits = memory.data<i32>([0x007fffff]);
const sign = memory.data<f32>([-0.0]);
const half = memory.data<f32>([0.5]);
const one = memory.data<f32>([1.0]);
const two = memory.data<f32>([2.0]);
const infinity = memory.data<f32>([Infinity]);
const leastNormal = memory.data<f32>([1.17549435e-38]);
const subnormalScale = memory.data<f32>([8388608.0]);
const log2OfE = memory.data<f32>([1.44269502]);
/** ln 2 in two parts, of which a whole number times the first is exact. */
const highOfLn2 = memory.data<f32>([0.693359375]);
const lowOfLn2 = memory.data<f32>([-2.1219444e-4]);
const minusHighOfLn2 = memory.data<f32>([-0.693359375]);
const minusLowOfLn2 = memory.data<f32>([2.1219444e-4]);
/** Beyond these `exp`, and `expMinusOne`, do not change any more. */
const mostExponent = memory.data<f32>([88.8]);
const leastExponent = memory.data<f32>([-105.0]);
const leastExponentAboveOne = memory.data<f32>([-25.0]);
/**
 * 1.5 x 2^23 and what becomes the exponent: the sum with a small number holds its nearest whole number in its last
 * bits.
 */
const rounding = memory.data<f32>([12583166.0]);
const roundingBelow = memory.data<f32>([12583038.0]);

function number(at: usize, index: i32 = 0): v128 {
  return v128.load_splat<f32>(at + (index << 2));
}

/** a b + c: fused where the module may (one rounding), else two roundings. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `yes` where the mask is set, else `no`. */
export function choose(mask: v128, yes: v128, no: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(yes, no, mask);
  return v128.bitselect(yes, no, mask);
}

/** -|x|. */
export function negativeAbsolute(x: v128): v128 {
  return v128.or(x, number(sign));
}

/** x within [low, high]; NaN stays. */
function within(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}

/** x - n ln 2. */
function reduced(x: v128, n: v128): v128 {
  return multiplyAdd(n, number(minusLowOfLn2), multiplyAdd(n, number(minusHighOfLn2), x));
}

/**
 * e^r - 1 for |r| <= 0.35: r + r^2 (1/2 + r/6 + ...), fitted for the least relative error; in pairs, which wait less
 * for each other.
 */
function nearExponential(r: v128): v128 {
  const square = f32x4.mul(r, r);
  const low = multiplyAdd(number(exponential, 3), r, number(half));
  const middle = multiplyAdd(number(exponential, 1), r, number(exponential, 2));
  const high = multiplyAdd(square, number(exponential, 0), middle);
  return multiplyAdd(square, multiplyAdd(square, high, low), r);
}

/** e^x; 0 and infinity beyond the range of floats, and subnormal results where they belong. */
export function exp(x: v128): v128 {
  return boundedExp(within(x, number(leastExponent), number(mostExponent)));
}

/** `exp` for x <= 0. */
export function expOfNegative(x: v128): v128 {
  return boundedExp(f32x4.pmax(x, number(leastExponent)));
}

function boundedExp(bounded: v128): v128 {
  const sum = multiplyAdd(bounded, number(log2OfE), number(rounding));
  const n = f32x4.sub(sum, number(rounding));
  const near = f32x4.add(nearExponential(reduced(bounded, n)), number(one));
  // 2^n in two factors, as n may be as low as -151 and as high as 130; each half of the sum's bits ends in 127 + n/2.
  const first = i32x4.shr_s(sum, 1);
  const second = i32x4.sub(sum, first);
  return f32x4.mul(f32x4.mul(near, i32x4.shl(first, 23)), i32x4.shl(second, 23));
}

/** e^x - 1, accurate near 0: 2 (2^(n-1) (e^r - 1) + (2^(n-1) - 1/2)). */
export function expMinusOne(x: v128): v128 {
  const bounded = within(x, number(leastExponentAboveOne), number(mostExponent));
  const sum = multiplyAdd(bounded, number(log2OfE), number(roundingBelow));
  const n = f32x4.sub(sum, number(roundingBelow));
  const near = nearExponential(reduced(bounded, n));
  const scale = i32x4.shl(sum, 23);
  const result = multiplyAdd(near, scale, f32x4.sub(scale, number(half)));
  return f32x4.add(result, result);
}

/** ln x: -infinity at 0, NaN below. */
export function log(x: v128): v128 {
  const isUsual = v128.and(f32x4.ge(x, number(leastNormal)), f32x4.lt(x, number(infinity)));
  if (i32x4.bitmask(isUsual) === 15) return usualLog(x, i32x4.splat(0));
  const isSubnormal = f32x4.lt(x, number(leastNormal));
  const scaled = choose(isSubnormal, f32x4.mul(x, number(subnormalScale)), x);
  const result = usualLog(scaled, v128.and(isSubnormal, i32x4.splat(23)));
  const proper = choose(f32x4.lt(x, number(infinity)), result, x);
  const positive = choose(f32x4.lt(x, f32x4.splat(0.0)), f32x4.splat(NaN), proper);
  return choose(f32x4.eq(x, f32x4.splat(0.0)), f32x4.neg(number(infinity)), positive);
}

/** ln(2^-shift x) for normal positive x. */
function usualLog(x: v128, shift: v128): v128 {
  // x = 2^n m with m in [sqrt(1/2), sqrt 2): the bits of sqrt(1/2) are taken off before the exponent is read.
  const root = number(bitsOfRoot);
  const offset = i32x4.sub(x, root);
  const power = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(offset, 23), shift));
  const m = i32x4.add(v128.and(offset, number(fractionBits)), root);
  const f = f32x4.sub(m, number(one));
  // ln(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R = 2 (s^2/3 + s^4/5 + ...).
  const s = f32x4.div(f, f32x4.add(f, number(two)));
  const z = f32x4.mul(s, s);
  let series = multiplyAdd(number(logarithm, 0), z, number(logarithm, 1));
  series = f32x4.mul(multiplyAdd(series, z, number(logarithm, 2)), z);
  const halfSquare = f32x4.mul(f32x4.mul(f, f), number(half));
  const low = multiplyAdd(s, f32x4.add(halfSquare, series), f32x4.mul(power, number(lowOfLn2)));
  return multiplyAdd(power, number(highOfLn2), f32x4.sub(f, f32x4.sub(halfSquare, low)));
}

/** ln(1 + x), accurate near 0: ln u + (x - (u - 1)) / u with u = 1 + x rounded. */
export function logOnePlus(x: v128): v128 {
  const u = f32x4.add(number(one), x);
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, number(one))), u);
  const counts = f32x4.lt(f32x4.abs(lost), number(one));
  return f32x4.add(log(u), v128.and(counts, lost));
}

/** ln(1 + e^-|x|). */
export function logOnePlusExpNegative(x: v128): v128 {
  return logOnePlusFraction(expOfNegative(negativeAbsolute(x)));
}

/** ln(1 + z) for z in [0, 1]: z - s (z - R) with s = z / (2 + z), R as in `log`. */
export function logOnePlusFraction(z: v128): v128 {
  const s = f32x4.div(z, f32x4.add(z, number(two)));
  const y = f32x4.mul(s, s);
  let series = multiplyAdd(number(logarithmNearOne, 0), y, number(logarithmNearOne, 1));
  series = multiplyAdd(series, y, number(logarithmNearOne, 2));
  series = multiplyAdd(series, y, number(logarithmNearOne, 3));
  return f32x4.sub(z, f32x4.mul(s, f32x4.sub(z, f32x4.mul(series, y))));
}

/** tanh |x| = -t / (2 + t) with t = e^(-2|x|) - 1; the sign of x put back. */
export function tanh(x: v128): v128 {
  const low = negativeAbsolute(x);
  const t = expMinusOne(f32x4.add(low, low));
  const y = f32x4.div(t, f32x4.add(number(two), t));
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
