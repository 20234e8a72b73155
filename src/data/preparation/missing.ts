/** What becomes of missing values: the mean of their column, or zero. Filling comes before anything else is fitted. */

import type { ColumnFigures } from "../column-figures.ts";
import { summarizeColumns } from "../column-figures.ts";
import type { Dataset, Matrix } from "../dataset.ts";

export const missingPolicies = ["error", "mean", "zero"] as const;

/** What a missing feature becomes. */
export type Missing = (typeof missingPolicies)[number];

type Filled = Pick<ColumnFigures, "sum" | "minimum" | "maximum"> & { readonly fill?: Float64Array };

/**
 * Figures of the columns after filling, and what is filled in; a column without any value becomes 0.
 * @param rows number of rows that the figures are of.
 */
export function fillValues(figures: ColumnFigures, rows: number, how: Missing): Filled {
  const { sum, minimum, maximum, missing } = figures;
  if (how === "error") return { sum, minimum, maximum };
  const present = missing.map((count) => rows - count);
  const fill = sum.map((total, column) => (how === "mean" && present[column] > 0 ? total / present[column] : 0));
  // The range is that of the filled column.
  const within = (bounds: Float64Array, pick: (a: number, b: number) => number): Float64Array =>
    bounds.map((bound, column) => {
      if (present[column] === 0) return 0;
      return missing[column] > 0 ? pick(bound, fill[column]) : bound;
    });
  return {
    sum: sum.map((total, column) => total + missing[column] * fill[column]),
    minimum: within(minimum, Math.min),
    maximum: within(maximum, Math.max),
    fill,
  };
}

/** The data set with all gaps filled by figures of all rows; for looking at it, since training fits on its own rows. */
export function fillMissing(dataset: Dataset, how: Missing): Dataset {
  const { fill } = fillValues(summarizeColumns(dataset.features, undefined, true), dataset.features.rows, how);
  return fill ? { ...dataset, features: filled(dataset.features, fill) } : dataset;
}

function filled(matrix: Matrix, fill: Float64Array): Matrix {
  const columnOf = (entry: number): number =>
    matrix.kind === "sparse" ? matrix.indices[entry] : entry % matrix.columns;
  const values = matrix.values.map((value, entry) => (Number.isNaN(value) ? fill[columnOf(entry)] : value));
  return { ...matrix, values };
}

/** Number of missing values. */
export function countMissing({ values }: Matrix): number {
  let count = 0;
  for (let e = 0; e < values.length; e++) if (Number.isNaN(values[e])) count++;
  return count;
}
