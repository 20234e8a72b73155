/**
 * How many times longer one treatment takes than another: the geometric mean of paired ratios with a bootstrap
 * interval.
 */
import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { type BootstrapOptions, bootstrapInterval, type Interval, mean } from "./statistics.ts";

/** A ratio of two times with its interval. */
export interface RatioOfTimes {
  readonly ratio: number;
  /** Percentile bootstrap over the pairs; null for fewer than two. */
  readonly interval: Interval | null;
}

/** @throws UsageError for lists of different lengths, none, or a time that isn't positive */
export function ratioOfTimes(
  times: readonly number[],
  baseline: readonly number[],
  random: Random,
  options: BootstrapOptions = {},
): RatioOfTimes {
  if (times.length !== baseline.length)
    throw new UsageError(`ratio of times: ${times.length} times and ${baseline.length} of the baseline`);
  const bad = [...times, ...baseline].find((time) => !(time > 0 && Number.isFinite(time)));
  if (bad !== undefined) throw new UsageError(`ratio of times: ${bad} seconds; expected positive numbers`);
  const logarithms = times.map((time, index) => Math.log(time / baseline[index]));
  const ratio = Math.exp(mean(logarithms));
  if (logarithms.length < 2) return { ratio, interval: null };
  const { low, high } = bootstrapInterval(logarithms, random, options);
  return { ratio, interval: { low: Math.exp(low), high: Math.exp(high) } };
}
