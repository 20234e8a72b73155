/**
 * Chosen rows of a matrix, a label matrix or a whole data set, as a copy in the order asked for. A row may be asked for
 * twice. Folds and splits are lists of row indices; this is what turns such a list into data.
 */
import { UsageError } from "../errors.ts";
import type { Dataset, DenseMatrix, LabelMatrix, Matrix, SparseMatrix } from "./dataset.ts";

/** The values of the given columns are copied per row: `[count, columns]`. */
function gatherRows<Values extends Float32Array | Uint8Array>(
  from: Values,
  columns: number,
  rows: ArrayLike<number>,
  to: Values,
): Values {
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * columns;
    to.set(from.subarray(start, start + columns), i * columns);
  }
  return to;
}

/** @throws UsageError for an index that is no row. */
export function checkRows(rows: ArrayLike<number>, count: number): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Number.isInteger(row) || row < 0 || row >= count) {
      throw new UsageError(
        `row ${row} (entry ${i} of the list of rows): expected a whole number from 0 to ${count - 1}`,
      );
    }
  }
}

function selectSparse(matrix: SparseMatrix, rows: ArrayLike<number>): SparseMatrix {
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = offsets[i] + (matrix.offsets[rows[i] + 1] - matrix.offsets[rows[i]]);
  }
  const indices = new Uint32Array(offsets[rows.length]);
  const values = new Float32Array(offsets[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const [start, end] = [matrix.offsets[rows[i]], matrix.offsets[rows[i] + 1]];
    indices.set(matrix.indices.subarray(start, end), offsets[i]);
    values.set(matrix.values.subarray(start, end), offsets[i]);
  }
  return { kind: "sparse", rows: rows.length, columns: matrix.columns, offsets, indices, values };
}

function selectDense(matrix: DenseMatrix, rows: ArrayLike<number>): DenseMatrix {
  const { columns } = matrix;
  const values = gatherRows(matrix.values, columns, rows, new Float32Array(rows.length * columns));
  return { kind: "dense", rows: rows.length, columns, values };
}

function selectMatrix(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  return matrix.kind === "sparse" ? selectSparse(matrix, rows) : selectDense(matrix, rows);
}

function selectLabels(labels: LabelMatrix, rows: ArrayLike<number>): LabelMatrix {
  const { columns } = labels;
  const values = gatherRows(labels.values, columns, rows, new Uint8Array(rows.length * columns));
  return { rows: rows.length, columns, values };
}

/**
 * A copy of the given rows, in the given order; everything else of a data set is kept.
 * @throws UsageError for an index that is no row.
 */
export function selectRows(source: Dataset, rows: ArrayLike<number>): Dataset;
export function selectRows(source: DenseMatrix, rows: ArrayLike<number>): DenseMatrix;
export function selectRows(source: SparseMatrix, rows: ArrayLike<number>): SparseMatrix;
export function selectRows(source: Matrix, rows: ArrayLike<number>): Matrix;
export function selectRows(source: LabelMatrix, rows: ArrayLike<number>): LabelMatrix;
export function selectRows(
  source: Dataset | Matrix | LabelMatrix,
  rows: ArrayLike<number>,
): Dataset | Matrix | LabelMatrix {
  checkRows(rows, "labels" in source ? source.labels.rows : source.rows);
  if ("labels" in source) {
    // A split speaks of the rows of the whole.
    const { split: _, ...rest } = source;
    return {
      ...rest,
      features: selectMatrix(source.features, rows),
      labels: selectLabels(source.labels, rows),
      ...(source.ids && { ids: Array.from(rows, (row) => source.ids?.[row] ?? "") }),
    };
  }
  return "kind" in source ? selectMatrix(source, rows) : selectLabels(source, rows);
}

/** Row indices 0 .. count - 1. */
export function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}
