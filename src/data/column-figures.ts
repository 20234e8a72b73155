/**
 * One pass over the columns of a feature matrix, dense or sparse: sum, smallest, largest and number of non-zero values
 * of each column over chosen rows. Scaling, feature selection and the description of a data set all read it.
 */
import { UsageError } from "../errors.ts";
import type { Matrix } from "./dataset.ts";
import { checkRows } from "./rows.ts";

/** Each array is `[columns]`; without rows, `minimum` and `maximum` are 0. */
export interface ColumnFigures {
  readonly sum: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
  readonly nonzeros: Uint32Array;
  /** Missing values, which count in none of the others. */
  readonly missing: Uint32Array;
}

/**
 * Figures of every column over the given rows (all by default). A sparse matrix's absent entries count as 0.
 * @param gaps whether values may be missing (NaN).
 * @throws UsageError where a value is not finite, naming row and column.
 */
export function summarizeColumns(matrix: Matrix, rows?: ArrayLike<number>, gaps = false): ColumnFigures {
  if (rows) checkRows(rows, matrix.rows);
  const { columns, values } = matrix;
  const total = rows?.length ?? matrix.rows;
  const sum = new Float64Array(columns);
  const minimum = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const maximum = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const nonzeros = new Uint32Array(columns);
  const stored = new Uint32Array(columns);
  const missing = new Uint32Array(columns);
  const take = (row: number, column: number, value: number): void => {
    if (!Number.isFinite(value)) {
      if (gaps && Number.isNaN(value)) {
        missing[column]++;
        return;
      }
      throw new UsageError(`feature column ${column} of row ${row} (from 0) is ${value}: expected a finite number`);
    }
    sum[column] += value;
    if (value < minimum[column]) minimum[column] = value;
    if (value > maximum[column]) maximum[column] = value;
    if (value !== 0) nonzeros[column]++;
    stored[column]++;
  };
  for (let i = 0; i < total; i++) {
    const row = rows ? rows[i] : i;
    if (matrix.kind === "sparse") {
      for (let e = matrix.offsets[row]; e < matrix.offsets[row + 1]; e++) take(row, matrix.indices[e], values[e]);
    } else {
      for (let j = 0; j < columns; j++) take(row, j, values[row * columns + j]);
    }
  }
  for (let j = 0; j < columns; j++) {
    if (stored[j] > 0 && stored[j] + missing[j] === total) continue;
    minimum[j] = Math.min(minimum[j], 0);
    maximum[j] = Math.max(maximum[j], 0);
  }
  return { sum, minimum, maximum, nonzeros, missing };
}
