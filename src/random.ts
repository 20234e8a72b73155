/**
 * Seeded random streams: one seed for a run, one named stream for each use, so that drawing more in one place never
 * shifts the numbers of another. Bits come from pure-rand's xoroshiro128+; nothing here reads a clock or Math.random.
 */

import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { UsageError } from "./errors.ts";

/** Cosine and sine of the quarters of the circle. */
const right = Float64Array.of(1, 0, -1, 0);
const up = Float64Array.of(0, 1, 0, -1);

/** A stream of random numbers from a seed, with named streams of its own. */
export class Random {
  readonly #seed: number;
  #generator: ReturnType<typeof xoroshiro128plus>;
  /** The second half of a Box-Muller pair, kept for the next call. */
  #spare: number | undefined;

  /** @param seed any integer of 32 bits. @throws UsageError for anything else. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < -(2 ** 31) || seed >= 2 ** 32) {
      throw new UsageError(`seed ${seed}: expected a whole number of at most 32 bits, such as 1`);
    }
    this.#seed = seed | 0;
    this.#generator = xoroshiro128plus(mix(this.#seed));
  }

  /** What the stream begins with: 32 bits. */
  get seed(): number {
    return this.#seed >>> 0;
  }

  /**
   * An independent stream for the given use: depends on this stream's seed and the name alone, not on what was drawn.
   */
  stream(name: string): Random {
    let hash = this.#seed;
    for (let i = 0; i < name.length; i++) hash = mix(hash ^ Math.imul(name.charCodeAt(i) + 1, 0x9e3779b1));
    return new Random(mix(hash ^ name.length));
  }

  /** Uniform on [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.#generator.next() >>> 5;
    const low = this.#generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * Uniform on {0, ..., bound - 1}, without modulo bias. @throws UsageError unless bound is a whole number in 1..2^32
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new UsageError(`random integer below ${bound}: expected a whole number from 1 to 2^32`);
    }
    return uniformInt(this.#generator, 0, bound - 1);
  }

  /** Standard normal, by Box and Muller's transform. */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Fills with uniform numbers on [0, 1) of 24 bits, which are exact in every float width. */
  fillUniform(values: Float32Array): void {
    for (let i = 0; i < values.length; i++) values[i] = (this.#generator.next() >>> 8) / 16777216;
  }

  /** Fills with standard normal numbers, in pairs by Box and Muller's transform of 32-bit uniforms: none beyond 6.7. */
  fillNormal(values: Float32Array): void {
    for (let i = 0; i < values.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - (this.#generator.next() >>> 0) / 4294967296));
      // cos and sin of 2 pi turn / 2^32 by their series in the nearest quarter of the circle: half the time of asking
      // for both.
      const turn = this.#generator.next() | 0;
      const quarter = ((turn + 0x20000000) >>> 30) & 3;
      const x = ((turn - (quarter << 30)) | 0) * ((2 * Math.PI) / 4294967296);
      const y = x * x;
      const s5 = 1 / 362880 + y * (-1 / 39916800 + y * (1 / 6227020800 - y / 1307674368000));
      const s = x * (1 + y * (-1 / 6 + y * (1 / 120 + y * (-1 / 5040 + y * s5))));
      const c5 = -1 / 3628800 + y * (1 / 479001600 + y * (-1 / 87178291200 + y / 20922789888000));
      const c = 1 + y * (-1 / 2 + y * (1 / 24 + y * (-1 / 720 + y * (1 / 40320 + y * c5))));
      values[i] = radius * (c * right[quarter] - s * up[quarter]);
      if (i + 1 < values.length) values[i + 1] = radius * (s * right[quarter] + c * up[quarter]);
    }
  }

  /** Puts the items into a uniformly random order, in place (Fisher and Yates). */
  shuffle(items: { length: number; [index: number]: number }): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i] as number;
      items[i] = items[j] as number;
      items[j] = item;
    }
  }

  /** A snapshot of the stream; plain numbers. */
  state(): RandomState {
    return { seed: this.#seed, generator: [...this.#generator.getState()], spare: this.#spare ?? null };
  }

  /** Goes on from a state. */
  static fromState(state: RandomState): Random {
    const random = new Random(state.seed);
    random.#generator = xoroshiro128plusFromState([...state.generator]);
    random.#spare = state.spare ?? undefined;
    return random;
  }
}

/** What a stream goes on from, as plain data. */
export interface RandomState {
  readonly seed: number;
  readonly generator: readonly number[];
  readonly spare: number | null;
}

/** The 32-bit finaliser of MurmurHash3: neighbouring seeds become unrelated ones. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
