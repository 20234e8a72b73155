/**
 * Rows in the order of their numbers by a radix sort: the same few passes over the rows whatever the numbers are, in
 * steps of equal length for those who can't wait for all of it. Holds its work space: sorting allocates nothing.
 */

const digitBits = 11;
const buckets = 2 ** digitBits;
/** Of the digits of a word of 32 bits. */
const shifts = [0, digitBits, 2 * digitBits] as const;

/** Rows that a step goes over. */
export const stepRows = 8192;

export type SortableNumbers = Float32Array | Float64Array;

interface Line {
  readonly keys: Uint32Array; // [rows] one word of each row's number
  readonly rows: Int32Array; // [rows]
}

export class RowOrder {
  #line: Line;
  #spare: Line;
  readonly #places = new Uint32Array(buckets);

  constructor(rows: number) {
    this.#line = { keys: new Uint32Array(rows), rows: new Int32Array(rows) };
    this.#spare = { keys: new Uint32Array(rows), rows: new Int32Array(rows) };
  }

  /** `[rows]` as they were last sorted; may be written to until the next sort. */
  get rows(): Int32Array {
    return this.#line.rows;
  }

  /**
   * `[rows]` the rows from the smallest of the numbers to the largest, equal ones by row; valid until the next call.
   * The numbers are 0 or more: their bits, read as whole numbers, have the same order. -0 counts as 0.
   */
  ascending(numbers: SortableNumbers): Int32Array {
    const steps = this.sorting(numbers);
    while (steps.next().done !== true);
    return this.rows;
  }

  /** Steps of `sorting`, where no digit is shared by all. */
  stepsOf(numbers: SortableNumbers): number {
    const words = numbers.BYTES_PER_ELEMENT / 4;
    return Math.ceil(numbers.length / stepRows) * (1 + words * (1 + 2 * shifts.length));
  }

  /** The same sort step by step; the numbers must not change meanwhile. */
  *sorting(numbers: SortableNumbers): Generator<void> {
    const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4);
    const stride = numbers.BYTES_PER_ELEMENT / 4;
    const count = numbers.length;
    for (let from = 0; from < count; from += stepRows) {
      const { rows } = this.#line;
      for (let k = from; k < Math.min(count, from + stepRows); k++) rows[k] = k;
      yield;
    }
    for (let word = 0; word < stride; word++) {
      // The sign is the highest bit of the last word.
      const kept = word === stride - 1 ? 2 ** 31 - 1 : -1;
      for (let from = 0; from < count; from += stepRows) {
        this.#readKeys(words.subarray(word), stride, kept, from, Math.min(count, from + stepRows));
        yield;
      }
      for (const shift of shifts) yield* this.#sortBy(shift);
    }
  }

  #readKeys(words: Uint32Array, stride: number, kept: number, from: number, end: number): void {
    const { keys, rows } = this.#line;
    for (let k = from; k < end; k++) keys[k] = words[rows[k] * stride] & kept;
  }

  /** A stable pass by one digit of the keys, which go along with their rows: they are read in a row each time. */
  *#sortBy(shift: number): Generator<void> {
    const { keys } = this.#line;
    const count = keys.length;
    const places = this.#places.fill(0);
    for (let from = 0; from < count; from += stepRows) {
      this.#countDigits(shift, from, Math.min(count, from + stepRows));
      yield;
    }
    // A digit that all share sorts nothing.
    if (places[(keys[0] >>> shift) & (buckets - 1)] === count) return;
    let before = 0;
    for (let digit = 0; digit < buckets; digit++) {
      const ofDigit = places[digit];
      places[digit] = before;
      before += ofDigit;
    }
    for (let from = 0; from < count; from += stepRows) {
      this.#distribute(shift, from, Math.min(count, from + stepRows));
      yield;
    }
    [this.#line, this.#spare] = [this.#spare, this.#line];
  }

  #countDigits(shift: number, from: number, end: number): void {
    const { keys } = this.#line;
    const places = this.#places;
    for (let k = from; k < end; k++) places[(keys[k] >>> shift) & (buckets - 1)] += 1;
  }

  #distribute(shift: number, from: number, end: number): void {
    const { keys, rows } = this.#line;
    const { keys: sortedKeys, rows: sortedRows } = this.#spare;
    const places = this.#places;
    for (let k = from; k < end; k++) {
      const key = keys[k];
      const place = places[(key >>> shift) & (buckets - 1)]++;
      sortedKeys[place] = key;
      sortedRows[place] = rows[k];
    }
  }
}
