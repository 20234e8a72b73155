/**
 * The one contract of every batch sampler: which rows come next, and what the training step found out about them.
 * Samplers handle row indices and plain typed arrays, never tensors; they know nothing of models.
 */

import type { LastBatch } from "./frame/pass.ts";

/**
 * What a training step can tell a sampler about the rows of its batch, measured in the training forward pass before the
 * update.
 */
export interface Evidence {
  /** `[batch]` mean binary cross-entropy over the labels of each row, l_i. Finite, not negative. */
  readonly rowLosses?: Float32Array;
  /** `[batch, labels]` binary cross-entropy of each entry. Finite, not negative. */
  readonly entryLosses?: Float32Array;
  /** `[batch, labels]` sigmoid outputs, in [0, 1]. */
  readonly scores?: Float32Array;
}

/** The name of a kind of evidence. */
export type EvidenceKind = keyof Evidence;

/** What one epoch of drawing looked like. Rows and labels are those of the training fold. */
export interface EpochTrace {
  readonly epoch: number;
  /** Entropy of `probabilities()` as the epoch began, in nats; ln(rows) is uniform. */
  readonly entropy: number;
  /** Effective sample size 1 / sum p_i^2 of `probabilities()` as the epoch began, in rows. */
  readonly effectiveSampleSize: number;
  /** `[rows]` how often each row was drawn this epoch. */
  readonly drawsPerRow: Uint32Array;
  /** `[labels]` how often a row carrying the label was drawn this epoch. */
  readonly drawsPerLabel: Uint32Array;
  /** Share of this epoch's draws that carry at least one minority label. */
  readonly minorityShare: number;
  /** Rows never drawn since the beginning of the run. */
  readonly neverDrawn: number;
  /**
   * Mean and maximum age of the evidence, in batches since the row was last observed; rows never observed count from
   * the start.
   */
  readonly meanAge: number;
  readonly maxAge: number;
}

/**
 * How one row stands with a sampler: what all samplers say, and by name the terms of the sampler itself, see
 * docs/samplers.md.
 */
export interface RowSelection {
  /** With which the row is drawn first into the next batch, as `Sampler.probabilities` has it. */
  readonly probability: number;
  /** How often the row was drawn since the run began. */
  readonly draws: number;
  /** Batches since the row was last observed; a row never observed counts from the start. */
  readonly age: number;
  readonly [term: string]: number;
}

/**
 * A snapshot that `restore` understands: numbers, strings, typed arrays and lists of these, its own copy; survives
 * `structuredClone`.
 */
export type SamplerState = Readonly<Record<string, unknown>>;

/** What decides which rows make up the next batch. */
export interface Sampler {
  readonly name: string;
  /** The evidence `observe` reads; the training step computes nothing else for it. */
  readonly needs: readonly EvidenceKind[];
  readonly rows: number;
  readonly batchSize: number;
  /**
   * The pressure s >= 1 that is never exceeded: no row is more than s times as likely as another to be drawn first into
   * a batch; 1 where all are alike. Absent where nothing is promised.
   */
  readonly pressure?: number;
  /**
   * What becomes of the rows that are left at the end of a pass over all of them, where the batch size does not divide
   * their number: see `LastBatch`. Absent: it may be either, so that a batch may be short.
   */
  readonly lastBatch?: LastBatch;
  /** ceil(rows / batchSize), with `drop` floor(rows / batchSize): an epoch is that many calls of `next`. */
  readonly batchesPerEpoch: number;
  /** The epoch of the next batch, from 0. Advances by itself. */
  readonly epoch: number;
  /**
   * How many batches `next` gives from now on before `observe` has to be called: what is left of the epoch where its
   * draws don't depend on what is observed in it; else 1, and 0 while a batch waits. Never beyond the epoch, which ends
   * when its last batch is observed. At least 1 while no batch waits.
   */
  readonly ahead: number;
  /**
   * The rows of the next batch: distinct indices in 0..rows-1, in a new array. `batchSize` of them, except, where
   * `lastBatch` is short, for the last batch of an epoch that visits every row once, which holds the remainder.
   *
   * @throws UsageError if `ahead` is 0.
   */
  next(): Int32Array;
  /**
   * Tells what the step found for the rows of a batch, in the same order: once for each batch, in the order in which
   * they were drawn. Batches drawn ahead change nothing: they, the probabilities and the trace are those of drawing and
   * observing in turn. A refused call changes nothing.
   *
   * @throws UsageError if the rows aren't those of the oldest batch that waits to be observed, or needed evidence is
   * missing, of the wrong length, NaN, infinite or out of range.
   */
  observe(rows: Int32Array, evidence: Evidence): void;
  /**
   * `[rows]` the probability with which each row is drawn first into the next batch; sums to 1. In epochs that visit
   * every row once it is 1 / rows for each: the share of the epoch's draws.
   */
  probabilities(): Float64Array;
  /**
   * `[rows.length]` importance weights of a batch that waits to be observed, where the sampler was made with
   * `unbiased`; else absent. The mean over the batch of weight times loss has the uniform risk, the mean loss of all
   * rows, as its expectation.
   *
   * @throws UsageError if the rows aren't those of such a batch.
   */
  importanceWeights?(rows: Int32Array): Float32Array;
  /**
   * How the row stands at this moment, in the sampler's own terms besides what all samplers say. Changes nothing.
   *
   * @throws UsageError if there is no such row.
   */
  selectionOf(row: number): RowSelection;
  /** The trace of the last finished epoch (all of its batches observed), if there is one. */
  trace(): EpochTrace | undefined;
  /** A snapshot of everything that the future depends on, at any point of an epoch. */
  state(): SamplerState;
  /**
   * Continues from a snapshot exactly as the sampler that made it would have.
   *
   * @throws UsageError if the snapshot is damaged or comes from a sampler made with other settings; the sampler is then
   * as it was.
   */
  restore(state: SamplerState): void;
}
