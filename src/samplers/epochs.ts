/**
 * What all samplers share: counting batches and epochs, checking calls, the trace, saving and restoring.
 * How rows are chosen is the business of a `Selection`, one per sampler, which this class drives.
 */

import type { LabelMatrix } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import { type LabelLists, labelLists } from "./label-lists.ts";
import type { EpochTrace, Evidence, EvidenceKind, Sampler, SamplerState } from "./sampler.ts";
import { readInteger, readInto, readRandom, readRecord } from "./snapshot.ts";
import { type Spread, TraceRecorder } from "./trace.ts";

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
}

/** Values that a saved state must share with the sampler it is restored to. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** One way of choosing rows. Evidence reaches it only for the batch it drew last. */
export interface Selection {
  readonly name: string;
  readonly needs: readonly EvidenceKind[];
  readonly settings: Settings;
  /** See `Sampler.pressure`. */
  readonly pressure?: number;
  /** Makes ready for the epoch, before its first batch. */
  begin(epoch: number): void;
  /** Fills the beginning of `batch` with distinct rows; returns how many. */
  draw(batch: Int32Array, random: Random): number;
  observe(rows: Int32Array, evidence: Evidence): void;
  /** Writes the probabilities of the first draw of the next batch into `target`, `[rows]`. */
  probabilities(target: Float64Array): void;
  /** The spread of the same probabilities. */
  spread(): Spread;
  /** `[batch]` importance weights of the batch last drawn, where they are computed. */
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
  readonly batchesPerEpoch: number;
  readonly pressure?: number;
  readonly importanceWeights?: (rows: Int32Array) => Float32Array;
  readonly #selection: Selection;
  readonly #recorder: TraceRecorder;
  readonly #batch: Int32Array; // [batchSize] the batch last drawn, in its first #drawn places
  #random: Random;
  #epoch = 0;
  #batchesDrawn = 0;
  #drawn = 0;
  #observed = false;

  constructor(setup: SamplerSetup, selection: Selection, lists: LabelLists = labelLists(setup.labels)) {
    checkBatchSize(lists.rows, setup.batchSize);
    this.name = selection.name;
    this.needs = selection.needs;
    this.rows = lists.rows;
    this.batchSize = setup.batchSize;
    this.batchesPerEpoch = Math.ceil(lists.rows / setup.batchSize);
    if (selection.pressure !== undefined) this.pressure = selection.pressure;
    this.#selection = selection;
    this.#recorder = new TraceRecorder(lists, setup.minority ?? new Int32Array(0));
    this.#batch = new Int32Array(setup.batchSize);
    this.#random = setup.random;
    if (selection.importance !== undefined) {
      const importance = selection.importance;
      this.importanceWeights = (rows) => {
        this.#requireLastBatch(rows, "importanceWeights");
        return Float32Array.from(importance.subarray(0, rows.length));
      };
    }
    this.#beginEpoch();
  }

  get epoch(): number {
    return this.#batchesDrawn === this.batchesPerEpoch ? this.#epoch + 1 : this.#epoch;
  }

  next(): Int32Array {
    if (this.#batchesDrawn === this.batchesPerEpoch) this.#endEpoch();
    this.#drawn = this.#selection.draw(this.#batch, this.#random);
    this.#batchesDrawn++;
    this.#observed = false;
    const batch = this.#batch.slice(0, this.#drawn);
    this.#recorder.drawn(batch);
    return batch;
  }

  observe(rows: Int32Array, evidence: Evidence): void {
    this.#requireLastBatch(rows, "observe");
    if (this.#observed) throw new UsageError("observe: this batch was observed before; draw the next one first");
    this.#selection.observe(rows, evidence);
    this.#recorder.observed(rows);
    this.#observed = true;
    if (this.#batchesDrawn === this.batchesPerEpoch) this.#endEpoch();
  }

  probabilities(): Float64Array {
    const target = new Float64Array(this.rows);
    this.#selection.probabilities(target);
    return target;
  }

  trace(): EpochTrace | undefined {
    return this.#recorder.trace();
  }

  state(): SamplerState {
    const { name, needs: _, rows, batchSize } = this;
    return {
      name,
      settings: { rows, batchSize, ...this.#selection.settings },
      epoch: this.#epoch,
      batchesDrawn: this.#batchesDrawn,
      drawn: this.#drawn,
      observed: this.#observed,
      batch: this.#batch.slice(),
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
    const drawn = readInteger(state, "drawn", 0, this.batchSize);
    if (typeof state.observed !== "boolean") {
      throw new UsageError(`sampler state: "observed" should be true or false, but is ${state.observed}`);
    }
    readInto(state, "batch", this.#batch, 0, this.rows - 1);
    this.#recorder.restore(readRecord(state, "recorder"));
    this.#selection.restore(readRecord(state, "selection"));
    this.#random = random;
    this.#epoch = epoch;
    this.#batchesDrawn = batchesDrawn;
    this.#drawn = drawn;
    this.#observed = state.observed;
  }

  #requireOwnState(state: SamplerState): void {
    if (state.name !== this.name) {
      throw new UsageError(`sampler state: it was saved by the sampler "${state.name}", this one is "${this.name}"`);
    }
    const saved = readRecord(state, "settings");
    const own: Settings = { rows: this.rows, batchSize: this.batchSize, ...this.#selection.settings };
    for (const key of new Set([...Object.keys(own), ...Object.keys(saved)])) {
      if (saved[key] !== own[key]) {
        throw new UsageError(`sampler state: it was saved with ${key} ${saved[key]}, this sampler has ${own[key]}`);
      }
    }
  }

  #requireLastBatch(rows: Int32Array, call: string): void {
    if (this.#drawn === 0) throw new UsageError(`${call}: no batch has been drawn yet; call next first`);
    if (rows.length !== this.#drawn) {
      throw new UsageError(`${call}: ${rows.length} rows, but the last batch has ${this.#drawn}`);
    }
    for (let k = 0; k < rows.length; k++) {
      if (rows[k] !== this.#batch[k]) {
        throw new UsageError(`${call}: row ${k} is ${rows[k]}, but the last batch has ${this.#batch[k]} there`);
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
