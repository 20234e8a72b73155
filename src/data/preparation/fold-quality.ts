/**
 * How good a division of rows into parts is: sizes, positives of every label in every part, and the distances of
 * Sechidis, Tsoumakas and Vlahavas 2011 (section 4.1) and Szymanski and Kajdanowicz 2017 between the parts and the
 * whole.
 */
import { UsageError } from "../../errors.ts";
import type { LabelMatrix } from "../dataset.ts";
import { countPositives, listLabels } from "../labels.ts";
import { selectRows } from "../rows.ts";

/** How evenly folds share the labels. */
export interface FoldQuality {
  /** `[parts]` rows of each part. */
  readonly sizes: readonly number[];
  /** `[parts][labels]` positives of each label in each part. */
  readonly positives: readonly (readonly number[])[];
  /**
   * Labels distribution LD: mean over labels and parts of |odds in the part - odds in the whole|, odds = positives /
   * negatives. Labels with one class in the whole or in a part are left out of the mean there.
   */
  readonly labelDistribution: number;
  /** The same over pairs of labels that occur together (LPD); 0 where no row has two labels. */
  readonly labelPairDistribution: number;
  /** Examples distribution ED: mean over parts of |rows - wanted rows|; wanted is rows * proportion. */
  readonly examplesDistribution: number;
  /** Largest |share of a label in a part - its share in the whole|, over labels and parts. */
  readonly largestDeviation: number;
  /** `[labels]` parts without a positive of the label. */
  readonly emptyPartsPerLabel: readonly number[];
  /** FZ: parts that have no positive of some label. */
  readonly partsWithEmptyLabel: number;
  /** FLZ: pairs (part, label) without a positive. */
  readonly emptyPartLabels: number;
}

/** Mean over groups and parts of the difference of odds; a group without both classes somewhere has no odds there. */
function oddsDistance(
  inParts: readonly ArrayLike<number>[],
  whole: ArrayLike<number>,
  sizes: readonly number[],
): number {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  let sum = 0;
  let terms = 0;
  for (let g = 0; g < whole.length; g++) {
    if (whole[g] === 0 || whole[g] === rows) continue;
    const odds = whole[g] / (rows - whole[g]);
    inParts.forEach((counts, part) => {
      if (counts[g] === sizes[part]) return;
      sum += Math.abs(counts[g] / (sizes[part] - counts[g]) - odds);
      terms++;
    });
  }
  return terms === 0 ? 0 : sum / terms;
}

/** Rows with each pair of labels j < k that occurs: in the whole, and in each part in the same order of pairs. */
function countPairs(labels: readonly LabelMatrix[]): number[][] {
  const numbers = new Map<number, number>();
  const counts: number[][] = labels.map(() => []);
  labels.forEach((part, p) => {
    const { offsets, items } = listLabels(part);
    for (let i = 0; i < part.rows; i++) {
      for (let e = offsets[i]; e < offsets[i + 1]; e++) {
        for (let f = e + 1; f < offsets[i + 1]; f++) {
          const key = items[e] * part.columns + items[f];
          const pair = numbers.get(key) ?? numbers.size;
          numbers.set(key, pair);
          counts[p][pair] = (counts[p][pair] ?? 0) + 1;
        }
      }
    }
  });
  return counts.map((list) => Array.from({ length: numbers.size }, (_, pair) => list[pair] ?? 0));
}

/**
 * Compares parts with the whole they make up. Lower distances are better; 0 means that every part is a small copy.
 * @param proportions wanted share of each part; equal shares by default.
 * @throws UsageError for fewer than one part, an empty part, or proportions of another length.
 */
export function foldQuality(
  labels: LabelMatrix,
  parts: readonly ArrayLike<number>[],
  proportions: readonly number[] = parts.map(() => 1 / parts.length),
): FoldQuality {
  if (parts.length === 0 || parts.some((part) => part.length === 0)) {
    throw new UsageError("fold quality of no parts, or of an empty one: expected at least one row in each");
  }
  if (proportions.length !== parts.length) {
    throw new UsageError(`${proportions.length} proportions for ${parts.length} parts: expected one for each`);
  }
  const matrices = parts.map((part) => selectRows(labels, part));
  const sizes = parts.map((part) => part.length);
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const positives = matrices.map((matrix) => Array.from(countPositives(matrix)));
  const total = positives.reduce(
    (sum, counts) => sum.map((count, j) => count + counts[j]),
    new Array(labels.columns).fill(0),
  );
  const pairs = countPairs(matrices);
  const allPairs = pairs.reduce(
    (sum, counts) => sum.map((count, g) => count + counts[g]),
    pairs[0].map(() => 0),
  );
  const emptyPartsPerLabel = total.map((_, j) => positives.filter((counts) => counts[j] === 0).length);
  const shares = positives.flatMap((counts, part) =>
    counts.map((count, j) => Math.abs(count / sizes[part] - total[j] / rows)),
  );
  return {
    sizes,
    positives,
    labelDistribution: oddsDistance(positives, total, sizes),
    labelPairDistribution: oddsDistance(pairs, allPairs, sizes),
    examplesDistribution:
      sizes.reduce((sum, size, p) => sum + Math.abs(size - rows * proportions[p]), 0) / sizes.length,
    largestDeviation: shares.reduce((most, share) => Math.max(most, share), 0),
    emptyPartsPerLabel,
    partsWithEmptyLabel: positives.filter((counts) => counts.some((count) => count === 0)).length,
    emptyPartLabels: emptyPartsPerLabel.reduce((sum, count) => sum + count, 0),
  };
}
