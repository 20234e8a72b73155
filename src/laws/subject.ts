/**
 * What a law looks at: how to make a sampler for a small trial, and what that sampler claims. Methods may answer at
 * once or with a promise, so that a sampler in another process is held to the same laws. No sampler of this library is
 * known here.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import type { LastBatch } from "../samplers/frame/pass.ts";
import type { EpochTrace, Evidence, EvidenceKind, SamplerState } from "../samplers/sampler.ts";

/** At once or later. */
export type Answer<T> = T | Promise<T>;

/** A small training fold and run settings, for which the laws have samplers made. */
export interface Trial {
  readonly labels: LabelMatrix;
  readonly batchSize: number;
  readonly seed: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Epochs at the beginning that visit every row once. */
  readonly warmUp: number;
  readonly pressure: number;
  readonly schedule: "constant" | "exponential" | "linear";
  /** `[rows]` instance weights w, positive. */
  readonly weights: Float64Array;
  /** `[rows, k]` other rows near each row; may be empty for one row alone. */
  readonly neighbours: Int32Array;
  /** `[labels, labels]` label correlation in [0, 1], diagonal 0. */
  readonly labelCorrelation: Float64Array;
  /** Made with importance weights. */
  readonly unbiased: boolean;
}

/** A sampler as the laws call it; see `Sampler` for what each call means. What is left out can't be claimed. */
export interface TestedSampler {
  readonly needs: readonly EvidenceKind[];
  readonly batchesPerEpoch: number;
  readonly pressure?: number;
  readonly epoch: number;
  readonly ahead: number;
  /** See `Sampler.next`. */
  next(): Answer<Int32Array>;
  /** See `Sampler.observe`. */
  observe(rows: Int32Array, evidence: Evidence): Answer<void>;
  /** See `Sampler.probabilities`. */
  probabilities?(): Answer<Float64Array>;
  /** See `Sampler.importanceWeights`. */
  importanceWeights?(rows: Int32Array): Answer<Float32Array>;
  /** See `Sampler.trace`. */
  trace?(): Answer<EpochTrace | undefined>;
  /** See `Sampler.state`. */
  state?(): Answer<SamplerState>;
  /** See `Sampler.restore`. */
  restore?(state: SamplerState): Answer<void>;
  /** Called when a law is done with it. */
  end?(): Answer<void>;
}

/** A sampler with all that the laws about saving need. */
export type SavedSampler = TestedSampler & Required<Pick<TestedSampler, "state" | "restore">>;

/** Which naive model a sampler claims to equal, and in which of its variants. */
export interface FormulaClaim {
  readonly name: string;
  readonly variant?: Readonly<Record<string, string | number | boolean>>;
}

/** What a sampler promises. Laws that it does not name are reported as not claimed. */
export interface Claims {
  /** Names of laws, see `lawNames`. */
  readonly laws: readonly string[];
  /** When an epoch visits every row once: always, in the epochs of the warm-up, or never. */
  readonly visits: "always" | "warmUp" | "never";
  /**
   * What becomes of the rest of a pass over all rows where the batch size does not divide their number; default carry.
   */
  readonly lastBatch?: LastBatch;
  /** What is observed changes the next draw, once past the warm-up; otherwise the next epoch's. */
  readonly feedback: boolean;
  /** What makes a row hard: a high loss (and a score near 1/2), scores that vary, or predictions that change sides. */
  readonly hardness: "loss" | "variance" | "disagreement";
  /**
   * How the rows of a batch follow one another: successive draws without replacement, or a chain of the given strength.
   */
  readonly order: "successive" | { readonly chain: number };
  /** The naive model it claims to equal. */
  readonly formula?: FormulaClaim;
  /** Ties in the evidence leave it and the naive model in exact agreement. */
  readonly exactTies: boolean;
}

/** How to make a sampler, and what is claimed of it. */
export interface Subject {
  readonly name: string;
  readonly claims: Claims;
  /** A new sampler for the trial. */
  make(trial: Trial): Answer<TestedSampler>;
  /** The trial as the sampler sees it, where it does not take all of its options. */
  seen?(trial: Trial): Trial;
}
