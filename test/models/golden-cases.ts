/** The files of the fixtures folder with the options, noise and parts of our models that they stand for. */
import type { Values } from "../../src/backends/backend.ts";
import { symmetricConditionalProbability } from "../../src/data/imbalance/weights.ts";
import { createModel } from "../../src/models/create.ts";
import type { Model } from "../../src/models/model.ts";
import { Random } from "../../src/random.ts";
import { type Golden, widthsOf } from "./golden.ts";

/** A file of the fixtures, as a model of ours. */
export interface GoldenCase {
  readonly file: string;
  readonly model: string;
  options(golden: Golden): Readonly<Record<string, unknown>>;
  /** Our noise leaves' names with the file's. */
  readonly noise?: Readonly<Record<string, string>>;
  /** Outputs of ours for which the file has zeros. */
  readonly placeholders?: readonly string[];
  /** The file's parts of the loss, from ours. */
  parts?(outputs: Values, golden: Golden): Readonly<Record<string, number>>;
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

export const goldenCases: readonly GoldenCase[] = [
  { file: "mlp", model: "mlp", options: (golden) => ({ hidden: widthsOf(golden, /^body\.fcs\.\d+\.weight$/) }) },
  { file: "clif", model: "clif", options: (golden) => ({ ...clif(golden), graph: "identity" }) },
  { file: "clif_graph", model: "clif", options: clif },
  {
    file: "dela",
    model: "dela",
    options: dela,
    noise: { "gates.noise": "0_gate_uniform", "latent.noise": "1_gaussian_eps" },
    parts: ({ crossEntropy, noise }, golden) => ({
      cls_loss: crossEntropy[0],
      kl_loss: noise[0] / golden.constant("beta"),
    }),
  },
  {
    file: "paca",
    model: "paca",
    options: paca,
    noise: { "latent.noise": "0_eps_x", "label.noise": "1_eps_y" },
    parts: ({ reconstruction, divergence, labels, crossEntropy }, golden) => ({
      recons_loss: reconstruction[0],
      reg_loss: (divergence[0] + labels[0]) / golden.constant("gamma"),
      cls_loss: crossEntropy[0] / golden.constant("alpha"),
    }),
  },
  {
    file: "mpvae",
    model: "mpvae",
    options: mpvae,
    noise: {
      "label.noise": "0_eps_label_branch",
      "feature.noise": "1_eps_feature_branch",
      "probit.noise": "2_probit_noise",
    },
    placeholders: ["logits", "perEntry", "perRow"],
  },
];

/** Our model of the file's sizes. */
export function modelOf(golden: Golden, { model, options }: GoldenCase): Model {
  const { features, labels, batch } = golden;
  const matrix = { rows: batch, columns: labels, values: Uint8Array.from(golden.numbers("input/y")) };
  const labelCorrelation = symmetricConditionalProbability(matrix);
  return createModel(model, { features, labels, options: options(golden), random: new Random(1), labelCorrelation });
}
