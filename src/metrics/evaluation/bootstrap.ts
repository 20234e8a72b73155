/**
 * How far the metrics would move with other rows: the percentile bootstrap (Efron 1979). Rows are drawn with
 * repetition, as many as there are, and all metrics are taken again. What it does not see: other training runs, folds
 * or data; and it is too narrow for a label with few positives.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { Scores } from "../input.ts";
import { type MetricName, metricNames } from "../metrics.ts";
import type { Decide } from "../rules/rule.ts";
import { resampling } from "./resample.ts";

/** Options of the bootstrap over rows. */
export interface MetricBootstrapOptions {
  /** Default 1000. */
  readonly draws?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Share of the draws that lie in an interval; default 0.95. */
  readonly confidence?: number;
  /** Is called after each draw, for progress. */
  readonly onDraw?: () => void;
}

/** The interval of one metric. */
export interface MetricInterval {
  readonly low: number;
  readonly high: number;
}

/** The intervals of all metrics. */
export interface MetricIntervals {
  readonly draws: number;
  readonly seed: number;
  readonly confidence: number;
  /** By the metric's name, of the draws in which it is defined; null where it is in none. */
  readonly byMetric: Readonly<Record<string, MetricInterval | null>>;
}

/**
 * Intervals of all metrics; the same seed gives the same ones.
 * @throws UsageError on bad input or options out of range
 */
export function metricIntervals(
  labels: LabelMatrix,
  scores: Scores,
  rule: Decide,
  options: MetricBootstrapOptions = {},
): MetricIntervals {
  const { draws = 1000, seed = 1, confidence = 0.95, onDraw } = options;
  if (!Number.isInteger(draws) || draws < 1)
    throw new UsageError(`${draws} draws: expected a whole number of at least 1`);
  if (!(confidence > 0 && confidence < 1))
    throw new UsageError(`confidence ${confidence}: expected a number between 0 and 1, such as 0.95`);
  const { rows } = labels;
  const measure = resampling(labels, scores, rule);
  const random = new Random(seed).stream("bootstrap");
  const found = new Map(metricNames.map((name): [MetricName, number[]] => [name, []]));
  const counts = new Uint32Array(rows);
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    for (let i = 0; i < rows; i++) counts[random.integer(rows)]++;
    const metrics = measure(counts);
    for (const [name, values] of found) {
      const value = metrics[name];
      if (value !== null) values.push(value);
    }
    onDraw?.();
  }
  const interval = (name: MetricName): MetricInterval | null => {
    const values = Float64Array.from(found.get(name) ?? []).sort();
    if (values.length === 0) return null;
    return { low: sortedQuantile(values, (1 - confidence) / 2), high: sortedQuantile(values, (1 + confidence) / 2) };
  };
  return { draws, seed, confidence, byMetric: Object.fromEntries(metricNames.map((name) => [name, interval(name)])) };
}

/** @param sorted ascending, at least one; interpolated linearly between its neighbours */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
