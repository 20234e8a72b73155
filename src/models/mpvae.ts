/**
 * MPVAE: Bai, Kong and Gomes, Disentangled Variational Autoencoder based Multi-Label Classification with
 * Covariance-Aware Multivariate Probit Model, IJCAI 2020. Two encoders, of (x, y) and of x alone, share a latent space;
 * decoders give the means m of a multivariate probit whose covariance I + L L^T all instances share. With draws eta_s ~
 * N(0, I):
 *   E_sij = clamp(Phi((L eta_si)_j + m_ij)),   NLL_i = -ln mean_s prod_j E_sij^y_ij (1 - E_sij)^(1 - y_ij)
 *   loss = 0.1 (NLL + NLL_x) + 200 (C + C_x) + 1.1 mean_i KL(q(z | x_i, y_i) || q(z | x_i))
 * C ranking losses of E; one of each for either encoder. Scores: the exact mean of Phi(L eta + m_x) over eta, which is
 * Phi(m_x / sqrt(1 + |L_j|^2)), instead of a thousand draws (ours; `prediction: "sampled"` draws).
 */
import * as v from "valibot";
import { likelihoodSums } from "../engine/ops/likelihood.ts";
import {
  add,
  detach,
  divide,
  expDifference,
  log,
  multiply,
  negate,
  probit,
  sqrt,
  square,
  subtract,
} from "../engine/ops/map.ts";
import { matmulTransposeRight } from "../engine/ops/matmul.ts";
import { max, mean, sum } from "../engine/ops/reduce.ts";
import { reshape } from "../engine/ops/rows.ts";
import { noise, type Tensor } from "../engine/tensor.ts";
import { block, lastWidth } from "../nn/block.ts";
import { divergence, draw, gaussianHeads, gaussianNoise } from "../nn/gaussian.ts";
import { constantly, parameter, xavierUniform } from "../nn/initialise.ts";
import { dense, evaluationPass, trainingPass } from "../nn/layers.ts";
import { crossEntropy, total, weightedMean } from "../nn/loss.ts";
import { rankingOfSums } from "../nn/ranking.ts";
import { choice, decimal, flag, openOption, option, parseOptions, share, whole, widths } from "../options.ts";
import type { Model, ModelSetting } from "./model.ts";

export const mpvaeOptions = v.strictObject({
  labelEncoder: option("hidden widths of the encoder of x and y", widths(), [512, 256]),
  featureEncoder: option(
    "hidden widths of the encoder of x (port); the original has 256, 512, 256",
    widths(),
    [256, 256],
  ),
  decoder: option("hidden widths of the decoder of either branch", widths(), [256, 512]),
  latent: openOption("width of z", whole(1), "floor(d / 2), at least 1"),
  rank: openOption("r, the columns of L (port)", whole(1), "max(16, latent)"),
  draws: option("of eta for each row of a training batch", whole(1), 100),
  decoders: option(
    "separate (port), or shared: the same hidden layers for both branches, as in the original",
    choice(["separate", "shared"]),
    "separate",
  ),
  sharedNoise: option(
    "whether both branches draw z with the same noise, as in the original; the port's do not",
    flag(),
    false,
  ),
  bounds: option(
    "how E is kept off 0 and 1: clamp to [5e-7, 1 - 5e-7] (port), affine E (1 - 1e-6) + 5e-7 (original)",
    choice(["clamp", "affine"]),
    "clamp",
  ),
  covariance: option(
    "where L begins: small, uniform on +-0.01 (port); xavier, on +-sqrt(6 / (q + r)) (original)",
    choice(["small", "xavier"]),
    "small",
  ),
  dropout: option("of the encoders; the original has some, the port none", share(), 0),
  likelihoodWeight: option("of NLL and NLL_x", decimal(0), 0.1),
  rankingWeight: option("of C and C_x", decimal(0), 200),
  divergenceWeight: option("of the divergence KL", decimal(0), 1.1),
  prediction: option(
    "exact: closed form over eta at the mean of z; sampled: z drawn once, eta testDraws times, as published",
    choice(["exact", "sampled"]),
    "exact",
  ),
  testDraws: option("draws of eta for sampled predictions", whole(1), 1000),
});

/** Of the clamp: half of the published 1e-6. */
const margin = 5e-7;
/** Phi(-bound) = margin: where the clamp begins. */
export const bound = 4.891638475699;
const unbounded = 1e30;

/** @throws UsageError for a wrong option */
export function mpvae({ features, labels, random, options = {} }: ModelSetting): Model {
  const chosen = parseOptions("model mpvae", mpvaeOptions, options);
  const { dropout, latent = Math.max(1, Math.floor(features / 2)) } = chosen;
  const { rank = Math.max(16, latent) } = chosen;
  const initialisers = { weight: xavierUniform, bias: constantly(0) };
  const relu = (name: string, inputs: number | readonly number[], layers: readonly number[], dropout = 0) =>
    block(name, random, { inputs, widths: layers, slope: 0, dropout, initialisers });

  const labelEncoder = relu("labelEncoder", [features, labels], chosen.labelEncoder, dropout);
  const labelHeads = gaussianHeads("label", lastWidth(chosen.labelEncoder), latent, random, initialisers);
  const featureEncoder = relu("featureEncoder", features, chosen.featureEncoder, dropout);
  const featureHeads = gaussianHeads("feature", lastWidth(chosen.featureEncoder), latent, random, initialisers);
  const shared = chosen.decoders === "shared";
  const labelDecoder = relu(shared ? "decoder" : "labelDecoder", [features, latent], chosen.decoder);
  const featureDecoder = shared ? labelDecoder : relu("featureDecoder", [features, latent], chosen.decoder);
  const labelOutput = dense("labelOutput", lastWidth(chosen.decoder), labels, random, initialisers);
  const featureOutput = dense("featureOutput", lastWidth(chosen.decoder), labels, random, initialisers);
  const largest = chosen.covariance === "small" ? 0.01 : Math.sqrt(6 / (labels + rank));
  const root = parameter("covarianceRoot", [labels, rank], [-largest, largest], random); // L

  const bounded = (likelihoods: Tensor): Tensor =>
    chosen.bounds === "clamp" ? likelihoods : add(multiply(1 - 2 * margin, likelihoods), margin);
  const clamped: readonly [number, number] = chosen.bounds === "clamp" ? [margin, bound] : [0, unbounded];
  /** L eta for fresh noise, one row a draw: `[draws, batch labels]`. */
  const residuals = (draws: number, batch: number): Tensor =>
    reshape(matmulTransposeRight(noise("probit.noise", [draws * batch, rank], "normal"), root), [
      draws,
      batch * labels,
    ]);
  /** How likely what is the case is, from L eta and the means `[batch, labels]`: `[draws, batch labels]`. */
  const likelihoods = (residual: Tensor, means: Tensor, y: Tensor): Tensor => {
    const row = [1, residual.shape[1]] as const;
    return bounded(probit(residual, reshape(means, row), reshape(y, row), ...clamped));
  };
  /** m / sqrt(1 + |L_j|^2): the mean of Phi(L eta + m) over eta is Phi of this. `[batch, labels]` */
  const marginal = (means: Tensor): Tensor =>
    divide(means, reshape(sqrt(add(1, sum(square(root), "columns"))), [1, labels]));

  const modules = [labelEncoder, labelHeads, featureEncoder, featureHeads, labelDecoder, labelOutput, featureOutput];
  return {
    name: "mpvae",
    features,
    labels,
    parameters: [...modules, ...(shared ? [] : [featureDecoder])].flatMap((layer) => layer.parameters).concat(root),
    buffers: [],
    objective({ features: x, labels: y, weights }) {
      const pass = trainingPass();
      const batch = x.shape[0];
      const labelCode = labelHeads.apply(labelEncoder.apply([x, y], pass));
      const featureCode = featureHeads.apply(featureEncoder.apply(x, pass));
      const labelNoise = gaussianNoise("label.noise", labelCode);
      const z = draw(labelCode, labelNoise);
      const zx = draw(featureCode, chosen.sharedNoise ? labelNoise : gaussianNoise("feature.noise", featureCode));
      const means = labelOutput.apply(labelDecoder.apply([x, z], pass)); // [batch, labels]
      const featureMeans = featureOutput.apply(featureDecoder.apply([x, zx], pass));
      const residual = residuals(chosen.draws, batch);
      const branches = [means, featureMeans].map((mean) => likelihoodSums(likelihoods(residual, mean, y), y));
      const column = (perBatch: Tensor): Tensor => reshape(perBatch, [batch, 1]);
      const [likelihood, likelihoodX] = branches.map(({ logs }) =>
        weightedMean(column(negativeLogMean(logs)), weights),
      );
      const [ranking, rankingX] = branches.map((sums) =>
        weightedMean(column(mean(rankingOfSums(sums, y), "rows")), weights),
      );
      const t = marginal(featureMeans);
      const logits = subtract(log(probit(t, 0, 1, margin, bound)), log(probit(t, 0, 0, margin, bound)));
      const parts = {
        likelihood: multiply(chosen.likelihoodWeight, add(likelihood, likelihoodX)),
        ranking: multiply(chosen.rankingWeight, add(ranking, rankingX)),
        divergence: multiply(chosen.divergenceWeight, weightedMean(divergence(labelCode, featureCode, 1e-6), weights)),
      };
      return { loss: total(parts), logits, ...crossEntropy(logits, y), parts, updates: pass.updates };
    },
    predict(x) {
      const pass = evaluationPass();
      const code = featureHeads.apply(featureEncoder.apply(x, pass));
      const sampled = chosen.prediction === "sampled";
      const z = sampled ? draw(code, gaussianNoise("feature.noise", code)) : code.mean;
      const means = featureOutput.apply(featureDecoder.apply([x, z], pass));
      if (!sampled) return probit(marginal(means), 0, 1, 0, unbounded);
      const residual = residuals(chosen.testDraws, x.shape[0]);
      const scores = bounded(probit(residual, reshape(means, [1, residual.shape[1]]), 1, ...clamped));
      return reshape(mean(scores, "rows"), means.shape);
    },
  };
}

/** -ln mean_s prod_j r_sij from the sums of ln r_sij, by the largest exponent first: `[draws, batch] -> [1, batch]`. */
function negativeLogMean(perDraw: Tensor): Tensor {
  const largest = detach(max(perDraw, "rows"));
  return negate(add(log(mean(expDifference(perDraw, largest), "rows")), largest));
}
