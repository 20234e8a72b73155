/**
 * Rows in the order of their numbers by a radix sort: the same few passes over the rows whatever the numbers are. Holds
 * its work space, so that sorting once an epoch allocates nothing.
 */

const digitBits = 11;
const buckets = 2 ** digitBits;
/** Of the digits of a word of 32 bits. */
const shifts = [0, digitBits, 2 * digitBits] as const;

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

  /**
   * `[rows]` the rows from the smallest of the numbers to the largest, equal ones by row; valid until the next call.
   * The numbers are 0 or more: their bits, read as whole numbers, have the same order. -0 counts as 0.
   */
  ascending(numbers: Float32Array | Float64Array): Int32Array {
    const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4);
    const stride = numbers.BYTES_PER_ELEMENT / 4;
    const { rows } = this.#line;
    for (let k = 0; k < rows.length; k++) rows[k] = k;
    for (let word = 0; word < stride; word++) {
      const line = this.#line;
      // The sign is the highest bit of the last word.
      const kept = word === stride - 1 ? 2 ** 31 - 1 : -1;
      for (let k = 0; k < line.rows.length; k++) line.keys[k] = words[line.rows[k] * stride + word] & kept;
      for (const shift of shifts) this.#sortBy(shift);
    }
    return this.#line.rows;
  }

  /** A stable pass by one digit of the keys, which go along with their rows: they are read in a row each time. */
  #sortBy(shift: number): void {
    const { keys, rows } = this.#line;
    const { keys: sortedKeys, rows: sortedRows } = this.#spare;
    const places = this.#places.fill(0);
    for (let k = 0; k < keys.length; k++) places[(keys[k] >>> shift) & (buckets - 1)] += 1;
    // A digit that all share sorts nothing.
    if (places[(keys[0] >>> shift) & (buckets - 1)] === keys.length) return;
    let before = 0;
    for (let digit = 0; digit < buckets; digit++) {
      const count = places[digit];
      places[digit] = before;
      before += count;
    }
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k];
      const place = places[(key >>> shift) & (buckets - 1)]++;
      sortedKeys[place] = key;
      sortedRows[place] = rows[k];
    }
    [this.#line, this.#spare] = [this.#spare, this.#line];
  }
}
