/**
 * What is compared: a metric at a stated moment. `best`: the test fold by the weights of the best epoch (validation
 * macro-AUC). `late`: the mean of the test metric over the last quarter of epochs. `lateValidation`: the same of the
 * validation fold.
 */
import { describeMetric, type MetricName } from "../../metrics/metrics.ts";
import type { Cell } from "../cell.ts";
import { lateMean } from "./evidence.ts";

/** When a metric is taken. */
export type Moment = "best" | "late" | "lateValidation";

/** A metric at a moment. */
export interface Outcome {
  readonly metric: MetricName;
  readonly moment: Moment;
  readonly direction: "higher" | "lower";
  /** Differences within it count as none; in the metric's unit, stated beforehand. */
  readonly margin: number;
}

const moments: Readonly<Record<Moment, string>> = {
  best: "best epoch, test",
  late: "late mean, test",
  lateValidation: "late mean, validation",
};

export const momentText = (moment: Moment): string => moments[moment];
export const outcomeText = ({ metric, moment }: Outcome): string => `${metric} (${moments[moment]})`;

/** Null where the metric is undefined in the cell, or wasn't recorded. */
export function scoreOf(cell: Cell, { metric, moment }: Pick<Outcome, "metric" | "moment">): number | null {
  if (moment === "best") return cell.metrics[metric] ?? null;
  return lateMean(cell, moment === "late" ? "test" : "validation", metric) ?? null;
}

/** Half a hundredth for areas under curves, a hundredth for everything else; ours, and stated in every report. */
export const defaultMargin = (metric: MetricName): number => (/Auc/.test(metric) ? 0.005 : 0.01);

/**
 * For each metric the moments that any cell has a value for. The late mean of the test fold stands first where it was
 * measured: the best epoch is chosen on few rows, and that choice swamps small differences.
 */
export function outcomesOf(
  cells: readonly Cell[],
  metrics: readonly MetricName[],
  margins: Readonly<Record<string, number>>,
): readonly Outcome[] {
  return metrics.flatMap((metric) => {
    const { direction } = describeMetric(metric);
    const margin = margins[metric] ?? defaultMargin(metric);
    const all: readonly Moment[] = ["late", "best", "lateValidation"];
    const there = all.filter((moment) => cells.some((cell) => scoreOf(cell, { metric, moment }) !== null));
    // The validation fold stands in for the test fold only where that was not followed.
    const shown = there.includes("late") ? there.filter((moment) => moment !== "lateValidation") : there;
    return shown.map((moment) => ({ metric, moment, direction, margin }));
  });
}

/** Each metric once, at the first of its moments. */
export function firstMoments(outcomes: readonly Outcome[]): readonly Outcome[] {
  const firsts = new Map<string, Outcome>();
  for (const outcome of outcomes) if (!firsts.has(outcome.metric)) firsts.set(outcome.metric, outcome);
  return [...firsts.values()];
}

/** The outcomes that figures are drawn for: the first two metrics, each at its first moment. */
export const leading = (outcomes: readonly Outcome[]): readonly Outcome[] => firstMoments(outcomes).slice(0, 2);
