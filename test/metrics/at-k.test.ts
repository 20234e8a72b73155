/** P@k and its kin by cases worked out by hand, and laws that hold for any data. */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ndcgAt, precisionAt, propensities, propensityNdcgAt, propensityPrecisionAt } from "../../src/metrics/at-k.ts";
import { oneError } from "../../src/metrics/ranking.ts";
import { runs } from "../arbitraries.ts";

// Row 0 has labels 0 and 2 and ranks 0, 1, 2, 3; row 1 has label 3 and ranks 2, 3, 1, 0; row 2 has none.
const labels = { rows: 3, columns: 4, values: Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0) };
const scores = Float64Array.of(0.9, 0.8, 0.7, 0.1, 0.1, 0.2, 0.9, 0.8, 0.4, 0.3, 0.2, 0.1);
const log3 = 1 / Math.log2(3);

it.each([
  [1, (1 + 0 + 0) / 3],
  [2, (1 / 2 + 1 / 2 + 0) / 3],
  [3, (2 / 3 + 1 / 3 + 0) / 3],
  [5, (2 / 5 + 1 / 5 + 0) / 3],
])("P@%i", (k, expected) => expect(precisionAt(labels, scores, k)).toBeCloseTo(expected, 12));

it.each([
  [1, (1 + 0 + 0) / 3],
  [2, (1 / (1 + log3) + log3 / 1 + 0) / 3],
  [3, ((1 + 1 / 2) / (1 + log3) + log3 / 1 + 0) / 3],
])("nDCG@%i", (k, expected) => expect(ndcgAt(labels, scores, k)).toBeCloseTo(expected, 12));

const p = Float64Array.of(0.5, 1, 0.25, 0.2);

it("PSP@k: relevant labels count 2, 1, 4 and 5, and so does the best order", () => {
  expect(propensityPrecisionAt(labels, scores, p, 1)).toBeCloseTo((2 + 0) / (4 + 5), 12);
  expect(propensityPrecisionAt(labels, scores, p, 2)).toBeCloseTo((2 + 5) / (2 + 4 + 5), 12);
  expect(propensityPrecisionAt(labels, scores, p, 3)).toBeCloseTo(1, 12);
});

it("PSnDCG@2: the best order of row 0 is 2, 0", () => {
  const found = 2 / (1 + log3) + 5 * log3;
  const best = (4 + 2 * log3) / (1 + log3) + 5;
  expect(propensityNdcgAt(labels, scores, p, 2)).toBeCloseTo(found / best, 12);
});

it("propensities: the formula by hand, N = 1000, N_l = 10, A = 0.55, B = 1.5", () => {
  const c = (Math.log(1000) - 1) * 2.5 ** 0.55;
  expect(propensities([10, 0], 1000)[0]).toBeCloseTo(1 / (1 + c / 11.5 ** 0.55), 12);
  expect(propensities([10, 0], 1000)[0]).toBeGreaterThan(propensities([10, 0], 1000)[1]);
  expect(propensities([10], 1000, { a: 0.5, b: 0.4 })[0]).toBeCloseTo(
    1 / (1 + ((Math.log(1000) - 1) * 1.4 ** 0.5) / 10.4 ** 0.5),
    12,
  );
});

const data = fc.integer({ min: 1, max: 6 }).chain((columns) =>
  fc.integer({ min: 1, max: 8 }).chain((rows) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      values: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: rows * columns, maxLength: rows * columns }),
      scores: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: rows * columns, maxLength: rows * columns }),
      k: fc.integer({ min: 1, max: 7 }),
    }),
  ),
);

test.prop([data], runs(200))(
  "laws: within 0 and 1, 1 for the true order, P@1 is what oneError leaves, equal propensities change nothing but the scale",
  (given) => {
    const { rows, columns, k } = given;
    const matrix = { rows, columns, values: Uint8Array.from(given.values) };
    const order = Float64Array.from(given.scores);
    const equal = new Float64Array(columns).fill(0.5);
    for (const value of [precisionAt(matrix, order, k), ndcgAt(matrix, order, k)]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1 + 1e-12);
    }
    expect(precisionAt(matrix, order, 1)).toBeCloseTo(1 - oneError(matrix, order), 12);
    expect(ndcgAt(matrix, order, 1)).toBeCloseTo(precisionAt(matrix, order, 1), 12);
    const truth = Float64Array.from(given.values);
    const some = given.values.includes(1) ? 1 : 0;
    expect(propensityPrecisionAt(matrix, truth, equal, k)).toBeCloseTo(some, 12);
    expect(propensityNdcgAt(matrix, truth, equal, k)).toBeCloseTo(some, 12);
    const best = precisionAt(matrix, truth, k);
    expect(propensityPrecisionAt(matrix, order, equal, k) * best).toBeCloseTo(precisionAt(matrix, order, k), 12);
  },
);

it.each([
  [() => precisionAt(labels, scores, 0), /first 0 labels/],
  [() => ndcgAt(labels, scores, 1.5), /first 1\.5 labels/],
  [() => propensities([1], 2), /2 training rows/],
  [() => propensityPrecisionAt(labels, scores, Float64Array.of(1, 1), 1), /expected 4 numbers/],
  [() => propensityNdcgAt(labels, scores, Float64Array.of(1, 1, 0, 1), 1), /expected 4 numbers/],
  [() => precisionAt(labels, Float64Array.of(1), 1), /scores given/],
])("%s is refused", (action, message) => expect(action).toThrow(message));
