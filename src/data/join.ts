/** Two files of the same columns, such as train and test, as one data set whose split says which rows are which. */

import { UsageError } from "../errors.ts";
import type { Dataset, DenseMatrix, Matrix, SparseMatrix } from "./dataset.ts";

/** What the split of a published pair of files is called. */
export const testFile = "test file";

/**
 * The rows of `training` and behind them those of `test`, which are the one test set.
 * @param test was read with the columns of `training`. @throws UsageError where the columns are not the same.
 */
export function joinTest(training: Dataset, test: Dataset): Dataset {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((name, i) => name === b[i]);
  if (!same(training.featureNames, test.featureNames) || !same(training.labelNames, test.labelNames))
    throw new UsageError(`${training.name} and ${test.name} have other columns: expected the same, in the same order`);
  const [first, second] = [training.labels.rows, test.labels.rows];
  const labels = new Uint8Array(training.labels.values.length + test.labels.values.length);
  labels.set(training.labels.values);
  labels.set(test.labels.values, training.labels.values.length);
  const { ids, split: _, ...common } = training;
  return {
    ...common,
    features: joinMatrices(training.features, test.features),
    labels: { rows: first + second, columns: training.labels.columns, values: labels },
    ...(ids && test.ids && { ids: [...ids, ...test.ids] }),
    split: { method: testFile, tests: [Int32Array.from({ length: second }, (_, row) => first + row)] },
  };
}

/** The rows of both, one below another; sparse where both are. */
export function joinMatrices(first: Matrix, second: Matrix): Matrix {
  if (first.kind === "sparse" && second.kind === "sparse") return joinSparse(first, second);
  const [a, b] = [asDense(first), asDense(second)];
  const values = new Float32Array(a.values.length + b.values.length);
  values.set(a.values);
  values.set(b.values, a.values.length);
  return { kind: "dense", rows: a.rows + b.rows, columns: a.columns, values };
}

function joinSparse(first: SparseMatrix, second: SparseMatrix): SparseMatrix {
  const entries = first.values.length;
  const offsets = new Uint32Array(first.rows + second.rows + 1);
  offsets.set(first.offsets);
  for (let row = 1; row <= second.rows; row++) offsets[first.rows + row] = entries + second.offsets[row];
  const indices = new Uint32Array(entries + second.values.length);
  indices.set(first.indices);
  indices.set(second.indices, entries);
  const values = new Float32Array(indices.length);
  values.set(first.values);
  values.set(second.values, entries);
  return { kind: "sparse", rows: first.rows + second.rows, columns: first.columns, offsets, indices, values };
}

function asDense(matrix: Matrix): DenseMatrix {
  if (matrix.kind === "dense") return matrix;
  const { rows, columns, offsets, indices, values } = matrix;
  const all = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let e = offsets[row]; e < offsets[row + 1]; e++) all[row * columns + indices[e]] = values[e];
  }
  return { kind: "dense", rows, columns, values: all };
}
