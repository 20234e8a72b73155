/**
 * What a training run reports: the events of `train`, in the order start, steps and an epoch in turn, end, with
 * checkpoints between them. Plain data, from which terminals, files and pages are fed.
 */
import type { Values } from "../backends/backend.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { EpochTrace } from "../samplers/sampler.ts";
import type { Conditions, EpochConditions } from "./conditions/conditions.ts";
import type { RunState } from "./state.ts";
import type { Tracked } from "./tracking.ts";

/** A run begins. */
export interface StartEvent {
  readonly kind: "start";
  /** What really runs. */
  readonly backend: string;
  /** Whether features are multiplied with or without their zeros. */
  readonly inputs: "dense" | "sparse";
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** How many numbers are trained. */
  readonly parameters: number;
  /**
   * Where a run goes on from a checkpoint: the epoch of the next step and how many steps of it are done, both from 0.
   */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

/** A step is done. */
export interface StepEvent {
  readonly kind: "step";
  /** Both from 0. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** The batch, where `reportRows` asks for it. */
  readonly batch?: {
    /** Row r stands for row `rows.training[r]` of the matrices. */
    readonly rows: Int32Array;
    /** `[rows.length]` loss of each, before the update. */
    readonly losses: Float32Array;
  };
}

/** The run as a value, which `train` goes on from; comes as often as `checkpointEvery` says. */
export interface CheckpointEvent {
  readonly kind: "checkpoint";
  readonly state: RunState;
}

/** An epoch is finished. */
export interface EpochEvent extends Tracked {
  readonly kind: "epoch";
  readonly epoch: number;
  /** Mean of the batch losses. */
  readonly loss: number;
  /** Metrics on the validation rows, where there are any. */
  readonly validation?: Metrics;
  /** A copy of the weights, where this epoch is the best so far and `epochWeights` does not say no. */
  readonly best?: Values;
  readonly trace?: EpochTrace;
  readonly conditions?: EpochConditions;
}

/** The end of a run. */
export interface EndEvent {
  readonly kind: "end";
  /** The epoch whose weights are kept; -1 where none was finished. */
  readonly bestEpoch: number;
  /** A copy of its weights: parameters and buffers by name. */
  readonly values: Values;
  /**
   * `[test rows, labels]` scores of the test rows by those weights; by those that the run began with where no epoch was
   * finished.
   */
  readonly testScores: Float32Array;
  /** `[validation rows, labels]` likewise; what thresholds are fitted on. */
  readonly validationScores: Float32Array;
  /** `[training rows]` how often each was drawn, where `track` names the labels. */
  readonly draws?: Uint32Array;
  /** How many epochs were finished. */
  readonly epochs: number;
  /** Whether `signal` stopped the run before its last epoch. */
  readonly interrupted: boolean;
  /** Of all finished epochs, where they were measured. */
  readonly conditions?: Conditions;
}

/** What `train` reports. */
export type TrainingEvent = StartEvent | StepEvent | CheckpointEvent | EpochEvent | EndEvent;
