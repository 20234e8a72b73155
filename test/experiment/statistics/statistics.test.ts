import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import {
  bootstrapInterval,
  mean,
  pairedDifferences,
  pairedTTest,
  standardDeviation,
} from "../../../src/experiment/statistics/statistics.ts";
import { Random } from "../../../src/random.ts";
import { number, runs, seed } from "../../arbitraries.ts";

const values = (minLength = 1) => fc.array(number(-100, 100), { minLength, maxLength: 30 });

describe("mean and standard deviation", () => {
  test("of a few numbers", () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(standardDeviation([3])).toBeNull();
  });
  test("equal values have exactly their value as mean, and no spread", () => {
    fc.assert(
      fc.property(number(-1e6, 1e6), fc.integer({ min: 2, max: 40 }), (value, count) => {
        expect(mean(Array(count).fill(value))).toBe(value + 0);
        expect(standardDeviation(Array(count).fill(value))).toBe(0);
      }),
      runs(100),
    );
  });
  test("move with the values", () => {
    fc.assert(
      fc.property(values(2), number(-100, 100), number(0.1, 10), (given, shift, scale) => {
        const moved = given.map((value) => scale * value + shift);
        expect(mean(moved)).toBeCloseTo(scale * mean(given) + shift, 9);
        expect(standardDeviation(moved)).toBeCloseTo(scale * (standardDeviation(given) ?? Number.NaN), 9);
      }),
      runs(100),
    );
  });
  test.each([
    [[], "no values given"],
    [[1, Number.NaN], "value 1 is NaN"],
    [[Number.POSITIVE_INFINITY], "value 0 is Infinity"],
  ])("refuse %o", (given, message) => {
    expect(() => mean(given)).toThrow(UsageError);
    expect(() => standardDeviation(given)).toThrow(message);
  });
});

test("paired differences", () => {
  expect(pairedDifferences([3, 5], [1, 7])).toEqual([2, -2]);
  expect(() => pairedDifferences([1], [])).toThrow("paired differences of 1 and 0 values");
});

describe("paired t-test", () => {
  test("as SciPy's", () => {
    const { statistic, pValue, degreesOfFreedom, interval } = pairedTTest([0.1, 0.3, -0.05, 0.2, 0.15]);
    expect(statistic).toBeCloseTo(2.4188315916278085, 12);
    expect(pValue).toBeCloseTo(0.07285505961025568, 12);
    expect(degreesOfFreedom).toBe(4);
    expect(interval?.low).toBeCloseTo(-0.020698378536599504, 12);
    expect(interval?.high).toBeCloseTo(0.30069837853659953, 12);
  });
  test("corrected: the variance factor 1/k becomes 1/k + 1/(k - 1)", () => {
    const plain = pairedTTest([0.1, 0.3, -0.05, 0.2, 0.15]);
    const corrected = pairedTTest([0.1, 0.3, -0.05, 0.2, 0.15], { testToTrain: 1 / 4 });
    expect((corrected.standardError ?? 0) / (plain.standardError ?? 1)).toBeCloseTo(Math.sqrt((0.2 + 0.25) / 0.2), 12);
    expect(corrected.pValue ?? 0).toBeGreaterThan(plain.pValue ?? 1);
  });
  test("the interval holds 0 exactly where the p-value exceeds 1 - confidence", () => {
    fc.assert(
      fc.property(values(2), number(0.5, 0.99), number(0, 1), (given, confidence, testToTrain) => {
        const { pValue, interval } = pairedTTest(given, { confidence, testToTrain });
        if (pValue === null || interval === null || Math.abs(pValue - (1 - confidence)) < 1e-9) return;
        expect(interval.low <= 0 && interval.high >= 0).toBe(pValue > 1 - confidence);
      }),
      runs(200),
    );
  });
  test("exchanging the sides mirrors it", () => {
    fc.assert(
      fc.property(values(2), (given) => {
        const there = pairedTTest(given);
        const back = pairedTTest(given.map((value) => -value));
        expect(back.pValue).toBe(there.pValue);
        expect(back.interval?.low).toBeCloseTo(-(there.interval?.high ?? Number.NaN), 10);
      }),
      runs(100),
    );
  });
  test("no spread, or a single difference", () => {
    expect(pairedTTest([0, 0, 0])).toMatchObject({ statistic: 0, pValue: 1, interval: { low: 0, high: 0 } });
    expect(pairedTTest([0.1, 0.1])).toMatchObject({ statistic: Number.POSITIVE_INFINITY, pValue: 0 });
    expect(pairedTTest([0.1])).toMatchObject({ count: 1, mean: 0.1, pValue: null, interval: null });
  });
  test("refuses options out of range", () => {
    expect(() => pairedTTest([1, 2], { confidence: 1 })).toThrow("confidence 1: expected a number between 0 and 1");
    expect(() => pairedTTest([1, 2], { testToTrain: -1 })).toThrow("test to train ratio -1");
    expect(() => pairedTTest([])).toThrow("no values given");
  });
  test("covers the truth as often as it says, 2000 samples of 5 (fixed seed)", () => {
    const random = new Random(7);
    let covered = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const { interval } = pairedTTest(Array.from({ length: 5 }, () => random.normal() + 1));
      if (interval !== null && interval.low <= 1 && interval.high >= 1) covered++;
    }
    expect(covered).toBeGreaterThan(1900 - 4.9 * Math.sqrt(95)); // 4.9 standard deviations: two-sided 1e-6
    expect(covered).toBeLessThan(1900 + 4.9 * Math.sqrt(95));
  });
});

describe("bootstrap interval", () => {
  test("same seed, same interval; within the data; holds the median resample", () => {
    fc.assert(
      fc.property(values(), seed(), (given, start) => {
        const options = { resamples: 200 };
        const interval = bootstrapInterval(given, new Random(start), options);
        expect(bootstrapInterval(given, new Random(start), options)).toEqual(interval);
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...given) - 1e-9);
        expect(interval.high).toBeLessThanOrEqual(Math.max(...given) + 1e-9);
        expect(interval.low).toBeLessThanOrEqual(interval.high);
      }),
      runs(50),
    );
  });
  test("agrees with the normal interval for many values", () => {
    const random = new Random(3);
    const given = Array.from({ length: 400 }, () => random.normal());
    const { low, high } = bootstrapInterval(given, random, { resamples: 4000 });
    const half = (1.96 * (standardDeviation(given) ?? 0)) / 20;
    expect(low).toBeCloseTo(mean(given) - half, 1.9);
    expect(high).toBeCloseTo(mean(given) + half, 1.9);
  });
  test("refuses options out of range", () => {
    expect(() => bootstrapInterval([1], new Random(1), { resamples: 0 })).toThrow("0 resamples");
    expect(() => bootstrapInterval([1], new Random(1), { confidence: 0 })).toThrow("confidence 0");
    expect(() => bootstrapInterval([], new Random(1))).toThrow("no values given");
  });
});
