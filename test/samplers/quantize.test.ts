import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { adaptiveSampler } from "../../src/samplers/adaptive.ts";
import { Powers } from "../../src/samplers/draw/powers.ts";
import { minmaxWeights, quantizationIndex } from "../../src/samplers/draw/quantize.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";
import { closeTo } from "./close-to.ts";

interface GoldenCase {
  readonly loss: readonly number[];
  readonly selectionPressure: number;
  readonly quantizationIndex: readonly number[];
  readonly unnormalised: readonly number[];
  readonly probability: readonly number[];
}

const file = join(fixtures, "sampler.json");

describeWith(file, "golden probabilities", () => {
  const golden: { readonly probability: readonly GoldenCase[] } = JSON.parse(readFileSync(file, "utf8"));

  test.each(golden.probability.map((each, k) => [k, each] as const))("case %i", (_, each) => {
    const { loss, selectionPressure } = each;
    const rows = loss.length;
    const maximum = Math.max(...loss);
    const index = loss.map((z) => quantizationIndex(z, maximum, rows));
    expect(index).toEqual(each.quantizationIndex);
    closeTo(
      index.map((q) => selectionPressure ** (q / rows)),
      each.unnormalised,
      1e-12,
    );
  });

  test.each(golden.probability.map((each, k) => [k, each] as const))("case %i through the sampler", (_, each) => {
    const { loss, selectionPressure } = each;
    const rows = loss.length;
    // The golden losses are doubles: a loss of 1 times the weight, or 0, keeps them exact.
    const sampler = adaptiveSampler(
      {
        labels: { rows, columns: 1, values: new Uint8Array(rows) },
        batchSize: rows,
        random: new Random(1),
      },
      { weights: Float64Array.from(loss, (z) => z || 1), pressure: selectionPressure, warmUp: 1 },
    );
    const batch = sampler.next();
    sampler.observe(batch, { rowLosses: Float32Array.from(batch, (row) => (loss[row] === 0 ? 0 : 1)) });
    closeTo(sampler.probabilities(), each.probability, 1e-12);
  });
});

describe("the quantization index", () => {
  test("by hand: four rows, maximum 2, so D = 0.5", () => {
    expect([0, 0.1, 0.5, 0.50001, 1.9, 2].map((z) => quantizationIndex(z, 2, 4))).toEqual([0, 1, 1, 2, 4, 4]);
  });

  test("is 0 for all rows while no loss is above 0", () => {
    expect(quantizationIndex(0, 0, 10)).toBe(0);
  });

  test("lies in 0..n, is 0 only for 0, n for the maximum, and never falls as z rises, for any magnitude", () => {
    const magnitude = fc.double({ min: 5e-324, max: 1.7e308, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(magnitude, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 10 ** 7 }),
        (values, rows) => {
          const sorted = [...values].sort((a, b) => a - b);
          const maximum = sorted[sorted.length - 1];
          const index = sorted.map((z) => quantizationIndex(z, maximum, rows));
          expect(quantizationIndex(0, maximum, rows)).toBe(0);
          expect(index.at(-1)).toBe(rows);
          index.forEach((q, k) => {
            expect(Number.isInteger(q) && q >= (k === 0 ? 0 : index[k - 1]) && q <= rows).toBe(true);
            // Q quanta cover z, one less does not, to rounding; z / maximum itself underflows below 1e-300.
            const share = sorted[k] / maximum;
            expect(q).toBeGreaterThanOrEqual(share * rows * (1 - 1e-15) - 1e-290);
            expect(q - 1).toBeLessThanOrEqual(share * rows * (1 + 1e-15));
          });
        },
      ),
      runs(300),
    );
  });
});

describe("minmax", () => {
  const powers = (pressure: number): Powers => {
    const ofThree = new Powers(3);
    ofThree.expect(pressure);
    return ofThree;
  };

  test("by hand: scores 0, 1, 4 of three rows give Q = 3, ceil(0.75 * 3) = 3, 1", () => {
    const weights = new Float64Array(3);
    minmaxWeights(Float64Array.from([0, 1, 4]), powers(8), weights);
    closeTo(weights, [8 ** -1, 8 ** -1, 8 ** (-1 / 3)], 1e-15);
  });

  test("equal scores give equal weights", () => {
    const weights = Float64Array.from([5, 5, 5]);
    minmaxWeights(weights, powers(64), weights);
    expect(new Set(weights).size).toBe(1);
  });
});
