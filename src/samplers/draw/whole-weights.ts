/**
 * Quantizations that hang on the numbers of all rows and are made as an epoch begins: by rank, and by a quantile. As
 * much as can be is made over the batches before, and the exponents, which only snapshots and people read, after it.
 */

import { Powers } from "./powers.ts";
import { Quantile } from "./quantile.ts";
import { quantizationIndex } from "./quantize.ts";
import { type InOrder, SortedRows, startShare } from "./sorted-rows.ts";

/** Weights s^x of all rows, x the exponents of their numbers z as an epoch begins. */
export interface WholeWeights {
  /** The numbers of these rows have changed. */
  update(batch: Int32Array): void;
  /** A part of the work for `weigh`, which follows after `left` further batches. */
  prepare(batch: Int32Array, left: number): void;
  /** Writes the weights at this pressure into `weights`, `[rows]`; the next ones will be asked for at `expected`. */
  weigh(weights: Float64Array, pressure: number, expected: number): void;
  /** Brings the exponents up to those of the weights last written. */
  complete(): void;
  /** All numbers and exponents were written by others. */
  restart(): void;
}

/** Entries of tables that are written for each row observed. */
const pace = 2;

/**
 * x = (n + 1 - r) / n, r = 1 for the largest z, equal z sharing the mean of their ranks. `exponents` is `[rows]`, as z.
 */
export class RankWeights implements WholeWeights {
  readonly #exponents: Float64Array;
  readonly #sorted: SortedRows;
  /** By twice the exponent's numerator: means of ranks are halves. */
  readonly #powers: Powers;
  #inOrder: InOrder | undefined;
  /** Exponents of the places before this one are written. */
  #written = 0;

  constructor(z: Float64Array, exponents: Float64Array) {
    this.#exponents = exponents;
    this.#sorted = new SortedRows(z);
    this.#powers = new Powers(2 * z.length, (pressure, twice) => pressure ** (twice / 2 / z.length));
  }

  update(batch: Int32Array): void {
    this.#powers.advance(2 * pace * batch.length);
    this.#write(pace * batch.length);
  }

  prepare(batch: Int32Array, left: number): void {
    // The order of the epoch under way is lost as the next one is begun.
    if (left * batch.length <= this.#exponents.length * startShare) this.complete();
    this.#sorted.update(batch, left);
  }

  weigh(weights: Float64Array, pressure: number, expected: number): void {
    const powers = this.#powers;
    powers.expect(pressure);
    const { rows, numbers } = this.#sorted.finish();
    const byTwice = powers.all();
    let first = 0;
    for (let next = 1; next <= rows.length; next++) {
      if (next < rows.length && numbers[next] === numbers[first]) continue;
      // Ascending places first to next - 1, counted from 1, are n + 1 - r.
      const weight = byTwice[first + 1 + next];
      for (; first < next; first++) weights[rows[first]] = weight;
    }
    this.#inOrder = { rows, numbers };
    this.#written = 0;
    powers.expect(expected);
  }

  complete(): void {
    this.#write(this.#exponents.length);
  }

  restart(): void {
    this.#sorted.restart();
    this.#inOrder = undefined;
  }

  /** The exponents of the next `count` places, and of those that share the last one's. */
  #write(count: number): void {
    if (this.#inOrder === undefined) return;
    const { rows, numbers } = this.#inOrder;
    const end = Math.min(rows.length, this.#written + count);
    while (this.#written < end) {
      const first = this.#written;
      const next = endOfTie(numbers, first);
      const exponent = (first + 1 + next) / 2 / rows.length;
      for (; this.#written < next; this.#written++) this.#exponents[rows[this.#written]] = exponent;
    }
    if (end === rows.length) this.#inOrder = undefined;
  }
}

function endOfTie(numbers: Float32Array | Float64Array, first: number): number {
  const number = numbers[first];
  let next = first + 1;
  while (next < numbers.length && numbers[next] === number) next++;
  return next;
}

/**
 * x = min(Q, n) / n, Q of `quantizationIndex` with a quantile of the z of the rows seen in the place of the maximum,
 * which serves where the quantile is 0.
 */
export class QuantileWeights implements WholeWeights {
  readonly #z: Float64Array;
  readonly #exponents: Float64Array;
  readonly #seen: Uint8Array;
  readonly #share: number;
  readonly #maximum: () => number;
  readonly #quantile: Quantile;
  readonly #powers: Powers;

  /** `seen[row]` is 1 where a row counts; `maximum` is that of z. */
  constructor(z: Float64Array, exponents: Float64Array, seen: Uint8Array, share: number, maximum: () => number) {
    this.#z = z;
    this.#exponents = exponents;
    this.#seen = seen;
    this.#share = share;
    this.#maximum = maximum;
    this.#quantile = new Quantile(z);
    this.#powers = new Powers(z.length, (pressure, q) => pressure ** (q / z.length));
  }

  update(batch: Int32Array): void {
    for (const row of batch) {
      this.#seen[row] = 1;
      this.#quantile.update(row);
    }
    this.#powers.advance(pace * batch.length);
  }

  prepare(): void {}

  weigh(weights: Float64Array, pressure: number, expected: number): void {
    const quantile = this.#quantile.of(this.#share);
    const most = quantile === 0 ? this.#maximum() : quantile;
    const powers = this.#powers;
    powers.expect(pressure);
    const byIndex = powers.all();
    const rows = weights.length;
    for (let row = 0; row < rows; row++) {
      const index = quantizationIndex(Math.min(this.#z[row], most), most, rows);
      this.#exponents[row] = index / rows;
      weights[row] = byIndex[index];
    }
    powers.expect(expected);
  }

  complete(): void {}

  restart(): void {
    this.#quantile.clear();
    for (let row = 0; row < this.#seen.length; row++) if (this.#seen[row] === 1) this.#quantile.update(row);
  }
}
