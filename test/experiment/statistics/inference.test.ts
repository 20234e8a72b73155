/**
 * Holm, effect sizes, equivalence, Bayesian tests, ratios of times: laws with negative controls, R, and cases by hand.
 */
import fc from "fast-check";
import * as R from "lib-r-math.js";
import { describe, expect, test } from "vitest";
import { bayesSignedRank, correlatedBayesT, type Posterior } from "../../../src/experiment/statistics/bayes.ts";
import { cohenD, rankBiserial, winTieLoss } from "../../../src/experiment/statistics/effects.ts";
import { neededDataSets, smallestSignedRankP, tooFewDataSets } from "../../../src/experiment/statistics/enough.ts";
import { equivalence } from "../../../src/experiment/statistics/equivalence.ts";
import { holm } from "../../../src/experiment/statistics/holm.ts";
import { wilcoxonSignedRank } from "../../../src/experiment/statistics/rank-tests.ts";
import { ratioOfTimes } from "../../../src/experiment/statistics/ratios.ts";
import { pairedTTest } from "../../../src/experiment/statistics/statistics.ts";
import { Random } from "../../../src/random.ts";
import { number, runs, seed } from "../../arbitraries.ts";
import { ignoresOrder, isAdjustment, isClosedTest, isDualToInterval, isMirrored } from "./laws.ts";

const pValues = fc.array(number(0, 1), { minLength: 1, maxLength: 7 });
const differences = fc.array(number(-0.05, 0.05), { minLength: 1, maxLength: 12 });
const tied = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 });

describe("Holm", () => {
  test("a case by hand", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
  test.each(Object.entries({ isAdjustment, ignoresOrder, isClosedTest }))("%s", (_, law) => {
    fc.assert(
      fc.property(pValues, (raw) => law(holm, raw)),
      runs(100),
    );
  });
  test("negative controls: no adjustment, Benjamini and Hochberg, a step-down without the running maximum", () => {
    const hochberg = (raw: readonly number[]) => {
      const order = [...raw].sort((a, b) => a - b);
      return raw.map((p) => Math.min(1, ...order.flatMap((q, i) => (q >= p ? [(q * raw.length) / (i + 1)] : []))));
    };
    const unsteady = (raw: readonly number[]) => {
      const order = [...raw].sort((a, b) => a - b);
      return raw.map((p) => Math.min(1, (raw.length - order.indexOf(p)) * p));
    };
    const raw = [0.01, 0.011, 0.02];
    expect(isClosedTest((given) => given, raw)).toBe(false);
    expect(isClosedTest(hochberg, raw)).toBe(false);
    expect(isAdjustment(unsteady, raw)).toBe(false);
    expect(isAdjustment((given) => given.map((p) => p / 2), raw)).toBe(false);
    expect(ignoresOrder((given) => given.map((p, i) => p * (i + 1)), raw)).toBe(false);
  });
  test("refuses what is no p-value", () => expect(() => holm([0.1, Number.NaN])).toThrow("p-value 1 is NaN"));
});

describe("effect sizes", () => {
  test("by hand: ranks 1, 2, 3 with the second negative give (1 - 2 + 3) / 6", () => {
    expect(rankBiserial([1, -2, 3])).toBeCloseTo(2 / 6, 15);
    expect(rankBiserial([0, 0])).toBe(0);
    expect(cohenD([1, 2, 3])).toBe(2);
    expect([cohenD([1]), cohenD([2, 2]), cohenD([0, 0])]).toEqual([null, null, 0]);
    expect(winTieLoss([1, 0, -2, 3])).toEqual({ wins: 2, ties: 1, losses: 1 });
  });
  test("rank-biserial is the signed-rank statistic on another scale", () => {
    const agrees = (effect: typeof rankBiserial, given: readonly number[]): boolean => {
      const { statistic, count } = wilcoxonSignedRank(given);
      return count === 0 || Math.abs(effect(given) - ((4 * statistic) / (count * (count + 1)) - 1)) < 1e-12;
    };
    fc.assert(
      fc.property(tied, (given) => agrees(rankBiserial, given)),
      runs(150),
    );
    expect(agrees((given) => rankBiserial(given.map(Math.sign)), [1, -2, 4, 3])).toBe(false);
  });
  test("none depends on the unit; the sign of the differences is theirs", () => {
    fc.assert(
      fc.property(tied, fc.constantFrom(2 ** -7, 8), (given, unit) => {
        const scaled = given.map((difference) => difference * unit);
        const mirrored = given.map((difference) => -difference);
        expect(rankBiserial(scaled)).toBe(rankBiserial(given));
        expect(rankBiserial(mirrored)).toBeCloseTo(-rankBiserial(given), 12);
        expect(cohenD(scaled) ?? 9).toBeCloseTo(cohenD(given) ?? 9, 9);
        const [{ wins, ties, losses }, back] = [winTieLoss(given), winTieLoss(mirrored)];
        expect(back).toEqual({ wins: losses, ties, losses: wins });
        expect(wins + ties + losses).toBe(given.length);
      }),
      runs(100),
    );
  });
});

/** Student's upper tail for four degrees of freedom, in closed form: R's port gives seven digits. */
function tail4(t: number): number {
  const sine = t / Math.sqrt(4 + t * t);
  return 0.5 - sine * (0.75 - sine ** 2 / 4);
}

describe("equivalence", () => {
  const given = fc.record({ differences, margin: number(0.001, 0.06), alpha: number(0.005, 0.2) });
  test("is dual to the interval, corrected or not", () => {
    fc.assert(
      fc.property(given, fc.constantFrom(0, 0.25), (own, testToTrain) =>
        isDualToInterval(equivalence, own, testToTrain),
      ),
      runs(150),
    );
  });
  test("negative control: the smaller of the two p-values, or the plain standard error, would be seen", () => {
    const own = { differences: [0.004, 0.006, 0.008, 0.005], margin: 0.005, alpha: 0.05 };
    expect(isDualToInterval(equivalence, own, 0.25)).toBe(true);
    const smaller: typeof equivalence = (test, margin) => ({
      margin,
      pValue: equivalence({ ...test, mean: 0 }, margin).pValue,
    });
    expect(isDualToInterval(smaller, own, 0)).toBe(false);
    const near = { differences: [0.001, 0.003, -0.001, 0.002], margin: 0.004, alpha: 0.05 };
    const plain: typeof equivalence = (_, margin) => equivalence(pairedTTest(near.differences), margin);
    expect(isDualToInterval(plain, near, 0.25)).toBe(false);
  });
  test("equals R's one-sided tests", () => {
    const own = [0.001, -0.002, 0.003, 0.0005, 0.001];
    const paired = pairedTTest(own, { testToTrain: 0.25 });
    const error = paired.standardError ?? 0;
    const [upper, lower] = [0.005 - paired.mean, 0.005 + paired.mean].map((distance) => distance / error);
    const { pValue } = equivalence(paired, 0.005);
    expect(pValue).toBeCloseTo(Math.max(R.pt(upper, 4, 0, false), R.pt(lower, 4, 0, false)), 8);
    expect(pValue).toBeCloseTo(Math.max(tail4(upper), tail4(lower)), 14);
  });
  test("one difference, equal differences, a margin that is none", () => {
    expect(equivalence(pairedTTest([0.1]), 0.2).pValue).toBeNull();
    expect(equivalence(pairedTTest([0.1, 0.1]), 0.2).pValue).toBe(0);
    expect(equivalence(pairedTTest([0.3, 0.3]), 0.2).pValue).toBe(1);
    expect(() => equivalence(pairedTTest([0.1, 0.2]), 0)).toThrow("margin 0");
  });
});

/** The definition, pair by pair, with the same numbers drawn. */
function slowSignedRank(given: readonly number[], rope: number, random: Random, samples: number): Posterior {
  const values = [...given, 0].sort((a, b) => a - b);
  const won = { better: 0, equivalent: 0, worse: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const weights = values.map((_, i) =>
      i === values.indexOf(0) ? random.normal() ** 2 / 2 : -Math.log(1 - random.uniform()),
    );
    const sums = { better: 0, equivalent: 0, worse: 0 };
    values.forEach((a, i) => {
      values.forEach((b, j) => {
        const side = (a + b) / 2 > rope ? "better" : (a + b) / 2 < -rope ? "worse" : "equivalent";
        sums[side] += weights[i] * weights[j];
      });
    });
    const side =
      sums.better > Math.max(sums.equivalent, sums.worse)
        ? "better"
        : sums.worse > sums.equivalent
          ? "worse"
          : "equivalent";
    won[side] += 1 / samples;
  }
  return won;
}

describe("Bayesian tests", () => {
  const signedRank = (given: readonly number[]) =>
    bayesSignedRank(given, { rope: 0.01, random: new Random(3), samples: 300 });
  const correlatedT = (given: readonly number[]) => correlatedBayesT(pairedTTest(given, { testToTrain: 0.25 }), 0.01);

  test("correlated t: mirrored, and a negative control", () => {
    fc.assert(
      fc.property(differences, (given) => isMirrored(correlatedT, given)),
      runs(100),
    );
    const oneSided = (given: readonly number[]) => {
      const found = correlatedT(given);
      return found && { ...found, better: found.better + found.equivalent, equivalent: 0 };
    };
    expect(isMirrored(oneSided, [0.01, 0.02, -0.005])).toBe(false);
  });
  test("correlated t equals R's t distribution", () => {
    const paired = pairedTTest([0.01, 0.02, 0.005, 0.015, 0.03], { testToTrain: 0.25 });
    const error = paired.standardError ?? 0;
    const found = correlatedBayesT(paired, 0.01);
    expect(found?.better).toBeCloseTo(tail4((0.01 - paired.mean) / error), 14);
    expect(found?.worse).toBeCloseTo(R.pt((-0.01 - paired.mean) / error, 4, 0, true), 8);
    expect(correlatedBayesT(pairedTTest([0.02, 0.02]), 0.01)).toEqual({ better: 1, equivalent: 0, worse: 0 });
    expect(correlatedBayesT(pairedTTest([0.02]), 0.01)).toBeNull();
  });
  test("signed-rank equals the definition, pair by pair", () => {
    fc.assert(
      fc.property(differences, seed(), (given, start) => {
        const options = { rope: 0.01, samples: 40 };
        const fast = bayesSignedRank(given, { ...options, random: new Random(start) });
        const slow = slowSignedRank(given, 0.01, new Random(start), 40);
        expect(fast.better).toBeCloseTo(slow.better, 9);
        expect(fast.worse).toBeCloseTo(slow.worse, 9);
      }),
      runs(60),
    );
  });
  test("signed-rank of one difference has a closed form: P(Beta(1/2, 1) < 1/sqrt 2)", () => {
    const found = bayesSignedRank([1], { rope: 0.1, random: new Random(1), samples: 40_000 });
    expect(Math.abs(found.better - Math.SQRT1_2 ** 0.5)).toBeLessThan(5 * Math.sqrt((0.84 * 0.16) / 40_000));
    expect(found.worse).toBe(0);
  });
  test("signed-rank: same seed, same numbers; all inside the region is certain; sums to 1", () => {
    expect(signedRank([0.02, -0.01])).toEqual(signedRank([0.02, -0.01]));
    expect(signedRank([0.001, -0.002, 0.004])).toEqual({ better: 0, equivalent: 1, worse: 0 });
    const { better, equivalent, worse } = signedRank([0.05, 0.002, -0.03, 0.01]);
    expect(better + equivalent + worse).toBeCloseTo(1, 12);
    expect(() => bayesSignedRank([0.1], { rope: 0, random: new Random(1) })).toThrow("margin 0");
  });
});

describe("ratio of times", () => {
  test("is the geometric mean of the pairs, whatever the unit, and its inverse the other way round", () => {
    const of = (times: readonly number[], base: readonly number[]) => ratioOfTimes(times, base, new Random(1)).ratio;
    expect(of([2, 8], [1, 1])).toBeCloseTo(4, 12);
    expect(of([20, 80], [10, 10])).toBeCloseTo(4, 12);
    expect(of([1, 1], [2, 8])).toBeCloseTo(0.25, 12);
  });
  test("has an interval around it that one pair can't give, and refuses times that are none", () => {
    const { ratio, interval } = ratioOfTimes([2, 3, 4, 5], [1, 2, 2, 3], new Random(1));
    expect(interval?.low).toBeLessThan(ratio);
    expect(interval?.high).toBeGreaterThan(ratio);
    expect(ratioOfTimes([2], [1], new Random(1)).interval).toBeNull();
    expect(() => ratioOfTimes([0], [1], new Random(1))).toThrow("0 seconds");
    expect(() => ratioOfTimes([1, 2], [1], new Random(1))).toThrow("2 times and 1");
  });
});

describe("enough data sets", () => {
  test("six at 0.05, as the exact test's smallest p-values say", () => {
    for (const count of [1, 2, 3, 5, 6, 8]) {
      const all = Array.from({ length: count }, (_, i) => i + 1);
      expect(wilcoxonSignedRank(all).pValue).toBeCloseTo(smallestSignedRankP(count), 12);
    }
    expect(tooFewDataSets(6)).toBeUndefined();
    expect(tooFewDataSets(5)).toContain("5 data sets are too few");
    expect(tooFewDataSets(6, 0.01)).toContain("8 are needed");
    expect(neededDataSets(0.05)).toBe(6);
  });
});
