import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { adaptiveSampler } from "../../src/samplers/adaptive.ts";
import { importanceWeights } from "../../src/samplers/draw/importance.ts";
import { runs, seed } from "../arbitraries.ts";

/** Every ordered batch with its exact probability under successive draws. */
function orderedBatches(p: readonly number[], size: number): { rows: number[]; probability: number }[] {
  let partial = [{ rows: [] as number[], probability: 1, rest: p.reduce((sum, each) => sum + each) }];
  for (let k = 0; k < size; k++) {
    partial = partial.flatMap(({ rows, probability, rest }) =>
      p.flatMap((each, row) =>
        rows.includes(row)
          ? []
          : [{ rows: [...rows, row], probability: (probability * each) / rest, rest: rest - each }],
      ),
    );
  }
  return partial;
}

function weightsOf(p: readonly number[], rows: readonly number[]): Float64Array {
  const target = new Float64Array(rows.length);
  const rest = p.reduce((sum, each, row) => (rows.includes(row) ? sum : sum + each), 0);
  importanceWeights(
    Float64Array.from(rows, (row) => p[row]),
    rest,
    p.length,
    target,
  );
  return target;
}

const tables = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 2, 64, 1e6), seed())
  .map(([rows, pressure, each]) => {
    const random = new Random(each);
    return Array.from({ length: rows }, () => pressure ** random.uniform());
  });

describe("importance weights", () => {
  test("by enumeration of all batches: the weighted batch mean has the mean of all rows as its expectation", () => {
    fc.assert(
      fc.property(tables, seed(), (p, lossSeed) => {
        const random = new Random(lossSeed);
        const losses = p.map(() => random.uniform() * 5);
        const risk = losses.reduce((sum, loss) => sum + loss, 0) / p.length;
        for (let size = 1; size <= p.length; size++) {
          let expectation = 0;
          for (const { rows, probability } of orderedBatches(p, size)) {
            const weights = weightsOf(p, rows);
            rows.forEach((row, k) => {
              expectation += (probability * weights[k] * losses[row]) / size;
            });
          }
          expect(Math.abs(expectation / risk - 1)).toBeLessThan(1e-9);
        }
      }),
      runs(30),
    );
  });

  test("the plain batch mean would not pass: two of three rows, the easy one drawn most often", () => {
    const mean = orderedBatches([64, 1, 8], 2).reduce(
      (sum, { rows, probability }) => sum + (probability * rows.filter((row) => row === 1).length) / 2,
      0,
    );
    expect(Math.abs(mean - 1 / 3)).toBeGreaterThan(0.1);
  });

  test("are those of Murthy's estimator, P(S | i first) / P(S) by enumeration", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 5 }), (p, wanted) => {
        const size = Math.min(wanted, p.length);
        const key = (rows: readonly number[]): string => [...rows].sort((a, b) => a - b).join();
        const total = p.reduce((sum, each) => sum + each);
        const all = orderedBatches(p, size);
        for (const { rows } of all.filter((_, k) => k % 7 === 0)) {
          const same = all.filter((batch) => key(batch.rows) === key(rows));
          const probability = same.reduce((sum, batch) => sum + batch.probability, 0);
          const weights = weightsOf(p, rows);
          rows.forEach((row, k) => {
            const first = same
              .filter((batch) => batch.rows[0] === row)
              .reduce((sum, batch) => sum + batch.probability, 0);
            const expected = ((size / p.length) * (first / (p[row] / total))) / probability;
            expect(Math.abs(weights[k] / expected - 1)).toBeLessThan(1e-9);
          });
        }
      }),
      runs(20),
    );
  });

  test("one row a batch: 1 / (n p); all rows a batch: 1; equal chances: 1", () => {
    expect(weightsOf([1, 3, 4], [1])[0]).toBeCloseTo(8 / 9, 10);
    expect([...weightsOf([1, 3, 4], [2, 0, 1])]).toEqual([1, 1, 1]);
    for (const weight of weightsOf(new Array<number>(50).fill(2), [3, 8, 40])) expect(weight).toBeCloseTo(1, 10);
  });

  test("large batches: between 1/s and s, sum p v = b / n, near 1 / (n p) when few rows are drawn", () => {
    for (const [rows, size, pressure] of [
      [1_000_000, 128, 64],
      [2000, 1999, 2],
      [1000, 500, 1e6],
      [300, 2, 1e12],
    ]) {
      const random = new Random(9);
      const taken = Float64Array.from({ length: size }, () => pressure ** random.uniform());
      const rest = (rows - size) * 1.5;
      const total = taken.reduce((sum, weight) => sum + weight, rest);
      const target = new Float64Array(size);
      importanceWeights(taken, rest, rows, target);
      const sum = target.reduce((sofar, weight, k) => sofar + weight * taken[k], 0) / total;
      expect(Math.abs((sum * rows) / size - 1)).toBeLessThan(1e-9);
      target.forEach((weight, k) => {
        expect(weight).toBeGreaterThan(0);
        if (rows === 1_000_000) expect(weight / (total / (rows * taken[k]))).toBeCloseTo(1, 2);
      });
    }
  });

  test("a sampler made with unbiased hands out the weights of its draws, and of nothing else", () => {
    const labels = { rows: 7, columns: 1, values: new Uint8Array(7) };
    const setup = { labels, batchSize: 3, random: new Random(4) };
    const sampler = adaptiveSampler(setup, { unbiased: true, warmUp: 1, pressure: 64, refresh: "batch" });
    for (let t = 0; t < 12; t++) {
      const p = [...sampler.probabilities()];
      const drawn = sampler.epoch >= 1;
      const rows = sampler.next();
      const expected = drawn ? weightsOf(p, [...rows]) : new Float64Array(rows.length).fill(1);
      const found = sampler.importanceWeights?.(rows) ?? new Float32Array(0);
      found.forEach((weight, k) => {
        expect(weight).toBeCloseTo(expected[k], 5);
      });
      expect(() => sampler.importanceWeights?.(rows.map((row) => row + 1))).toThrow(/the oldest batch that waits has/);
      sampler.observe(rows, { rowLosses: Float32Array.from(rows, (row) => row * row) });
      expect(() => sampler.importanceWeights?.(rows)).toThrow(/no batch waits/);
    }
  });
});
