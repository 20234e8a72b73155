/**
 * Whether two treatments are as good as equal: two one-sided t-tests against a margin that was stated beforehand
 * (Schuirmann 1987), with the standard error of the paired test that they stand beside.
 */
import { UsageError } from "../../errors.ts";
import { studentTail } from "./distributions.ts";
import type { PairedTTest } from "./statistics.ts";

/** What the test of equivalence answers. */
export interface EquivalenceTest {
  /** Differences between -margin and +margin count as none. */
  readonly margin: number;
  /**
   * The larger of the two one-sided p-values; below alpha exactly where the 1 - 2 alpha interval is inside the margin.
   */
  readonly pValue: number | null;
}

/** @throws UsageError for a margin that isn't positive */
export function equivalence(test: PairedTTest, margin: number): EquivalenceTest {
  checkMargin(margin);
  const { mean, standardError, degreesOfFreedom } = test;
  if (standardError === null) return { margin, pValue: null };
  const tail = (distance: number): number =>
    studentTail(distance === 0 ? 0 : distance / standardError, degreesOfFreedom);
  return { margin, pValue: Math.max(tail(mean + margin), tail(margin - mean)) };
}

/** @throws UsageError for a margin that isn't positive and finite */
export function checkMargin(margin: number): void {
  if (!(margin > 0 && Number.isFinite(margin)))
    throw new UsageError(`margin ${margin}: expected a positive number in the metric's unit, such as 0.005`);
}
