/**
 * The plain multi-layer perceptron: hidden layers with leaky rectifiers and a linear head, trained on
 *   loss = mean over rows and labels of BCE(sigmoid(f_ij), y_ij).
 */
import * as v from "valibot";
import { sigmoid } from "../engine/ops/map.ts";
import type { Tensor } from "../engine/tensor.ts";
import { block } from "../nn/block.ts";
import { dense, evaluationPass, type Pass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { parseOptions } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";
import { coefficient, lastOf, rate, widths } from "./options.ts";

const schema = v.strictObject({
  /** Widths of the hidden layers. */
  hidden: v.optional(widths, [256, 512, 256]),
  /** Of the leaky rectifiers. */
  slope: v.optional(coefficient, 0.1),
  dropout: v.optional(rate, 0),
});

export type MlpOptions = v.InferInput<typeof schema>;

/** @throws UsageError for a wrong option */
export function mlp({ features, labels, random, options = {} }: ModelSetting): Model {
  const { hidden, slope, dropout } = parseOptions("model mlp", schema, options);
  const body = block("hidden", random, { inputs: features, widths: hidden, slope, dropout });
  const head = dense("head", lastOf(hidden), labels, random);
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
