/**
 * Which feature columns to keep: those of largest sum, as the published protocol does for the very wide text data. On word
 * counts this keeps the commonest words; it looks at no labels.
 */
import { UsageError } from "../../errors.ts";

/**
 * The published share of features by data set: 0.02 for rcv1subset*, 0.05 for yahoo-*, 0.01 for tmc2007 (the full one,
 * 49,060 features), else 1 (authors' code). Goes by the name alone, in any case.
 */
export function publishedFeatureShare(datasetName: string): number {
  const name = datasetName.toLowerCase();
  if (/^rcv1[-_]?sub(set)?/.test(name)) return 0.02;
  if (/^yahoo([-_]|$)/.test(name)) return 0.05;
  return name === "tmc2007" ? 0.01 : 1;
}

/**
 * The int(columns * share) columns of largest sum, ascending; of equal sums the lower index first.
 * @throws UsageError for a share outside (0, 1], or one that keeps no column.
 */
export function largestColumns(sums: ArrayLike<number>, share: number): number[] {
  if (!(share > 0 && share <= 1))
    throw new UsageError(`feature share ${share}: expected a number above 0 and at most 1`);
  const kept = Math.floor(sums.length * share);
  if (kept === 0) {
    throw new UsageError(
      `feature share ${share} of ${sums.length} features keeps none: expected at least ${1 / sums.length}`,
    );
  }
  return Array.from({ length: sums.length }, (_, column) => column)
    .sort((a, b) => sums[b] - sums[a] || a - b)
    .slice(0, kept)
    .sort((a, b) => a - b);
}
