/** What instance weights must satisfy, whatever computes them. */
import { expect } from "vitest";
import type { LabelMatrix, Matrix } from "../../src/data/dataset.ts";
import { nearestNeighbours } from "../../src/data/imbalance/neighbours.ts";
import type { ImbalanceOptions, ImbalanceWeights } from "../../src/data/imbalance/weights.ts";
import { selectLabelColumns } from "../../src/data/labels.ts";
import { selectRows } from "../../src/data/rows.ts";
import { findsTheNearest } from "./neighbour-laws.ts";

export type Weigh = (features: Matrix, labels: LabelMatrix, options: ImbalanceOptions) => ImbalanceWeights;

/** Weights are at least 1, finite, one a row; only rows with a minority label rise above 1. */
export function raisesMinorityRowsOnly(
  weigh: Weigh,
  features: Matrix,
  labels: LabelMatrix,
  options: ImbalanceOptions,
): void {
  const { weights, minority } = weigh(features, labels, options);
  expect(weights.length).toBe(labels.rows);
  weights.forEach((weight, i) => {
    expect(weight).toBeGreaterThanOrEqual(1);
    expect(weight).toBeLessThan(Number.POSITIVE_INFINITY);
    const carries = [...minority].some((label) => labels.values[i * labels.columns + label] === 1);
    if (!carries) expect(weight).toBe(1);
  });
}

/** The definition of w (algorithm.md, section 1) written as nested loops over a plain neighbour list. */
export function followsTheFormula(weigh: Weigh, features: Matrix, labels: LabelMatrix, k: number): void {
  const { rows, columns, values: y } = labels;
  const found = weigh(features, labels, { k });
  const counts = Array.from({ length: columns }, (_, j) => y.filter((_v, e) => e % columns === j && y[e] === 1).length);
  const irlbl = counts.map((count) => Math.max(...counts) / (count + 1e-6));
  const meanIR = irlbl.reduce((sum, ratio) => sum + ratio, 0) / columns;
  const minority = irlbl.flatMap((ratio, j) => (ratio > meanIR ? [j] : []));
  expect([...found.minority]).toEqual(minority);
  const everyRow = Array.from({ length: rows }, (_, i) => i);
  findsTheNearest(
    (matrix, wanted, queries) => nearestNeighbours(matrix, { k: wanted, queries }),
    features,
    k,
    everyRow,
  );
  const neighbours = nearestNeighbours(features, { k });
  const local = everyRow.map((i) =>
    minority.map((j) => {
      if (y[i * columns + j] === 0 || neighbours.k === 0) return 0;
      const near = [...neighbours.indices.subarray(i * neighbours.k, (i + 1) * neighbours.k)];
      return near.filter((row) => y[row * columns + j] === 0).length / neighbours.k;
    }),
  );
  const inside = (value: number): boolean => value > 0 && value < 1;
  const totals = minority.map((_, m) => local.reduce((sum, row) => sum + (inside(row[m]) ? row[m] : 0), 0));
  local.forEach((row, i) => {
    const weight = row.reduce((sum, value, m) => sum + (inside(value) ? value / totals[m] : 0), 1);
    expect(found.weights[i]).toBeCloseTo(weight, 12);
    expect(found.localImbalanceRowSums?.[i]).toBeCloseTo(
      row.reduce((sum, value) => sum + value, 0),
      12,
    );
  });
  const handingOut = totals.filter((total) => total > 0).length;
  expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(rows + handingOut, 8);
}

/** Renaming rows and labels renames the answer, where no two rows are equally far from a third. */
export function isEquivariant(weigh: Weigh, features: Matrix, labels: LabelMatrix, order: readonly number[]): void {
  const columnsReversed = Array.from({ length: labels.columns }, (_, j) => labels.columns - 1 - j);
  const plain = weigh(features, labels, {});
  const renamed = weigh(
    selectRows(features, order),
    selectRows(selectLabelColumns(labels, columnsReversed), order),
    {},
  );
  order.forEach((row, i) => {
    expect(renamed.weights[i]).toBeCloseTo(plain.weights[row], 12);
  });
}
