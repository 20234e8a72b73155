/**
 * Min-max scaling of a whole feature matrix for measuring distances, dense or sparse. What a model is trained on goes
 * through preprocess.ts, which selects features too and always gives a dense matrix.
 */
import { UsageError } from "../errors.ts";
import { summarizeColumns } from "./column-figures.ts";
import type { Matrix } from "./dataset.ts";

/** Smallest and largest value of every column among the fitted rows, `[columns]`. */
export interface Scaler {
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

/** @throws UsageError for a value that is not finite. */
export function fitScaler(features: Matrix, rows?: ArrayLike<number>): Scaler {
  const { minimum, maximum } = summarizeColumns(features, rows);
  return { minimum, maximum };
}

/**
 * (x - minimum) / (maximum - minimum), columns constant among the fitted rows become 0. A sparse matrix stays sparse: its
 * values are only divided by the range, which leaves the distances between rows as they would be.
 * @throws UsageError for a scaler of another number of columns.
 */
export function scale(features: Matrix, { minimum, maximum }: Scaler): Matrix {
  const { columns, values } = features;
  if (minimum.length !== columns) {
    throw new UsageError(`a scaler of ${minimum.length} columns for ${columns} features: expected the same number`);
  }
  const factor = maximum.map((most, column) => (most > minimum[column] ? 1 / (most - minimum[column]) : 0));
  if (features.kind === "sparse") {
    const scaled = values.map((value, entry) => value * factor[features.indices[entry]]);
    return { ...features, values: scaled };
  }
  const scaled = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += columns) {
    for (let j = 0; j < columns; j++) scaled[start + j] = (values[start + j] - minimum[j]) * factor[j];
  }
  return { ...features, values: scaled };
}
