/**
 * Section 4 of the algorithm on real runs: the bounds on p at every step, and by enumeration of all batches that the
 * weighted gradient of a training step is on average that of the uniform risk. The conditions report has its own tests.
 */
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { gather } from "../../src/engine/ops/rows.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { createModel } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { importanceWeights } from "../../src/samplers/draw/importance.ts";
import { datasetLeaves } from "../../src/training/step.ts";
import { data, follow, recording, setup } from "./runs.ts";

describe.each(["adaptive", "adaptiveChain"])("%s, at every step of a run", (sampler) => {
  test.each([
    [2, "epoch"],
    [16, "batch"],
    [64, "full"],
  ])("s = %d, refresh %s: 1/(n s) <= p <= s/n, p_max/p_min <= s, effective size >= n/s", async (s, refresh) => {
    const options = setup({ sampler, samplerOptions: { pressure: s, refresh, warmUp: 1 }, epochs: 8 });
    const { sampler: recorder, seen } = recording(options.sampler);
    const { epochs } = await follow({ ...options, sampler: recorder });
    const n = options.sampler.rows;
    const near = 1 + 1e-12;
    let spread = 1;
    for (const { probabilities: p } of seen) {
      const [least, most] = [Math.min(...p), Math.max(...p)];
      expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
      expect(least * n * s * near).toBeGreaterThanOrEqual(1);
      expect(most * n).toBeLessThanOrEqual(s * near);
      expect(most / least).toBeLessThanOrEqual(s * near);
      expect(near / p.reduce((sum, each) => sum + each * each, 0)).toBeGreaterThanOrEqual(n / s);
      spread = Math.max(spread, most / least);
    }
    expect(spread).toBeGreaterThan(Math.sqrt(s)); // the bounds were not met by standing still
    for (const { trace } of epochs) {
      expect((trace?.effectiveSampleSize ?? 0) * near).toBeGreaterThanOrEqual(n / s);
      expect(trace?.effectiveSampleSize).toBeLessThanOrEqual(n * near);
      expect(trace?.entropy).toBeLessThanOrEqual(Math.log(n) * near);
    }
  });
});

/** Rows that the enumeration takes from the training fold. */
const few = 7;

/** The gradient of a batch as a training step has it, all parameters in one list, in float64. */
async function batchGradient(batch: number) {
  const model = createModel("mlp", {
    features: data.features.columns,
    labels: data.labels.columns,
    options: { hidden: [3], dropout: 0 },
    random: new Random(5),
  });
  const { features, labels } = datasetLeaves(data.features, data.labels);
  const rows = input("rows", [batch, 1]);
  const weights = input("weights", [batch, 1]);
  const { loss } = model.objective({ features: gather(features, rows), labels: gather(labels, rows), weights });
  const gradients = gradient(loss, model.parameters);
  const built = program(Object.fromEntries(gradients.map((g, i) => [`g${i}`, g])));
  const executable = await js({ precision: 64 }).compile({ built });
  return async (drawn: readonly number[], weighing: ArrayLike<number>): Promise<number[]> => {
    const feeds = {
      rows: Float64Array.from(drawn, (row) => data.rows.training[row]),
      weights: Float64Array.from(weighing),
    };
    return Object.values(await executable.run("built", feeds)).flatMap((values) => Array.from(values));
  };
}

/** Every ordered draw of `batch` of the rows without replacement, with its probability. */
function draws(p: readonly number[], batch: number): { readonly rows: readonly number[]; readonly chance: number }[] {
  if (batch === 0) return [{ rows: [], chance: 1 }];
  return draws(p, batch - 1).flatMap(({ rows, chance }) => {
    const rest = rows.reduce((sum, row) => sum - p[row], 1);
    return p.flatMap((each, row) =>
      rows.includes(row) ? [] : { rows: [...rows, row], chance: (chance * each) / rest },
    );
  });
}

const average = (terms: readonly { readonly chance: number; readonly g: readonly number[] }[]): number[] =>
  terms[0].g.map((_, e) => terms.reduce((sum, { chance, g }) => sum + chance * g[e], 0));

const distance = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((each, e) => each - b[e]));

describe("the gradient of a step, averaged over all batches that can be drawn", () => {
  // p of a run at pressure 16, cut down to a few rows.
  const raw = [1, 16, 2, 9, 4, 1.5, 12];
  const p = raw.map((each) => each / raw.reduce((a, b) => a + b, 0));
  const uniform = async (): Promise<number[]> => {
    const one = await batchGradient(1);
    const terms: { chance: number; g: number[] }[] = [];
    for (let row = 0; row < few; row++) terms.push({ chance: 1 / few, g: await one([row], [1]) });
    return average(terms);
  };

  test.each([1, 2, 3])("batches of %d: with importance weights it is that of the uniform risk", async (batch) => {
    const gradientOf = await batchGradient(batch);
    const all = draws(p, batch);
    expect(all.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 12);
    const terms: { chance: number; g: number[] }[] = [];
    const plain: { chance: number; g: number[] }[] = [];
    for (const { rows, chance } of all) {
      const taken = Float64Array.from(rows, (row) => p[row]);
      const weights = new Float64Array(batch);
      importanceWeights(taken, 1 - taken.reduce((a, b) => a + b, 0), few, weights);
      for (const weight of weights) {
        expect(weight).toBeGreaterThan(1 / 16);
        expect(weight).toBeLessThan(16);
      }
      terms.push({ chance, g: await gradientOf(rows, weights) });
      plain.push({ chance, g: await gradientOf(rows, new Float64Array(batch).fill(1)) });
    }
    const wanted = await uniform();
    const scale = Math.hypot(...wanted);
    expect(distance(average(terms), wanted)).toBeLessThan(1e-9 * scale);
    // Without them it isn't.
    expect(distance(average(plain), wanted)).toBeGreaterThan(1e-2 * scale);
  });
});
