/**
 * What a single cell shows besides its scores: its best epoch, its late mean, and when it reached the value at which
 * the baseline ended. Tables of means and the report as JSON are both made from these.
 */
import { describeMetric, type MetricName, metricNames } from "../../metrics/metrics.ts";
import type { Cell, EpochRecord } from "../cell.ts";
import { lateMean } from "./evidence.ts";
import type { Outcome } from "./outcomes.ts";
import type { Group } from "./treatments.ts";

/** On which fold the course of training is judged. */
export type Followed = "test" | "validation";

/** Figures of one cell. */
export interface CellFigures {
  readonly data: string;
  readonly model: string;
  readonly condition?: string;
  readonly treatment: string;
  readonly fold: number;
  readonly seed: number;
  readonly metric: MetricName;
  readonly followed: Followed;
  /**
   * From 1: the epoch of the best validation score by the cell's criterion; null where none was recorded. Thinned cells
   * have some of their epochs only.
   */
  readonly bestEpoch: number | null;
  /** Mean of the metric over the last quarter of the epochs. */
  readonly lateMean: number | null;
  /** The late mean of the baseline with the same fold and seed. */
  readonly target: number | null;
  /** The first epoch, from 1, that is as good as the target, and what it took until then; null where none is. */
  readonly reached: { readonly epoch: number; readonly steps?: number; readonly seconds?: number } | null;
}

/** The test fold where every epoch of every cell has the metric on it, otherwise the validation fold. */
export function followedOf(groups: readonly Group[], metric: MetricName): Followed {
  const every = groups.every(({ treatments }) =>
    treatments.every(({ cells }) =>
      [...cells.values()].every(({ history }) => history.every(({ test }) => typeof test?.[metric] === "number")),
    ),
  );
  return every ? "test" : "validation";
}

/** @param timings whether seconds are reported, too */
export function cellFigures(
  groups: readonly Group[],
  outcome: Pick<Outcome, "metric" | "direction"> | undefined,
  timings: boolean,
): readonly CellFigures[] {
  if (outcome === undefined) return [];
  const { metric, direction } = outcome;
  const followed = followedOf(groups, metric);
  const of = (epoch: EpochRecord) => epoch[followed]?.[metric];
  return groups.flatMap(({ data, model, condition, treatments }) => {
    const [baseline] = treatments;
    return treatments.flatMap(({ name, cells }) =>
      [...cells].map(([pair, cell]): CellFigures => {
        const base = baseline.cells.get(pair);
        const target = (base && lateMean(base, followed, metric)) ?? null;
        const first = target === null ? undefined : firstReaching(cell, of, target, direction);
        return {
          ...{ data, model, ...(condition !== "" && { condition }) },
          ...{ treatment: name, fold: cell.key.fold, seed: cell.key.seed, metric, followed },
          bestEpoch: bestEpochOf(cell),
          lateMean: lateMean(cell, followed, metric) ?? null,
          target,
          reached: first
            ? {
                epoch: first.epoch + 1,
                ...(first.steps !== undefined && { steps: first.steps }),
                ...(timings && first.seconds !== undefined && { seconds: first.seconds }),
              }
            : null,
        };
      }),
    );
  });
}

function firstReaching(
  { history }: Cell,
  of: (epoch: EpochRecord) => number | null | undefined,
  target: number,
  direction: Outcome["direction"],
): EpochRecord | undefined {
  return history.find((epoch) => {
    const value = of(epoch);
    return typeof value === "number" && (direction === "higher" ? value >= target : value <= target);
  });
}

/** As training chooses it: the first of the best. */
function bestEpochOf({ history, settings: { criterion = "macroAuc" } }: Cell): number | null {
  const name = metricNames.find((known) => known === criterion);
  if (name === undefined) return null;
  const { direction } = describeMetric(name);
  let best: { readonly epoch: number; readonly score: number } | undefined;
  for (const { epoch, validation } of history) {
    const score = validation[name];
    if (typeof score !== "number") continue;
    const better = best === undefined || (direction === "higher" ? score > best.score : score < best.score);
    if (better) best = { epoch, score };
  }
  return best === undefined ? null : best.epoch + 1;
}
