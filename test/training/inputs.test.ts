/**
 * Runs on sparse features are those on the same features with their zeros, within rounding: every model, predictions
 * too.
 */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import type { Dataset, SparseMatrix } from "../../src/data/dataset.ts";
import {
  cheaperInputs,
  chooseInputs,
  denseInputs,
  filledShare,
  sparseInputs,
} from "../../src/data/preparation/inputs.ts";
import { type PreparedData, prepare } from "../../src/data/preparation/prepare.ts";
import { type ModelName, modelNames } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { configure } from "../../src/training/configure.ts";
import { predict } from "../../src/training/prediction.ts";
import { train } from "../../src/training/train.ts";

/**
 * Words of texts: 80 rows, 60 columns, a tenth of them in each row, some columns empty, one full; 4 labels that go by
 * them.
 */
function texts(): Dataset {
  const [rows, columns, labels] = [80, 60, 4];
  const random = new Random(5);
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const marks = new Uint8Array(rows * labels);
  for (let row = 0; row < rows; row++) {
    const chosen = new Set([59, ...Array.from({ length: row % 9 }, () => random.integer(50))]);
    for (const column of [...chosen].sort((a, b) => a - b)) {
      indices.push(column);
      values.push(1 + random.integer(3));
    }
    offsets[row + 1] = indices.length;
    for (let label = 0; label < labels; label++)
      marks[row * labels + label] = chosen.has(label * 7) ? 1 : random.integer(2);
  }
  const names = (count: number, kind: string): string[] => Array.from({ length: count }, (_, i) => `${kind}${i}`);
  const features: SparseMatrix = {
    kind: "sparse",
    rows,
    columns,
    offsets,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
  return {
    name: "texts",
    declared: names(columns, "word").map((name) => ({ name, kind: "numeric" })),
    featureNames: names(columns, "word"),
    features,
    labelNames: names(labels, "label"),
    labels: { rows, columns: labels, values: marks },
  };
}

const data = prepare(texts(), { seed: 1, dropLabelsAtMost: 1 });

const models = {
  mlp: { hidden: [8, 8] },
  clif: { hidden: 8, featureLayers: 2 },
  dela: { encoder: [8], decoder: [8], latent: 5 },
  paca: {
    encoder: [8],
    decoder: [8],
    labelEncoder: [8],
    labelDecoder: [8],
    map: [8],
    latent: 3,
    flowHidden: 6,
    flowUnits: 3,
  },
  mpvae: { labelEncoder: [8], featureEncoder: [8], decoder: [8], latent: 4, draws: 3 },
  c2ae: { featureEncoder: [8], labelEncoder: [8], decoder: [8] },
} as const satisfies Record<ModelName, object>;

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
