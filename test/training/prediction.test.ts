import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { createModel, type ModelName, modelNames } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { predict, predictionProgram, predictRows } from "../../src/training/prediction.ts";
import { featureLeaf } from "../../src/training/step.ts";

const { features } = prepare(synthetic({ rows: 600, features: 5, labels: 3, imbalance: 2 }, 1), { seed: 1 });

describe.each(["js", "wasm"])("scores on %s", (device) => {
  test.each([
    ["mlp", { hidden: [7] }],
    ["mpvae", { labelEncoder: [4], featureEncoder: [4], decoder: [5], draws: 3, testDraws: 5 }],
  ] satisfies [ModelName, object][])("%s: of many rows they are those of each row by itself", async (name, options) => {
    const backend = await createBackend(device);
    const model = createModel(name, { features: 5, labels: 3, options: { ...options }, random: new Random(1) });
    const values = Object.fromEntries([...model.parameters, ...model.buffers].map((leaf) => [leaf.name, leaf.initial]));
    const all = await predict(model, values, features, backend);
    expect(all.length).toBe(600 * 3);
    // Either side of the ends of blocks of 256.
    for (const row of [0, 1, 255, 256, 257, 511, 512, 599]) {
      const one = await predict(model, values, selectRows(features, [row]), backend);
      expect(Array.from(one)).toEqual(Array.from(all.subarray(3 * row, 3 * row + 3)));
    }
    expect(new Set(all).size).toBeGreaterThan(600);
    expect((await predict(model, values, { ...features, rows: 0, values: new Float32Array(0) }, backend)).length).toBe(
      0,
    );
  });
});

describe.each(["js", "wasm"])("blocks on %s", (device) => {
  const sizes: Readonly<Record<ModelName, object>> = {
    mlp: { hidden: [70, 30] },
    clif: { hidden: 40 },
    dela: { encoder: [20], decoder: [30] },
    paca: { encoder: [20], decoder: [20], map: [20], flowHidden: 20 },
    mpvae: { labelEncoder: [20], featureEncoder: [30], decoder: [20] },
    c2ae: { featureEncoder: [30], labelEncoder: [20], decoder: [20] },
  };
  test.each(modelNames)("%s: a row's scores are the same bits in a block of any size", async (name) => {
    const request = { features: 5, labels: 3, labelCorrelation: new Float64Array(9), labelCounts: new Float64Array(3) };
    const model = createModel(name, { ...request, options: { ...sizes[name] }, random: new Random(1) });
    const backend = await createBackend(device);
    const scoresIn = async (rows: number): Promise<Float32Array> => {
      const scoring = predictionProgram(model, featureLeaf(features), rows);
      const executable = await backend.compile({ scoring });
      const all = Int32Array.from({ length: 130 }, (_, row) => (7 * row) % 600);
      const scores = await predictRows(model, scoring, (feeds) => executable.run("scoring", feeds), all);
      executable.dispose();
      return scores;
    };
    const whole = await scoresIn(256);
    expect(await scoresIn(130)).toEqual(whole); // blocks of 160
    expect(await scoresIn(47)).toEqual(whole); // of 64
    expect(new Set(whole).size).toBeGreaterThan(300);
  });

  test("few places of a block are left empty", () => {
    const model = createModel("mlp", { features: 5, labels: 3, random: new Random(1) });
    const blocks = [1, 32, 47, 136, 256, 257, 600, 0].map((rows) => {
      const { inputs } = predictionProgram(model, featureLeaf(features), rows);
      return inputs.map(({ shape }) => shape[0]).join();
    });
    expect(blocks).toEqual(["32", "32", "64", "160", "256", "160", "224", "256"]);
  });
});
