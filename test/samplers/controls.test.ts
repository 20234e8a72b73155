/**
 * The controls of an ablation: a uniform tail (`coolDown`), and losses that are weighed instead of rows being drawn.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { createSampler } from "../../src/samplers/create.ts";
import type { Sampler } from "../../src/samplers/sampler.ts";
import { runs, seed } from "../arbitraries.ts";

const labelsOf = (rows: number) => ({ rows, columns: 1, values: new Uint8Array(rows).fill(1) });

/** One step with a loss for each row. */
function step(sampler: Sampler, losses: readonly number[]): Int32Array {
  const rows = sampler.next();
  sampler.observe(rows, { rowLosses: Float32Array.from(rows, (row) => losses[row]) });
  return rows;
}

const trials = fc.record({
  losses: fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 4, maxLength: 12 }),
  pressure: fc.constantFrom(1.5, 4, 64),
  coolDown: fc.integer({ min: 0, max: 5 }),
  start: seed(),
});

/** @param batch as a divisor of the rows: 1 takes all of them */
const made = (name: "adaptive" | "reweighted", rows: number, batchSize: number, start: number, options: object) =>
  createSampler(name, {
    labels: labelsOf(rows),
    batchSize,
    epochs: 5,
    random: new Random(start),
    options: { weighting: "none", warmUp: 1, ...options },
  });

/** Whether rows are drawn as if nothing were cooled down until the tail, and every row alike in it. */
function coolsDown(losses: readonly number[], own: Sampler, plain: Sampler, coolDown: number): boolean {
  const rows = losses.length;
  const even = (values: Float64Array): boolean => values.every((p) => Math.abs(p * rows - 1) < 1e-12);
  for (let epoch = 0; epoch < 5; epoch++) {
    for (let batch = 0; batch < own.batchesPerEpoch; batch++) {
      const tail = epoch >= 5 - coolDown;
      const [p, q] = [own.probabilities(), plain.probabilities()];
      if (tail ? !even(p) : p.some((value, row) => value !== q[row])) return false;
      step(own, losses);
      step(plain, losses);
    }
  }
  return true;
}

describe("coolDown", () => {
  test("leaves all epochs but the last ones as they are, and draws every row alike in those", () => {
    fc.assert(
      fc.property(trials, ({ losses, pressure, coolDown, start }) => {
        // All rows a batch: both see the same, whatever was drawn.
        const of = (options: object) => made("adaptive", losses.length, losses.length, start, { pressure, ...options });
        expect(coolsDown(losses, of({ coolDown }), of({}), coolDown)).toBe(true);
      }),
      runs(60),
    );
  });

  test("negative control: an epoch too many or too few is seen", () => {
    const losses = [0.1, 1, 2, 3];
    const of = (coolDown: number) => made("adaptive", 4, 4, 1, { pressure: 4, coolDown });
    expect(coolsDown(losses, of(2), of(0), 2)).toBe(true);
    for (const claimed of [1, 3]) expect(coolsDown(losses, of(2), of(0), claimed)).toBe(false);
  });
});

describe("reweighted", () => {
  test("weighs each row's loss by n p of the adaptive table that has seen the same, 1 in the warm-up", () => {
    fc.assert(
      fc.property(trials, ({ losses, pressure, start }) => {
        const rows = losses.length;
        const [weighing, drawing] = (["reweighted", "adaptive"] as const).map((name) =>
          made(name, rows, rows, start, { pressure }),
        );
        for (let epoch = 0; epoch < 4; epoch++) {
          const p = drawing.probabilities();
          const batch = weighing.next();
          const weights = weighing.importanceWeights?.(batch) ?? new Float32Array(0);
          expect(weights.length).toBe(rows);
          batch.forEach((row, k) => {
            expect(weights[k]).toBe(epoch === 0 ? 1 : Math.fround(rows * p[row]));
            expect(weights[k]).toBeLessThanOrEqual(pressure * (1 + 1e-6));
            expect(weights[k]).toBeGreaterThanOrEqual((1 / pressure) * (1 - 1e-6));
          });
          expect(weights.reduce((sum, weight) => sum + weight, 0) / rows).toBeCloseTo(1, 5);
          weighing.observe(batch, { rowLosses: Float32Array.from(batch, (row) => losses[row]) });
          step(drawing, losses);
        }
      }),
      runs(60),
    );
  });

  test("draws every row alike", () => {
    const sampler = made("reweighted", 8, 2, 3, { pressure: 16 });
    for (let batch = 0; batch < 12; batch++) step(sampler, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...sampler.probabilities()]).toEqual(new Array(8).fill(1 / 8));
  });
});
