/**
 * The batches that were drawn and wait to be observed, oldest first, each with its importance weights where there are
 * any. Checks that they are observed in the order in which they were drawn; why they were drawn is not known here.
 */

import { UsageError } from "../../errors.ts";
import { isRecord, readInto } from "./snapshot.ts";

interface PendingBatch {
  readonly rows: Int32Array;
  readonly weights: Float32Array | null;
}

export class PendingBatches {
  readonly #rows: number;
  readonly #batchSize: number;
  readonly #weighted: boolean;
  #batches: PendingBatch[] = [];

  constructor(rows: number, batchSize: number, weighted: boolean) {
    this.#rows = rows;
    this.#batchSize = batchSize;
    this.#weighted = weighted;
  }

  get count(): number {
    return this.#batches.length;
  }

  /** Copies the batch; `weights` may be longer than it. */
  add(rows: Int32Array, weights: Float64Array | undefined): void {
    const own = weights === undefined ? null : Float32Array.from(weights.subarray(0, rows.length));
    this.#batches.push({ rows: rows.slice(), weights: own });
  }

  /** @throws UsageError unless these are the rows of the oldest batch, in their order. */
  requireOldest(rows: Int32Array): void {
    const place = this.#require(rows, "observe");
    if (place > 0) {
      throw new UsageError(
        `observe: this batch is number ${place + 1} of the ${this.count} that wait; they are observed in the order drawn`,
      );
    }
  }

  removeOldest(): void {
    this.#batches.shift();
  }

  /** `[rows.length]` @throws UsageError unless these are the rows of a batch that waits. */
  weights(rows: Int32Array): Float32Array {
    const { weights } = this.#batches[this.#require(rows, "importanceWeights")];
    if (weights === null) throw new Error("importanceWeights: batches are kept without weights");
    return weights.slice();
  }

  state(): readonly PendingBatch[] {
    return this.#batches.map(({ rows, weights }) => ({ rows: rows.slice(), weights: weights?.slice() ?? null }));
  }

  /** @throws UsageError where a saved state is damaged, or has fewer than `least` or more than `most` batches. */
  restore(state: unknown, least: number, most: number): void {
    if (!Array.isArray(state) || state.length < least || state.length > most) {
      throw new UsageError(
        `sampler state: "pending" should be a list of ${least} to ${most} batches, but is ` +
          (Array.isArray(state) ? `one of ${state.length}` : `${state}`),
      );
    }
    this.#batches = state.map((saved: unknown, k) => this.#read(saved, k));
  }

  #read(saved: unknown, k: number): PendingBatch {
    const length = isRecord(saved) && saved.rows instanceof Int32Array ? saved.rows.length : 0;
    if (!isRecord(saved) || length < 1 || length > this.#batchSize) {
      throw new UsageError(`sampler state: "pending[${k}]" should be a batch of 1 to ${this.#batchSize} rows`);
    }
    const rows = new Int32Array(length);
    readInto(saved, "rows", rows, 0, this.#rows - 1);
    if (new Set(rows).size < length) {
      throw new UsageError(`sampler state: "pending[${k}]" should have distinct rows, but has one twice`);
    }
    if (!this.#weighted) {
      if (saved.weights === null) return { rows, weights: null };
      throw new UsageError(`sampler state: "pending[${k}]" has importance weights, which this sampler does not make`);
    }
    const weights = new Float32Array(length);
    readInto(saved, "weights", weights, 0, Number.MAX_VALUE);
    return { rows, weights };
  }

  /** The place of the batch with these rows. */
  #require(rows: Int32Array, call: string): number {
    if (this.count === 0) throw new UsageError(`${call}: no batch waits to be observed; call next first`);
    const place = this.#batches.findIndex((batch) => equal(batch.rows, rows));
    if (place >= 0) return place;
    const oldest = this.#batches[0].rows;
    if (oldest.length !== rows.length) {
      throw new UsageError(`${call}: ${rows.length} rows, but the oldest batch that waits has ${oldest.length}`);
    }
    const k = rows.findIndex((row, i) => row !== oldest[i]);
    throw new UsageError(`${call}: row ${k} is ${rows[k]}, but the oldest batch that waits has ${oldest[k]} there`);
  }
}

const equal = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((row, k) => row === b[k]);
