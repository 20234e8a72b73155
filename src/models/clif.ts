/**
 * CLIF: Hang and Zhang, Collaborative Learning of Label Semantics and Deep Label-Specific Features for Multi-Label
 * Classification, IEEE TPAMI 2022. A graph network turns a frozen random input per label into embeddings e_j; these
 * select, by an elementwise product, the features of label j:
 *   f_ij = v_j . leakyRelu(W (phi(x_i) * (U e_j + c)) + b) + d_j
 *   loss = mean_ij BCE(sigmoid(f_ij), y_ij) + 1e-3 mean_jk (A_jk + I_jk - cos(e_j, e_k))^2
 */
import * as v from "valibot";
import { add, divide, multiply, sigmoid, sqrt, square, subtract } from "../engine/ops/map.ts";
import { matmulTransposeRight } from "../engine/ops/matmul.ts";
import { mean, sum } from "../engine/ops/reduce.ts";
import { constant, state, type Tensor } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import { block } from "../nn/block.ts";
import { graphLayer } from "../nn/graph.ts";
import { constantly, kaimingUniform, kaimingUniformSigmoid, normalParameter, uniform } from "../nn/initialise.ts";
import { dense, evaluationPass, type Pass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { pairProducts, perLabelDense } from "../nn/pairs.ts";
import { choice, decimal, flag, openOption, option, parseOptions, share, whole } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";

export const clifOptions = v.strictObject({
  hidden: option("H, the width of phi and of U e", whole(1), 768),
  featureLayers: option("layers of phi, all H wide", whole(1), 3),
  graphLayers: option("layers of the graph network", whole(1), 2),
  graphHidden: openOption("width inside a graph layer", whole(1), "ceil(q / 2)"),
  slope: option("of the leaky rectifiers", decimal(0), 0.1),
  dropout: option("in phi and in the graph layers", share(), 0.2),
  graph: option(
    "A: how the training labels go together (original), or the identity, where the port leaves it",
    choice(["cooccurrence", "identity"]),
    "cooccurrence",
  ),
  gate: option("whether U e + c goes through a sigmoid, as in the original; the port has none", flag(), false),
  graphWeight: option("of the second summand of the loss", decimal(0), 1e-3),
});

/**
 * @throws UsageError for a wrong option, and on `objective` where the graph wants the label correlation and none was
 * given
 */
export function clif({ features, labels, random, options = {}, labelCorrelation }: ModelSetting): Model {
  const chosen = parseOptions("model clif", clifOptions, options);
  const { hidden, slope, dropout, graphHidden = Math.ceil(labels / 2) } = chosen;
  const labelInput = normalParameter("labelInput", [labels, labels], random);
  const identity = Float32Array.from({ length: labels * labels }, (_, i) => (i % (labels + 1) === 0 ? 1 : 0));
  const known = chosen.graph === "identity" ? identity : labelCorrelation && Float32Array.from(labelCorrelation);
  const labelGraph = state("labelGraph", [labels, labels], known ?? new Float32Array(labels * labels));
  const graph = Array.from({ length: chosen.graphLayers }, (_, i) =>
    graphLayer(`graph.${i}`, random, {
      inputs: labels,
      widths: [graphHidden, labels],
      slope,
      dropout,
      normalised: true,
    }),
  );
  const phi = block("features", random, {
    inputs: features,
    widths: new Array<number>(chosen.featureLayers).fill(hidden),
    slope,
    // A single layer has no dropout: the published block has none without hidden layers.
    dropout: chosen.featureLayers > 1 ? dropout : 0,
  });
  const embedding = dense("embedding", labels, hidden, random, { weight: kaimingUniformSigmoid, bias: constantly(0) });
  const joint = dense("joint", hidden, hidden, random, { weight: kaimingUniform(slope), bias: uniform(0, 0.1) });
  const classifier = perLabelDense("classifier", labels, hidden, random);

  const embeddings = (pass: Pass): Tensor =>
    graph.reduce<Tensor>((nodes, layer) => layer.apply(nodes, labelGraph, pass), labelInput); // [labels, labels]
  const logitsOf = (x: Tensor, e: Tensor, pass: Pass): Tensor => {
    const semantics = embedding.apply(e); // [labels, H]
    const selected = pairProducts(phi.apply(x, pass), chosen.gate ? sigmoid(semantics) : semantics); // [batch labels, H]
    const [product, bias] = joint.parts(selected);
    return classifier.applyActivated(product, bias, slope); // [batch, labels]
  };
  return {
    name: "clif",
    features,
    labels,
    parameters: [...graph, phi, embedding, joint, classifier].flatMap((layer) => layer.parameters),
    buffers: [labelInput, labelGraph, ...[...graph, phi].flatMap((layer) => layer.buffers)],
    objective(batch) {
      if (!known)
        throw new UsageError('model clif: graph "cooccurrence" needs the label correlation of the training rows');
      const pass = trainingPass();
      const e = embeddings(pass);
      const logits = logitsOf(batch.features, e, pass);
      const { perEntry, perRow } = crossEntropy(logits, batch.labels);
      const wanted = add(labelGraph, constant([labels, labels], identity));
      const parts = {
        crossEntropy: weightedMean(perRow, batch.weights),
        graph: multiply(chosen.graphWeight, mean(square(subtract(wanted, cosines(e))))),
      };
      return { loss: total(parts), logits, perEntry, perRow, parts, updates: pass.updates };
    },
    predict(x) {
      const pass = evaluationPass();
      return sigmoid(logitsOf(x, embeddings(pass), pass));
    },
  };
}

/**
 * Cosine of every two rows, `[rows, columns] -> [rows, rows]`; 1e-6 keeps zero rows apart, as in the published code.
 */
function cosines(x: Tensor): Tensor {
  const unit = divide(x, add(sqrt(sum(square(x), "columns")), 1e-6));
  return matmulTransposeRight(unit, unit);
}
