/**
 * What must hold of any way to decide which labels apply: laws on functions from scores to decisions, and on functions
 * that fit such a one. Each throws where it fails, so that planted errors can be put through the same gate.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import type { FittingData } from "../../src/metrics/rules/fit.ts";
import { runs } from "../arbitraries.ts";
import { type Case, caseOf, reorder } from "./cases.ts";

/** `[rows, labels]` decisions on scores of that many labels. */
export type Decider = (scores: Float64Array, columns: number) => Uint8Array;

/** Makes a decider of validation rows. */
export type Fit = (data: FittingData) => Decider;

const score = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), fc.double({ min: 0, max: 1, noNaN: true }));

/** Scores in [0, 1] with ties, labels of any share. */
export const fittingCase = (rows = 10, columns = 5): fc.Arbitrary<Case> =>
  fc.tuple(fc.integer({ min: 1, max: rows }), fc.integer({ min: 1, max: columns })).chain(([n, q]) => {
    const table = <T>(cell: fc.Arbitrary<T>) =>
      fc.array(fc.array(cell, { minLength: q, maxLength: q }), { minLength: n, maxLength: n });
    return fc.tuple(table(fc.constantFrom(0, 0, 1)), table(score)).map(([y, scores]) => caseOf(y, scores));
  });

/** Training counts that differ from those of the validation rows, by label. */
export function fittingData({ labels, scores }: Case): FittingData {
  const positives = Array.from({ length: labels.columns }, (_, j) => 1 + positivesOf(labels, j));
  return { labels, scores, training: { rows: 2 * labels.rows, positives } };
}

export function positivesOf({ rows, columns, values }: LabelMatrix, label: number): number {
  return Array.from({ length: rows }, (_, row) => values[row * columns + label]).reduce((sum, y) => sum + y, 0);
}

const forAll = (law: (given: Case) => void): void => fc.assert(fc.property(fittingCase(), law), runs(150));

/** A label that applies still applies when its own score rises and no other does. */
export function risesWithItsScore(make: Fit): void {
  const moved = fittingCase().chain((given) =>
    fc.tuple(fc.constant(given), fc.nat({ max: given.scores.length - 1 }), fc.double({ min: 0, max: 1, noNaN: true })),
  );
  fc.assert(
    fc.property(moved, ([given, entry, by]) => {
      const decide = make(fittingData(given));
      const { columns } = given.labels;
      const raised = given.scores.slice();
      raised[entry] += by;
      const [before, after] = [decide(given.scores, columns), decide(raised, columns)];
      expect(after[entry], `entry ${entry} of ${given.scores} raised by ${by}`).toBeGreaterThanOrEqual(before[entry]);
    }),
    runs(400),
  );
}

/** Other orders of rows and labels, in fitting and in deciding, give the same decisions in those orders. */
export function ignoresOrderOfRowsAndLabels(make: Fit): void {
  const indices = (length: number) => Array.from({ length }, (_, i) => i);
  const shuffled = (length: number) => fc.shuffledSubarray(indices(length), { minLength: length });
  const orders = fittingCase().chain((given) =>
    fc.tuple(fc.constant(given), shuffled(given.labels.rows), shuffled(given.labels.columns)),
  );
  fc.assert(
    fc.property(orders, ([given, rows, labels]) => {
      const { columns } = given.labels;
      const moved = reorder(given, rows, labels);
      const decided = make(fittingData(given))(given.scores, columns);
      const decidedMoved = make(fittingData(moved))(moved.scores, columns);
      const expected = decided.map(
        (_, entry) => decided[rows[Math.floor(entry / columns)] * columns + labels[entry % columns]],
      );
      expect([...decidedMoved]).toEqual([...expected]);
    }),
    runs(150),
  );
}

/** What is decided of a row depends on the scores of that row alone. */
export function decidesRowByRow(make: Fit): void {
  forAll((given) => {
    const { rows, columns } = given.labels;
    const decide = make(fittingData(given));
    const all = decide(given.scores, columns);
    for (let row = 0; row < rows; row++) {
      const [start, end] = [row * columns, (row + 1) * columns];
      expect([...decide(given.scores.slice(start, end), columns)]).toEqual([...all.subarray(start, end)]);
    }
  });
}

/** No other way of a family reaches more on the validation rows: the family is searched whole. */
export function isBestOf(
  make: Fit,
  family: (given: Case) => readonly Decider[],
  value: (given: Case, decided: Uint8Array) => number,
): void {
  fc.assert(
    fc.property(fittingCase(6, 3), (given) => {
      const { columns } = given.labels;
      const reached = value(given, make(fittingData(given))(given.scores, columns));
      for (const other of family(given)) {
        expect(value(given, other(given.scores, columns))).toBeLessThanOrEqual(reached + 1e-9);
      }
    }),
    runs(150),
  );
}
