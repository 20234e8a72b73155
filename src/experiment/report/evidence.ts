/**
 * What a report reads of a cell. Much of it is there only where it was measured (`--track`, times): the readers here answer
 * with nothing where a cell lacks it, and never make up a value.
 */
import type { Cell, EpochRecord, Measured } from "../cell.ts";

/** Of one label on the test fold. */
export interface LabelRecord {
  readonly name?: string;
  /** Rows of the training fold that have it. */
  readonly support: number;
  readonly auc?: number | null;
  readonly averagePrecision?: number | null;
}

/** An epoch with what may have been measured besides. */
export interface MeasuredEpoch extends EpochRecord {
  /** Since the beginning. */
  readonly steps?: number;
  readonly rowsSeen?: number;
  readonly seconds?: number;
  /** Metrics of the test fold. */
  readonly test?: Measured;
  /** Mean loss in evaluation mode over parts of the training fold: all, minorityRows, otherRows, minorityLabels, otherLabels. */
  readonly losses?: Measured;
  /** How the rows' n p are spread. */
  readonly selection?: { readonly histogram?: readonly number[]; readonly bounds?: readonly number[] };
}

/** A cell, or one that failed, from a file of any version. */
export interface ReportCell extends Omit<Cell, "history"> {
  readonly history: readonly MeasuredEpoch[];
  readonly labels?: readonly LabelRecord[];
  readonly arm?: { readonly name: string; readonly place: number };
  readonly run?: {
    readonly version: string;
    readonly numerics: number;
    readonly date?: string;
    readonly seconds?: number;
  };
}

/** A cell that has no result. */
export interface ReportFailure extends Pick<ReportCell, "key" | "settings" | "arm"> {
  readonly failure: { readonly kind: string; readonly message: string };
}

/** Wall-clock time of the cell. */
export const secondsOf = ({ run, seconds }: ReportCell): number | undefined => run?.seconds ?? seconds;

/** Epochs whose values count for the late mean: e >= min(E - 1, ceil(3 E / 4)), from 0. */
export function lateEpochs<T>(history: readonly T[]): readonly T[] {
  return history.slice(Math.min(history.length - 1, Math.ceil((3 * history.length) / 4)));
}

/** The mean over the late epochs; undefined where one of them lacks the value. */
export function lateMean(
  history: readonly MeasuredEpoch[],
  of: (epoch: MeasuredEpoch) => number | null | undefined,
): number | undefined {
  const values = lateEpochs(history).map(of);
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0 || numbers.length < values.length) return undefined;
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
