/**
 * Columns that a file knows by number alone, from 0 or from 1: which of the two it is, how many columns that makes, and what
 * they are called.
 */

import { DataError } from "../../errors.ts";
import type { Scanner } from "./scanner.ts";

/** Names take memory that no byte of the file pays for, so a file may name this many columns, or as many as it has bytes. */
const COLUMNS = 2 ** 18;

/** The largest number of columns, or number of one, that a file may name. */
export function mostColumns(scanner: Scanner): number {
  return Math.max(COLUMNS, scanner.bytes.length);
}

/** The numbers that features, or labels, go by in a file. */
export class Numbering {
  /** The number of the first column: as given, until a 0 is seen. */
  base: 0 | 1;
  readonly #kind: string;
  readonly #columns: number | undefined;
  #largest = -1;
  #largestAt = 0;

  constructor(kind: string, columns: number | undefined, base: 0 | 1) {
    this.#kind = kind;
    this.#columns = columns;
    this.base = base;
  }

  /** Notes that a column occurs. @throws DataError for a number that no file of this size may name. */
  take(scanner: Scanner, at: number, id: number): void {
    if (id === 0) this.base = 0;
    if (id <= this.#largest) return;
    const most = mostColumns(scanner);
    if (id > most) throw scanner.error(at, `${this.#kind} ${id}: expected at most ${most} in a file of this size`);
    this.#largest = id;
    this.#largestAt = at;
  }

  /** @returns the number of columns. @throws DataError where there is none, or one more than were announced. */
  finish(scanner: Scanner): number {
    if (this.#largest < 0)
      throw new DataError({ file: scanner.file }, `expected a ${this.#kind} in some row, found none`);
    const seen = this.#largest + 1 - this.base;
    const columns = this.#columns ?? seen;
    if (seen <= columns) return columns;
    const range = `${this.base} to ${columns - 1 + this.base}`;
    throw scanner.error(this.#largestAt, `${this.#kind} ${this.#largest} is out of range: expected ${range}`);
  }

  /** `feature5` and the like, with the file's numbers. */
  names(columns: number): string[] {
    return Array.from({ length: columns }, (_, column) => `${this.#kind}${column + this.base}`);
  }
}
