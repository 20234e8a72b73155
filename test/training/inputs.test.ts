/**
 * Runs on sparse features are those on the same features with their zeros, within rounding: every model, predictions
 * too.
 */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import {
  cheaperInputs,
  chooseInputs,
  denseInputs,
  filledShare,
  sparseInputs,
} from "../../src/data/preparation/inputs.ts";
import type { PreparedData } from "../../src/data/preparation/prepare.ts";
import { type ModelName, modelNames } from "../../src/models/create.ts";
import { configure } from "../../src/training/configure.ts";
import { predict } from "../../src/training/prediction.ts";
import { train } from "../../src/training/train.ts";
import { data, models } from "./texts.ts";

/** Losses of the first 20 steps and scores of all rows, with the weights that these left. */
async function outcome(name: ModelName, prepared: PreparedData, backend: Backend) {
  const settings = { model: name, modelOptions: models[name], sampler: "uniform", epochs: 7, batchSize: 16 };
  // Configured on one kind of inputs, trained on the other: batches are the same.
  const options = { ...configure(data, backend, settings), features: prepared.features };
  const losses: number[] = [];
  for await (const event of train(options)) {
    if (event.kind === "start") expect(event.inputs).toBe(prepared.features.kind);
    if (event.kind === "step" && losses.length < 20) losses.push(event.loss);
    if (event.kind === "end")
      return { losses, scores: await predict(options.model, event.values, prepared.features, backend) };
  }
  throw new Error("the run has no end");
}

function agree(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]));
    expect(distance, `${what} ${i}: ${actual[i]}, expected ${expected[i]}`).toBeLessThan(tolerance);
  }
}

const dense = { ...data, features: denseInputs(data.features) };
const sparse = { ...data, features: sparseInputs(data.features) };

describe("sparse inputs train as dense ones do", () => {
  test.each(modelNames)("%s, in double precision", async (name) => {
    const [without, withZeros] = [
      await outcome(name, sparse, js({ precision: 64 })),
      await outcome(name, dense, js({ precision: 64 })),
    ];
    agree("loss of step", without.losses, withZeros.losses, 1e-9);
  });

  test.each([
    ["js", js()],
    ["wasm", wasm({ threads: 1 })],
    ["wasm with two threads", wasm({ threads: 2, sharing: "always" })],
    ["gpu:webasm", gpu("webasm")],
  ])("on %s, and predict as they do", async (_name, backend) => {
    const [without, withZeros] = [
      await outcome("mlp", sparse, backend),
      await outcome("mlp", dense, js({ precision: 64 })),
    ];
    agree("loss of step", without.losses, withZeros.losses, 1e-4);
    agree("score", without.scores, withZeros.scores, 1e-3);
  });
});

describe("inputs", () => {
  test("are sparse where at most an eighth of the values is not zero", () => {
    expect(filledShare(data.features)).toBeCloseTo(0.08, 1);
    expect(cheaperInputs(data.features)).toBe("sparse");
    expect(chooseInputs(dense.features).kind).toBe("sparse");
    const full = { kind: "dense", rows: 2, columns: 4, values: Float32Array.of(1, 0, 0, 0, 0, 2, 0, 0) } as const;
    expect(chooseInputs(full)).toBe(full);
    expect(chooseInputs({ ...full, values: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0) }).kind).toBe("sparse");
  });

  test("come back as they were", () => {
    expect(sparseInputs(dense.features)).toEqual(sparse.features);
    expect(chooseInputs(sparse.features, "dense")).toEqual(dense.features);
  });

  test("can't be dense where they take more than 1 GiB", () => {
    const wide = { ...sparse.features, columns: 2 ** 24 };
    expect(cheaperInputs(wide)).toBe("sparse");
    expect(() => chooseInputs(wide, "dense")).toThrow(/80 rows of 16777216 features need \d+ bytes.*sparse inputs/);
  });
});
