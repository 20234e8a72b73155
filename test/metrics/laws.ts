/**
 * What must hold of any metric with the declared properties, whatever its formula. Each law takes the metric as a
 * function and throws where it fails, so that planted errors can be put through the same gate.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import type { Scores } from "../../src/metrics/input.ts";
import { runs } from "../arbitraries.ts";
import { anyCase, type Case, complement, ranked, reorder } from "./cases.ts";

export type Metric = (labels: LabelMatrix, scores: Scores) => number | null;

/** Equal up to summation order; null equals null only. */
export function expectSame(actual: number | null, expected: number | null, tolerance = 1e-12): void {
  if (actual === null || expected === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

const forAll = (law: (given: Case) => void): void => fc.assert(fc.property(anyCase(), law), runs(100));

/** Equals a slow implementation of the definition. */
export function equalsDefinition(metric: Metric, definition: (given: Case) => number | null): void {
  forAll((given) => expectSame(metric(given.labels, given.scores), definition(given)));
}

/** Depends on the order of the scores alone. */
export function ignoresMonotoneTransforms(metric: Metric): void {
  forAll((given) => {
    const { labels, scores } = ranked(given);
    expectSame(metric(given.labels, given.scores), metric(labels, scores), 0);
    expectSame(
      metric(labels, scores),
      metric(
        labels,
        scores.map((rank) => Math.tanh(rank / 40) - 3),
      ),
      0,
    );
  });
}

/** Rows are exchangeable; so are labels, where `labelsToo` (one-error's first arg-max depends on label order). */
export function ignoresOrder(metric: Metric, labelsToo: boolean): void {
  const orders = anyCase().chain((given) => {
    const indices = (length: number) => Array.from({ length }, (_, i) => i);
    const shuffled = (items: number[]) => fc.shuffledSubarray(items, { minLength: items.length });
    return fc.record({
      given: fc.constant(given),
      rows: shuffled(indices(given.labels.rows)),
      labels: labelsToo ? shuffled(indices(given.labels.columns)) : fc.constant(indices(given.labels.columns)),
    });
  });
  fc.assert(
    fc.property(orders, ({ given, rows, labels }) => {
      const moved = reorder(given, rows, labels);
      expectSame(metric(moved.labels, moved.scores), metric(given.labels, given.scores));
    }),
    runs(100),
  );
}

/** Exchanging the classes turns an area into its complement: m(1 - y, s) = 1 - m(y, s). */
export function complementsUnderExchange(metric: Metric): void {
  forAll(({ labels, scores }) => {
    const value = metric(labels, scores);
    expectSame(metric(complement(labels), scores), value === null ? null : 1 - value);
  });
}

/** Exchanging the classes and the sign of the scores changes nothing: m(1 - y, -s) = m(y, s). */
export function ignoresExchangeWithNegation(metric: Metric): void {
  forAll(({ labels, scores }) => {
    const negated = scores.map((score) => -score);
    expectSame(metric(complement(labels), negated), metric(labels, scores));
  });
}

/** Defined values stay in [low, high]; `high` may depend on the number of labels. */
export function staysWithin(metric: Metric, low: number, high: (labels: LabelMatrix) => number): void {
  forAll(({ labels, scores }) => {
    const value = metric(labels, scores);
    if (value === null) return;
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high(labels) + 1e-12);
  });
}

/** Scores equal to the labels reach the best value there is for these labels; their reverse, the worst. */
export function ordersPerfectAndWorst(
  metric: Metric,
  perfect: (labels: LabelMatrix) => number | null,
  worst: (labels: LabelMatrix) => number | null,
): void {
  forAll(({ labels }) => {
    const right = Float64Array.from(labels.values);
    expectSame(metric(labels, right), perfect(labels));
    expectSame(
      metric(
        labels,
        right.map((score) => 1 - score),
      ),
      worst(labels),
    );
  });
}

/** 32-bit and 64-bit scores of the same values give the same number. */
export function ignoresWidth(metric: Metric): void {
  forAll(({ labels, scores }) => {
    const narrow = Float32Array.from(scores);
    expectSame(metric(labels, narrow), metric(labels, Float64Array.from(narrow)), 0);
  });
}
