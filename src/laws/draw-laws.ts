/**
 * What the draws of every sampler must satisfy: how often batches come, and the importance weights that make up for it.
 */
import { broken, require, same } from "./broken.ts";
import { alpha, chiSquareOfExpected } from "./chi-square.ts";
import type { Explorer } from "./explore.ts";
import type { Law } from "./law.ts";
import { nextChances, orderProbability } from "./naive/orders.ts";
import { probabilitiesOf } from "./probability-laws.ts";
import { visitsAll } from "./shape-laws.ts";
import type { Subject, Trial } from "./subject.ts";
import { evidenceByRow, evidenceOf, seeds, trials } from "./trial.ts";

export const importance: Law = {
  level: "law",
  says: "importance weights v of a batch satisfy sum p_i v_i = batch / rows and lie in [1/s, s]; all are 1 in passes over all rows",
  run: ({ fc, holds }, { make, claims }) => {
    const small = trials(fc, { rows: [1, 40], batch: 10 });
    return holds(
      fc.asyncProperty(small, fc.integer({ min: 1, max: 30 }), seeds(fc), async (given, batches, seed) => {
        const plain = await make({ ...given, unbiased: false });
        require(plain.importanceWeights === undefined, () => "made without unbiased, but with importance weights");
        await plain.end?.();
        const trial = { ...given, unbiased: true };
        const sampler = await make(trial);
        for (let t = 0; t < batches; t++) {
          const p = await probabilitiesOf(sampler);
          const pass = visitsAll(claims, trial, sampler.epoch);
          const rows = await sampler.next();
          const weights =
            (await sampler.importanceWeights?.(rows)) ?? broken("made with unbiased, but without importance weights");
          if (pass) same("weights in a pass", weights, new Float32Array(rows.length).fill(1));
          else requireWeights(p, rows, weights);
          await sampler.observe(rows, evidenceOf(seed + t, rows.length, trial.labels.columns, false));
        }
        await sampler.end?.();
      }),
      40,
    );
  },
};

function requireWeights(p: Float64Array, rows: Int32Array, weights: Float32Array): void {
  const total = rows.reduce((sum, row, k) => sum + p[row] * weights[k], 0);
  const share = (total * p.length) / rows.length;
  require(Math.abs(share - 1) < 1e-6, () => `sum p_i v_i is ${share} times batch / rows`);
  const ratio = Math.max(...p) / Math.min(...p);
  for (const weight of weights) {
    const inside = weight <= ratio * (1 + 1e-6) && weight >= (1 - 1e-6) / ratio;
    require(inside, () => `an importance weight of ${weight}, though the largest p is ${ratio} times the smallest`);
  }
}

/** Five rows, batches of two of them. */
const fold: Omit<Trial, "seed"> = {
  labels: { rows: 5, columns: 3, values: Uint8Array.from([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1]) },
  batchSize: 2,
  epochs: 1e6,
  warmUp: 2,
  pressure: 64,
  schedule: "constant",
  weights: Float64Array.from([1, 2, 1, 1.5, 1]),
  neighbours: Int32Array.from([1, 2, 3, 4, 0]),
  labelCorrelation: Float64Array.from([0, 0.9, 0.1, 0.9, 0, 0.5, 0.1, 0.5, 0]),
  unbiased: false,
};

/** Evidence that depends on the row and on whether the visit is an odd one: history that does not die out. */
const alternating = (rows: Int32Array, visits: number[]) =>
  evidenceByRow(rows, fold.labels.columns, (row) => {
    const sign = visits[row]++ % 2 === 0 ? 1 : -1;
    return { loss: 0.3 + 0.5 * ((row * 3) % 5), score: 0.5 + sign * [0.05, 0.3, 0.1, 0.42, 0.2][row] };
  });

export interface DrawCounts {
  /** p-value of the ordered batches. */
  readonly batches: number;
  /** p-value of the first rows of batches, given those of the batches before. */
  readonly firstRows: number;
}

/**
 * Draws `draws` batches of two of five rows and tests how often each ordered pair, and each first row after each other
 * first row, comes. The probabilities are asked for before each draw, so that the expected counts are those of the very
 * draws.
 */
export async function drawCounts({ make, claims }: Subject, draws: number, seed: number): Promise<DrawCounts> {
  const trial: Trial = { ...fold, seed };
  const { rows: n } = trial.labels;
  const next = nextChances(claims.order);
  const sampler = await make(trial);
  const visits = new Array<number>(n).fill(0);
  const step = async (): Promise<Int32Array> => {
    const rows = await sampler.next();
    await sampler.observe(rows, alternating(rows, visits));
    return rows;
  };
  while (claims.visits === "warmUp" && sampler.epoch < trial.warmUp) await step();
  const counts = { order: new Array<number>(n * n).fill(0), first: new Array<number>(n * n).fill(0) };
  const expected = { order: new Array<number>(n * n).fill(0), first: new Array<number>(n * n).fill(0) };
  const add = (target: number[], place: number, amount: number): void => {
    target[place] += amount;
  };
  let p: readonly number[] = [];
  let exact: readonly number[] = []; // [n, n]
  const look = async (): Promise<void> => {
    const found = await probabilitiesOf(sampler);
    if (found.every((chance, row) => chance === p[row])) return;
    p = [...found];
    const chance = (a: number, b: number): number => (a === b ? 0 : orderProbability(next, trial, p, [a, b]));
    exact = p.flatMap((_, a) => p.map((__, b) => chance(a, b)));
  };
  let epoch = -1;
  let before = -1;
  for (let t = 0; t < draws; t++) {
    if (claims.feedback || sampler.epoch !== epoch) await look();
    epoch = sampler.epoch;
    const [i, j] = await step();
    add(counts.order, n * i + j, 1);
    if (before >= 0) p.forEach((chance, a) => void add(expected.first, n * before + a, chance));
    exact.forEach((chance, cell) => void add(expected.order, cell, chance));
    if (before >= 0) add(counts.first, n * before + i, 1);
    before = i;
    // Only the first batch of a pass is a free choice.
    if (claims.visits === "always") while (sampler.epoch === epoch) await step();
  }
  await sampler.end?.();
  return {
    batches: chiSquareOfExpected(counts.order, expected.order),
    firstRows: chiSquareOfExpected(counts.first, expected.first, n),
  };
}

const draws = 20_000;
const usualSeed = 20240319;

async function test(explorer: Explorer, subject: Subject, which: keyof DrawCounts, what: string): Promise<void> {
  const counted = await drawCounts(subject, explorer.cases(draws), explorer.seed ?? usualSeed);
  require(counted[which] > alpha, () => `${what}: p-value ${counted[which]}, below ${alpha}`);
}

export const orders: Law = {
  level: "frequency",
  says: "ordered batches come as often as their exact probabilities say",
  run: (explorer, subject) => test(explorer, subject, "batches", "counts of ordered batches of 2 of 5 rows"),
};

export const independence: Law = {
  level: "frequency",
  says: "given the probabilities, the first row of a batch does not depend on that of the batch before",
  run: (explorer, subject) => test(explorer, subject, "firstRows", "first rows after each first row"),
};
