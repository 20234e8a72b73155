/**
 * Noise four lanes at a time, as kernels/noise.ts defines it and to the bit: four blocks of Philox4x32-10 side by side,
 * then Box and Muller's transform in double precision, two lanes a vector. Never by fused products, which would round
 * otherwise. Threads share groups of 16 numbers; each is a function of its place alone.
 */
import {
  angleUnit,
  cosine2,
  cosine4,
  cosine6,
  cosine8,
  cosine10,
  firstKeyStep,
  firstMultiplier,
  groupNumbers,
  logarithm3,
  logarithm5,
  logarithm7,
  logarithm9,
  logarithm11,
  logarithm13,
  naturalLogarithmOf2,
  rootOf2,
  rounds,
  secondKeyStep,
  secondMultiplier,
  sine3,
  sine5,
  sine7,
  sine9,
} from "../noise-constants";
import { noiseChunkGroups, noiseCount, noiseKey, noiseLeaf, noiseNormal, noiseOutput } from "./records";
import { min, word } from "./words";

/** Groups [chunk n, (chunk + 1) n); the last one goes through scratch where it is not whole. */
export function noiseChunk(record: usize, chunk: i32, scratch: usize): void {
  const count = word(record, noiseCount);
  const output = <usize>word(record, noiseOutput);
  const size = word(record, noiseChunkGroups) * groupNumbers;
  const end = min(count, (chunk + 1) * size);
  for (let at = chunk * size; at < end; at += groupNumbers) {
    const to = output + (at << 2);
    if (end - at >= groupNumbers) {
      fillGroup(record, at, to);
    } else {
      fillGroup(record, at, scratch);
      memory.copy(to, scratch, (end - at) << 2);
    }
  }
}

export function fillGroup(record: usize, at: i32, to: usize): void {
  const key = <usize>word(record, noiseKey);
  let a = i32x4.add(i32x4.splat(at >> 2), i32x4(0, 1, 2, 3));
  let b = i32x4.splat(word(record, noiseLeaf));
  let c = i32x4.splat(word(record, noiseLeaf + 1));
  let d = i32x4.splat(0);
  let first = load<i32>(key);
  let second = load<i32>(key, 4);
  const firstFactor = i32x4.splat(firstMultiplier);
  const secondFactor = i32x4.splat(secondMultiplier);
  for (let round = 0; round < rounds; round++) {
    const upper0 = upperHalves(a, firstFactor);
    const upper1 = upperHalves(c, secondFactor);
    const lower0 = i32x4.mul(a, firstFactor);
    const lower1 = i32x4.mul(c, secondFactor);
    a = v128.xor(v128.xor(upper1, b), i32x4.splat(first));
    b = lower1;
    c = v128.xor(v128.xor(upper0, d), i32x4.splat(second));
    d = lower0;
    first += firstKeyStep;
    second += secondKeyStep;
  }
  if (word(record, noiseNormal)) {
    normalPairs(a, b, to);
    normalPairs(c, d, to + 32);
  } else {
    v128.store(to, uniform(a));
    v128.store(to, uniform(b), 16);
    v128.store(to, uniform(c), 32);
    v128.store(to, uniform(d), 48);
  }
}

/** Upper halves of the products of four pairs of 32-bit numbers. */
function upperHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

function uniform(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(words, 8)), f32x4.splat(5.9604644775390625e-8));
}

/** The last two lanes in the place of the first two. */
function upperLanes(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 0);
}

function joined(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Four pairs from radius and angle words; the first of each pair to `to`, the second behind. */
function normalPairs(radiusWords: v128, angleWords: v128, to: usize): void {
  const shifted = i32x4.add(angleWords, i32x4.splat(0x20000000));
  const quarter = i32x4.shr_u(shifted, 30);
  const off = i32x4.sub(angleWords, i32x4.shl(quarter, 30));
  const lowRadius = f64x2.sqrt(squaredRadius(f64x2.convert_low_i32x4_u(radiusWords)));
  const highRadius = f64x2.sqrt(squaredRadius(f64x2.convert_low_i32x4_u(upperLanes(radiusWords))));
  const lowAngle = f64x2.mul(f64x2.convert_low_i32x4_s(off), f64x2.splat(angleUnit));
  const highAngle = f64x2.mul(f64x2.convert_low_i32x4_s(upperLanes(off)), f64x2.splat(angleUnit));
  const p = joined(f64x2.mul(lowRadius, cosine(lowAngle)), f64x2.mul(highRadius, cosine(highAngle)));
  const q = joined(f64x2.mul(lowRadius, sine(lowAngle)), f64x2.mul(highRadius, sine(highAngle)));
  // Bit 0 of the quarter exchanges the two; their signs are those of the circle's quarters.
  const exchanged = i32x4.shr_s(i32x4.shl(quarter, 31), 31);
  const firstSign = i32x4.shl(v128.xor(quarter, i32x4.shr_u(quarter, 1)), 31);
  const secondSign = i32x4.shl(i32x4.shr_u(quarter, 1), 31);
  v128.store(to, v128.xor(v128.bitselect(q, p, exchanged), firstSign));
  v128.store(to, v128.xor(v128.bitselect(p, q, exchanged), secondSign), 16);
}

/** -2 ln((word + 1) / 2^32) of two words. */
function squaredRadius(words: v128): v128 {
  const one = f64x2.splat(1.0);
  const n = f64x2.add(words, one);
  // n = m 2^e: the exponent's bits and, under that of 1, the fraction's.
  const power = i64x2.shr_u(n, 52);
  const m = v128.or(v128.and(n, i64x2.splat(0x000fffffffffffff)), one);
  const isLarge = f64x2.gt(m, f64x2.splat(rootOf2));
  const halved = v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, isLarge);
  // 32 - e, from the biased exponent; the mask is -1 where e is one more.
  const left = i64x2.add(i64x2.sub(i64x2.splat(1055), power), isLarge);
  const whole = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(left, left, 0, 2, 0, 2));
  const s = f64x2.div(f64x2.sub(halved, one), f64x2.add(halved, one));
  const z = f64x2.mul(s, s);
  let series = term(logarithm11, z, f64x2.splat(logarithm13));
  series = term(logarithm9, z, series);
  series = term(logarithm7, z, series);
  series = term(logarithm5, z, series);
  series = term(logarithm3, z, series);
  const logarithm = f64x2.mul(s, term(2.0, z, series));
  const powers = f64x2.mul(whole, f64x2.splat(2.0 * naturalLogarithmOf2));
  return f64x2.sub(powers, f64x2.mul(f64x2.splat(2.0), logarithm));
}

/** coefficient + z rest, in two roundings. */
function term(coefficient: f64, z: v128, rest: v128): v128 {
  return f64x2.add(f64x2.splat(coefficient), f64x2.mul(z, rest));
}

function sine(x: v128): v128 {
  const y = f64x2.mul(x, x);
  const series = term(sine5, y, term(sine7, y, f64x2.splat(sine9)));
  return f64x2.mul(x, term(1.0, y, term(sine3, y, series)));
}

function cosine(x: v128): v128 {
  const y = f64x2.mul(x, x);
  const series = term(cosine6, y, term(cosine8, y, f64x2.splat(cosine10)));
  return term(1.0, y, term(cosine2, y, term(cosine4, y, series)));
}
