import { describe, expect, test } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { createModel, type ModelName } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { predict } from "../../src/training/prediction.ts";

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
