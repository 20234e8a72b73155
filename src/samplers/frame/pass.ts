/**
 * Passes over all rows, each row once a pass: in a fresh random order, or in the order of the data. Where a pass ends
 * inside a batch, `LastBatch` says what becomes of it. The shuffle of Fisher and Yates is done as the rows are asked
 * for, so that no batch costs more than its own rows.
 */

import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import type { SamplerState } from "../sampler.ts";
import { readInteger, readPermutation } from "./snapshot.ts";

export const passOrders = ["shuffled", "sequential"] as const;
/** The order of the rows in a pass. */
export type PassOrder = (typeof passOrders)[number];

/**
 * What becomes of the rows that are left where the batch size does not divide their number: `carry` (ours), the pass
 * goes on over the epoch's end and all batches are full; `short` (as published), they are a batch of their own; `drop`,
 * they are left out.
 */
export const lastBatches = ["carry", "short", "drop"] as const;
/** What becomes of the rest of a pass over all rows. */
export type LastBatch = (typeof lastBatches)[number];

/** Batches of an epoch. */
export const batchesOf = (rows: number, batchSize: number, lastBatch: LastBatch): number =>
  lastBatch === "drop" ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);

export class Pass {
  readonly #rows: number;
  readonly #carry: boolean;
  /**
   * `[rows]` visited rows first, then those that are decided to come next, then the others; a sequential pass needs
   * none.
   */
  readonly #order: Int32Array | undefined;
  #visited = 0;
  #decided = 0;

  /** @throws UsageError for another order. */
  constructor(rows: number, order: PassOrder, lastBatch: LastBatch = "carry") {
    if (order !== "shuffled" && order !== "sequential") {
      throw new UsageError(`warm-up order "${order}": expected shuffled or sequential`);
    }
    this.#rows = rows;
    this.#carry = lastBatch === "carry";
    if (order === "shuffled") {
      this.#order = new Int32Array(rows);
      for (let i = 0; i < rows; i++) this.#order[i] = i;
    }
  }

  /** Begins an epoch: another pass, unless the one under way is carried on. */
  begin(): void {
    if (!this.#carry) this.#restart();
  }

  /**
   * Fills the beginning of `batch` with the next rows of the pass; returns how many there were, all of them with
   * `carry`.
   */
  draw(batch: Int32Array, random: Random): number {
    if (this.#carry && this.#visited === this.#rows) this.#restart();
    const count = Math.min(batch.length, this.#rows - this.#visited);
    for (let k = 0; k < count; k++) batch[k] = this.#at(this.#visited++, random);
    if (!this.#carry || count === batch.length) return count;
    this.#restart();
    const taken = new Set(batch.subarray(0, count));
    for (let k = count; k < batch.length; k++) {
      const place = this.#visited++;
      this.#bringNew(place, taken, random);
      batch[k] = this.#at(place, random);
    }
    return batch.length;
  }

  #restart(): void {
    this.#visited = 0;
    this.#decided = 0;
  }

  /** The row at a place of the pass, decided now if it was not before. */
  #at(place: number, random: Random): number {
    const order = this.#order;
    if (order === undefined) return place;
    for (; this.#decided <= place; this.#decided++) {
      const other = this.#decided + random.integer(this.#rows - this.#decided);
      swap(order, this.#decided, other);
    }
    return order[place];
  }

  /**
   * Where the row at `place` is in the batch already, it changes place with the next one that is not. There is one: the
   * batch has fewer rows than there are. In the order of the data no batch meets itself.
   */
  #bringNew(place: number, taken: ReadonlySet<number>, random: Random): void {
    const order = this.#order;
    if (order === undefined) return;
    let other = place;
    while (taken.has(this.#at(other, random))) other++;
    swap(order, place, other);
  }

  state(): SamplerState {
    return this.#order === undefined
      ? { visited: this.#visited }
      : { visited: this.#visited, decided: this.#decided, order: this.#order.slice() };
  }

  restore(state: SamplerState): void {
    const visited = readInteger(state, "visited", 0, this.#rows);
    if (this.#order !== undefined) {
      const decided = readInteger(state, "decided", visited, this.#rows);
      readPermutation(state, "order", this.#order);
      this.#decided = decided;
    }
    this.#visited = visited;
  }
}

function swap(order: Int32Array, a: number, b: number): void {
  const row = order[a];
  order[a] = order[b];
  order[b] = row;
}
