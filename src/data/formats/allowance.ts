/**
 * The memory a reader may take: the tables it makes stay, all together, within `MULTIPLE` times the unpacked file and
 * `BASE` bytes. Short files can ask for huge ones (a million labels in the header times a million rows of `{}`), and
 * this is where they are refused. Beside them stand the file itself, twice while it is unpacked, a copy of sparse
 * entries (at most twice the file), and about 100 bytes for each name.
 */

import { DataError } from "../../errors.ts";

/** Bytes of arrays allowed for each byte of the unpacked file. */
export const MULTIPLE = 16;

/** Bytes of arrays allowed for any file, however short. */
export const BASE = 64 * 2 ** 20;

/** A typed array's constructor. */
interface ArrayType<T> {
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** What is left of one file's allowance. */
export class Allowance {
  readonly #file: string;
  readonly #allowed: number;
  #taken = 0;

  /** @param bytes the length of the unpacked file. */
  constructor(file: string, bytes: number) {
    this.#file = file;
    this.#allowed = BASE + MULTIPLE * bytes;
  }

  /**
   * An array of `rows * columns` zeros. @param what it is for, to complete "... would take".
   * @throws DataError where the file's arrays would be beyond the allowance, or the machine has not that much.
   */
  array<T>(what: string, type: ArrayType<T>, rows: number, columns: number): T {
    const bytes = rows * columns * type.BYTES_PER_ELEMENT;
    const size = `${what} would take ${rows} x ${columns} x ${type.BYTES_PER_ELEMENT} bytes`;
    this.#taken += bytes;
    if (this.#taken > this.#allowed) {
      const advice = "leave out columns or rows";
      throw new DataError({ file: this.#file }, `${size}: expected ${this.#allowed} at most for this file; ${advice}`);
    }
    try {
      return new type(rows * columns);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DataError({ file: this.#file }, `${size}, and there is not that much memory`);
    }
  }
}
