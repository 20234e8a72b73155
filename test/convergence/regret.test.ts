/**
 * Regret on random online convex problems against the published bounds, in every round: of projected gradient descent
 * (Zinkevich, ICML 2003; in this form Hazan, Introduction to Online Convex Optimization, Theorem 3.1) and of AMSGrad
 * without momentum (Reddi, Kale and Kumar 2018, Theorem 4 with beta1 = 0, where the gap later found in its proof plays
 * no part).
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import {
  decayingAdam,
  descent,
  type History,
  type LossName,
  losses,
  type Problem,
  play,
  randomProblem,
  regret,
} from "./online.ts";

const count = 250;
const names = Object.keys(losses).filter((name): name is LossName => name in losses);
const problems = fc
  .record({ loss: fc.constantFrom(...names), dimensions: fc.integer({ min: 1, max: 5 }), seed: seed() })
  .map(({ loss, dimensions, seed }) => randomProblem(loss, dimensions, count, new Random(seed)));
const starts = fc.constantFrom(-1, 0, 1);

const diameter = 2; // of [-1, 1], along each axis

/** D G sqrt(T) 3 / 2, for step sizes D / (G sqrt(t)): D the diameter, G the longest gradient possible. */
const descentBound = ({ dimensions, rounds }: Problem, longest: number): number =>
  1.5 * diameter * Math.sqrt(dimensions) * longest * Math.sqrt(rounds.length);

/** The longest gradient that a problem can show anywhere on the box. */
function longestGradient({ loss, rounds }: Problem): number {
  return Math.max(
    ...rounds.map(({ a, b }) => {
      const reach = a.reduce((total, each) => total + Math.abs(each), 0);
      const steepest = Math.max(Math.abs(losses[loss].slope(reach, b)), Math.abs(losses[loss].slope(-reach, b)));
      return steepest * Math.hypot(...a);
    }),
  );
}

/** D^2 sqrt(T) / alpha sum_i sqrt(v_i) + alpha sqrt(1 + ln T) / sqrt(1 - beta2) sum_i |g_i|_2. */
function amsgradBound(history: History, alpha: number, beta2: number): number {
  const { gradients, states } = history;
  const largest = Array.from(states[states.length - 1]["adam.largest.x"]);
  const [rounds, dimensions] = [gradients.length, largest.length];
  const roots = largest.reduce((total, v) => total + Math.sqrt(v), 0);
  let norms = 0;
  for (let i = 0; i < dimensions; i++) norms += Math.hypot(...gradients.map((g) => g[i]));
  return (
    (diameter ** 2 * Math.sqrt(rounds) * roots) / alpha +
    (alpha * Math.sqrt(1 + Math.log(rounds)) * norms) / Math.sqrt(1 - beta2)
  );
}

/** The first rounds alone, so that the bound is checked at several horizons of one run. */
function cut(problem: Problem, history: History, rounds: number): readonly [Problem, History] {
  return [
    { ...problem, rounds: problem.rounds.slice(0, rounds) },
    {
      points: history.points.slice(0, rounds),
      gradients: history.gradients.slice(0, rounds),
      states: history.states.slice(0, rounds + 1),
    },
  ];
}

const horizons = [1, 2, 5, 20, 80, count];

describe("regret stays below the published bound", () => {
  test("of projected gradient descent", async () => {
    await fc.assert(
      fc.asyncProperty(problems, starts, async (problem, start) => {
        const longest = longestGradient(problem);
        const rate = (t: number) => (diameter * Math.sqrt(problem.dimensions)) / (longest * Math.sqrt(t));
        const history = await play(problem, start, (x) => descent(x, rate));
        for (const horizon of horizons) {
          const [part, played] = cut(problem, history, horizon);
          expect(regret(part, played)).toBeLessThanOrEqual(descentBound(part, longest));
        }
      }),
      runs(25),
    );
  });

  test("of projected AMSGrad", async () => {
    const settings = fc.record({ alpha: fc.constantFrom(0.1, 1), beta2: fc.constantFrom(0.1, 0.9, 0.999) });
    await fc.assert(
      fc.asyncProperty(problems, starts, settings, async (problem, start, { alpha, beta2 }) => {
        const options = { beta1: 0, beta2, amsgrad: true };
        const history = await play(problem, start, (x) => decayingAdam(x, options, alpha, true));
        for (const horizon of horizons) {
          const [part, played] = cut(problem, history, horizon);
          expect(regret(part, played)).toBeLessThanOrEqual(amsgradBound(played, alpha, beta2));
        }
      }),
      runs(25),
    );
  });
});

describe("the bounds are exceeded by", () => {
  const misleading: Problem = {
    loss: "linear",
    dimensions: 1,
    rounds: Array.from({ length: 3000 }, (_, t) => ({ a: Float64Array.of(t % 3 === 0 ? 3 : -1), b: 0 })),
  };

  test("Adam on its counter-example, where AMSGrad keeps below", async () => {
    const [alpha, beta2] = [1, 0.1];
    const learner = (amsgrad: boolean) =>
      play(misleading, 0, (x) => decayingAdam(x, { beta1: 0, beta2, amsgrad }, alpha, true));
    const remedied = await learner(true);
    const bound = amsgradBound(remedied, alpha, beta2);
    expect(regret(misleading, remedied)).toBeLessThan(bound);
    expect(regret(misleading, await learner(false))).toBeGreaterThan(bound);
  });

  test("a learner that goes uphill", async () => {
    const history = await play(misleading, 0, (x) => descent(x, (t) => -2 / (3 * Math.sqrt(t))));
    expect(regret(misleading, history)).toBeGreaterThan(descentBound(misleading, 3));
  });
});
