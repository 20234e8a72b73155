/**
 * Rows in the order of numbers that change batch by batch, wanted once an epoch: sorted over its last batches as the
 * numbers stand then, after which each change moves its row. The batch that ends the epoch finds nearly all of it done.
 * The order depends on the numbers alone, however much of it was made when.
 */

import { RowOrder, type SortableNumbers, stepRows } from "./row-order.ts";
import { SortedBlocks } from "./sorted-blocks.ts";

/** The share of an epoch's rows that is still to come when the sort begins. */
export const startShare = 1 / 16;

/** `[rows]` both: rows from the smallest number to the largest, equal ones by row, and their numbers. */
export interface InOrder {
  readonly rows: Int32Array;
  readonly numbers: SortableNumbers;
}

export class SortedRows {
  readonly #numbers: SortableNumbers;
  readonly #order: RowOrder;
  /** `[rows]` the number that each row was sorted by. */
  readonly #taken: SortableNumbers;
  readonly #capacity: number | undefined;
  #blocks: SortedBlocks | undefined;
  #stage: "idle" | "sorting" | "following" = "idle";
  #sort: Generator<void> | undefined;
  #stepsLeft = 0;
  /** Batches still to come when the sort should be done. */
  #sortedAt = 0;
  /** Batches whose rows have changed since the sort began, oldest first; the others are where they belong. */
  #changed: Int32Array[] = [];

  /** Of numbers, 0 or more, that others write; `update` says that they have. */
  constructor(numbers: SortableNumbers, capacity?: number) {
    this.#numbers = numbers;
    this.#order = new RowOrder(numbers.length);
    this.#taken = numbers.slice();
    this.#capacity = capacity;
  }

  /** The numbers of these rows have changed; `left` batches of about as many are to come before `finish`. */
  update(batch: Int32Array, left: number): void {
    if (this.#stage === "idle") {
      if (left === 0 || left * batch.length > this.#numbers.length * startShare) return;
      this.#begin(left);
    }
    this.#changed.push(batch.slice());
    if (this.#stage === "sorting") this.#advance(this.#stepsLeft / Math.max(1, left - this.#sortedAt));
    if (this.#stage === "following") this.#follow(Math.ceil(this.#changed.length / (left + 1)));
  }

  /** Forgets what was made. */
  restart(): void {
    this.#stage = "idle";
    this.#sort = undefined;
    this.#changed = [];
  }

  /** All rows in order, valid until the sort of the next epoch begins. */
  finish(): InOrder {
    const numbers = this.#taken;
    if (this.#stage === "idle") {
      const rows = this.#order.ascending(this.#numbers);
      for (let place = 0; place < rows.length; place++) numbers[place] = this.#numbers[rows[place]];
      return { rows, numbers };
    }
    this.#advance(Number.POSITIVE_INFINITY);
    this.#follow(this.#changed.length);
    const { rows } = this.#order;
    this.#blocks?.copyTo(rows, numbers);
    this.restart();
    return { rows, numbers };
  }

  #begin(left: number): void {
    this.#blocks ??= new SortedBlocks(this.#numbers, this.#capacity);
    this.#sort = this.#sorting(this.#blocks);
    // What finds that nothing is left is a step, too.
    this.#stepsLeft = this.#order.stepsOf(this.#numbers) + 2 * Math.ceil(this.#numbers.length / stepRows) + 1;
    this.#sortedAt = left >> 1;
    this.#stage = "sorting";
  }

  *#sorting(blocks: SortedBlocks): Generator<void> {
    const count = this.#numbers.length;
    for (let from = 0; from < count; from += stepRows) {
      this.#taken.set(this.#numbers.subarray(from, from + stepRows), from);
      yield;
    }
    yield* this.#order.sorting(this.#taken);
    blocks.clear();
    for (let from = 0; from < count; from += stepRows) {
      blocks.append(this.#order.rows.subarray(from, from + stepRows), this.#taken);
      yield;
    }
  }

  #advance(steps: number): void {
    for (let step = 0; step < steps && this.#stage === "sorting"; step++) {
      this.#stepsLeft--;
      if (this.#sort?.next().done !== false) this.#stage = "following";
    }
  }

  /** Moves the rows of so many batches that changed to where they belong. */
  #follow(batches: number): void {
    const blocks = this.#blocks;
    for (const batch of this.#changed.splice(0, batches)) {
      for (const row of batch) {
        const number = this.#numbers[row];
        if (this.#taken[row] === number) continue;
        blocks?.remove(row, this.#taken[row]);
        blocks?.insert(row, number);
        this.#taken[row] = number;
      }
    }
  }
}
