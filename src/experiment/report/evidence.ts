/**
 * What a report reads of a cell. Much of it is there only where it was measured (`--track`, times): the readers here
 * answer with nothing where a cell lacks it, and never make up a value.
 */
import type { Cell, EpochRecord } from "../cell.ts";

/** Wall-clock time of the cell. */
export const secondsOf = ({ run, seconds }: Cell): number | undefined => run?.seconds ?? seconds;

/** Epochs whose values count for the late mean: e >= min(E - 1, ceil(3 E / 4)), from 0. */
export function lateEpochs<T>(history: readonly T[]): readonly T[] {
  return history.slice(Math.min(history.length - 1, Math.ceil((3 * history.length) / 4)));
}

/** The mean over the late epochs; undefined where one of them lacks the value. */
export function lateMean(
  history: readonly EpochRecord[],
  of: (epoch: EpochRecord) => number | null | undefined,
): number | undefined {
  const values = lateEpochs(history).map(of);
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0 || numbers.length < values.length) return undefined;
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
