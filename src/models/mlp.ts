/**
 * The plain multi-layer perceptron: hidden layers with leaky rectifiers and a linear head, trained on
 *   loss = mean over rows and labels of BCE(sigmoid(f_ij), y_ij),
 * or on a loss that weighs hard or rare entries. What samplers see of a row stays its cross-entropy.
 */
import * as v from "valibot";
import { multiply, sigmoid } from "../engine/ops/map.ts";
import { mean } from "../engine/ops/reduce.ts";
import type { Tensor } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import { block, lastWidth } from "../nn/block.ts";
import { asymmetricLoss, effectiveNumberWeights, focalLoss } from "../nn/entry-losses.ts";
import { dense, evaluationPass, type Pass, trainingPass } from "../nn/layers.ts";
import { type CrossEntropy, crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { choice, decimal, openOption, option, parseOptions, share, widths } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";

export const mlpOptions = v.strictObject({
  hidden: option("widths of the hidden layers (default: the port's feature encoder)", widths(), [256, 512, 256]),
  slope: option("of the leaky rectifier (port)", decimal(0), 0.1),
  dropout: option("share of the units silenced in training", share(), 0),
  loss: option("what is minimised", choice(["bce", "focal", "asymmetric", "classBalanced"]), "bce"),
  beta: openOption("of classBalanced: how soon more positives count no more", share(), "0.999"),
});

const defaultBeta = 0.999;

/** @throws UsageError for a wrong option */
export function mlp({ features, labels, random, options = {}, labelCounts }: ModelSetting): Model {
  const { hidden, slope, dropout, loss, beta } = parseOptions("model mlp", mlpOptions, options);
  if (beta !== undefined && loss !== "classBalanced")
    throw new UsageError(`model mlp: option beta is of the loss classBalanced alone, and loss is ${loss}`);
  const body = block("hidden", random, { inputs: features, widths: hidden, slope, dropout });
  const head = dense("head", lastWidth(hidden), labels, random);
  /** The part of the objective by its name, `[batch, 1]`. */
  const rowsOf = (logits: Tensor, y: Tensor, { perEntry, perRow }: CrossEntropy): Readonly<Record<string, Tensor>> => {
    if (loss === "bce") return { crossEntropy: perRow };
    if (loss === "focal") return { focal: mean(focalLoss(logits, y), "columns") };
    if (loss === "asymmetric") return { asymmetric: mean(asymmetricLoss(logits, y), "columns") };
    if (!labelCounts) throw new UsageError("model mlp: the loss classBalanced needs the labels' counts (labelCounts)");
    const weights = effectiveNumberWeights(labelCounts, beta ?? defaultBeta);
    return { classBalanced: mean(multiply(perEntry, weights), "columns") };
  };
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
      const entries = crossEntropy(logits, batch.labels);
      const { perEntry, perRow } = entries;
      const parts = Object.fromEntries(
        Object.entries(rowsOf(logits, batch.labels, entries)).map(([name, rows]) => [
          name,
          weightedMean(rows, batch.weights),
        ]),
      );
      return { loss: total(parts), logits, perEntry, perRow, parts, updates: pass.updates };
    },
    predict: (x) => sigmoid(logitsOf(x, evaluationPass())),
  };
}
