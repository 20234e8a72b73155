/**
 * Noise four lanes at a time, as kernels/noise.ts defines it and to the bit: blocks of Philox4x32-10 side by side, two
 * groups at once, as each round waits for the one before; then Box and Muller's transform in double precision, two
 * lanes a vector, radii and angles in a loop each for the same reason. Never by fused products, which would round
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

// Numbers lie in memory: V8 makes a vector constant anew, by three instructions, wherever it is used.
const firstFactor = memory.data<i32>([firstMultiplier]);
const secondFactor = memory.data<i32>([secondMultiplier]);
const one = memory.data<f64>([1.0]);
const two = memory.data<f64>([2.0]);
const half = memory.data<f64>([0.5]);
const root = memory.data<f64>([rootOf2]);
const twiceLogarithmOf2 = memory.data<f64>([2.0 * naturalLogarithmOf2]);
const unit = memory.data<f64>([angleUnit]);
const logarithms = memory.data<f64>([logarithm3, logarithm5, logarithm7, logarithm9, logarithm11, logarithm13]);
const sines = memory.data<f64>([sine3, sine5, sine7, sine9]);
const cosines = memory.data<f64>([cosine2, cosine4, cosine6, cosine8, cosine10]);
const fraction = memory.data<i64>([0x000fffffffffffff]);
/** 32 and what a double's exponent is stored with. */
const bias = memory.data<i64>([1055]);
const uniformUnit = memory.data<f32>([5.9604644775390625e-8]);

/** Numbers that are made together. */
const pairNumbers = 2 * groupNumbers;
/** Vectors of radius words, each followed by one of angle words, that make them normal. */
const pairVectors = pairNumbers / 8;

/** Groups [chunk n, (chunk + 1) n); the last two go through scratch where they are not whole. */
export function noiseChunk(record: usize, chunk: i32, scratch: usize): void {
  const count = word(record, noiseCount);
  const output = <usize>word(record, noiseOutput);
  const size = word(record, noiseChunkGroups) * groupNumbers;
  const end = min(count, (chunk + 1) * size);
  const edge = scratch + 32 * pairVectors;
  for (let at = chunk * size; at < end; at += pairNumbers) {
    const to = output + (at << 2);
    if (end - at >= pairNumbers) {
      fillPair(record, at, to, scratch);
    } else {
      fillPair(record, at, edge, scratch);
      memory.copy(to, edge, (end - at) << 2);
    }
  }
}

/** Two groups from number `at` on; normal ones keep their radii at `radii` meanwhile. */
export function fillPair(record: usize, at: i32, to: usize, radii: usize): void {
  const key = <usize>word(record, noiseKey);
  let a = i32x4.add(i32x4.splat(at >> 2), i32x4(0, 1, 2, 3));
  let b = v128.load_splat<i32>(record, noiseLeaf << 2);
  let c = v128.load_splat<i32>(record, (noiseLeaf + 1) << 2);
  let d = i32x4.splat(0);
  let e = i32x4.add(a, i32x4.splat(4));
  let f = b;
  let g = c;
  let h = d;
  let first = load<i32>(key);
  let second = load<i32>(key, 4);
  for (let round = 0; round < rounds; round++) {
    const factor0 = v128.load_splat<i32>(firstFactor);
    const factor1 = v128.load_splat<i32>(secondFactor);
    const key0 = i32x4.splat(first);
    const key1 = i32x4.splat(second);
    const lowA = i64x2.extmul_low_i32x4_u(a, factor0);
    const highA = i64x2.extmul_high_i32x4_u(a, factor0);
    const lowC = i64x2.extmul_low_i32x4_u(c, factor1);
    const highC = i64x2.extmul_high_i32x4_u(c, factor1);
    a = v128.xor(v128.xor(upperHalves(lowC, highC), b), key0);
    b = lowerHalves(lowC, highC);
    c = v128.xor(v128.xor(upperHalves(lowA, highA), d), key1);
    d = lowerHalves(lowA, highA);
    const lowE = i64x2.extmul_low_i32x4_u(e, factor0);
    const highE = i64x2.extmul_high_i32x4_u(e, factor0);
    const lowG = i64x2.extmul_low_i32x4_u(g, factor1);
    const highG = i64x2.extmul_high_i32x4_u(g, factor1);
    e = v128.xor(v128.xor(upperHalves(lowG, highG), f), key0);
    f = lowerHalves(lowG, highG);
    g = v128.xor(v128.xor(upperHalves(lowE, highE), h), key1);
    h = lowerHalves(lowE, highE);
    first += firstKeyStep;
    second += secondKeyStep;
  }
  const isNormal = word(record, noiseNormal) !== 0;
  storeGroup(to, isNormal, a, b, c, d);
  storeGroup(to + (groupNumbers << 2), isNormal, e, f, g, h);
  if (!isNormal) return;
  for (let vector = 0; vector < pairVectors; vector++) {
    const words = v128.load(to + (vector << 5));
    const place = radii + (vector << 5);
    v128.store(place, f64x2.sqrt(squaredRadius(f64x2.convert_low_i32x4_u(words))));
    v128.store(place, f64x2.sqrt(squaredRadius(f64x2.convert_low_i32x4_u(upperLanes(words)))), 16);
  }
  for (let vector = 0; vector < pairVectors; vector++) {
    const place = radii + (vector << 5);
    normalPairs(v128.load(place), v128.load(place, 16), to + (vector << 5));
  }
}

/** Upper and lower halves of four products of 32-bit numbers. */
function upperHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

function lowerHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** The words of a group as uniform numbers, or as they are where normal ones are still to be made of them. */
function storeGroup(to: usize, isNormal: bool, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, isNormal ? a : uniform(a));
  v128.store(to, isNormal ? b : uniform(b), 16);
  v128.store(to, isNormal ? c : uniform(c), 32);
  v128.store(to, isNormal ? d : uniform(d), 48);
}

function uniform(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(words, 8)), v128.load_splat<f32>(uniformUnit));
}

function number(at: usize, index: i32 = 0): v128 {
  return v128.load_splat<f64>(at + (index << 3));
}

/** The last two lanes in the place of the first two. */
function upperLanes(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 0);
}

function joined(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Four pairs from radii and the angle words behind `to`; the first of each pair to `to`, the second behind. */
function normalPairs(lowRadius: v128, highRadius: v128, to: usize): void {
  const angleWords = v128.load(to, 16);
  const shifted = i32x4.add(angleWords, i32x4.splat(0x20000000));
  const quarter = i32x4.shr_u(shifted, 30);
  const off = i32x4.sub(angleWords, i32x4.shl(quarter, 30));
  const lowAngle = f64x2.mul(f64x2.convert_low_i32x4_s(off), number(unit));
  const highAngle = f64x2.mul(f64x2.convert_low_i32x4_s(upperLanes(off)), number(unit));
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
  const n = f64x2.add(words, number(one));
  // n = m 2^e: the exponent's bits and, under that of 1, the fraction's.
  const power = i64x2.shr_u(n, 52);
  const m = v128.or(v128.and(n, v128.load_splat<i64>(fraction)), number(one));
  const isLarge = f64x2.gt(m, number(root));
  const halved = v128.bitselect(f64x2.mul(m, number(half)), m, isLarge);
  // 32 - e, from the biased exponent; the mask is -1 where e is one more.
  const left = i64x2.add(i64x2.sub(v128.load_splat<i64>(bias), power), isLarge);
  const whole = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(left, left, 0, 2, 0, 2));
  const s = f64x2.div(f64x2.sub(halved, number(one)), f64x2.add(halved, number(one)));
  const z = f64x2.mul(s, s);
  let series = term(number(logarithms, 4), z, number(logarithms, 5));
  series = term(number(logarithms, 3), z, series);
  series = term(number(logarithms, 2), z, series);
  series = term(number(logarithms, 1), z, series);
  series = term(number(logarithms), z, series);
  const logarithm = f64x2.mul(s, term(number(two), z, series));
  const powers = f64x2.mul(whole, number(twiceLogarithmOf2));
  return f64x2.sub(powers, f64x2.mul(number(two), logarithm));
}

/** coefficient + z rest, in two roundings. */
function term(coefficient: v128, z: v128, rest: v128): v128 {
  return f64x2.add(coefficient, f64x2.mul(z, rest));
}

function sine(x: v128): v128 {
  const y = f64x2.mul(x, x);
  const series = term(number(sines, 1), y, term(number(sines, 2), y, number(sines, 3)));
  return f64x2.mul(x, term(number(one), y, term(number(sines), y, series)));
}

function cosine(x: v128): v128 {
  const y = f64x2.mul(x, x);
  const series = term(number(cosines, 2), y, term(number(cosines, 3), y, number(cosines, 4)));
  return term(number(one), y, term(number(cosines), y, term(number(cosines, 1), y, series)));
}
