/** Attributions by what they have to add up to, on every model, and by hand where there is a formula. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import * as map from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { constant } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { createModel } from "../../src/models/create.ts";
import type { Model } from "../../src/models/model.ts";
import { Random } from "../../src/random.ts";
import { attribute } from "../../src/training/attribution.ts";
import { predict } from "../../src/training/prediction.ts";
import { runs } from "../arbitraries.ts";
import { everyModel, trials } from "../models/tiny.ts";

const backend = await createBackend("js");
const initialOf = ({ parameters, buffers }: Model): Record<string, Float32Array> =>
  Object.fromEntries([...parameters, ...buffers].map(({ name, initial }) => [name, Float32Array.from(initial)]));

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

describe.each(everyModel)("attributions of %s", (name) => {
  it("add up to what the score is above the baseline's, and change nothing that does not differ from it", async () => {
    await fc.assert(
      fc.asyncProperty(trials(name), async ({ model, random }) => {
        const values = initialOf(model);
        const row = Float32Array.from({ length: model.features }, () => random.uniform());
        const baseline = Float32Array.from(row, (value, j) => (j === 0 ? value : random.uniform()));
        const labels = Array.from({ length: model.labels }, (_, label) => label);
        const found = await attribute(model, values, row, backend, { labels, baseline, steps: 512 });
        const matrix = {
          kind: "dense",
          rows: 2,
          columns: model.features,
          values: Float32Array.of(...row, ...baseline),
        } as const;
        const scores = await predict(model, values, matrix, backend);
        for (const { label, score, baselineScore, integratedGradients, completenessError } of found) {
          expect(score).toBeCloseTo(scores[label], 6);
          expect(baselineScore).toBeCloseTo(scores[model.labels + label], 6);
          expect(completenessError).toBe(sum(integratedGradients) - (score - baselineScore));
          expect(Math.abs(completenessError)).toBeLessThan(2e-3);
          expect(integratedGradients[0]).toBe(0);
        }
      }),
      runs(4),
    );
  });
});

describe("attribution", () => {
  const weights = Float32Array.of(2, -1, 0.5);
  /** sigmoid(2 a - b + c / 2) */
  const linear: Model = {
    ...createModel("mlp", { features: 3, labels: 1, random: new Random(1), options: { hidden: [1] } }),
    predict: (x) => map.sigmoid(matmul(x, constant([3, 1], weights))),
  };
  const row = Float32Array.of(0.5, 0.25, 1);
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
  const logit = 2 * 0.5 - 0.25 + 0.5;

  it("of a logistic regression is its formula", async () => {
    const [found] = await attribute(linear, {}, row, backend, { labels: [0] });
    const slope = logistic(logit) * (1 - logistic(logit));
    const gain = logistic(logit) - 0.5;
    row.forEach((value, j) => {
      expect(found.gradientTimesInput[j]).toBeCloseTo(slope * weights[j] * value, 6);
      // On a straight way every feature's share of the gain is its share of the logit.
      expect(found.integratedGradients[j]).toBeCloseTo((gain * weights[j] * value) / logit, 5);
    });
    expect(found.baselineScore).toBe(0.5);
  });

  it("is exact to more digits with more steps", async () => {
    const errors: number[] = [];
    for (const steps of [1, 4, 16]) {
      const [found] = await attribute(linear, {}, row, backend, { labels: [0], steps });
      errors.push(Math.abs(found.completenessError));
    }
    expect(errors[1]).toBeLessThan(errors[0] / 10);
    expect(errors[2]).toBeLessThan(errors[1] / 10);
  });

  it("is refused where it would mean nothing", async () => {
    const of = (options: Parameters<typeof attribute>[4], features = row) =>
      attribute(linear, {}, features, backend, options);
    await expect(of({ labels: [1] })).rejects.toThrow("label 1: expected a whole number from 0 to 0");
    await expect(of({ labels: [0], steps: 0 })).rejects.toThrow("0 steps: expected");
    await expect(of({ labels: [0] }, new Float32Array(2))).rejects.toThrow("a row of 2 and a baseline of 3 features");
    const options = { prediction: "sampled", testDraws: 2 };
    const sampled = createModel("mpvae", { features: 3, labels: 1, random: new Random(1), options });
    await expect(attribute(sampled, initialOf(sampled), row, backend, { labels: [0] })).rejects.toThrow(UsageError);
  });
});
