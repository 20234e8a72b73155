/**
 * What all samplers share: counting batches and epochs, how far they may be drawn ahead, the trace, saving and
 * restoring. How rows are chosen is the business of a `Selection`, one per sampler, which this class drives.
 */

import type { LabelMatrix } from "../../data/dataset.ts";
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { EpochTrace, Evidence, EvidenceKind, RowSelection, Sampler, SamplerState } from "../sampler.ts";
import { type LabelLists, labelLists } from "./label-lists.ts";
import { batchesOf, type LastBatch } from "./pass.ts";
import { PendingBatches } from "./pending.ts";
import { readInteger, readRandom, readRecord } from "./snapshot.ts";
import type { SpreadSum } from "./spread.ts";
import { TraceRecorder } from "./trace.ts";

/** What every sampler is made with. */
export interface SamplerSetup {
  /** `[rows, labels]` of the training fold. */
  readonly labels: LabelMatrix;
  /** The labels that the trace calls minority labels; none by default. */
  readonly minority?: Int32Array;
  /** Rows of a batch, 1 to rows. */
  readonly batchSize: number;
  /** The stream of all draws; the sampler uses it up, so give it one of its own. */
  readonly random: Random;
  /** Epochs of the whole run; only falling pressures need it. */
  readonly epochs?: number;
  /** What becomes of the rest of a pass over all rows; default carry. */
  readonly lastBatch?: LastBatch;
}

/** Values that a saved state must share with the sampler it is restored to. */
export type SharedSettings = Readonly<Record<string, string | number | boolean>>;

/** Where a batch that is observed stands in the run. */
export interface Moment {
  readonly epoch: number;
  /** Batches of the epoch that are still to be observed. */
  readonly left: number;
}

/** One way of choosing rows. Evidence reaches it once for each batch it drew, in their order. */
export interface Selection {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: SharedSettings;
  /** See `Sampler.pressure`. */
  readonly pressure?: number;
  /** Whether draws of the epoch under way depend on what is observed in it. */
  readonly feedback: boolean;
  /** Makes ready for the epoch, before its first batch; all batches of the one before were observed. */
  begin(epoch: number): void;
  /** Fills the beginning of `batch` with distinct rows; returns how many. */
  draw(batch: Int32Array, random: Random): number;
  observe(rows: Int32Array, evidence: Evidence, moment: Moment): void;
  /** Writes the probabilities of the first draw of the next batch into `target`, `[rows]`. */
  probabilities(target: Float64Array): void;
  /** The probability of one row. */
  probabilityOf(row: number): number;
  /** What else there is to say of how a row stands, by name. */
  termsOf(row: number): Readonly<Record<string, number>>;
  /** The spread of the same probabilities, as the epoch began; added up while it is drawn from. */
  spread(): SpreadSum;
  /** `[batchSize]` importance weights of the batch last drawn, where they are computed. */
  readonly importance?: Float64Array;
  state(): SamplerState;
  restore(state: SamplerState): void;
}

/** @throws UsageError unless 1 <= batchSize <= rows, both whole numbers. */
export function checkBatchSize(rows: number, batchSize: number): void {
  if (rows < 1) throw new UsageError("a sampler needs at least 1 row, but the training fold is empty");
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UsageError(`batch size ${batchSize}: expected a whole number, 1 or more`);
  }
  if (batchSize > rows) {
    throw new UsageError(
      `batch size ${batchSize}: a batch has distinct rows, and there are only ${rows}; choose ${rows} or fewer`,
    );
  }
}

export class EpochSampler implements Sampler {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly rows: number;
  readonly batchSize: number;
  readonly lastBatch: LastBatch;
  readonly batchesPerEpoch: number;
  readonly pressure?: number;
  readonly importanceWeights?: (rows: Int32Array) => Float32Array;
  readonly #selection: Selection;
  readonly #recorder: TraceRecorder;
  readonly #pending: PendingBatches;
  readonly #batch: Int32Array; // [batchSize] where a batch is drawn
  #random: Random;
  #epoch = 0;
  #batchesDrawn = 0;

  constructor(setup: SamplerSetup, selection: Selection, lists: LabelLists = labelLists(setup.labels)) {
    checkBatchSize(lists.rows, setup.batchSize);
    this.name = selection.name;
    this.needs = selection.needs;
    this.rows = lists.rows;
    this.batchSize = setup.batchSize;
    this.lastBatch = setup.lastBatch ?? "carry";
    this.batchesPerEpoch = batchesOf(lists.rows, setup.batchSize, this.lastBatch);
    if (selection.pressure !== undefined) this.pressure = selection.pressure;
    this.#selection = selection;
    this.#recorder = new TraceRecorder(lists, setup.minority ?? new Int32Array(0));
    this.#pending = new PendingBatches(lists.rows, setup.batchSize, selection.importance !== undefined);
    this.#batch = new Int32Array(setup.batchSize);
    this.#random = setup.random;
    if (selection.importance !== undefined) this.importanceWeights = (rows) => this.#pending.weights(rows);
    this.#beginEpoch();
  }

  get epoch(): number {
    return this.#batchesDrawn === this.batchesPerEpoch ? this.#epoch + 1 : this.#epoch;
  }

  get ahead(): number {
    if (this.#selection.feedback && this.#pending.count > 0) return 0;
    return this.#selection.feedback ? 1 : this.batchesPerEpoch - this.#batchesDrawn;
  }

  next(): Int32Array {
    if (this.ahead === 0) {
      throw new UsageError(
        `next: the batches drawn before have to be observed first, in their order; ${this.#pending.count} wait`,
      );
    }
    const drawn = this.#selection.draw(this.#batch, this.#random);
    this.#batchesDrawn++;
    const batch = this.#batch.slice(0, drawn);
    this.#recorder.drawn(batch);
    this.#pending.add(batch, this.#selection.importance);
    return batch;
  }

  observe(rows: Int32Array, evidence: Evidence): void {
    this.#pending.requireOldest(rows);
    const left = this.batchesPerEpoch - this.#batchesDrawn + this.#pending.count - 1;
    this.#selection.observe(rows, evidence, { epoch: this.#epoch, left });
    this.#pending.removeOldest();
    this.#recorder.observed(rows, this.#pending.count);
    if (this.#pending.count === 0 && this.#batchesDrawn === this.batchesPerEpoch) this.#endEpoch();
  }

  probabilities(): Float64Array {
    const target = new Float64Array(this.rows);
    this.#selection.probabilities(target);
    return target;
  }

  selectionOf(row: number): RowSelection {
    if (!Number.isInteger(row) || row < 0 || row >= this.rows) {
      throw new UsageError(`selectionOf: row ${row}; expected a whole number from 0 to ${this.rows - 1}`);
    }
    const { draws, age } = this.#recorder.of(row);
    return { probability: this.#selection.probabilityOf(row), draws, age, ...this.#selection.termsOf(row) };
  }

  trace(): EpochTrace | undefined {
    return this.#recorder.trace();
  }

  state(): SamplerState {
    const { name, rows, batchSize, lastBatch } = this;
    return {
      name,
      settings: { rows, batchSize, lastBatch, ...this.#selection.settings },
      epoch: this.#epoch,
      batchesDrawn: this.#batchesDrawn,
      pending: this.#pending.state(),
      random: this.#random.state(),
      recorder: this.#recorder.state(),
      selection: this.#selection.state(),
    };
  }

  restore(state: SamplerState): void {
    this.#requireOwnState(state);
    const before = this.state();
    try {
      this.#read(state);
    } catch (error) {
      this.#read(before);
      throw error;
    }
  }

  #read(state: SamplerState): void {
    const random = Random.fromState(readRandom(state, "random"));
    const epoch = readInteger(state, "epoch", 0, 2 ** 32 - 1);
    const batchesDrawn = readInteger(state, "batchesDrawn", 0, this.batchesPerEpoch);
    this.#recorder.restore(readRecord(state, "recorder"));
    this.#selection.restore(readRecord(state, "selection"));
    // An epoch with nothing left to draw is over unless a batch waits.
    const least = batchesDrawn === this.batchesPerEpoch ? 1 : 0;
    this.#pending.restore(state.pending, least, this.#selection.feedback ? Math.min(1, batchesDrawn) : batchesDrawn);
    this.#random = random;
    this.#epoch = epoch;
    this.#batchesDrawn = batchesDrawn;
  }

  #requireOwnState(state: SamplerState): void {
    if (state.name !== this.name) {
      throw new UsageError(`sampler state: it was saved by the sampler "${state.name}", this one is "${this.name}"`);
    }
    const saved = readRecord(state, "settings");
    const { rows, batchSize, lastBatch } = this;
    const own: SharedSettings = { rows, batchSize, lastBatch, ...this.#selection.settings };
    for (const key of new Set([...Object.keys(own), ...Object.keys(saved)])) {
      if (saved[key] !== own[key]) {
        throw new UsageError(`sampler state: it was saved with ${key} ${saved[key]}, this sampler has ${own[key]}`);
      }
    }
  }

  #endEpoch(): void {
    this.#recorder.finish(this.#epoch);
    this.#epoch++;
    this.#batchesDrawn = 0;
    this.#beginEpoch();
  }

  #beginEpoch(): void {
    this.#selection.begin(this.#epoch);
    this.#recorder.begin(this.#selection.spread());
  }
}
