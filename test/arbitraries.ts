/**
 * Bounded inputs for the properties, and the one variable that scales every run count: `HARDBATCH_RUNS` (default 1)
 * multiplies them, for long explorations at night.
 */
import fc from "fast-check";

const scale = Number(process.env.HARDBATCH_RUNS ?? 1);
if (!(scale > 0)) throw new Error(`HARDBATCH_RUNS=${process.env.HARDBATCH_RUNS}: expected a positive number`);

/** Run count for a property: the everyday number times `HARDBATCH_RUNS`. */
export const runs = (everyday: number): { numRuns: number } => ({ numRuns: Math.max(1, Math.round(everyday * scale)) });

/** A finite double in [low, high], without the extremes that overflow any network. */
export const number = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true });

/** A seed for `Random`. */
export const seed = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** 31 - 1 });
