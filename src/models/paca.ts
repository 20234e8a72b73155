/**
 * PACA: Hang, Zhang, Feng and Song, End-to-End Probabilistic Label-Specific Feature Learning for Multi-Label Classification,
 * AAAI 2022. Instances and label sets share a latent space; each label has a positive and a negative density in it, given by
 * normalizing flows, and an instance has the label if it is likelier under the positive one.
 *   z_i ~ q(z | x_i),   u_i = map([x_i, z_i]),   f_ij = ln p+(u_i | j) - ln p-(u_i | j)
 *   loss = mean_i |sigmoid(decoder(u_i)) - x_i|^2
 *        + gamma (mean_i KL(q(z | x_i) || q(z | y_i)) + q mean_ij BCE(sigmoid(labelDecoder(z'_i))_j, y_ij))
 *        + alpha q mean_ij BCE(sigmoid(f_ij), y_ij),   z'_i ~ q(z | y_i)
 */
import * as v from "valibot";
import { binaryCrossEntropy, multiply, sigmoid, square, subtract } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import type { Tensor } from "../engine/tensor.ts";
import { block } from "../nn/block.ts";
import { conditionalFlow } from "../nn/flows.ts";
import { divergence, draw, gaussianHeads, gaussianNoise } from "../nn/gaussian.ts";
import { dense, evaluationPass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { parseOptions } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";
import { choice, coefficient, lastOf, rate, width, widths } from "./options.ts";

const schema = v.strictObject({
  encoder: v.optional(widths, [256, 512, 256]),
  decoder: v.optional(widths, [256, 512, 256]),
  labelEncoder: v.optional(widths, [512, 256]),
  labelDecoder: v.optional(widths, [256, 512]),
  /** Hidden layers of the map from an instance and its code to where the densities live. */
  map: v.optional(widths, [256, 256]),
  /** D; default half the features, rounded up. */
  latent: v.optional(width),
  /** Hidden units of the flows' conditioner; D where that is more. */
  flowHidden: v.optional(width, 256),
  /** Sigmoid units of each dimension of the flows. */
  flowUnits: v.optional(width, 16),
  encoderDropout: v.optional(rate, 0.1),
  dropout: v.optional(rate, 0.2),
  /** What features are reconstructed by; "crossEntropy" is for features of 0 and 1. */
  reconstruction: v.optional(choice("squared", "crossEntropy"), "squared"),
  /** Weight of classification. */
  alpha: v.optional(coefficient, 2),
  /** Weight of the latent space's part. */
  gamma: v.optional(coefficient, 10),
});

export type PacaOptions = v.InferInput<typeof schema>;

/** @throws UsageError for a wrong option */
export function paca({ features, labels, random, options = {} }: ModelSetting): Model {
  const chosen = parseOptions("model paca", schema, options);
  const { latent = Math.ceil(features / 2), dropout, encoderDropout } = chosen;
  const relu = (name: string, inputs: number | readonly number[], layers: readonly number[], rate: number) =>
    // The published block has no dropout without hidden layers.
    block(name, random, { inputs, widths: layers, slope: 0, dropout: layers.length > 1 ? rate : 0 });
  const linearLast = (name: string, inputs: number | readonly number[], layers: readonly number[]) =>
    block(name, random, { inputs, widths: layers, slope: 0, dropout, activateLast: false });

  const encoder = relu("encoder", features, chosen.encoder, encoderDropout);
  const heads = gaussianHeads("latent", lastOf(chosen.encoder), latent, random);
  const decoder = linearLast("decoder", latent, [...chosen.decoder, features]);
  const labelEncoder = relu("labelEncoder", labels, chosen.labelEncoder, encoderDropout);
  const labelHeads = gaussianHeads("label", lastOf(chosen.labelEncoder), latent, random);
  const labelDecoder = relu("labelDecoder", latent, chosen.labelDecoder, dropout);
  const labelOutput = dense("labelOutput", lastOf(chosen.labelDecoder), labels, random);
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
    parameters: parts.flatMap((each) => each.parameters),
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
