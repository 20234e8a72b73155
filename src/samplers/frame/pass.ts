/**
 * A pass over all rows, each once an epoch: in a fresh random order, or in the order of the data.
 * The shuffle of Fisher and Yates is done as the rows are asked for, so that no batch costs more than its own rows.
 */

import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import type { SamplerState } from "../sampler.ts";
import { readInteger, readPermutation } from "./snapshot.ts";

export const passOrders = ["shuffled", "sequential"] as const;
export type PassOrder = (typeof passOrders)[number];

export class Pass {
  readonly #rows: number;
  /** `[rows]` visited rows first, then the others; a sequential pass needs none. */
  readonly #order: Int32Array | undefined;
  #visited = 0;

  /** @throws UsageError for another order. */
  constructor(rows: number, order: PassOrder) {
    if (order !== "shuffled" && order !== "sequential") {
      throw new UsageError(`warm-up order "${order}": expected shuffled or sequential`);
    }
    this.#rows = rows;
    if (order === "shuffled") {
      this.#order = new Int32Array(rows);
      for (let i = 0; i < rows; i++) this.#order[i] = i;
    }
  }

  /** Starts the next pass. */
  begin(): void {
    this.#visited = 0;
  }

  /** Fills the beginning of `batch` with rows not yet visited in this pass; returns how many there were. */
  draw(batch: Int32Array, random: Random): number {
    const count = Math.min(batch.length, this.#rows - this.#visited);
    const order = this.#order;
    for (let k = 0; k < count; k++) {
      const place = this.#visited++;
      if (order === undefined) {
        batch[k] = place;
        continue;
      }
      const other = place + random.integer(this.#rows - place);
      const row = order[other];
      order[other] = order[place];
      order[place] = row;
      batch[k] = row;
    }
    return count;
  }

  state(): SamplerState {
    return this.#order === undefined
      ? { visited: this.#visited }
      : { visited: this.#visited, order: this.#order.slice() };
  }

  restore(state: SamplerState): void {
    const visited = readInteger(state, "visited", 0, this.#rows);
    if (this.#order !== undefined) readPermutation(state, "order", this.#order);
    this.#visited = visited;
  }
}
