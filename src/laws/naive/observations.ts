/**
 * What the naive models remember of a run, and how they look at it. Everything is kept; nothing is shared with
 * src/samplers but the words of the contract.
 */
import type { Evidence } from "../../samplers/sampler.ts";
import type { Trial } from "../subject.ts";

/** The evidence of one row on one visit. */
export interface Visit {
  readonly loss: number;
  readonly entryLosses: number[];
  readonly scores: number[];
}

/** The rows of one observed batch, with what was seen. */
export interface Observation {
  readonly epoch: number;
  readonly rows: number[];
  readonly visits: Visit[];
}

/** p for a draw in `epoch`, after these observations. */
export type NaiveTable = (trial: Trial, observations: readonly Observation[], epoch: number) => number[];

export function observation(epoch: number, rows: Int32Array, evidence: Evidence, labels: number): Observation {
  const part = (values: Float32Array | undefined, k: number): number[] => [
    ...(values?.subarray(k * labels, (k + 1) * labels) ?? []),
  ];
  const visits = Array.from(rows, (_, k) => ({
    loss: evidence.rowLosses?.[k] ?? 0,
    entryLosses: part(evidence.entryLosses, k),
    scores: part(evidence.scores, k),
  }));
  return { epoch, rows: [...rows], visits };
}

/** What the table of an epoch knows: observations of the epochs before it. */
export const before = (observations: readonly Observation[], epoch: number): readonly Observation[] =>
  observations.filter((observed) => observed.epoch < epoch);

/** `[rows]` the visits of each row, in order. */
export function visitsOf(trial: Trial, observations: readonly Observation[]): Visit[][] {
  const visits = Array.from({ length: trial.labels.rows }, (): Visit[] => []);
  for (const { rows, visits: seen } of observations) {
    for (const [k, row] of rows.entries()) visits[row].push(seen[k]);
  }
  return visits;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
/** 0 to count - 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, j) => j);

export const normalised = (weights: readonly number[]): number[] => {
  const total = sum(weights);
  return weights.map((weight) => weight / total);
};
