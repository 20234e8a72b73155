/** The chi-square test of the laws for draws whose probabilities are known. */
import { chiSquareOfExpected } from "../../src/laws/chi-square.ts";

/** The p-value of the counts of independent draws from the probabilities. */
export function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  return chiSquareOfExpected(
    counts,
    probabilities.map((p) => p * draws),
  );
}
