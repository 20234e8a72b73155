/**
 * All ways to cut a list of scores in two: between neighbouring different scores, above all and below all. Which cut is
 * best is for the caller to say; among equally good ones the threshold nearest to 0.5 is taken.
 */
import type { Split } from "../ordering.ts";

/** Cut i, from above all scores to below all of them; scores > thresholds[i] are above it. */
export interface Cuts {
  readonly thresholds: Float64Array;
  /** How many scores are above. */
  readonly above: Float64Array;
  /** How many of those are positives. */
  readonly truePositives: Float64Array;
}

/** A number in [low, high) that is half-way where it can be; low <= high, and low itself where both are the same. */
export function midpoint(high: number, low: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

/** Above every score: half-way to 1 where scores are below 1. */
export const aboveAll = (largest: number): number => (largest < 1 ? midpoint(1, largest) : largest);

/** Below every score: half-way to 0 where scores are above 0. */
const belowAll = (smallest: number): number => (smallest > 0 ? smallest / 2 : smallest - 1);

/** At least one score. */
export function cutsOf({ positives, negatives }: Split): Cuts {
  const thresholds: number[] = [];
  const above = [0];
  const hits = [0];
  let [p, n] = [positives.length, negatives.length];
  let before: number | undefined;
  while (p > 0 || n > 0) {
    const score = Math.max(p > 0 ? positives[p - 1] : -Infinity, n > 0 ? negatives[n - 1] : -Infinity);
    thresholds.push(before === undefined ? aboveAll(score) : midpoint(before, score));
    while (p > 0 && positives[p - 1] === score) p--;
    while (n > 0 && negatives[n - 1] === score) n--;
    above.push(positives.length - p + negatives.length - n);
    hits.push(positives.length - p);
    before = score;
  }
  thresholds.push(belowAll(before ?? 1));
  return {
    thresholds: Float64Array.from(thresholds),
    above: Float64Array.from(above),
    truePositives: Float64Array.from(hits),
  };
}

/** Values that differ by less are the same but for rounding. */
const rounding = 1e-9;

/** The threshold of largest value; of equally good ones that nearest to 0.5, then the higher one. */
export function bestThreshold(thresholds: Float64Array, values: Float64Array): number {
  const best = values.reduce((most, value) => Math.max(most, value), -Infinity);
  let found = -1;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < best - rounding) continue;
    if (found < 0 || Math.abs(thresholds[i] - 0.5) < Math.abs(thresholds[found] - 0.5)) found = i;
  }
  return thresholds[found];
}
