/**
 * Online convex optimisation on the box [-1, 1]^d: in round t a learner at x_t pays f_t(x_t) and sees the gradient
 * there. Regret is what it paid more than the best fixed point would have. The learners are those of the library, run
 * by the engine in double precision and projected onto the box after each step.
 */
import type { Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { absolute, clamp, multiply, negate, softplus, square, subtract } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { input, type StateLeaf, state, type Tensor } from "../../src/engine/tensor.ts";
import { type AdamOptions, adam } from "../../src/nn/adam.ts";
import type { Optimiser } from "../../src/nn/optimiser.ts";
import type { Random } from "../../src/random.ts";

/** Convex functions of the inner product p = a x and of a number b, as numbers and as graph. */
export const losses = {
  linear: { value: (p: number) => p, slope: () => 1, graph: (p: Tensor) => p },
  absolute: {
    value: (p: number, b: number) => Math.abs(p - b),
    slope: (p: number, b: number) => Math.sign(p - b),
    graph: (p: Tensor, b: Tensor) => absolute(subtract(p, b)),
  },
  squared: {
    value: (p: number, b: number) => (p - b) ** 2,
    slope: (p: number, b: number) => 2 * (p - b),
    graph: (p: Tensor, b: Tensor) => square(subtract(p, b)),
  },
  logistic: {
    value: (p: number, b: number) => Math.log1p(Math.exp(-b * p)),
    slope: (p: number, b: number) => -b / (1 + Math.exp(b * p)),
    graph: (p: Tensor, b: Tensor) => softplus(negate(multiply(p, b))),
  },
} as const;

export type LossName = keyof typeof losses;

export interface Round {
  readonly a: Float64Array;
  readonly b: number;
}

export interface Problem {
  readonly loss: LossName;
  readonly dimensions: number;
  readonly rounds: readonly Round[];
}

/** Rounds with noise, a trend, and now and then a large one: what misleads short memories. */
export function randomProblem(loss: LossName, dimensions: number, count: number, random: Random): Problem {
  const trend = Float64Array.from({ length: dimensions }, () => random.normal() / 2);
  const rare = 2 + random.integer(5);
  const rounds = Array.from({ length: count }, (_, t): Round => {
    const large = t % rare === 0 ? -rare : 1;
    return { a: trend.map((each) => each * large + random.normal() / 2), b: random.integer(2) === 0 ? -1 : 1 };
  });
  return { loss, dimensions, rounds };
}

/** What was played and seen in each round, and the learner's state after it. */
export interface History {
  readonly points: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
  readonly states: readonly Values[];
}

/** Plain projected descent along the gradient, as an optimiser. */
export function descent(x: StateLeaf, rate: (step: number) => number): Optimiser {
  const current = input("rate", [1, 1]);
  return {
    state: [],
    updates: ([g]) => [{ state: x, value: subtract(x, multiply(current, g)) }],
    scalars: (step) => ({ [current.name]: Float64Array.of(rate(step)) }),
  };
}

/**
 * Adam with the papers' step sizes alpha / sqrt(t): the scalars of an optimiser made for each step. Where
 * `asPublished`, without corrections of the averages' beginning, which the regret bounds leave out.
 */
export function decayingAdam(x: StateLeaf, options: AdamOptions, alpha: number, asPublished = false): Optimiser {
  const optimiser = adam([x], options);
  return {
    ...optimiser,
    scalars(step) {
      const learningRate = alpha / Math.sqrt(step);
      const scalars = adam([x], { ...options, learningRate }).scalars(step);
      if (!asPublished) return scalars;
      const published = { "adam.rate": Float64Array.of(learningRate), "adam.root": Float64Array.of(1) };
      if (Object.keys(scalars).join() !== Object.keys(published).join()) throw new Error("Adam has other scalars now");
      return published;
    },
  };
}

export async function play(problem: Problem, start: number, learner: (x: StateLeaf) => Optimiser): Promise<History> {
  const { dimensions } = problem;
  const x = state("x", [1, dimensions], new Float64Array(dimensions).fill(start));
  const [a, b] = [input("a", [1, dimensions]), input("b", [1, 1])];
  const loss = losses[problem.loss].graph(sum(multiply(a, x)), b);
  const [slope] = gradient(loss, [x]);
  const optimiser = learner(x);
  const updates = optimiser
    .updates([slope])
    .map((update) => (update.state === x ? { ...update, value: clamp(update.value, -1, 1) } : update));
  const built = program({ loss, slope }, updates);
  const executable = await js({ precision: 64 }).compile({ step: built });
  const points: Float64Array[] = [];
  const gradients: Float64Array[] = [];
  const states: Values[] = [await executable.read()];
  for (const [t, round] of problem.rounds.entries()) {
    const given: Values = { a: round.a, b: Float64Array.of(round.b), ...optimiser.scalars(t + 1) };
    const feeds = Object.fromEntries(built.inputs.map(({ name }) => [name, given[name]]));
    points.push(Float64Array.from(states[t].x));
    gradients.push(Float64Array.from((await executable.run("step", feeds)).slope));
    states.push(await executable.read());
  }
  executable.dispose();
  return { points, gradients, states };
}

const product = (a: Float64Array, x: Float64Array): number => a.reduce((total, each, i) => total + each * x[i], 0);

/** What x would have paid in all rounds. */
export function paid({ loss, rounds }: Problem, at: (t: number) => Float64Array): number {
  return rounds.reduce((total, { a, b }, t) => total + losses[loss].value(product(a, at(t)), b), 0);
}

/**
 * A good fixed point in hindsight, by slow projected descent on the whole. A bound that holds against every fixed point
 * holds against this one.
 */
export function bestFixed({ loss, dimensions, rounds }: Problem): Float64Array {
  let x = new Float64Array(dimensions);
  for (let k = 1; k <= 300; k++) {
    const slope = new Float64Array(dimensions);
    for (const { a, b } of rounds) {
      const factor = losses[loss].slope(product(a, x), b) / rounds.length;
      for (let i = 0; i < dimensions; i++) slope[i] += factor * a[i];
    }
    const length = Math.max(1e-12, Math.hypot(...slope));
    x = x.map((each, i) => Math.min(1, Math.max(-1, each - ((2 / Math.sqrt(k)) * slope[i]) / length)));
  }
  return x;
}

export function regret(problem: Problem, { points }: History, against = bestFixed(problem)): number {
  return paid(problem, (t) => points[t]) - paid(problem, () => against);
}
