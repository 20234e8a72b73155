/**
 * PACA: Hang, Zhang, Feng and Song, End-to-End Probabilistic Label-Specific Feature Learning for Multi-Label
 * Classification, AAAI 2022. Instances and label sets share a latent space; each label has a positive and a negative
 * density in it, given by normalizing flows, and an instance has the label if it is likelier under the positive one.
 *   z_i ~ q(z | x_i),   u_i = map([x_i, z_i]),   f_ij = ln p+(u_i | j) - ln p-(u_i | j)
 *   loss = mean_i |sigmoid(decoder(u_i)) - x_i|^2
 *        + gamma (mean_i KL(q(z | x_i) || q(z | y_i)) + q mean_ij BCE(sigmoid(labelDecoder(z'_i))_j, y_ij))
 *        + alpha q mean_ij BCE(sigmoid(f_ij), y_ij),   z'_i ~ q(z | y_i)
 */
import * as v from "valibot";
import { binaryCrossEntropy, multiply, sigmoid, square, subtract } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import type { Tensor } from "../engine/tensor.ts";
import { block, lastWidth } from "../nn/block.ts";
import { conditionalFlow } from "../nn/flows.ts";
import { divergence, draw, gaussianHeads, gaussianNoise } from "../nn/gaussian.ts";
import { dense, evaluationPass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { choice, decimal, openOption, option, parseOptions, share, whole, widths } from "../options.ts";
import { latentOf } from "./latent.ts";
import type { Model, ModelSetting } from "./model.ts";

export const pacaOptions = v.strictObject({
  encoder: option("hidden widths of the encoder of x", widths(), [256, 512, 256]),
  decoder: option("hidden widths of the decoder of x; its output, d wide, is linear", widths(), [256, 512, 256]),
  labelEncoder: option("hidden widths of the encoder of y", widths(), [512, 256]),
  labelDecoder: option("hidden widths of the decoder of y", widths(), [256, 512]),
  map: option(
    "hidden widths of the map to where the densities live; its output, D wide, is linear",
    widths(),
    [256, 256],
  ),
  latent: openOption("D, the width of z", whole(1), "ceil(d / 2)"),
  flowHidden: option("hidden units of the masked network of the flows; D where that is more", whole(1), 256),
  flowUnits: option("sigmoid units of a dimension of the flows", whole(1), 16),
  encoderDropout: option("of the two encoders", share(), 0.1),
  dropout: option("of the rest", share(), 0.2),
  reconstruction: option(
    "of the features; crossEntropy is the published choice for features of 0 and 1",
    choice(["squared", "crossEntropy"]),
    "squared",
  ),
  alpha: option("weight of classification", decimal(0), 2),
  gamma: option("weight of the latent space's part of the loss", decimal(0), 10),
});

/** @throws UsageError for a wrong option */
export function paca({ features, labels, random, options = {} }: ModelSetting): Model {
  const chosen = parseOptions("model paca", pacaOptions, options);
  const { latent = latentOf("paca", features, 3), dropout, encoderDropout } = chosen;
  const relu = (name: string, inputs: number | readonly number[], layers: readonly number[], rate: number) =>
    // The published block has no dropout without hidden layers.
    block(name, random, { inputs, widths: layers, slope: 0, dropout: layers.length > 1 ? rate : 0 });
  const linearLast = (name: string, inputs: number | readonly number[], layers: readonly number[]) =>
    block(name, random, { inputs, widths: layers, slope: 0, dropout, activateLast: false });

  const encoder = relu("encoder", features, chosen.encoder, encoderDropout);
  const heads = gaussianHeads("latent", lastWidth(chosen.encoder), latent, random);
  const decoder = linearLast("decoder", latent, [...chosen.decoder, features]);
  const labelEncoder = relu("labelEncoder", labels, chosen.labelEncoder, encoderDropout);
  const labelHeads = gaussianHeads("label", lastWidth(chosen.labelEncoder), latent, random);
  const labelDecoder = relu("labelDecoder", latent, chosen.labelDecoder, dropout);
  const labelOutput = dense("labelOutput", lastWidth(chosen.labelDecoder), labels, random);
  const map = linearLast("map", [features, latent], [...chosen.map, latent]);
  const sizes = { dimensions: latent, labels, hidden: chosen.flowHidden, units: chosen.flowUnits };
  const positive = conditionalFlow("positive", sizes, random);
  const negative = conditionalFlow("negative", sizes, random);
  const logitsOf = (u: Tensor): Tensor => subtract(positive.logDensity(u), negative.logDensity(u)); // [batch, labels]
  const parts = [encoder, heads, decoder, labelEncoder, labelHeads, labelDecoder, labelOutput, map, positive, negative];
  return {
    name: "paca",
    features,
    labels,
    parameters: parts.flatMap((layer) => layer.parameters),
    buffers: [],
    objective(batch) {
      const pass = trainingPass();
      const { features: x, labels: y, weights } = batch;
      const code = heads.apply(encoder.apply(x, pass));
      const labelCode = labelHeads.apply(labelEncoder.apply(y, pass));
      const u = map.apply([x, draw(code, gaussianNoise("latent.noise", code))], pass); // [batch, D]
      const decoded = labelDecoder.apply(draw(labelCode, gaussianNoise("label.noise", labelCode)), pass);
      const reconstructed = decoder.apply(u, pass);
      const faults =
        chosen.reconstruction === "squared"
          ? square(subtract(sigmoid(reconstructed), x))
          : binaryCrossEntropy(reconstructed, x);
      const logits = logitsOf(u);
      const { perEntry, perRow } = crossEntropy(logits, y);
      const summands = {
        reconstruction: weightedMean(sum(faults, "columns"), weights),
        divergence: multiply(chosen.gamma, weightedMean(divergence(code, labelCode, 1e-8), weights)),
        labels: multiply(
          chosen.gamma * labels,
          weightedMean(crossEntropy(labelOutput.apply(decoded), y).perRow, weights),
        ),
        crossEntropy: multiply(chosen.alpha * labels, weightedMean(perRow, weights)),
      };
      return { loss: total(summands), logits, perEntry, perRow, parts: summands, updates: pass.updates };
    },
    predict(x) {
      const pass = evaluationPass();
      const { mean } = heads.apply(encoder.apply(x, pass));
      return sigmoid(logitsOf(map.apply([x, mean], pass)));
    },
  };
}
