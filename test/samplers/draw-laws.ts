/**
 * What the draws of every sampler must satisfy: how often batches come, and the importance weights that make up for it.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { runs, seed } from "../arbitraries.ts";
import type { Law } from "./candidates.ts";
import { alpha, chiSquare } from "./chi-square.ts";
import { drive, evidenceOf, type Trial, trials } from "./trial.ts";

/** Weights of a batch: sum p_i v_i = batch / rows, all in [1/s, s], 1 in the warm-up and where p is uniform. */
export const importance: Law = (_, candidate) => {
  if (candidate.kind === "pass" || candidate.makeUnbiased === undefined) return;
  const { makeUnbiased } = candidate;
  fc.assert(
    fc.property(trials({ rows: [1, 40] }), fc.integer({ min: 1, max: 30 }), seed(), (trial, batches, evidenceSeed) => {
      expect(candidate.make(trial).importanceWeights).toBeUndefined();
      const sampler = makeUnbiased(trial);
      for (let t = 0; t < batches; t++) {
        const p = sampler.probabilities();
        const drawn = sampler.epoch >= trial.warmUp;
        const rows = sampler.next();
        const weights = sampler.importanceWeights?.(rows);
        if (weights === undefined) throw new Error("made with unbiased, but without importance weights");
        if (!drawn) expect([...weights]).toEqual(new Array(rows.length).fill(1));
        else {
          const total = rows.reduce((sum, row, k) => sum + p[row] * weights[k], 0);
          expect(Math.abs((total * p.length) / rows.length - 1)).toBeLessThan(1e-6);
          const ratio = Math.max(...p) / Math.min(...p);
          for (const weight of weights) {
            expect(weight).toBeLessThanOrEqual(ratio * (1 + 1e-6));
            expect(weight).toBeGreaterThanOrEqual((1 - 1e-6) / ratio);
          }
        }
        sampler.observe(rows, evidenceOf(evidenceSeed + t, rows.length, trial.labels.columns, false));
      }
    }),
    runs(40),
  );
};

/**
 * Ordered batches of 2 of 5 rows come as often as their exact probabilities say, and the first rows of two batches in a row (of
 * two epochs in a row, where an epoch is a pass) are independent; both at alpha = 1e-6.
 */
export const frequencies: Law = (_, candidate) => {
  if (candidate.kind === "pass" && !candidate.shuffled) return;
  const labels = { rows: 5, columns: 3, values: Uint8Array.from([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1]) };
  const trial: Trial = {
    labels,
    minority: new Int32Array(0),
    batchSize: 2,
    seed: 20240319,
    epochs: 1e6,
    // D2ACE's mixture moves until epoch 70.
    warmUp: 75,
    pressure: 64,
    schedule: "constant",
    weights: Float64Array.from([1, 2, 1, 1.5, 1]),
    neighbours: Int32Array.from([1, 2, 3, 4, 0]),
    correlation: Float64Array.from([0, 0.9, 0.1, 0.9, 0, 0.5, 0.1, 0.5, 0]),
  };
  const sampler = candidate.make(trial);
  drive(sampler, trial, 75 * sampler.batchesPerEpoch, 77);
  const p = [...sampler.probabilities()];
  const atFirst = sampler.state();
  const [order, first] = [new Array<number>(25).fill(0), new Array<number>(25).fill(0)];
  let before = 0;
  for (let t = 0; t < 20_000; t++) {
    const rows = sampler.next();
    const [i, j] = rows;
    order[5 * i + j]++;
    if (t % 2 === 1) first[5 * before + i]++;
    before = i;
    if (candidate.kind === "pass") {
      sampler.observe(rows, {});
      for (let rest = 1; rest < sampler.batchesPerEpoch; rest++) sampler.observe(sampler.next(), {});
    } else if (sampler.ahead === 0) {
      // All is as it was but the random numbers: p stays.
      sampler.restore({ ...atFirst, random: sampler.state().random });
    }
  }
  const exact = (i: number, j: number): number =>
    candidate.kind === "pass" ? 1 / 20 : candidate.order(trial, p, [i, j]);
  const cells = p.flatMap((_, i) => p.map((_, j) => [i, j] as const));
  expect(
    chiSquare(
      order,
      cells.map(([i, j]) => (i === j ? 0 : exact(i, j))),
    ),
  ).toBeGreaterThan(alpha);
  expect(
    chiSquare(
      first,
      cells.map(([i, j]) => p[i] * p[j]),
    ),
  ).toBeGreaterThan(alpha);
};
