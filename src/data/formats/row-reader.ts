/**
 * What reads the rows of a file whose size is known, piece by piece: each piece holds whole lines, and the matrices are
 * filled in place. How a file comes in pieces is not known here (pieces.ts).
 */

import type { LabelMatrix, Matrix } from "../dataset.ts";
import type { Scanner } from "./scanner.ts";

export interface Rows {
  readonly features: Matrix;
  readonly labels: LabelMatrix;
  /** Of the column that names the rows. */
  readonly ids?: readonly string[];
}

export interface RowReader {
  /** Reads the rows of a piece from the scanner's position on. @throws DataError at the first fault. */
  read(piece: Scanner): void;
  /** After the last piece. */
  finish(): Rows;
}
