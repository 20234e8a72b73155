/**
 * C2AE: Yeh, Wu, Ko and Wang, Learning Deep Latent Spaces for Multi-Label Classification, AAAI 2017. Features and label
 * sets are sent to one latent space, decorrelated and as close as can be; a decoder ranks present labels above absent
 * ones.
 *   loss = sum_i |F_x(x_i) - F_e(y_i)|^2 + 1/2 (|F_x^T F_x - I|^2 + |F_e^T F_e - I|^2)
 *        + 1/2 sum_i ranking_i(F_d(F_e(y_i)))
 * F_x, F_e end in sigmoid - 1/2 and F_d in a sigmoid; prediction F_d(F_x(x)), whose logits are what samplers see. The
 * sums run over the batch. There is no published PyTorch module; initial weights are ours.
 */
import * as v from "valibot";
import { add, multiply, sigmoid, square, subtract } from "../engine/ops/map.ts";
import { matmulTransposeLeft } from "../engine/ops/matmul.ts";
import { sum } from "../engine/ops/reduce.ts";
import { reshape } from "../engine/ops/rows.ts";
import { constant, type Tensor } from "../engine/tensor.ts";
import { block } from "../nn/block.ts";
import { evaluationPass, type Pass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total } from "../nn/loss.ts";
import { rankingLoss } from "../nn/ranking.ts";
import { decimal, openOption, option, parseOptions, share, whole, widths } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";

export const c2aeOptions = v.strictObject({
  featureEncoder: option("hidden widths of F_x", widths(), [512]),
  labelEncoder: option("hidden widths of F_e", widths(), [512]),
  decoder: option("hidden widths of F_d", widths(), [512]),
  latent: openOption("K, the width of the latent space", whole(1), "round(0.8 q), at least 1"),
  slope: option("of the leaky rectifiers", decimal(0), 0.1),
  dropout: option("in all three networks", share(), 0),
  decorrelationWeight: option("of the decorrelation in the loss", decimal(0), 0.5),
  rankingWeight: option("of the ranking in the loss", decimal(0), 0.5),
});

/** @throws UsageError for a wrong option */
export function c2ae({ features, labels, random, options = {} }: ModelSetting): Model {
  const chosen = parseOptions("model c2ae", c2aeOptions, options);
  const { latent = Math.max(1, Math.round(0.8 * labels)), slope, dropout } = chosen;
  const network = (name: string, inputs: number, hidden: readonly number[], outputs: number) =>
    block(name, random, { inputs, widths: [...hidden, outputs], slope, dropout, activateLast: false });
  const featureEncoder = network("featureEncoder", features, chosen.featureEncoder, latent);
  const labelEncoder = network("labelEncoder", labels, chosen.labelEncoder, latent);
  const decoder = network("decoder", latent, chosen.decoder, labels);

  const code = (x: Tensor, encoder: typeof decoder, pass: Pass): Tensor =>
    subtract(sigmoid(encoder.apply(x, pass)), 0.5); // [batch, K]
  const identity = constant(
    [latent, latent],
    Float32Array.from({ length: latent * latent }, (_, i) => (i % (latent + 1) === 0 ? 1 : 0)),
  );
  return {
    name: "c2ae",
    features,
    labels,
    parameters: [featureEncoder, labelEncoder, decoder].flatMap((network) => network.parameters),
    buffers: [],
    objective({ features: x, labels: y, weights }) {
      const pass = trainingPass();
      const [fx, fe] = [code(x, featureEncoder, pass), code(y, labelEncoder, pass)];
      const weighted = (perRow: Tensor): Tensor => (weights ? multiply(perRow, weights) : perRow);
      const correlated = (f: Tensor): Tensor => sum(square(subtract(matmulTransposeLeft(weighted(f), f), identity)));
      // sigmoid(f) where the label is present and 1 - sigmoid(f) where it is absent
      const likelihoods = sigmoid(multiply(decoder.apply(fe, pass), subtract(multiply(2, y), 1)));
      const logits = decoder.apply(fx, evaluationPass());
      const parts = {
        distance: sum(weighted(sum(square(subtract(fx, fe)), "columns"))),
        decorrelation: multiply(chosen.decorrelationWeight, add(correlated(fx), correlated(fe))),
        ranking: multiply(chosen.rankingWeight, sum(weighted(reshape(rankingLoss(likelihoods, y), [x.shape[0], 1])))),
      };
      return { loss: total(parts), logits, ...crossEntropy(logits, y), parts, updates: pass.updates };
    },
    predict(x) {
      const pass = evaluationPass();
      return sigmoid(decoder.apply(code(x, featureEncoder, pass), pass));
    },
  };
}
