/** What preprocessing must satisfy, whatever fits it. */
import { expect } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Preprocessing } from "../../src/data/preparation/fitted.ts";
import { applyPreprocessing } from "../../src/data/preparation/preprocess.ts";
import { selectRows } from "../../src/data/rows.ts";
import { valueAt } from "./matrices.ts";

export type Fit = (dataset: Dataset, rows: readonly number[]) => Preprocessing;

/**
 * Each kept feature runs from exactly 0 to exactly 1 over the fitted rows, in the order of the raw values; constant
 * ones are 0.
 */
export function spansTheUnitInterval(prepare: Fit, dataset: Dataset, rows: readonly number[]): void {
  const fitted = prepare(dataset, rows);
  const { features } = applyPreprocessing(selectRows(dataset, rows), fitted);
  fitted.featureIndices.forEach((column, j) => {
    const pairs = rows.map((row, i) => [valueAt(dataset.features, row, column), valueAt(features, i, j)] as const);
    const scaled = pairs.map(([, value]) => value);
    const constant = new Set(pairs.map(([raw]) => raw)).size === 1;
    expect(Math.min(...scaled)).toBe(0);
    expect(Math.max(...scaled)).toBe(constant ? 0 : 1);
    const sorted = [...pairs].sort((a, b) => a[0] - b[0]);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i][1]).toBeGreaterThanOrEqual(sorted[i - 1][1]);
  });
}

/** Rows that it was not fitted on leave no trace in what was fitted: the test fold is not seen. */
export function seesOnlyItsRows(prepare: Fit, dataset: Dataset, rows: readonly number[], changed: Dataset): void {
  expect(prepare(changed, rows)).toEqual(prepare(dataset, rows));
}
