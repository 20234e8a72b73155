/**
 * The figures and verdicts of the conditions report as functions: against plain definitions, with the bounds that are
 * proved.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Conditions,
  cosine,
  type EpochConditions,
  overall,
  type RunFacts,
  risks,
  shareBounds,
} from "../../src/training/conditions/conditions.ts";
import { judge } from "../../src/training/conditions/verdicts.ts";
import { number, runs } from "../arbitraries.ts";

/** A pressure, probabilities that it allows, and a loss for each row. */
const selections = fc.tuple(number(1, 100), fc.integer({ min: 1, max: 40 })).chain(([pressure, rows]) =>
  fc.record({
    pressure: fc.constant(pressure),
    p: fc.array(number(1, pressure), { minLength: rows, maxLength: rows }).map((weights) => {
      const total = weights.reduce((a, b) => a + b, 0);
      return Float64Array.from(weights, (weight) => weight / total);
    }),
    losses: fc.array(number(0, 50), { minLength: rows, maxLength: rows }).map((values) => Float64Array.from(values)),
  }),
);

const sum = (values: Iterable<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe("figures", () => {
  test("n p_i lies between 1/s and s, on both sides of 1", () => {
    fc.assert(
      fc.property(selections, ({ pressure, p }) => {
        const { smallest, largest } = shareBounds(p);
        expect(smallest).toBe(p.length * Math.min(...p));
        expect(largest).toBe(p.length * Math.max(...p));
        expect(smallest).toBeGreaterThanOrEqual((1 - 1e-12) / pressure);
        expect(largest).toBeLessThanOrEqual(pressure * (1 + 1e-12));
        expect(smallest).toBeLessThanOrEqual(1 + 1e-12);
        expect(largest).toBeGreaterThanOrEqual(1 - 1e-12);
      }),
      runs(200),
    );
  });

  test("the selected risk is within a factor s of the uniform one", () => {
    fc.assert(
      fc.property(selections, ({ pressure, p, losses }) => {
        const { uniform, selected } = risks(p, losses);
        expect(uniform).toBeCloseTo(sum(losses) / p.length, 9);
        expect(selected).toBeCloseTo(sum(p.map((each, i) => each * losses[i])), 9);
        expect(selected).toBeLessThanOrEqual(pressure * uniform * (1 + 1e-12));
        expect(selected).toBeGreaterThanOrEqual((uniform / pressure) * (1 - 1e-12));
      }),
      runs(200),
    );
  });

  test("the cosine knows directions, not lengths", () => {
    const vector = fc.array(number(-10, 10), { minLength: 3, maxLength: 3 }).map((values) => Float64Array.from(values));
    fc.assert(
      fc.property(vector, vector, number(0.01, 100), (a, b, scale) => {
        const value = cosine(a, b);
        fc.pre(Math.hypot(...a) > 1e-100 && Math.hypot(...b) > 1e-100);
        const scaled = cosine(
          a,
          b.map((each) => each * scale),
        );
        const expected = sum(a.map((each, i) => each * b[i])) / (Math.hypot(...a) * Math.hypot(...b));
        expect(value).toBeCloseTo(expected, 9);
        expect(scaled).toBeCloseTo(expected, 9);
        expect(cosine(a, a)).toBeCloseTo(1, 12);
        expect(
          cosine(
            a,
            a.map((each) => -each),
          ),
        ).toBeCloseTo(-1, 12);
      }),
      runs(200),
    );
    expect(cosine(Float64Array.of(1, 0), Float64Array.of(0, 2))).toBe(0);
    expect(cosine(Float64Array.of(0, 0), Float64Array.of(0, 2))).toBeNull();
  });
});

const facts: RunFacts = { rows: 100, batchesPerEpoch: 4, pressure: 2, unbiased: false, beta2: 0.999, sampledRows: 100 };

const quiet: EpochConditions = {
  smallestShare: 1,
  largestShare: 1,
  smallestSum: 0.04,
  fewestDraws: 1,
  mostDraws: 1,
  smallestLoss: 0.5,
  largestGradient: 0.2,
  smallestGamma: 0,
  smallestGammaRising: null,
  uniformRisk: 0.6,
  selectedRisk: 0.6,
  cosine: 1,
  smallestWeight: null,
  largestWeight: null,
};

describe("a run", () => {
  test("is its epochs taken together, worked by hand", () => {
    const second: EpochConditions = {
      ...quiet,
      smallestShare: 0.8,
      largestShare: 1.5,
      smallestSum: 0.03,
      fewestDraws: 1,
      mostDraws: 4,
      smallestLoss: 0.3,
      largestGradient: 0.1,
      smallestGamma: -0.5,
      smallestGammaRising: -7,
      uniformRisk: 0.4,
      selectedRisk: 0.5,
      cosine: 0.9,
      smallestWeight: 0.7,
      largestWeight: 1.3,
    };
    const rate = (step: number): number => Math.min(step, 3) / 1000;
    expect(overall(facts, [quiet, second], rate)).toEqual({
      ...facts,
      epochs: 2,
      smallestShare: 0.8,
      largestShare: 1.5,
      smallestSum: 0.07,
      boundSum: 8 / 200,
      fewestDraws: 1,
      mostDraws: 4,
      smallestLoss: 0.3,
      largestGradient: 0.2,
      smallestGamma: -0.5,
      smallestGammaRising: -7,
      largestRate: 0.003,
      largestRateStep: 3,
      lastRate: 0.003,
      smallestRiskRatio: 1,
      largestRiskRatio: 1.25,
      smallestCosine: 0.9,
      smallestWeight: 0.7,
      largestWeight: 1.3,
    });
  });

  test("without promises, second moments or losses has nothing in their places", () => {
    const conditions = overall({ ...facts, pressure: null, beta2: null }, [
      { ...quiet, uniformRisk: 0, selectedRisk: 0 },
    ]);
    expect(conditions).toMatchObject({ boundSum: null, largestRate: null, lastRate: null, largestRiskRatio: 1 });
    expect(judge(conditions).filter(({ held }) => held === null)).toHaveLength(4);
  });
});

describe("verdicts", () => {
  /** All ten hold: uniform selection, AMSGrad, 1 / sqrt(t). */
  const good: Conditions = {
    ...overall(facts, [quiet, quiet], (step) => 1e-3 / Math.sqrt(step)),
    smallestSum: 0.08,
  };
  const failing = (changed: Partial<Conditions>): string[] =>
    judge({ ...good, ...changed }).flatMap(({ condition, held }) => (held === false ? [condition] : []));

  test("a run that satisfies everything", () => {
    expect(failing({})).toEqual([]);
    expect(judge(good).every(({ held }) => held === true)).toBe(true);
  });

  const preferred = "gradient of the uniform risk on average";
  test.each<readonly [string, Partial<Conditions>, readonly string[]]>([
    ["a row too rarely", { smallestShare: 0.49 }, ["selection bounded, n p_i", preferred]],
    ["a row too often", { largestShare: 2.01 }, ["selection bounded, n p_i", preferred]],
    ["a row never", { smallestSum: 0 }, ["every row again and again, sum of min p_i"]],
    ["less than the bounds promise", { smallestSum: 0.039 }, ["every row again and again, sum of min p_i"]],
    ["a risk out of range", { largestRiskRatio: 2.1 }, ["selected risk / uniform risk"]],
    ["a risk out of range below", { smallestRiskRatio: 0.4 }, ["selected risk / uniform risk"]],
    ["rows preferred", { largestShare: 1.2 }, [preferred]],
    ["weights out of range", { largestShare: 1.2, smallestWeight: 0.9, largestWeight: 2.1 }, [preferred]],
    ["rows preferred, with their weights", { largestShare: 1.2, smallestWeight: 0.9, largestWeight: 1.1 }, []],
    ["a direction uphill", { smallestCosine: -0.1 }, ["expected gradient descends the uniform risk, cosine"]],
    ["a direction uphill, mended by weights", { smallestCosine: -0.1, unbiased: true }, []],
    ["a loss below 0", { smallestLoss: -1 }, ["loss bounded below"]],
    ["an endless gradient", { largestGradient: Infinity }, ["gradients bounded, |g|_inf <= R"]],
    ["a falling denominator", { smallestGamma: -0.1 }, ["sqrt(v_t) / a_t never falls, Gamma_t"]],
    ["a fall within rounding", { smallestGamma: -1e-5 }, []],
    ["a fall while the rate rose only", { smallestGammaRising: -5 }, []],
    ["a constant rate", { lastRate: 1e-3 }, ["learning rates vanish, a_t"]],
    ["a rate that falls too slowly", { lastRate: 1e-3 / 8 ** 0.4 }, ["learning rates vanish, a_t"]],
    ["a short memory", { beta2: 0.8 }, ["v remembers the run, 1 / (1 - beta2)"]],
  ])("%s", (_what, changed, expected) => {
    expect(failing(changed)).toEqual(expected);
  });
});
