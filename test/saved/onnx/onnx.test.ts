/**
 * ONNX files by the scores of a runtime that is not ours: all models, whatever the preprocessing, any number of rows.
 */
import { describe, expect, it } from "vitest";
import { createBackend } from "../../../src/backends/create.ts";
import type { Dataset, DenseMatrix } from "../../../src/data/dataset.ts";
import { fitPreprocessing, type PreprocessingOptions } from "../../../src/data/preparation/preprocess.ts";
import { transformFeatures } from "../../../src/data/preparation/transform.ts";
import { allRows } from "../../../src/data/rows.ts";
import * as map from "../../../src/engine/ops/map.ts";
import type { Tensor } from "../../../src/engine/tensor.ts";
import { createModel, type ModelName, modelNames } from "../../../src/models/create.ts";
import { Random } from "../../../src/random.ts";
import type { SavedModel } from "../../../src/saved/model.ts";
import { toOnnx } from "../../../src/saved/onnx/onnx.ts";
import { predict } from "../../../src/training/prediction.ts";
import { readMessage, shapeOf } from "./read-message.ts";
import { load } from "./runtime.ts";

const backend = await createBackend("js");
const columns = 9;
const labels = 4;
const origin = { version: "1.2.3", numerics: 1, backend: "js", fingerprint: "abc" };

/** Options that change what is predicted, beyond the defaults. */
const variants: Readonly<Record<ModelName, readonly Readonly<Record<string, unknown>>[]>> = {
  mlp: [{ hidden: [8, 5] }, { hidden: [3], slope: 0 }],
  clif: [{ hidden: 6 }, { hidden: 5, gate: true, featureLayers: 1, graphLayers: 1 }],
  dela: [{ encoder: [8, 6], decoder: [7, 5] }],
  paca: [
    { encoder: [8, 6], map: [7], latent: 3, flowHidden: 8, flowUnits: 4 },
    { encoder: [5], map: [6, 4], latent: 1, flowHidden: 3, flowUnits: 2 },
  ],
  mpvae: [
    { featureEncoder: [8, 6], decoder: [7], latent: 3 },
    { featureEncoder: [6], decoder: [7, 5], bounds: "affine", decoders: "shared", latent: 2 },
  ],
  c2ae: [{ featureEncoder: [8], decoder: [6, 5], latent: 2 }],
};
const cases = modelNames.flatMap((name) => variants[name].map((options) => [name, options] as const));

/** Numbers of columns of different scales, of which the last is constant; every tenth is missing where wanted. */
function rawFeatures(rows: number, random: Random, missing: boolean): DenseMatrix {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const column = i % columns;
    if (missing && random.uniform() < 0.1) return Number.NaN;
    return column === columns - 1 ? 3 : 100 * column + random.normal() * 10 ** (column % 3);
  });
  return { kind: "dense", rows, columns, values };
}

function saved(
  name: ModelName,
  options: Readonly<Record<string, unknown>>,
  chosen: PreprocessingOptions,
  features: DenseMatrix,
): SavedModel {
  const random = new Random(1);
  const dataset: Dataset = {
    name: "raw",
    declared: [],
    featureNames: Array.from({ length: columns }, (_, i) => `x${i}`),
    features,
    labelNames: ["=a", "b\n", "c", "ß"],
    labels: { rows: features.rows, columns: labels, values: new Uint8Array(features.rows * labels) },
  };
  const preprocessing = fitPreprocessing(dataset, allRows(features.rows), { dropLabelsAtMost: -1, ...chosen });
  const model = createModel(name, { features: preprocessing.featureIndices.length, labels, random, options });
  const drawn = [...model.parameters, ...model.buffers].map(({ name, initial }) => {
    // Away from where training begins, and positive where it has to be.
    const positive = name.endsWith("runningVariance");
    const near = (value: number): number => (positive ? value + random.uniform() : value + 0.3 * random.normal());
    return [name, Float32Array.from(initial, near)] as const;
  });
  return { model, modelOptions: options, preprocessing, settings: {}, values: Object.fromEntries(drawn) };
}

async function ours({ model, values, preprocessing }: SavedModel, features: DenseMatrix): Promise<Float32Array> {
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  return predict(model, values, transformFeatures(features, names, preprocessing), backend);
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

describe("a saved model as ONNX", () => {
  it.each(cases)("scores as we do: %s %j", async (name, options) => {
    const random = new Random(7);
    const features = rawFeatures(300, random, false);
    const model = saved(name, options, {}, features);
    const scores = await ours(model, features);
    // Scores that hardly differ would show little.
    expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(0.1);
    const { run } = await load(toOnnx(model));
    for (const rows of [1, 2, 5, 300]) {
      const some = await run(rows, features.values.subarray(0, rows * columns));
      expect(distance(some, scores.subarray(0, rows * labels))).toBeLessThan(1e-5);
    }
  });

  const ways: readonly (readonly [string, boolean, PreprocessingOptions])[] = [
    ["gaps filled with means", true, { missing: "mean" }],
    ["gaps filled with zeros, the rest clipped", true, { missing: "zero", outside: "clip" }],
    ["clipped", false, { outside: "clip" }],
    ["unscaled, with gaps", true, { scaling: "none", missing: "mean" }],
    ["some of the columns", false, { featureShare: 0.5 }],
  ];
  it.each(ways)("has its preprocessing: %s", async (_title, gaps, chosen) => {
    const random = new Random(3);
    const fitted = rawFeatures(40, random, gaps);
    // Beyond the fitted range, too.
    const features = rawFeatures(200, random, gaps);
    const model = saved("mlp", { hidden: [8] }, chosen, fitted);
    const { run } = await load(toOnnx(model));
    expect(distance(await run(200, features.values), await ours(model, features))).toBeLessThan(1e-5);
  });

  it.each(modelNames)("makes no numbers of rows with gaps that it was not taught to fill: %s", async (name) => {
    for (const outside of ["extend", "clip"] as const) {
      const features = rawFeatures(20, new Random(4), false);
      const { run } = await load(toOnnx(saved(name, variants[name][0], { outside }, features)));
      const row = features.values.slice(0, columns).fill(Number.NaN, 2, 3);
      expect(Array.from(await run(1, row))).toEqual(new Array(labels).fill(Number.NaN));
    }
  });

  it("takes rows of as many columns as it was fitted to, and no others", async () => {
    const features = rawFeatures(20, new Random(5), false);
    const { run } = await load(toOnnx(saved("mlp", { hidden: [3] }, {}, features)));
    await expect(run(1, new Float32Array(columns + 1))).rejects.toThrow(/invalid dimensions/i);
  });

  it("says what goes in and what comes out", () => {
    const features = rawFeatures(20, new Random(5), false);
    const model = saved("mlp", { hidden: [3] }, { featureShare: 0.5 }, features);
    const file = readMessage(toOnnx({ ...model, origin }));
    expect(file.numbers(1)).toEqual([7]);
    expect(file.texts(2)).toEqual(["hardbatch"]);
    expect(file.texts(3)).toEqual(["1.2.3"]);
    expect(file.messages(8).map((opset) => opset.numbers(2))).toEqual([[13]]);
    const metadata = file.messages(14).map((entry) => [entry.texts(1)[0], JSON.parse(entry.texts(2)[0])]);
    const { featureNames, featureIndices, labelNames } = model.preprocessing;
    expect(Object.fromEntries(metadata)).toEqual({
      model: "mlp",
      labels: labelNames,
      features: featureNames,
      featureColumns: featureIndices,
      origin,
    });
    const [graph] = file.messages(7);
    const shapes = [11, 12].map((field) => graph.messages(field).map((value) => [value.texts(1)[0], shapeOf(value)]));
    expect(shapes).toEqual([[["features", ["rows", columns]]], [["scores", ["rows", labels]]]]);
  });

  it("is refused by the name of what can't be written", () => {
    const features = rawFeatures(20, new Random(6), false);
    const sampled = saved("mpvae", { prediction: "sampled", latent: 2 }, {}, features);
    expect(() => toOnnx(sampled)).toThrow(/draw random numbers \(probit\.noise\).*prediction=exact/);
    const model = saved("mlp", { hidden: [3] }, {}, features);
    const predict = (x: Tensor): Tensor => map.tanh(model.model.predict(x));
    expect(() => toOnnx({ ...model, model: { ...model.model, predict } })).toThrow(
      "op tanh has no translation to ONNX",
    );
    expect(() => toOnnx({ ...model, values: {} })).toThrow("tensor hidden.0.weight has no values, expected [9, 3]");
  });
});
