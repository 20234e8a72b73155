/** Every model on real data, narrow and for a few epochs: better than the label prior, whose macro-AUC is 1/2. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { createBackend } from "../../src/backends/create.ts";
import { loadDataset } from "../../src/data/load.ts";
import { type PreparedData, prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { metrics } from "../../src/metrics/metrics.ts";
import type { ModelName } from "../../src/models/create.ts";
import { configure } from "../../src/training/configure.ts";
import { train } from "../../src/training/train.ts";
import { describeWith, realData } from "../fixtures.ts";
import { everyModel } from "./tiny.ts";

const narrow: Readonly<Record<ModelName, Readonly<Record<string, unknown>>>> = {
  mlp: { hidden: [64] },
  clif: { hidden: 32 },
  dela: { encoder: [64, 64], decoder: [32, 32] },
  paca: {
    encoder: [64, 64],
    decoder: [64],
    labelEncoder: [64],
    labelDecoder: [64],
    map: [64],
    flowHidden: 16,
    flowUnits: 3,
  },
  mpvae: { labelEncoder: [64], featureEncoder: [64], decoder: [64], latent: 16, rank: 4, draws: 8 },
  c2ae: { featureEncoder: [128], labelEncoder: [128], decoder: [128] },
};

/** PACA's work grows with labels x latent width. */
const sets = [
  { name: "emotions", file: "emotions.arff", epochs: 8, least: 0.65, pacaLatent: 8 },
  { name: "yeast", file: "yeast.arff.gz", epochs: 6, least: 0.52, pacaLatent: 8 },
  { name: "cal500", file: "cal500.arff", epochs: 20, least: 0.52, pacaLatent: 3 },
];

for (const { name, file, epochs, least, pacaLatent } of sets) {
  const path = join(realData, name, file);
  const title = existsSync(path) ? name : path;
  describeWith(path, `on ${title}`, () => {
    let data: PreparedData;
    beforeAll(async () => {
      data = prepare(await loadDataset(path), { seed: 1 });
    });
    it.each(everyModel)("%s beats the label prior", async (model) => {
      const backend = await createBackend("wasm").catch(() => createBackend("js"));
      const modelOptions = { ...narrow[model], ...(model === "paca" && { latent: pacaLatent }) };
      const settings = { model, modelOptions, epochs, batchSize: 32 };
      const options = configure(data, backend, { ...settings, optimiser: { learningRate: 3e-3, weightDecay: 1e-4 } });
      for await (const event of train(options)) {
        if (event.kind !== "end") continue;
        const { macroAuc } = metrics(selectRows(data.labels, data.rows.test), event.testScores);
        expect(macroAuc).toBeGreaterThan(least);
      }
    });
  });
}
