/**
 * The plain multi-layer perceptron: hidden layers with leaky rectifiers and a linear head, trained on
 *   loss = mean over rows and labels of BCE(sigmoid(f_ij), y_ij).
 */
import * as v from "valibot";
import { sigmoid } from "../engine/ops/map.ts";
import type { Tensor } from "../engine/tensor.ts";
import { block, lastWidth } from "../nn/block.ts";
import { dense, evaluationPass, type Pass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { decimal, option, parseOptions, share, widths } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";

export const mlpOptions = v.strictObject({
  hidden: option("widths of the hidden layers (default: the port's feature encoder)", widths(), [256, 512, 256]),
  slope: option("of the leaky rectifier (port)", decimal(0), 0.1),
  dropout: option("share of the units silenced in training", share(), 0),
});

export type MlpOptions = v.InferInput<typeof mlpOptions>;

/** @throws UsageError for a wrong option */
export function mlp({ features, labels, random, options = {} }: ModelSetting): Model {
  const { hidden, slope, dropout } = parseOptions("model mlp", mlpOptions, options);
  const body = block("hidden", random, { inputs: features, widths: hidden, slope, dropout });
  const head = dense("head", lastWidth(hidden), labels, random);
  const logitsOf = (x: Tensor, pass: Pass): Tensor => head.apply(body.apply(x, pass)); // [batch, labels]
  return {
    name: "mlp",
    features,
    labels,
    parameters: [...body.parameters, ...head.parameters],
    buffers: body.buffers,
    objective(batch) {
      const pass = trainingPass();
      const logits = logitsOf(batch.features, pass);
      const { perEntry, perRow } = crossEntropy(logits, batch.labels);
      const parts = { crossEntropy: weightedMean(perRow, batch.weights) };
      return { loss: total(parts), logits, perEntry, perRow, parts, updates: pass.updates };
    },
    predict: (x) => sigmoid(logitsOf(x, evaluationPass())),
  };
}
