/**
 * What a training run tells as it goes: the events of `train`, in the order start, steps and an epoch in turn, end. Plain data,
 * from which terminals, files and pages are fed.
 */
import type { Values } from "../backends/backend.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { EpochTrace } from "../samplers/sampler.ts";
import type { Conditions, EpochConditions } from "./conditions/conditions.ts";

export interface StartEvent {
  readonly kind: "start";
  /** What really runs. */
  readonly backend: string;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** How many numbers are trained. */
  readonly parameters: number;
}

export interface StepEvent {
  readonly kind: "step";
  /** Both from 0. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
}

export interface EpochEvent {
  readonly kind: "epoch";
  readonly epoch: number;
  /** Mean of the batch losses. */
  readonly loss: number;
  /** Metrics on the validation rows, where there are any. */
  readonly validation?: Metrics;
  /** A copy of the weights, where this epoch is the best so far. */
  readonly best?: Values;
  readonly trace?: EpochTrace;
  readonly conditions?: EpochConditions;
}

export interface EndEvent {
  readonly kind: "end";
  /** The epoch whose weights are kept; -1 where none was finished. */
  readonly bestEpoch: number;
  /** A copy of its weights: parameters and buffers by name. */
  readonly values: Values;
  /** `[test rows, labels]` scores of the test rows by those weights; by those that the run began with where no epoch was finished. */
  readonly testScores: Float32Array;
  /** How many epochs were finished. */
  readonly epochs: number;
  /** Whether `signal` stopped the run before its last epoch. */
  readonly interrupted: boolean;
  /** Of all finished epochs, where they were measured. */
  readonly conditions?: Conditions;
}

export type TrainingEvent = StartEvent | StepEvent | EpochEvent | EndEvent;
