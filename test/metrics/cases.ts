/**
 * Labels and scores for the metric laws: small, with ties, empty and full rows and labels, and extreme scores as likely
 * as regular ones; and the few ways to turn one case into another.
 */
import fc from "fast-check";
import type { LabelMatrix } from "../../src/data/dataset.ts";

export interface Case {
  readonly labels: LabelMatrix;
  readonly scores: Float64Array;
}

export const caseOf = (y: readonly (readonly number[])[], scores: readonly (readonly number[])[]): Case => ({
  labels: { rows: y.length, columns: y[0].length, values: Uint8Array.from(y.flat()) },
  scores: Float64Array.from(scores.flat()),
});

const score = fc.oneof(
  fc.constantFrom(0, 0.25, 0.5, 0.75, 1), // ties, and the threshold itself
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(-0, -3, 12, 1e300, -1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

/** A row or column of labels: mixed, empty or full. */
export const anyCase = (): fc.Arbitrary<Case> =>
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 7 }), fc.constantFrom(0.1, 0.5, 0.9))
    .chain(([rows, columns, density]) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        coins: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
        scores: fc.array(score, { minLength: rows * columns, maxLength: rows * columns }),
        density: fc.constant(density),
      }),
    )
    .map(({ rows, columns, coins, scores, density }) => ({
      labels: { rows, columns, values: Uint8Array.from(coins, (coin) => (coin < density ? 1 : 0)) },
      scores: Float64Array.from(scores),
    }));

/** The same case with rows and labels in the given order: entry (i, j) is the old (rowOrder[i], labelOrder[j]). */
export function reorder({ labels, scores }: Case, rowOrder: readonly number[], labelOrder: readonly number[]): Case {
  const { rows, columns } = labels;
  const source = (entry: number) => rowOrder[Math.floor(entry / columns)] * columns + labelOrder[entry % columns];
  return {
    labels: { rows, columns, values: Uint8Array.from(labels.values, (_, entry) => labels.values[source(entry)]) },
    scores: Float64Array.from(scores, (_, entry) => scores[source(entry)]),
  };
}

/** Relevant and irrelevant exchanged. */
export const complement = ({ rows, columns, values }: LabelMatrix): LabelMatrix => ({
  rows,
  columns,
  values: values.map((value) => 1 - value),
});

/**
 * The same case with every score replaced by the rank of its value: a strictly increasing map of any scores, exactly.
 */
export function ranked({ labels, scores }: Case): Case {
  const distinct = [...new Set(Array.from(scores, (value) => value + 0))].sort((a, b) => (a < b ? -1 : 1));
  const rank = new Map(distinct.map((value, index) => [value, index]));
  return { labels, scores: scores.map((value) => rank.get(value + 0) ?? Number.NaN) };
}
