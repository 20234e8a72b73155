import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { transformFeatures } from "../../src/data/preparation/transform.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { type ModelName, modelNames } from "../../src/models/create.ts";
import { decodeModel, encodeModel, type SavedModel } from "../../src/saved/model.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../src/saved/safetensors.ts";
import { encodeSealed } from "../../src/saved/sealed.ts";
import { configure } from "../../src/training/configure.ts";
import type { EndEvent } from "../../src/training/events.ts";
import { predict } from "../../src/training/prediction.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { train } from "../../src/training/train.ts";
import { runs } from "../arbitraries.ts";

const dataset = synthetic({ rows: 60, features: 6, labels: 4, imbalance: 4 }, 3);
const data = prepare(dataset, { seed: 1, dropLabelsAtMost: 1, featureShare: 0.9 });

const tiny: Readonly<Record<ModelName, RunSettings["modelOptions"]>> = {
  mlp: { hidden: [5, 3], dropout: 0.2 },
  clif: { hidden: 5 },
  dela: { encoder: [4], decoder: [5], latent: 3 },
  paca: { encoder: [4], decoder: [4], labelEncoder: [4], labelDecoder: [4], map: [4], flowHidden: 6, flowUnits: 2 },
  mpvae: { labelEncoder: [4], featureEncoder: [4], decoder: [5], draws: 3, testDraws: 5 },
  c2ae: { featureEncoder: [4], labelEncoder: [4], decoder: [4] },
};

interface Trained {
  readonly saved: SavedModel;
  readonly end: EndEvent;
}

async function trained(model: ModelName = "mlp", backend = js()): Promise<Trained> {
  const modelOptions = tiny[model];
  const setup = configure(data, backend, { model, modelOptions, epochs: 2, batchSize: 16 });
  for await (const event of train(setup)) {
    if (event.kind !== "end") continue;
    const settings = { note: "é ☃", numbers: [1, 2.5], nested: { deep: null } };
    const saved = {
      model: setup.model,
      modelOptions,
      preprocessing: data.preprocessing,
      settings,
      values: event.values,
    };
    return { saved, end: event };
  }
  throw new Error("the run has no end");
}

const bytesOf = (values: Values): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      Buffer.from(buffer, byteOffset, byteLength).toString("hex"),
    ]),
  );

/** Scores of the test rows by what a file says, from the raw features. */
async function testScores(file: Uint8Array, { features, featureNames }: Dataset, backend = js()): Promise<number[]> {
  const { model, values, preprocessing } = decodeModel(file, "w.safetensors");
  const scores = await predict(model, values, transformFeatures(features, featureNames, preprocessing), backend);
  const q = model.labels;
  return Array.from(data.rows.test).flatMap((row) => Array.from(scores.subarray(q * row, q * row + q)));
}

describe("weights in a file", () => {
  test.each(modelNames)("%s: read back they are the same to the bit, and so are their scores", async (name) => {
    const { saved, end } = await trained(name);
    const file = encodeModel(saved);
    const { model, values, ...rest } = decodeModel(file, "w.safetensors");
    const { modelOptions, preprocessing, settings } = saved;
    expect(rest).toEqual({ modelOptions, preprocessing, settings });
    expect([model.name, model.features, model.labels]).toEqual([name, 5, 4]);
    expect(bytesOf(values)).toEqual(bytesOf(saved.values));
    expect(encodeModel({ model, values, ...rest })).toEqual(file);
    expect(await testScores(file, dataset)).toEqual(Array.from(end.testScores));
  });

  test("weights of a float64 run are kept whole", async () => {
    const backend = js({ precision: 64 });
    const { saved, end } = await trained("mlp", backend);
    const file = encodeModel(saved);
    expect(bytesOf(decodeModel(file, "w").values)).toEqual(bytesOf(saved.values));
    expect(await testScores(file, dataset, backend)).toEqual(Array.from(end.testScores));
  });

  test("features are found by name: in another order, among others, and however they are stored", async () => {
    const { saved, end } = await trained();
    const file = encodeModel(saved);
    const { featureNames, features } = dataset;
    const order = [3, 0, 5, 1, 4, 2];
    const rows = features.rows;
    const values = new Float32Array(rows * 7).fill(99);
    for (let i = 0; i < rows; i++)
      for (const [j, from] of order.entries()) values[7 * i + j] = features.values[6 * i + from];
    const moved: Dataset = {
      ...dataset,
      featureNames: [...order.map((from) => featureNames[from]), "another"],
      features: { kind: "dense", rows, columns: 7, values },
    };
    expect(await testScores(file, moved)).toEqual(Array.from(end.testScores));
    // Under each other's names they are not the same.
    const renamed = { ...dataset, featureNames: order.map((from) => featureNames[from]) };
    expect(await testScores(file, renamed)).not.toEqual(Array.from(end.testScores));
    const fewer = { ...dataset, featureNames: featureNames.map((name) => (name === "x2" ? "other" : name)) };
    await expect(testScores(file, fewer)).rejects.toThrow(UsageError);
  });

  test("without values there is no file", async () => {
    const { saved } = await trained();
    const { "head.weight": _, ...part } = saved.values;
    expect(() => encodeModel({ ...saved, values: part })).toThrow(UsageError);
    expect(() => encodeModel({ ...saved, values: part })).toThrow("no values of tensor head.weight");
    const wrong = { ...saved.values, "head.weight": new Float32Array(3) };
    expect(() => encodeModel({ ...saved, values: wrong })).toThrow(/head\.weight.* holds 3/);
  });

  test("a row whose scores are no numbers is told", async () => {
    const { saved } = await trained();
    const wide = { ...dataset.features, values: dataset.features.values.slice() };
    wide.values[6 * 7 + 1] = 3e38;
    const scaled = transformFeatures(wide, dataset.featureNames, { ...saved.preprocessing, scaling: "none" });
    const steep = Object.fromEntries(
      Object.entries(saved.values).map(([name, values]) => [name, values.map((value) => 1e30 * value)]),
    );
    const scores = predict(saved.model, steep, scaled, js());
    await expect(scores).rejects.toThrow(UsageError);
    await expect(scores).rejects.toThrow(/the scores of row \d+ \(from 0\) are not finite/);
  });
});

interface Parts {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Map<string, string>;
  /** The "hardbatch" entry of the metadata. */
  readonly about: Record<string, unknown>;
}

type Damage = (parts: Parts) => void;

/** The file with something wrong in it. */
function damaged(file: Uint8Array, damage: Damage): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file, "w");
  const about: Record<string, unknown> = JSON.parse(metadata.get("hardbatch") ?? "");
  const parts = { tensors: new Map<string, StoredTensor>(tensors), metadata: new Map(metadata), about };
  damage(parts);
  if (parts.metadata.get("hardbatch") === metadata.get("hardbatch"))
    parts.metadata.set("hardbatch", JSON.stringify(about));
  return encodeSealed(parts.tensors, parts.metadata);
}

const weight = (values: StoredTensor["values"], shape: readonly number[] = [5, 5]): StoredTensor => ({ shape, values });

const damages: Readonly<Record<string, readonly [Damage, string]>> = {
  "no word of ours": [({ metadata }) => metadata.set("hardbatch", "").delete("hardbatch"), 'no "hardbatch" entry'],
  "not JSON": [({ metadata }) => metadata.set("hardbatch", "{model"), "can't be read"],
  "not an object": [({ metadata }) => metadata.set("hardbatch", "[]"), "metadata"],
  "another format": [({ about }) => Object.assign(about, { format: "hardbatch 3" }), "metadata format: "],
  "a name twice": [
    ({ metadata, about }) => metadata.set("hardbatch", JSON.stringify(about).replace("{", '{"model":"dela",')),
    'it names "model" twice',
  ],
  "a label twice": [
    ({ about }) =>
      Object.assign(about, { preprocessing: { ...data.preprocessing, labelNames: ["l0", "l1", "l2", "l0"] } }),
    "a label is named twice",
  ],
  "each minimum its maximum": [
    ({ about }) =>
      Object.assign(about, { preprocessing: { ...data.preprocessing, minimum: data.preprocessing.maximum } }),
    "stored preprocessing: each minimum is its maximum",
  ],
  "a minimum above its maximum": [
    ({ about }) => Object.assign(about, { preprocessing: { ...data.preprocessing, minimum: [9, 9, 9, 9, 9] } }),
    "a minimum is above its maximum",
  ],
  "a model of 24 wide layers": [
    ({ about }) => Object.assign(about, { modelOptions: { hidden: Array.from({ length: 24 }, () => 16384) } }),
    "tensor hidden.0.weight has shape [5,5], expected [5,16384]",
  ],
  "no model": [({ about }) => delete about.model, "metadata model: "],
  "an unknown model": [({ about }) => Object.assign(about, { model: "resnet" }), "model resnet: expected one of mlp"],
  "an unknown option": [({ about }) => Object.assign(about, { modelOptions: { depth: 3 } }), "has no option depth"],
  "a wrong option": [({ about }) => Object.assign(about, { modelOptions: { hidden: [0] } }), "at least 1"],
  "impossible sizes": [({ about }) => Object.assign(about, { modelOptions: { hidden: [1e15] } }), "w.safetensors: "],
  "no features": [({ about }) => Object.assign(about, { features: 0 }), "metadata features: "],
  "more features than named": [
    ({ about }) => Object.assign(about, { features: 1e12 }),
    "the model has 1000000000000 features, but the preprocessing names 5",
  ],
  "fewer labels than named": [
    ({ about }) => Object.assign(about, { labels: 3 }),
    "the model has 3 labels, but the preprocessing names 4",
  ],
  "no preprocessing": [({ about }) => delete about.preprocessing, "preprocessing"],
  "lists of unequal lengths": [
    ({ about }) => Object.assign(about, { preprocessing: { ...data.preprocessing, minimum: [0] } }),
    "stored preprocessing",
  ],
  "a tensor missing": [
    ({ tensors }) => tensors.delete("hidden.0.weight"),
    "tensor hidden.0.weight of the mlp model is missing",
  ],
  "another shape": [
    ({ tensors }) => tensors.set("hidden.0.weight", weight(new Float32Array(30), [6, 5])),
    "tensor hidden.0.weight has shape [6,5], expected [5,5]",
  ],
  "whole numbers": [
    ({ tensors }) => tensors.set("hidden.0.weight", weight(new Int32Array(25))),
    "tensor hidden.0.weight is of type I32, expected F32 or F64",
  ],
  "no number": [
    ({ tensors }) => tensors.set("hidden.0.weight", weight(new Float32Array(25).fill(Number.NaN, 7, 8))),
    "tensor hidden.0.weight: value 7 is NaN, expected a finite number",
  ],
};

describe("a damaged file is a DataError that names the file and what is wrong", async () => {
  const file = encodeModel((await trained()).saved);

  test.each(Object.entries(damages))("%s", (_, [damage, message]) => {
    const bytes = damaged(file, damage);
    expect(() => decodeModel(bytes, "w.safetensors")).toThrow(DataError);
    expect(() => decodeModel(bytes, "w.safetensors")).toThrow(message);
    expect(() => decodeModel(bytes, "w.safetensors")).toThrow(/^w\.safetensors: /);
  });

  test("nothing wrong: no error", () => {
    expect(damaged(file, () => {})).toEqual(file);
  });

  test("bytes changed, lost or added anywhere: a DataError", () => {
    const change = fc.oneof(
      fc.tuple(fc.constant("flip" as const), fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 })),
      fc.tuple(fc.constant("cut" as const), fc.nat(file.length - 1), fc.constant(0)),
      fc.tuple(fc.constant("add" as const), fc.nat(file.length - 1), fc.nat(255)),
    );
    fc.assert(
      fc.property(change, ([kind, at, by]) => {
        const bytes = Uint8Array.from(
          kind === "cut"
            ? file.subarray(0, at)
            : kind === "add"
              ? [...file.subarray(0, at), by, ...file.subarray(at)]
              : file,
        );
        if (kind === "flip") bytes[at] ^= by;
        expect(() => decodeModel(bytes, "w")).toThrow(DataError);
      }),
      runs(300),
    );
  });

  test("a file of the first format, which has no checksum, is read", () => {
    const { tensors, metadata } = decodeSafetensors(file, "w");
    const about = { ...JSON.parse(metadata.get("hardbatch") ?? ""), format: "hardbatch 1" };
    const old = encodeSafetensors(tensors, new Map([["hardbatch", JSON.stringify(about)]]));
    expect(bytesOf(decodeModel(old, "w").values)).toEqual(bytesOf(decodeModel(file, "w").values));
    const stripped = encodeSafetensors(tensors, new Map([["hardbatch", metadata.get("hardbatch") ?? ""]]));
    expect(() => decodeModel(stripped, "w")).toThrow("its checksum is missing: it is damaged");
  });
});
