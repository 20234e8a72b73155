/**
 * Columns that a file knows by number alone, from 0 or from 1: which of the two it is, how many columns that makes, and
 * what they are called. Where the numbers go far beyond what a file of its size fills, as hashed features do, only
 * those that occur become columns.
 */

import { DataError } from "../../errors.ts";
import { bounds } from "./bounds.ts";
import type { Scanner } from "./scanner.ts";

/**
 * Names take memory that no byte of the file pays for, so all numbers become columns up to here, or up to the bytes of
 * the file.
 */
const COLUMNS = 2 ** 18;

/** The largest number of columns that a file of so many bytes may have without naming each. */
export function mostColumns(bytes: number): number {
  return Math.min(bounds.columns, Math.max(COLUMNS, bytes));
}

/** The numbers that features, or labels, go by in a file. */
export class Numbering {
  /** The number of the first column: as given, until a 0 is seen. */
  base: 0 | 1;
  readonly #kind: string;
  readonly #columns: number | undefined;
  #largest = -1;
  #largestAt: { readonly scanner: Scanner; readonly at: number } | undefined;

  constructor(kind: string, columns: number | undefined, base: 0 | 1) {
    this.#kind = kind;
    this.#columns = columns;
    this.base = base;
  }

  /** Notes that a column occurs. @throws DataError for a number that no file may name. */
  take(scanner: Scanner, at: number, id: number): void {
    if (id === 0) this.base = 0;
    if (id <= this.#largest) return;
    if (id > bounds.columns)
      throw scanner.error(
        at,
        `${this.#kind} ${id}: expected at most ${bounds.columns}; number them anew, or hash to fewer`,
      );
    this.#largest = id;
    this.#largestAt = { scanner, at };
  }

  /** @returns the number of columns. @throws DataError where there is none, or one more than were announced. */
  finish(file: string): number {
    if (this.#largest < 0 && this.#columns === undefined)
      throw new DataError({ file }, `expected a ${this.#kind} in some row, found none`);
    const seen = this.#largest + 1 - this.base;
    const columns = this.#columns ?? seen;
    if (seen <= columns) return columns;
    const range = `${this.base} to ${columns - 1 + this.base}`;
    const message = `${this.#kind} ${this.#largest} is out of range: expected ${range}`;
    const { scanner, at } = this.#largestAt ?? {};
    throw scanner && at !== undefined ? scanner.error(at, message) : new DataError({ file }, message);
  }

  /** `feature5` and the like, with the file's number. */
  name(column: number): string {
    return `${this.#kind}${column + this.base}`;
  }

  /** The names of so many columns. */
  names(columns: number): string[] {
    return Array.from({ length: columns }, (_, column) => this.name(column));
  }
}
