/**
 * DELA: Hang and Zhang, Dual Perspective of Label-Specific Feature Learning for Multi-Label Classification, ICML 2022.
 * For each label, noise is put on those features of the latent representation that its gates g_j call uninformative; a
 * classifier that does well nevertheless has found the label's own features.
 *   z_ij = mu_i + g_j * exp(logvar_i / 2) * eps_i,   f_ij = w_j . decoder([x_i, z_ij]) + b_j
 *   loss = q mean_ij BCE(sigmoid(f_ij), y_ij)
 *        + beta mean_ij 1/2 sum_D (-logvar_i - 2 ln(g_j + 1e-6) - 1 + e^logvar_i g_j^2 + mu_i^2)
 * The second term factorises over instances and labels, and no noise means that all labels share one row: both are
 * used.
 */
import * as v from "valibot";
import { add, exp, log, maximum, multiply, sigmoid, square, subtract } from "../engine/ops/map.ts";
import { mean, sum } from "../engine/ops/reduce.ts";
import { repeat } from "../engine/ops/rows.ts";
import { noise, type Tensor } from "../engine/tensor.ts";
import { block, lastWidth } from "../nn/block.ts";
import { binaryConcrete, straightThrough } from "../nn/gates.ts";
import { deviation, type Gaussian, gaussianHeads, gaussianNoise } from "../nn/gaussian.ts";
import { constantly, parameter, pytorchDefault } from "../nn/initialise.ts";
import { dense, evaluationPass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { pairProducts, perLabelDense } from "../nn/pairs.ts";
import { above, choice, decimal, openOption, option, parseOptions, share, whole, widths } from "../options.ts";
import { latentOf } from "./latent.ts";
import type { Model, ModelSetting } from "./model.ts";

export const delaOptions = v.strictObject({
  encoder: option("hidden widths of the encoder", widths(), [256, 512, 256]),
  decoder: option("hidden widths of the decoder", widths(), [256, 512]),
  latent: openOption("D, the width of z", whole(1), "ceil(d / 2)"),
  dropout: option("in encoder and decoder", share(), 0.2),
  temperature: option("of the gates", above(0), 2 / 3),
  gates: option(
    "hard: 0 or 1 with the gradient of the relaxed gates (straight-through); relaxed: these themselves",
    choice(["hard", "relaxed"]),
    "hard",
  ),
  leastGate: option(
    "least value of a gate, its gradient kept; the original clamps, the port has the line switched off",
    decimal(0),
    0,
  ),
  beta: option("weight of the noise's part of the loss", decimal(0), 1e-4),
});

/** @throws UsageError for a wrong option */
export function dela({ features, labels, random, options = {} }: ModelSetting): Model {
  const chosen = parseOptions("model dela", delaOptions, options);
  const { latent = latentOf("dela", features, 1), dropout } = chosen;
  const encoder = block("encoder", random, { inputs: features, widths: chosen.encoder, slope: 0, dropout });
  const heads = gaussianHeads("latent", lastWidth(chosen.encoder), latent, random);
  const gateInput = parameter("gateInput", [labels, latent], [-10, 10], random);
  const gateLayer = dense("gates", latent, latent, random, { weight: pytorchDefault, bias: constantly(2) });
  const decoder = block("decoder", random, {
    inputs: [features, latent],
    widths: chosen.decoder,
    slope: 0,
    // A single layer has no dropout: the published block has none without hidden layers.
    dropout: chosen.decoder.length > 1 ? dropout : 0,
  });
  const classifier = perLabelDense("classifier", labels, lastWidth(chosen.decoder), random);

  /** `[labels, latent]` */
  const gates = (): Tensor => {
    const uniform = noise("gates.noise", [labels, latent], "uniform");
    const drawn = binaryConcrete(gateLayer.apply(gateInput), uniform, chosen.temperature, chosen.gates === "hard");
    return chosen.leastGate > 0 ? straightThrough(maximum(drawn, chosen.leastGate), drawn) : drawn;
  };
  return {
    name: "dela",
    features,
    labels,
    parameters: [
      ...[encoder, heads].flatMap((layer) => layer.parameters),
      gateInput,
      ...[gateLayer, decoder, classifier].flatMap((layer) => layer.parameters),
    ],
    buffers: [],
    objective(batch) {
      const pass = trainingPass();
      const code = heads.apply(encoder.apply(batch.features, pass));
      const g = gates();
      const perturbed = add(
        repeat(code.mean, labels),
        pairProducts(deviation(code, gaussianNoise("latent.noise", code)), g),
      ); // [batch labels, D]
      const logits = classifier.apply(decoder.apply([batch.features, perturbed], pass));
      const { perEntry, perRow } = crossEntropy(logits, batch.labels);
      const parts = {
        crossEntropy: multiply(labels, weightedMean(perRow, batch.weights)),
        noise: multiply(chosen.beta, weightedMean(noiseDivergence(code, g), batch.weights)),
      };
      return { loss: total(parts), logits, perEntry, perRow, parts, updates: pass.updates };
    },
    predict(x) {
      const pass = evaluationPass();
      const { mean } = heads.apply(encoder.apply(x, pass));
      return sigmoid(classifier.applyShared(decoder.apply([x, mean], pass)));
    },
  };
}

/** 1/2 sum_D (-logvar - 2 ln(g + 1e-6) - 1 + e^logvar g^2 + mu^2), averaged over the labels: `[batch, 1]`. */
function noiseDivergence({ mean: mu, logVariance }: Gaussian, gates: Tensor): Tensor {
  const own = subtract(subtract(square(mu), logVariance), 1); // [batch, D]
  const shared = multiply(exp(logVariance), mean(square(gates), "rows"));
  const gateTerm = mean(sum(log(add(gates, 1e-6)), "columns"), "rows"); // [1, 1]
  return subtract(multiply(0.5, sum(add(own, shared), "columns")), gateTerm);
}
