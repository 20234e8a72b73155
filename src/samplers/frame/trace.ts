/**
 * Keeps the books of the draws: what `Sampler.trace` tells about each epoch. Costs O(batch) a batch, an
 * epoch the zeroing of its counts, and allocates nothing but the traces that are asked for.
 */

import { UsageError } from "../../errors.ts";
import type { EpochTrace, SamplerState } from "../sampler.ts";
import type { LabelLists } from "./label-lists.ts";
import { Observations } from "./observations.ts";
import { readInteger, readInto, readNumber, readRecord } from "./snapshot.ts";
import { type Spread, type SpreadSum, uniformSpread } from "./spread.ts";

const maximumCount = 2 ** 32 - 1;

export class TraceRecorder {
  readonly #lists: LabelLists;
  readonly #isMinority: Uint8Array; // [labels]
  // Counts of the epoch under way and of the last finished one; the pair changes places when an epoch ends.
  #perRow: Uint32Array; // [rows]
  #perLabel: Uint32Array; // [labels]
  #finishedPerRow: Uint32Array;
  #finishedPerLabel: Uint32Array;
  readonly #drawsSoFar: Uint32Array; // [rows] since the run began
  readonly #observations: Observations;
  #batches = 0;
  #draws = 0;
  #minorityDraws = 0;
  #neverDrawn: number;
  #spread: SpreadSum;
  #finished: Omit<EpochTrace, "drawsPerRow" | "drawsPerLabel"> | undefined;

  /** @throws UsageError if a minority label is not a label. */
  constructor(lists: LabelLists, minority: Int32Array) {
    const { rows, columns } = lists;
    this.#lists = lists;
    this.#isMinority = new Uint8Array(columns);
    for (const label of minority) {
      if (label < 0 || label >= columns) throw new UsageError(`minority label ${label}: there are ${columns} labels`);
      this.#isMinority[label] = 1;
    }
    this.#perRow = new Uint32Array(rows);
    this.#finishedPerRow = new Uint32Array(rows);
    this.#perLabel = new Uint32Array(columns);
    this.#finishedPerLabel = new Uint32Array(columns);
    this.#drawsSoFar = new Uint32Array(rows);
    this.#observations = new Observations(rows);
    this.#neverDrawn = rows;
    this.#spread = uniformSpread(rows);
  }

  begin(spread: SpreadSum): void {
    this.#spread = spread;
    this.#perRow.fill(0);
    this.#perLabel.fill(0);
    this.#draws = 0;
    this.#minorityDraws = 0;
  }

  drawn(batch: Int32Array): void {
    const { offsets, items } = this.#lists;
    this.#batches++;
    this.#draws += batch.length;
    this.#spread.advance(batch.length);
    for (const row of batch) {
      this.#perRow[row] += 1;
      if (this.#drawsSoFar[row] === 0) this.#neverDrawn--;
      this.#drawsSoFar[row] += 1;
      let minority = 0;
      for (let e = offsets[row]; e < offsets[row + 1]; e++) {
        const label = items[e];
        this.#perLabel[label] += 1;
        minority |= this.#isMinority[label];
      }
      this.#minorityDraws += minority;
    }
  }

  /** @param later batches drawn after this one so far */
  observed(batch: Int32Array, later: number): void {
    this.#observations.observed(batch, this.#batches - later);
  }

  finish(epoch: number): void {
    this.#finished = {
      epoch,
      ...this.#spread.value(),
      minorityShare: this.#minorityDraws / this.#draws,
      neverDrawn: this.#neverDrawn,
      meanAge: this.#batches - this.#observations.mean,
      maxAge: this.#batches - this.#observations.oldest(),
    };
    [this.#perRow, this.#finishedPerRow] = [this.#finishedPerRow, this.#perRow];
    [this.#perLabel, this.#finishedPerLabel] = [this.#finishedPerLabel, this.#perLabel];
  }

  /** Draws of a row since the run began, and batches since it was last observed. */
  of(row: number): { readonly draws: number; readonly age: number } {
    return { draws: this.#drawsSoFar[row], age: this.#batches - this.#observations.times[row] };
  }

  trace(): EpochTrace | undefined {
    if (this.#finished === undefined) return undefined;
    const drawsPerRow = this.#finishedPerRow.slice();
    const drawsPerLabel = this.#finishedPerLabel.slice();
    return { ...this.#finished, drawsPerRow, drawsPerLabel };
  }

  state(): SamplerState {
    return {
      perRow: this.#perRow.slice(),
      perLabel: this.#perLabel.slice(),
      drawsSoFar: this.#drawsSoFar.slice(),
      observedAt: this.#observations.times.slice(),
      batches: this.#batches,
      draws: this.#draws,
      minorityDraws: this.#minorityDraws,
      ...this.#spread.value(),
      finished: this.trace() ?? null,
    };
  }

  restore(state: SamplerState): void {
    const rows = this.#observations.times.length;
    const count = Number.MAX_SAFE_INTEGER;
    this.#batches = readInteger(state, "batches", 0, maximumCount);
    this.#draws = readInteger(state, "draws", 0, count);
    this.#minorityDraws = readInteger(state, "minorityDraws", 0, this.#draws);
    const spread = readSpread(state);
    this.#spread = { advance: () => {}, value: () => spread };
    readInto(state, "perRow", this.#perRow, 0, maximumCount);
    readInto(state, "perLabel", this.#perLabel, 0, maximumCount);
    readInto(state, "drawsSoFar", this.#drawsSoFar, 0, maximumCount);
    readInto(state, "observedAt", this.#observations.times, 0, this.#batches);
    this.#observations.restart();
    this.#neverDrawn = rows;
    for (const draws of this.#drawsSoFar) if (draws > 0) this.#neverDrawn--;
    this.#finished = undefined;
    if (state.finished === null) return;
    const finished = readFinished(state.finished, rows);
    readInto(finished.counts, "drawsPerRow", this.#finishedPerRow, 0, maximumCount);
    readInto(finished.counts, "drawsPerLabel", this.#finishedPerLabel, 0, maximumCount);
    this.#finished = finished.figures;
  }
}

function readSpread(state: SamplerState): Spread {
  return {
    entropy: readNumber(state, "entropy", 0, Infinity),
    effectiveSampleSize: readNumber(state, "effectiveSampleSize", 0, Infinity),
  };
}

function readFinished(finished: unknown, rows: number) {
  const counts = readRecord({ finished }, "finished");
  const figures = {
    epoch: readInteger(counts, "epoch", 0, maximumCount),
    ...readSpread(counts),
    minorityShare: readNumber(counts, "minorityShare", 0, 1),
    neverDrawn: readInteger(counts, "neverDrawn", 0, rows),
    meanAge: readNumber(counts, "meanAge", 0, maximumCount),
    maxAge: readInteger(counts, "maxAge", 0, maximumCount),
  };
  return { counts, figures };
}
