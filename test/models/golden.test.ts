/** Our models against the published PyTorch modules, on every device that runs here. */
import { describe, it } from "vitest";
import { createModel } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { backendsHere, expectGolden, type Golden, goldenFiles, readGolden, replay, widthsOf } from "./golden.ts";

interface Case {
  readonly file: string;
  readonly model: string;
  options(golden: Golden): Readonly<Record<string, unknown>>;
  readonly noise?: Readonly<Record<string, string>>;
  readonly placeholders?: readonly string[];
}

const clif = (golden: Golden) => ({
  hidden: golden.constant("hidden"),
  featureLayers: golden.constant("fd_layers"),
  graphLayers: golden.constant("gin_layers"),
  graphHidden: golden.constant("gin_hidden"),
  dropout: golden.constant("dropout"),
});

const dela = (golden: Golden) => ({
  encoder: widthsOf(golden, /^encoder\.fcs\.\d+\.weight$/),
  decoder: widthsOf(golden, /^decoder\.fcs\.\d+\.weight$/),
  latent: golden.constant("latent"),
  dropout: golden.constant("dropout"),
  beta: golden.constant("beta"),
});

const paca = (golden: Golden) => {
  const block = (name: string) => widthsOf(golden, new RegExp(`^${name}\\.fcs\\.\\d+\\.weight$`));
  return {
    encoder: block("encoder"),
    decoder: block("decoder").slice(0, -1),
    labelEncoder: block("label_encoder"),
    labelDecoder: block("label_decoder"),
    map: block("ins_map").slice(0, -1),
    latent: golden.constant("latent"),
    flowHidden: golden.constant("flow_hidden"),
    flowUnits: golden.constant("ds_dim"),
    encoderDropout: golden.constant("dropout"),
    dropout: golden.constant("dropout"),
    alpha: golden.constant("alpha"),
    gamma: golden.constant("gamma"),
  };
};

const mpvae = (golden: Golden) => ({
  labelEncoder: widthsOf(golden, /^label_encoder_fc\d+\.weight$/),
  featureEncoder: widthsOf(golden, /^feat_encoder_fc\d+\.weight$/),
  decoder: widthsOf(golden, /^fd_\d+\.weight$/),
  latent: golden.constant("latent"),
  rank: golden.constant("probit_rank"),
  draws: golden.constant("train_samples"),
  likelihoodWeight: golden.constant("nll_coeff"),
  rankingWeight: golden.constant("ranking_coeff"),
  divergenceWeight: golden.constant("kl_coeff"),
});

const cases: readonly Case[] = [
  { file: "mlp", model: "mlp", options: (golden) => ({ hidden: widthsOf(golden, /^body\.fcs\.\d+\.weight$/) }) },
  { file: "clif", model: "clif", options: (golden) => ({ ...clif(golden), graph: "identity" }) },
  { file: "clif_graph", model: "clif", options: clif },
  {
    file: "dela",
    model: "dela",
    options: dela,
    noise: { "gates.noise": "0_gate_uniform", "latent.noise": "1_gaussian_eps" },
  },
  { file: "paca", model: "paca", options: paca, noise: { "latent.noise": "0_eps_x", "label.noise": "1_eps_y" } },
  {
    file: "mpvae",
    model: "mpvae",
    options: mpvae,
    noise: {
      "label.noise": "0_eps_label_branch",
      "feature.noise": "1_eps_feature_branch",
      "probit.noise": "2_probit_noise",
    },
    // The file has zeros there.
    placeholders: ["logits", "perEntry", "perRow"],
  },
];

const backends = await backendsHere();

for (const { file, model: name, options, noise, placeholders } of cases) {
  const files = goldenFiles(file);
  if (files.length === 0) describe.skip(`${file}: no fixtures here`, () => {});
  describe.each(files.map(readGolden))("$title", (golden) => {
    it.each(backends.map((backend) => [backend.name, backend] as const))("on %s", async (_name, backend) => {
      const { features, labels } = golden;
      const labelMatrix = { rows: golden.batch, columns: labels, values: golden.numbers("input/y") };
      const random = new Random(1);
      const model = createModel(name, { features, labels, options: options(golden), random, labelMatrix });
      expectGolden(model, golden, await replay(model, golden, backend, noise), placeholders);
    });
  });
}
