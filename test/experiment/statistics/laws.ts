/**
 * What the adjustments and tests of this folder have to keep, as functions that answer whether it holds for an
 * implementation.
 */
import type { Posterior } from "../../../src/experiment/statistics/bayes.ts";
import type { equivalence } from "../../../src/experiment/statistics/equivalence.ts";
import { type PairedTTest, pairedTTest } from "../../../src/experiment/statistics/statistics.ts";

type Adjust = (pValues: readonly number[]) => readonly number[];

/** Never below the raw value, never above 1 or m times the raw value, and in the order of the raw values. */
export function isAdjustment(adjust: Adjust, raw: readonly number[]): boolean {
  const adjusted = adjust(raw);
  return raw.every(
    (p, i) =>
      adjusted[i] >= p &&
      adjusted[i] <= Math.min(1, raw.length * p) + 1e-15 &&
      raw.every((other, j) => p > other || adjusted[i] <= adjusted[j]),
  );
}

/** The order in which the family is given plays no part. */
export function ignoresOrder(adjust: Adjust, raw: readonly number[]): boolean {
  const forwards = adjust(raw);
  const backwards = [...adjust([...raw].reverse())].reverse();
  return forwards.every((p, i) => p === backwards[i]);
}

/** Closed testing: the adjusted value is the largest Bonferroni p over all sub-families that hold the hypothesis. */
export function isClosedTest(adjust: Adjust, raw: readonly number[]): boolean {
  const adjusted = adjust(raw);
  return raw.every((_, i) => {
    let largest = 0;
    for (let members = 0; members < 2 ** raw.length; members++) {
      if (((members >> i) & 1) === 0) continue;
      const family = raw.filter((_, j) => ((members >> j) & 1) === 1);
      largest = Math.max(largest, Math.min(1, family.length * Math.min(...family)));
    }
    return Math.abs(adjusted[i] - largest) < 1e-12;
  });
}

type Equivalence = typeof equivalence;

/** p below alpha exactly where the 1 - 2 alpha interval lies inside the margin. */
export function isDualToInterval(
  test: Equivalence,
  given: { readonly differences: readonly number[]; readonly margin: number; readonly alpha: number },
  testToTrain: number,
): boolean {
  const { differences, margin, alpha } = given;
  const paired: PairedTTest = pairedTTest(differences, { confidence: 1 - 2 * alpha, testToTrain });
  const { pValue } = test(paired, margin);
  if (paired.interval === null || pValue === null) return paired.interval === null && pValue === null;
  // Equality of two roundings says nothing.
  if (Math.abs(pValue - alpha) < 1e-9) return true;
  return pValue < alpha === (paired.interval.low > -margin && paired.interval.high < margin);
}

/** Sums to 1, and the mirror image of the differences has the mirrored probabilities. */
export function isMirrored(
  of: (differences: readonly number[]) => Posterior | null,
  differences: readonly number[],
): boolean {
  const [there, back] = [of(differences), of(differences.map((difference) => -difference))];
  if (there === null || back === null) return there === back;
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;
  return (
    near(there.better + there.equivalent + there.worse, 1) &&
    near(there.better, back.worse) &&
    near(there.equivalent, back.equivalent)
  );
}
