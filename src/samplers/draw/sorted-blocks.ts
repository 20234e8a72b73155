/**
 * Rows in the order of their numbers, equal ones by row, in blocks that are not full: a row enters or leaves by moving
 * what follows it in its block alone.
 */

import type { SortableNumbers } from "./row-order.ts";

/** Rows of a block, at most. */
const blockCapacity = 2048;

const sameKind = (numbers: SortableNumbers, length: number): SortableNumbers =>
  numbers instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);

export class SortedBlocks {
  readonly #capacity: number;
  /** Rows that `append` puts into a block. */
  readonly #filled: number;
  // Block b lies in the slot slots[b] of the arrays, from slot * capacity on.
  #numbers: SortableNumbers;
  #rows: Int32Array;
  #slots: Int32Array;
  #counts: Int32Array; // by slot
  #blocks = 0;
  /** Slots that were given back. */
  readonly #free: number[] = [];
  #used = 0;

  /** For about as many rows as there are of numbers like these. */
  constructor(like: SortableNumbers, capacity: number = blockCapacity) {
    this.#capacity = capacity;
    this.#filled = Math.ceil((3 / 4) * capacity);
    const slots = Math.ceil((9 / 8) * (like.length / this.#filled)) + 1;
    this.#numbers = sameKind(like, slots * capacity);
    this.#rows = new Int32Array(slots * capacity);
    this.#slots = new Int32Array(slots);
    this.#counts = new Int32Array(slots);
  }

  clear(): void {
    this.#blocks = 0;
    this.#used = 0;
    this.#free.length = 0;
  }

  /** Puts rows behind all others, where they belong; `numbers` is by row. */
  append(rows: Int32Array, numbers: SortableNumbers): void {
    let slot = this.#blocks === 0 ? -1 : this.#slots[this.#blocks - 1];
    for (const row of rows) {
      if (slot < 0 || this.#counts[slot] >= this.#filled) slot = this.#open(this.#blocks);
      const place = slot * this.#capacity + this.#counts[slot];
      this.#rows[place] = row;
      this.#numbers[place] = numbers[row];
      this.#counts[slot] += 1;
    }
  }

  insert(row: number, number: number): void {
    if (this.#blocks === 0) this.#open(0);
    const block = this.#blockOf(row, number);
    const slot = this.#slots[block];
    const place = this.#placeIn(slot, row, number);
    const end = slot * this.#capacity + this.#counts[slot];
    this.#rows.copyWithin(place + 1, place, end);
    this.#numbers.copyWithin(place + 1, place, end);
    this.#rows[place] = row;
    this.#numbers[place] = number;
    this.#counts[slot] += 1;
    if (this.#counts[slot] === this.#capacity) this.#split(block);
  }

  /** Takes out a row that is there with this number. */
  remove(row: number, number: number): void {
    const block = this.#blockOf(row, number);
    const slot = this.#slots[block];
    const place = this.#placeIn(slot, row, number);
    if (this.#rows[place] !== row) throw new Error(`sorted rows: row ${row} is not there with ${number}`);
    const end = slot * this.#capacity + this.#counts[slot];
    this.#rows.copyWithin(place, place + 1, end);
    this.#numbers.copyWithin(place, place + 1, end);
    this.#counts[slot] -= 1;
    if (this.#counts[slot] > 0) return;
    this.#slots.copyWithin(block, block + 1, this.#blocks);
    this.#blocks--;
    this.#free.push(slot);
  }

  /** Writes all rows and their numbers in order. */
  copyTo(rows: Int32Array, numbers: SortableNumbers): void {
    let next = 0;
    for (let block = 0; block < this.#blocks; block++) {
      const slot = this.#slots[block];
      const from = slot * this.#capacity;
      rows.set(this.#rows.subarray(from, from + this.#counts[slot]), next);
      numbers.set(this.#numbers.subarray(from, from + this.#counts[slot]), next);
      next += this.#counts[slot];
    }
  }

  /** The last block that does not begin behind the row, or the first one. */
  #blockOf(row: number, number: number): number {
    let low = 0;
    let high = this.#blocks - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const first = this.#slots[middle] * this.#capacity;
      const found = this.#numbers[first];
      if (found < number || (found === number && this.#rows[first] <= row)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The place of the first entry of the slot that is not before the row. */
  #placeIn(slot: number, row: number, number: number): number {
    let low = slot * this.#capacity;
    let high = low + this.#counts[slot];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#numbers[middle];
      if (found < number || (found === number && this.#rows[middle] < row)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves the second half of a full block into a new one behind it. */
  #split(block: number): void {
    const slot = this.#slots[block];
    const next = this.#open(block + 1);
    const half = this.#capacity >> 1;
    const from = slot * this.#capacity;
    this.#rows.copyWithin(next * this.#capacity, from + half, from + this.#capacity);
    this.#numbers.copyWithin(next * this.#capacity, from + half, from + this.#capacity);
    this.#counts[next] = this.#capacity - half;
    this.#counts[slot] = half;
  }

  /** A new empty block at this place among the blocks; returns its slot. */
  #open(block: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.#counts.length) this.#grow();
    this.#slots.copyWithin(block + 1, block, this.#blocks);
    this.#slots[block] = slot;
    this.#counts[slot] = 0;
    this.#blocks++;
    return slot;
  }

  #grow(): void {
    const slots = 2 * this.#counts.length;
    const numbers = sameKind(this.#numbers, slots * this.#capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    const wider = (array: Int32Array, length: number): Int32Array => {
      const copy = new Int32Array(length);
      copy.set(array);
      return copy;
    };
    this.#rows = wider(this.#rows, slots * this.#capacity);
    this.#slots = wider(this.#slots, slots);
    this.#counts = wider(this.#counts, slots);
  }
}
