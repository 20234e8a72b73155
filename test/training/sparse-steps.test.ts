/**
 * The first 20 steps on sparse inputs in single precision, every model that takes them on every kind of device: each
 * value of a step, judged from what the device itself gave to its inputs, lies within the forward error bound of its
 * definition. A sparse product is defined over the table with its zeros, as the dense one is, so no tolerance is chosen
 * and nothing piles up into one.
 */
import { describe, expect, test } from "vitest";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { wasm } from "../../src/backends/wasm.ts";
import type { SparseMatrix } from "../../src/data/dataset.ts";
import { denseInputs, sparseInputs } from "../../src/data/preparation/inputs.ts";
import { Random } from "../../src/random.ts";
import { configure } from "../../src/training/configure.ts";
import { datasetLeaves, rowsInput, trainingProgram } from "../../src/training/step.ts";
import { single } from "../laws/arithmetic.ts";
import { exposed, stepsOfRunAgree } from "../laws/programs.ts";
import { data, models } from "./texts.ts";

const steps = 20;
const batch = 8;
const sparse = sparseInputs(data.features);

/** The training step of a model on a table, every value an output, and its optimiser's scalars. */
function stepOf(model: keyof typeof models, features: SparseMatrix, backend: Backend) {
  const settings = { model, modelOptions: models[model], sampler: "uniform", epochs: 2, batchSize: batch };
  const options = configure(data, backend, settings);
  const dataset = datasetLeaves(features, data.labels);
  const needs = ["rowLosses", "scores"] as const;
  const { optimiser } = options;
  const built = exposed(trainingProgram({ model: options.model, optimiser, dataset, batch, needs, weighted: false }));
  return { built, scalars: optimiser.scalars };
}

/** Trains on `features` and judges each step by the definitions over `expected`. */
async function train(model: keyof typeof models, backend: Backend, features: SparseMatrix, expected = features) {
  const { built, scalars } = stepOf(model, features, backend);
  const judge = stepOf(model, expected, backend).built;
  const executable = await backend.compile({ step: built });
  const random = new Random(4);
  const noise = noiseFeeds(built);
  try {
    for (let step = 0; step < steps; step++) {
      const rows = Float32Array.from({ length: batch }, () => random.integer(features.rows));
      const state = await executable.read();
      const feeds: Values = { [rowsInput]: rows, ...scalars(step + 1), ...noise({ seed: 1, step }) };
      const outputs = await executable.run("step", feeds);
      stepsOfRunAgree(judge, { state, feeds, outputs }, single);
    }
  } finally {
    executable.dispose();
  }
}

const backends: readonly (readonly [string, Backend])[] = [
  ["js", js()],
  ["wasm", wasm({ threads: 2, sharing: "always" })],
  ["gpu:webasm", gpu("webasm")],
];

describe.each(backends)("steps on sparse inputs on %s are within the error bounds of dense ones:", (_name, backend) => {
  test.each(["mlp", "clif", "c2ae", "mpvae"] as const)("%s", async (model) => {
    await expect(train(model, backend, sparse)).resolves.toBeUndefined();
  });

  test("a column of the table that is off by a few roundings is found", async () => {
    const values = sparse.values.map((value, k) => (sparse.indices[k] === 59 ? value * (1 + 2 ** -18) : value));
    await expect(train("mlp", backend, { ...sparse, values }, sparse)).rejects.toThrow(/sparseMatmul/);
  });
});

test("the tables of both are the same", () => {
  expect(sparseInputs(denseInputs(sparse))).toEqual(sparse);
});
