/**
 * Noise as a pure function of where it is used: number i of a leaf at a step under a seed, by Philox4x32-10 with the
 * seed and the step as key and the leaf and the place as counter. Whole numbers and double precision + - * / sqrt only,
 * in one order, so that the bits are the same everywhere; kernels/wasm/noise.ts does the same four lanes at a time.
 */
import * as k from "./noise-constants.ts";

/** A leaf by two numbers of 32 bits. */
export type LeafNumbers = readonly [number, number];

const lowFirst = k.firstMultiplier & 0xffff;
const highFirst = k.firstMultiplier >>> 16;
const lowSecond = k.secondMultiplier & 0xffff;
const highSecond = k.secondMultiplier >>> 16;

/**
 * Upper 32 bits of the product of a 32-bit number and one in halves; every part is below 2^53, so doubles hold it
 * exactly.
 */
function upperHalf(a: number, low: number, high: number): number {
  const x = a >>> 0;
  return Math.floor((x * high + Math.floor(x * low * 2 ** -16)) * 2 ** -16);
}

/**
 * Four words from a counter of four and a key of two, each of 32 bits: as published, with ten rounds. Writes them to
 * `words`.
 */
export function philox(
  a: number,
  b: number,
  c: number,
  d: number,
  first: number,
  second: number,
  words: Uint32Array,
): void {
  let [w0, w1, w2, w3] = [a | 0, b | 0, c | 0, d | 0];
  let [key0, key1] = [first | 0, second | 0];
  for (let round = 0; round < k.rounds; round++) {
    const upper0 = upperHalf(w0, lowFirst, highFirst);
    const upper1 = upperHalf(w2, lowSecond, highSecond);
    const lower0 = Math.imul(w0, k.firstMultiplier);
    const lower1 = Math.imul(w2, k.secondMultiplier);
    w0 = upper1 ^ w1 ^ key0;
    w1 = lower1;
    w2 = upper0 ^ w3 ^ key1;
    w3 = lower0;
    key0 = (key0 + k.firstKeyStep) | 0;
    key1 = (key1 + k.secondKeyStep) | 0;
  }
  words[0] = w0;
  words[1] = w1;
  words[2] = w2;
  words[3] = w3;
}

/** -2 ln((word + 1) / 2^32), the square of a normal pair's radius. */
function squaredRadius(word: number): number {
  const n = word + 1;
  const exponent = n > 4294967295 ? 32 : 31 - Math.clz32(n);
  let m = n / powers[exponent];
  let e = exponent;
  if (m > k.rootOf2) {
    m = m * 0.5;
    e = e + 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const tail = k.logarithm9 + z * (k.logarithm11 + z * k.logarithm13);
  const logarithm = s * (2 + z * (k.logarithm3 + z * (k.logarithm5 + z * (k.logarithm7 + z * tail))));
  return (32 - e) * (2 * k.naturalLogarithmOf2) - 2 * logarithm;
}

const powers = Float64Array.from({ length: 33 }, (_, i) => 2 ** i);

/** Two standard normal numbers from two words, by Box and Muller's transform: none beyond 6.7. */
function normalPair(radiusWord: number, angleWord: number, values: Float32Array, first: number, second: number): void {
  const radius = Math.sqrt(squaredRadius(radiusWord));
  // The nearest quarter of the circle, and how far off it the angle is.
  const shifted = (angleWord + 0x20000000) | 0;
  const quarter = shifted >>> 30;
  const x = ((angleWord - (quarter << 30)) | 0) * k.angleUnit;
  const y = x * x;
  const sine = x * (1 + y * (k.sine3 + y * (k.sine5 + y * (k.sine7 + y * k.sine9))));
  const cosine = 1 + y * (k.cosine2 + y * (k.cosine4 + y * (k.cosine6 + y * (k.cosine8 + y * k.cosine10))));
  const one = quarter % 2 === 0 ? radius * cosine : radius * sine;
  const other = quarter % 2 === 0 ? radius * sine : radius * cosine;
  if (first < values.length) values[first] = quarter === 1 || quarter === 2 ? -one : one;
  if (second < values.length) values[second] = quarter > 1 ? -other : other;
}

/** What `philox` writes to: kernels run one at a time. */
const words = new Uint32Array(4);

/** Fills with uniform numbers on [0, 1), of 24 bits and so exact, or with standard normal ones. */
export function fillNoise(
  values: Float32Array,
  distribution: "uniform" | "normal",
  { seed, step }: { readonly seed: number; readonly step: number },
  [leaf0, leaf1]: LeafNumbers,
): void {
  for (let at = 0; at < values.length; at += k.groupNumbers) {
    for (let lane = 0; lane < 4; lane++) {
      philox((at >>> 2) + lane, leaf0, leaf1, 0, seed, step, words);
      const place = at + lane;
      if (distribution === "normal") {
        normalPair(words[0], words[1], values, place, place + 4);
        normalPair(words[2], words[3], values, place + 8, place + 12);
      } else {
        for (let word = 0; word < 4 && place + 4 * word < values.length; word++) {
          values[place + 4 * word] = (words[word] >>> 8) / 16777216;
        }
      }
    }
  }
}
