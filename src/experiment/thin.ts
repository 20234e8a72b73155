/**
 * A cell as it is published: scalars as they are, what was followed over the epochs at fewer epochs and with fewer
 * digits. The late means are taken before that and kept with all their digits, so that every figure that is compared
 * stays what it was.
 */
import type { Cell, EpochRecord, LateMeans, Measured } from "./cell.ts";

export interface ThinOptions {
  /** Epochs that are kept, first and last among them. Default 50. */
  readonly points?: number;
  /** Significant digits of what is kept of an epoch. Default 5. */
  readonly digits?: number;
}

/** The places of at most `count` of `length` points: first, last, and as even as can be. */
export function thinned(length: number, count: number): readonly number[] {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - 1)) / (count - 1)));
}

export function thinCell(cell: Cell, { points = 50, digits = 5 }: ThinOptions = {}): Cell {
  const { history } = cell;
  const late = cell.late ?? lateMeans(history);
  return {
    ...cell,
    ...(Object.keys(late).length > 0 && { late }),
    history: thinned(history.length, points).map((at) => rounded(history[at], digits)),
  };
}

/** Epochs whose values count for the late mean: e >= min(E - 1, ceil(3 E / 4)), from 0, of E = the last one + 1. */
function lateEpochs(history: readonly EpochRecord[]): readonly EpochRecord[] {
  const epochs = (history.at(-1)?.epoch ?? 0) + 1;
  return history.filter(({ epoch }) => epoch >= Math.min(epochs - 1, Math.ceil((3 * epochs) / 4)));
}

/** The mean of a metric over the late epochs; undefined where one of them lacks it. */
export function lateMeanOf(
  history: readonly EpochRecord[],
  of: "test" | "validation",
  metric: string,
): number | undefined {
  const late = lateEpochs(history);
  const values = late.flatMap((epoch) => epoch[of]?.[metric] ?? []);
  if (values.length === 0 || values.length < late.length) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lateMeans(history: readonly EpochRecord[]): LateMeans {
  const all = (of: "test" | "validation"): Measured =>
    Object.fromEntries(
      Object.keys(history.at(-1)?.[of] ?? {}).flatMap((metric) => {
        const value = lateMeanOf(history, of, metric);
        return value === undefined ? [] : [[metric, value]];
      }),
    );
  const found = Object.entries({ test: all("test"), validation: all("validation") });
  return Object.fromEntries(found.filter(([, means]) => Object.keys(means).length > 0));
}

/** Counts of steps, rows and epochs are whole numbers and stay as they are. */
function rounded({ selection, ...epoch }: EpochRecord, digits: number): EpochRecord {
  const round = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
  const roundAll = (values: Measured): Measured =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === null ? null : round(value)]));
  const { loss, validation, sampler, conditions, test, losses } = epoch;
  return {
    ...epoch,
    loss: round(loss),
    validation: roundAll(validation),
    ...(sampler && { sampler: roundAll(sampler) }),
    ...(conditions && { conditions: roundAll(conditions) }),
    ...(test && { test: roundAll(test) }),
    ...(losses && { losses: roundAll(losses) }),
    ...(selection && { selection: { ...selection, bounds: selection.bounds.map(round) } }),
  };
}
