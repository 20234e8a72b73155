/**
 * Which feature columns to keep: those of largest sum, as the published protocol does for the very wide text data. On
 * word counts this keeps the commonest words; it looks at no labels.
 */
import { UsageError } from "../../errors.ts";
import { publishedShares } from "../collection.ts";
import type { Dataset } from "../dataset.ts";
import { fingerprint } from "../fingerprint.ts";

/** Features that nobody's labels are part of: what a data set is recognised by. */
const noLabels = { rows: 0, columns: 0, values: new Uint8Array(0) };

/**
 * The published share of features: 0.02 for rcv1subset1 to 3, 0.05 for yahoo-Arts1 and -Business1 (authors' code goes
 * by names such as these), else 1. Goes by the features' fingerprint, whatever the file is called; other variants of
 * these data sets are not known.
 */
export function publishedFeatureShare({ name, declared, featureNames, features, labelNames }: Dataset): number {
  const alike = publishedShares.filter(({ rows, columns }) => rows === features.rows && columns === features.columns);
  if (alike.length === 0) return 1;
  const own = fingerprint({ name, declared, featureNames, features, labelNames, labels: noLabels });
  return alike.find((known) => known.fingerprint === own)?.share ?? 1;
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
