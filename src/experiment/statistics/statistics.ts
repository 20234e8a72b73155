/**
 * What a comparison says about repeated measurements: averages, spread, and how sure one may be of a mean difference.
 * Rank tests are in rank-tests.ts.
 */
import { UsageError } from "../../errors.ts";
import { sortedQuantile } from "../../metrics/evaluation/bootstrap.ts";
import type { Random } from "../../random.ts";
import { studentQuantile, studentTail } from "./distributions.ts";

/** @throws UsageError for no values, or one that isn't finite. */
export function checkValues(values: readonly number[], what: string): void {
  if (values.length === 0) throw new UsageError(`${what}: no values given; at least one is needed`);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new UsageError(`${what}: value ${bad} is ${values[bad]}; expected finite numbers`);
}

/** @throws UsageError for no values, or one that isn't finite. */
export function mean(values: readonly number[]): number {
  checkValues(values, "mean");
  // The second pass takes the rounding of the first back out: equal values have exactly their value as mean.
  const rough = values.reduce((sum, value) => sum + value, 0) / values.length;
  return rough + values.reduce((sum, value) => sum + (value - rough), 0) / values.length;
}

/** The sample standard deviation (divisor n - 1); null for a single value. @throws UsageError as `mean`. */
export function standardDeviation(values: readonly number[]): number | null {
  const centre = mean(values);
  if (values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** a - b, one by one. @throws UsageError if the lengths differ. */
export function pairedDifferences(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length !== b.length) throw new UsageError(`paired differences of ${a.length} and ${b.length} values`);
  return a.map((value, index) => value - b[index]);
}

/** An interval of confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What the corrected t-test answers. */
export interface PairedTTest {
  readonly count: number;
  readonly mean: number;
  /** sqrt((1/count + testToTrain) variance); null for a single difference, as everything below. */
  readonly standardError: number | null;
  readonly degreesOfFreedom: number;
  /** mean / standardError; infinite where all differences are the same and not 0, 0 where all are 0. */
  readonly statistic: number | null;
  /** Two-sided. */
  readonly pValue: number | null;
  readonly interval: Interval | null;
}

/** Options of the corrected t-test. */
export interface PairedTTestOptions {
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
  /**
   * Test rows / training rows where the differences come from resampling one data set (k folds: 1 / (k - 1)). Their
   * training sets overlap, so the plain test is far too sure; the correction adds this to 1 / count. Default 0: plain.
   */
  readonly testToTrain?: number;
}

/**
 * Student's t-test of paired differences against 0; with `testToTrain` the corrected resampled test of Nadeau and
 * Bengio (2003), for r repetitions of k folds as Bouckaert and Frank (2004) use it.
 * @throws UsageError for no or non-finite differences, a confidence outside (0, 1) or a negative ratio.
 */
export function pairedTTest(differences: readonly number[], options: PairedTTestOptions = {}): PairedTTest {
  const { confidence = 0.95, testToTrain = 0 } = options;
  checkValues(differences, "paired t-test");
  checkConfidence(confidence);
  if (!(testToTrain >= 0 && Number.isFinite(testToTrain))) {
    throw new UsageError(`test to train ratio ${testToTrain}: expected a number >= 0, such as 0.25 for five folds`);
  }
  const count = differences.length;
  const centre = mean(differences);
  const spread = standardDeviation(differences);
  const degreesOfFreedom = count - 1;
  if (spread === null) {
    return {
      count,
      mean: centre,
      standardError: null,
      degreesOfFreedom,
      statistic: null,
      pValue: null,
      interval: null,
    };
  }
  const standardError = spread * Math.sqrt(1 / count + testToTrain);
  const statistic = centre === 0 ? 0 : centre / standardError;
  const half = studentQuantile((1 - confidence) / 2, degreesOfFreedom) * standardError;
  return {
    count,
    mean: centre,
    standardError,
    degreesOfFreedom,
    statistic,
    pValue: Math.min(1, 2 * studentTail(Math.abs(statistic), degreesOfFreedom)),
    interval: { low: centre - half, high: centre + half },
  };
}

function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new UsageError(`confidence ${confidence}: expected a number between 0 and 1, such as 0.95`);
  }
}

/** Options of the bootstrap. */
export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default 9999. */
  readonly resamples?: number;
}

/**
 * Percentile bootstrap interval of the mean (Efron 1979): no assumption of normality, but too narrow for fewer than
 * about ten values, and blind to the overlap of training sets. Quantiles are interpolated linearly.
 * @throws UsageError for no or non-finite values or options out of range.
 */
export function bootstrapInterval(values: readonly number[], random: Random, options: BootstrapOptions = {}): Interval {
  const { confidence = 0.95, resamples = 9999 } = options;
  checkValues(values, "bootstrap interval");
  checkConfidence(confidence);
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new UsageError(`${resamples} resamples: expected a whole number >= 1, such as 9999`);
  }
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[random.integer(values.length)];
    return sum / values.length;
  }).sort();
  return { low: sortedQuantile(means, (1 - confidence) / 2), high: sortedQuantile(means, (1 + confidence) / 2) };
}
