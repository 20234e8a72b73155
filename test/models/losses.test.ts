/** The losses of `mlp` against their formulas written out in double precision, at the ends of what logits can be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { js } from "../../src/backends/js.ts";
import { program } from "../../src/engine/program.ts";
import { constant, type Tensor } from "../../src/engine/tensor.ts";
import { createModel } from "../../src/models/create.ts";
import { asymmetricLoss, effectiveNumberWeights, focalLoss } from "../../src/nn/entry-losses.ts";
import { crossEntropy } from "../../src/nn/loss.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";

async function valuesOf(tensor: Tensor, precision: 32 | 64 = 64): Promise<ArrayLike<number>> {
  const executable = await js({ precision }).compile({ one: program({ out: tensor }) });
  try {
    return (await executable.run("one", {})).out;
  } finally {
    executable.dispose();
  }
}

const sigmoid = (f: number): number => 1 / (1 + Math.exp(-f));

/** By the definitions, which are exact enough for logits of up to 20. */
const formulas = {
  focal: (f: number, y: number) =>
    y === 1 ? -((1 - sigmoid(f)) ** 2) * Math.log(sigmoid(f)) : -(sigmoid(f) ** 2) * Math.log(1 - sigmoid(f)),
  asymmetric(f: number, y: number) {
    if (y === 1) return -Math.log(sigmoid(f));
    const m = Math.max(sigmoid(f) - 0.05, 0);
    return -(m ** 4) * Math.log(1 - m);
  },
};
const losses = { focal: focalLoss, asymmetric: asymmetricLoss };

const entries = fc.array(fc.record({ f: fc.double({ min: -20, max: 20, noNaN: true }), y: fc.constantFrom(0, 1) }), {
  minLength: 1,
  maxLength: 12,
});

describe.each(["focal", "asymmetric"] as const)("the loss %s", (name) => {
  it("is its formula", () =>
    fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const of = (values: readonly number[]) => constant([1, values.length], Float64Array.from(values));
        const found = await valuesOf(losses[name](of(given.map(({ f }) => f)), of(given.map(({ y }) => y))));
        given.forEach(({ f, y }, i) => {
          const expected = formulas[name](f, y);
          expect(Math.abs(found[i] - expected)).toBeLessThanOrEqual(1e-7 * Math.max(1e-3, expected));
        });
      }),
      runs(50),
    ));

  it("is finite for logits of any size in single precision, and no larger than cross-entropy", async () => {
    const f = constant([1, 8], Float64Array.of(-1e30, -200, -90, 0, 0, 90, 200, 1e30));
    const y = constant([1, 8], Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0));
    const [found, plain] = await Promise.all([
      valuesOf(losses[name](f, y), 32),
      valuesOf(crossEntropy(f, y).perEntry, 32),
    ]);
    for (let i = 0; i < found.length; i++) {
      expect(Number.isFinite(found[i])).toBe(true);
      expect(found[i]).toBeLessThanOrEqual(plain[i] * (1 + 1e-6));
    }
  });
});

describe("weights by the effective number of positives", () => {
  it("are equal at beta 0 and go to inverse frequencies as beta goes to 1", async () => {
    const counts = [1, 10, 100];
    expect(Array.from(await valuesOf(effectiveNumberWeights(counts, 0)))).toEqual([1, 1, 1]);
    const near = await valuesOf(effectiveNumberWeights(counts, 1 - 1e-9));
    const inverse = counts.map((count) => 1 / count);
    const total = inverse.reduce((sum, weight) => sum + weight, 0);
    inverse.forEach((weight, j) => {
      expect(near[j]).toBeCloseTo((weight * 3) / total, 5);
    });
  });

  it("have mean 1, fall with the count, and take a label without positives", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 9 }),
        fc.double({ min: 0, max: 0.9999, noNaN: true }),
        async (counts, beta) => {
          const found = Array.from(await valuesOf(effectiveNumberWeights(counts, beta)));
          expect(found.reduce((sum, weight) => sum + weight, 0) / counts.length).toBeCloseTo(1, 9);
          const sorted = counts.map((count, j) => [count, found[j]]).sort(([a], [b]) => a - b);
          for (let j = 1; j < sorted.length; j++)
            expect(sorted[j][1]).toBeLessThanOrEqual(sorted[j - 1][1] * (1 + 1e-12));
        },
      ),
      runs(50),
    ));
});

describe("the option loss of mlp", () => {
  const setting = { features: 2, labels: 2, random: new Random(1) };
  it("refuses beta without classBalanced, unknown losses, and counts of another length", () => {
    expect(() => createModel("mlp", { ...setting, options: { beta: 0.9 } })).toThrow(
      /beta is of the loss classBalanced/,
    );
    expect(() => createModel("mlp", { ...setting, options: { loss: "hinge" } })).toThrow(/expected one of bce, focal/);
    expect(() => createModel("mlp", { ...setting, labelCounts: [1] })).toThrow(/1 counts of labels, expected 2/);
  });

  it("needs the counts only where it trains", () => {
    const model = createModel("mlp", { ...setting, options: { loss: "classBalanced" } });
    const features = constant([1, 2], Float64Array.of(0, 1));
    expect(() => model.predict(features)).not.toThrow();
    expect(() => model.objective({ features, labels: features })).toThrow(/needs the labels' counts/);
  });
});
