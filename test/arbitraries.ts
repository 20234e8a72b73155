/**
 * Bounded inputs for the properties, and the one variable that scales every run count: `HARDBATCH_RUNS` (default 1)
 * multiplies them, for long explorations at night. Loads in a browser, too.
 */
import fc from "fast-check";
import type { Shape } from "../src/engine/tensor.ts";
import "./seed.ts";

const asked = process.env.HARDBATCH_RUNS;
const scale = Number(asked ?? 1);
if (!(scale > 0)) throw new Error(`HARDBATCH_RUNS=${asked}: expected a positive number`);

/** Run count for a property: the everyday number times `HARDBATCH_RUNS`. */
export const runs = (everyday: number): { numRuns: number } => ({ numRuns: Math.max(1, Math.round(everyday * scale)) });

/** A finite double in [low, high], without the extremes that overflow any network. */
export const number = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true });

/** A seed for `Random`. */
export const seed = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** A size of an axis: 1, primes, and the neighbours of the widths of vectors and tiles. */
export const length = (largest = 67): fc.Arbitrary<number> => {
  const awkward = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33, 48, 65, 67, 127, 130];
  return fc.constantFrom(...awkward.filter((each) => each <= largest));
};

export const shape = (largest?: number): fc.Arbitrary<Shape> => fc.tuple(length(largest), length(largest));
