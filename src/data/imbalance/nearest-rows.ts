/** The rows of a matrix that are nearest to one row that is not among them. */
import { UsageError } from "../../errors.ts";
import type { Matrix } from "../dataset.ts";
import { joinMatrices } from "../join.ts";
import { nearestNeighbours } from "./neighbours.ts";

/** A row of a matrix and how far it is from the one that was asked for. */
export interface NearRow {
  /** Its number in the matrix. */
  readonly row: number;
  /** Euclidean. */
  readonly distance: number;
}

/**
 * The k nearest, nearest first; of equally near ones the one with the lower number. Exact, as `nearestNeighbours`.
 * @param row `[1, columns]`
 * @throws UsageError for another number of columns, more than one row, or values that are not finite
 */
export function nearestRows(row: Matrix, among: Matrix, k: number): readonly NearRow[] {
  if (row.rows !== 1 || row.columns !== among.columns) {
    throw new UsageError(`${row.rows} rows of ${row.columns} columns: expected one of ${among.columns}`);
  }
  const { indices, squaredDistances } = nearestNeighbours(joinMatrices(among, row), { k, queries: [among.rows] });
  return Array.from(indices, (near, i) => ({ row: near, distance: Math.sqrt(squaredDistances[i]) }));
}
