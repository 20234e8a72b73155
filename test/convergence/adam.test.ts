/**
 * Adam's counter-example and its remedy: Reddi, Kale and Kumar, On the Convergence of Adam and Beyond, ICLR 2018,
 * Theorem 1. Gradients C, -1, -1 in turn on [-1, 1]: their sum C - 2 is positive, so -1 is best; Adam with a short
 * memory ends at 1.
 */
import { describe, expect, test } from "vitest";
import type { AdamOptions } from "../../src/nn/adam.ts";
import { decayingAdam, descent, type History, type Problem, play, regret } from "./online.ts";

const rounds = 3000;

const counterExample = (large: number): Problem => ({
  loss: "linear",
  dimensions: 1,
  rounds: Array.from({ length: rounds }, (_, t) => ({ a: Float64Array.of(t % 3 === 0 ? large : -1), b: 0 })),
});

const run = (large: number, options: AdamOptions, alpha = 0.5, asPublished = false): Promise<History> =>
  play(counterExample(large), 0, (x) =>
    decayingAdam(x, { beta1: 0, beta2: 1 / (1 + large ** 2), ...options }, alpha, asPublished),
  );

const last = ({ points }: History): number => points[points.length - 1][0];

/** Smallest change of sqrt(v_t) / alpha_t from one step to the next: Adam's proof needs it to be at least 0. */
function smallestGamma({ states }: History, name: string): number {
  const denominators = states.slice(1).map((values, t) => Math.sqrt(values[name][0]) * Math.sqrt(t + 1));
  return Math.min(...denominators.slice(1).map((denominator, t) => denominator - denominators[t]));
}

describe.each([3, 5, 10])("period-3 gradients %i, -1, -1", (large) => {
  test.each([false, true])(
    "Adam goes to the wrong end and its regret grows with the rounds (as published: %s)",
    async (asPublished) => {
      const history = await run(large, {}, 0.5, asPublished);
      expect(last(history)).toBeGreaterThan(0.9);
      // At x near 1 each period costs 2 (C - 2) too much.
      expect(regret(counterExample(large), history) / rounds).toBeGreaterThan((0.9 * 2 * (large - 2)) / 3);
    },
  );

  test.each([false, true])(
    "AMSGrad goes to the right end and its mean regret vanishes (as published: %s)",
    async (asPublished) => {
      const history = await run(large, { amsgrad: true }, 0.5, asPublished);
      expect(last(history)).toBeLessThan(-0.9);
      expect(regret(counterExample(large), history) / rounds).toBeLessThan(0.05 * large);
    },
  );

  test("the condition that tells them apart, Gamma >= 0, fails for one and holds for the other", async () => {
    expect(smallestGamma(await run(large, {}), "adam.square.x")).toBeLessThan(-0.1);
    expect(smallestGamma(await run(large, { amsgrad: true }), "adam.largest.x")).toBeGreaterThanOrEqual(0);
  });

  test("the same gradients mislead neither a long memory nor plain descent", async () => {
    expect(last(await run(large, { beta2: 0.999 }))).toBeLessThan(-0.9);
    const plain = await play(counterExample(large), 0, (x) => descent(x, (t) => 0.5 / Math.sqrt(t)));
    expect(last(plain)).toBeLessThan(-0.9);
  });
});
