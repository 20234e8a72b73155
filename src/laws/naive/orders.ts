/**
 * How the rows of a batch follow one another: the chances of the next row, given those that the batch already has.
 * Drawing and the exact probability of an ordered batch both follow from that one function.
 */
import type { Claims, Trial } from "../subject.ts";
import { mean, normalised, sum, upTo } from "./observations.ts";

/** `[rows]` what the chance of each row to be the next one is proportional to; 0 for rows of the batch. */
export type NextChances = (trial: Trial, p: readonly number[], batch: readonly number[]) => number[];

/** One after another without replacement: p over the rows not yet drawn. */
export const successive: NextChances = (_, p, batch) => p.map((chance, row) => (batch.includes(row) ? 0 : chance));

/** a(u, i): the mean correlation between the labels of two rows, 0 where one of them has none. */
export function naiveCorrelation(trial: Trial, u: number, i: number): number {
  const { columns, values } = trial.labels;
  const labels = (row: number): number[] => upTo(columns).filter((j) => values[row * columns + j] === 1);
  const pairs = labels(u).flatMap((j) => labels(i).map((k) => trial.labelCorrelation[j * columns + k]));
  return pairs.length === 0 ? 0 : mean(pairs);
}

/** p_t(i) ~ p_i (1 + kappa a(previous, i)) over the rows not yet drawn. */
export const chained =
  (kappa: number): NextChances =>
  (trial, p, batch) => {
    const previous = batch.at(-1);
    const chances = successive(trial, p, batch);
    if (previous === undefined) return chances;
    return chances.map((chance, row) => chance * (1 + kappa * naiveCorrelation(trial, previous, row)));
  };

export const nextChances = (order: Claims["order"]): NextChances =>
  order === "successive" ? successive : chained(order.chain);

/** Probability of drawing these rows in this order. */
export function orderProbability(
  next: NextChances,
  trial: Trial,
  p: readonly number[],
  rows: readonly number[],
): number {
  return rows.reduce((product, row, t) => product * normalised(next(trial, p, rows.slice(0, t)))[row], 1);
}

/** The place where `target` of [0, 1) falls among the chances. */
export function drawnAt(chances: readonly number[], target: number): number {
  let rest = target * sum(chances);
  const last = chances.findLastIndex((chance) => chance > 0);
  const found = chances.findIndex((chance) => {
    rest -= chance;
    return rest < 0;
  });
  return found < 0 ? last : found;
}
