/**
 * The units of a sigmoidal flow for four rows, from a, b and w of each unit, `units` rows of a block each: one
 * exponential for each of softplus, sigmoid and weight. Sums of products are taken without logarithms; where that
 * leaves too little of them, once more with the largest exponent taken out.
 * x, its two adjoints and the results are columns of the block, one behind the other.
 */
import { flowBlockRows } from "./records";
import {
  choose,
  exp,
  expOfNegative,
  log,
  logOnePlusExpNegative,
  logOnePlusFraction,
  multiplyAdd,
  negativeAbsolute,
} from "./vector";

const columnBytes: usize = flowBlockRows << 2;
/** Of the vectors that are kept of a unit, and of those behind them. */
const unitBytes: usize = 112;
/** Keeps the transformed value off 0 and 1. */
const margin: f32 = 1e-6;
/** Sums of slopes below it are taken again. */
const least: f32 = 1e-30;
const seriesBelow: f32 = -15.0;

function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** max(x, 0); NaN stays, and so may -0. */
function positivePart(x: v128): v128 {
  return f32x4.pmax(x, splat(0.0));
}

/** Writes value and log slope of the four rows. */
export function flowUnits(made: usize, stride: usize, units: i32, biases: usize, columns: usize, vectors: usize): void {
  sumUnits(made, stride, units, biases, columns, vectors);
  const end = vectors + units * unitBytes;
  const inside = v128.load(end, 16);
  const low = log(inside);
  const high = log(f32x4.sub(splat(1.0), inside));
  const slope = f32x4.add(v128.load(end, 48), log(splat(1.0 - margin)));
  v128.store(columns + 3 * columnBytes, f32x4.sub(low, high));
  v128.store(columns + 4 * columnBytes, f32x4.sub(slope, f32x4.add(low, high)));
}

/**
 * For each unit a vector of softplus(a), s, the weight e^(w - largest w), its part of the slope, e^-|s|, e^-|a| and
 * 1 / (1 + e^-|s|); behind them 1 / sum of weights, m', 1 / sum of slopes, ln(sum of slopes / sum of weights) and m.
 * Biases are added to the units in place. Several short loops over the units: in one long loop each number would wait
 * for three exponentials one after the other, with no room for the next unit's beside it.
 */
export function sumUnits(made: usize, stride: usize, units: i32, biases: usize, columns: usize, vectors: usize): void {
  const behind = vectors + units * unitBytes;
  const shifts = made + units * stride;
  const weights = shifts + units * stride;
  const shiftBiases = biases + (units << 2);
  const largest = largestOf(weights, stride, units, shiftBiases + (units << 2));
  let total = splat(0.0);
  let a = made;
  let w = weights;
  let bias = biases;
  for (let to = vectors; to < behind; to += unitBytes) {
    const biased = f32x4.add(v128.load(a), v128.load_splat<f32>(bias));
    v128.store(a, biased);
    v128.store(to, expOfNegative(negativeAbsolute(biased)), 80);
    const weight = expOfNegative(f32x4.sub(v128.load(w), largest));
    v128.store(to, weight, 32);
    total = f32x4.add(total, weight);
    a += stride;
    w += stride;
    bias += 4;
  }
  const x = v128.load(columns);
  a = made;
  bias = shiftBiases;
  let b = shifts;
  for (let to = vectors; to < behind; to += unitBytes) {
    const softplus = f32x4.add(positivePart(v128.load(a)), logOnePlusFraction(v128.load(to, 80)));
    v128.store(to, softplus);
    v128.store(to, multiplyAdd(softplus, x, f32x4.add(v128.load(b), v128.load_splat<f32>(bias))), 16);
    a += stride;
    b += stride;
    bias += 4;
  }
  for (let to = vectors; to < behind; to += unitBytes) {
    v128.store(to, expOfNegative(negativeAbsolute(v128.load(to, 16))), 64);
  }
  const one = splat(1.0);
  let shares = splat(0.0);
  let slopes = splat(0.0);
  for (let to = vectors; to < behind; to += unitBytes) {
    const z = v128.load(to, 64);
    const weight = v128.load(to, 32);
    const reciprocal = f32x4.div(one, f32x4.add(one, z));
    v128.store(to, reciprocal, 96);
    const share = f32x4.mul(choose(f32x4.lt(v128.load(to, 16), splat(0.0)), z, one), reciprocal);
    const density = f32x4.mul(f32x4.mul(z, reciprocal), reciprocal);
    const slope = f32x4.mul(f32x4.mul(weight, v128.load(to)), density);
    shares = multiplyAdd(weight, share, shares);
    slopes = f32x4.add(slopes, slope);
    v128.store(to, slope, 48);
  }
  let logSlopes = log(slopes);
  if (v128.any_true(f32x4.lt(slopes, splat(least)))) {
    let most = splat(-Infinity);
    for (let unit = 0; unit < units; unit++)
      most = f32x4.pmax(most, logSlope(made, stride, unit, units, vectors, largest));
    slopes = splat(0.0);
    for (let unit = 0; unit < units; unit++) {
      const slope = exp(f32x4.sub(logSlope(made, stride, unit, units, vectors, largest), most));
      v128.store(vectors + unit * unitBytes, slope, 48);
      slopes = f32x4.add(slopes, slope);
    }
    logSlopes = f32x4.add(log(slopes), most);
  }
  const whole = f32x4.div(one, total);
  const m = f32x4.mul(shares, whole);
  v128.store(behind, whole);
  v128.store(behind, multiplyAdd(splat(1.0 - margin), m, splat(0.5 * margin)), 16);
  v128.store(behind, f32x4.div(one, slopes), 32);
  v128.store(behind, f32x4.sub(logSlopes, log(total)), 48);
  v128.store(behind, m, 64);
}

/** The largest w, once the biases are added in place. */
function largestOf(weights: usize, stride: usize, units: i32, biases: usize): v128 {
  let largest = splat(-Infinity);
  for (const end = biases + (units << 2); biases < end; biases += 4) {
    const w = f32x4.add(v128.load(weights), v128.load_splat<f32>(biases));
    v128.store(weights, w);
    largest = f32x4.pmax(largest, w);
    weights += stride;
  }
  return largest;
}

/** w - largest + ln softplus(a) + ln sigmoid(s) + ln sigmoid(-s). */
function logSlope(made: usize, stride: usize, unit: i32, units: i32, vectors: usize, largest: v128): v128 {
  const a = v128.load(made + unit * stride);
  const w = v128.load(made + (2 * units + unit) * stride);
  const softplus = v128.load(vectors + unit * unitBytes);
  const s = v128.load(vectors + unit * unitBytes, 16);
  const far = f32x4.sub(a, f32x4.mul(splat(0.5), exp(a)));
  const steepness = choose(f32x4.lt(a, splat(seriesBelow)), far, log(softplus));
  const tails = f32x4.mul(splat(2.0), logOnePlusExpNegative(s));
  return f32x4.sub(f32x4.add(f32x4.sub(w, largest), steepness), f32x4.add(f32x4.abs(s), tails));
}

/** Writes the adjoints of a, b and w of the four rows in their places, and the adjoint of x. */
export function flowUnitsGradient(
  made: usize,
  stride: usize,
  units: i32,
  biases: usize,
  columns: usize,
  vectors: usize,
): void {
  sumUnits(made, stride, units, biases, columns, vectors);
  const sums = vectors + units * unitBytes;
  const x = v128.load(columns);
  const ofValue = v128.load(columns + columnBytes);
  const ofSlope = v128.load(columns + 2 * columnBytes);
  const one = splat(1.0);
  const whole = v128.load(sums);
  const inside = v128.load(sums, 16);
  const slopes = v128.load(sums, 32);
  const outside = f32x4.sub(one, inside);
  // The adjoint of m.
  const both = multiplyAdd(ofSlope, f32x4.sub(inside, outside), ofValue);
  const ofShare = f32x4.div(f32x4.mul(splat(1.0 - margin), both), f32x4.mul(inside, outside));
  const m = v128.load(sums, 64);
  let ofX = splat(0.0);
  let at = made;
  const shifts = units * stride;
  const weights = shifts + shifts;
  for (let from = vectors; from < sums; from += unitBytes) {
    const a = v128.load(at);
    const softplus = v128.load(from);
    const s = v128.load(from, 16);
    const weight = f32x4.mul(v128.load(from, 32), whole);
    const slope = f32x4.mul(v128.load(from, 48), slopes);
    const z = v128.load(from, 64);
    const y = v128.load(from, 80);
    const reciprocal = v128.load(from, 96);
    const isNegative = f32x4.lt(s, splat(0.0));
    const share = f32x4.mul(choose(isNegative, z, one), reciprocal);
    const density = f32x4.mul(f32x4.mul(z, reciprocal), reciprocal);
    // 1 - 2 sigmoid(s)
    const off = f32x4.mul(f32x4.sub(one, z), reciprocal);
    const lean = choose(isNegative, off, f32x4.neg(off));
    const ofS = multiplyAdd(f32x4.mul(ofSlope, slope), lean, f32x4.mul(f32x4.mul(ofShare, weight), density));
    const steep = f32x4.div(choose(f32x4.lt(a, splat(0.0)), y, one), f32x4.add(one, y));
    const far = f32x4.sub(one, f32x4.mul(splat(0.5), y));
    const relative = choose(f32x4.lt(a, splat(seriesBelow)), far, f32x4.div(steep, softplus));
    const ofA = multiplyAdd(f32x4.mul(ofSlope, slope), relative, f32x4.mul(f32x4.mul(ofS, x), steep));
    const ofW = multiplyAdd(
      f32x4.mul(ofShare, weight),
      f32x4.sub(share, m),
      f32x4.mul(ofSlope, f32x4.sub(slope, weight)),
    );
    ofX = multiplyAdd(ofS, softplus, ofX);
    v128.store(at, ofA);
    v128.store(at + shifts, ofS);
    v128.store(at + weights, ofW);
    at += stride;
  }
  v128.store(columns + 3 * columnBytes, ofX);
}
