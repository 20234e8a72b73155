/**
 * The one contract of every batch sampler: which rows come next, and what the training step found out about them.
 * Samplers handle row indices and plain typed arrays, never tensors; they know nothing of models.
 */

/** What a training step can tell a sampler about the rows of its batch, measured in the training forward pass before the update. */
export interface Evidence {
  /** `[batch]` mean binary cross-entropy over the labels of each row, l_i. */
  readonly rowLosses?: Float32Array;
  /** `[batch, labels]` binary cross-entropy of each entry. */
  readonly entryLosses?: Float32Array;
  /** `[batch, labels]` sigmoid outputs. */
  readonly scores?: Float32Array;
}

export type EvidenceKind = keyof Evidence;

/** What one epoch of drawing looked like. Rows and labels are those of the training fold. */
export interface EpochTrace {
  readonly epoch: number;
  /** Entropy of the selection probabilities in nats; ln(rows) is uniform. */
  readonly entropy: number;
  /** Effective sample size 1 / sum p_i^2, in rows. */
  readonly effectiveSampleSize: number;
  /** `[rows]` how often each row was drawn this epoch. */
  readonly drawsPerRow: Uint32Array;
  /** `[labels]` how often a row carrying the label was drawn this epoch. */
  readonly drawsPerLabel: Uint32Array;
  /** Share of this epoch's draws that carry at least one minority label. */
  readonly minorityShare: number;
  /** Rows never drawn since the beginning of the run. */
  readonly neverDrawn: number;
  /** Mean and maximum age of the evidence, in batches since the row was last observed; rows never observed count from the start. */
  readonly meanAge: number;
  readonly maxAge: number;
}

/** A snapshot that `restore` understands; survives `structuredClone`. */
export type SamplerState = Readonly<Record<string, unknown>>;

export interface Sampler {
  readonly name: string;
  /** The evidence `observe` reads; the training step computes nothing else for it. */
  readonly needs: readonly EvidenceKind[];
  readonly rows: number;
  readonly batchSize: number;
  /** ceil(rows / batchSize): an epoch is that many calls of `next`. */
  readonly batchesPerEpoch: number;
  /** The epoch of the next batch, from 0. Advances by itself. */
  readonly epoch: number;
  /**
   * The rows of the next batch: distinct indices in 0..rows-1. `batchSize` of them, except for the last batch of an
   * epoch that visits every row once (uniform and sequential selection, warm-up), which holds the remainder.
   */
  next(): Int32Array;
  /** Tells what the step found for the rows of the batch last returned by `next`, in the same order. */
  observe(rows: Int32Array, evidence: Evidence): void;
  /** `[rows]` the probability with which each row is drawn first into the next batch. Sums to 1. */
  probabilities(): Float64Array;
  /** `[rows.length]` importance weights of the batch last drawn, where the sampler was made with `unbiased`; else absent. */
  importanceWeights?(rows: Int32Array): Float32Array;
  /** The trace of the last finished epoch (all of its batches drawn and observed), if there is one. */
  trace(): EpochTrace | undefined;
  state(): SamplerState;
  restore(state: SamplerState): void;
}
