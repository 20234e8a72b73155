/**
 * Diagonal Gaussians as variational autoencoders use them: the two heads that give mean and log variance, the draw by
 * reparameterisation, and the divergence between two.
 */
import { add, divide, exp, multiply, square, subtract } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import { type NoiseLeaf, noise, type StateLeaf, type Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";
import { dense, type Initialisers } from "./layers.ts";

/** A Gaussian for each row, both `[rows, latent]`. */
export interface Gaussian {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

export interface GaussianHeads {
  readonly parameters: readonly StateLeaf[];
  apply(x: Tensor): Gaussian;
}

/** Two dense layers side by side, with names that end in Mean and LogVariance. */
export function gaussianHeads(
  name: string,
  inputs: number,
  latent: number,
  random: Random,
  initialisers: Initialisers = {},
): GaussianHeads {
  const mean = dense(`${name}Mean`, inputs, latent, random, initialisers);
  const logVariance = dense(`${name}LogVariance`, inputs, latent, random, initialisers);
  return {
    parameters: [...mean.parameters, ...logVariance.parameters],
    apply: (x) => ({ mean: mean.apply(x), logVariance: logVariance.apply(x) }),
  };
}

/** Standard normal noise for one draw from each row's Gaussian. */
export function gaussianNoise(name: string, { mean }: Gaussian): NoiseLeaf {
  return noise(name, mean.shape, "normal");
}

/** Standard deviation times the noise: what a draw is off its mean. */
export function deviation({ logVariance }: Gaussian, noise: NoiseLeaf): Tensor {
  return multiply(exp(multiply(0.5, logVariance)), noise);
}

/** A draw from each row's Gaussian, through which gradients flow. Kingma and Welling 2014. */
export function draw(gaussian: Gaussian, noise: NoiseLeaf): Tensor {
  return add(gaussian.mean, deviation(gaussian, noise));
}

/**
 * KL(q || p) of each row, `[rows, 1]`:
 *   1/2 sum (lv_p - lv_q - 1 + e^(lv_q - lv_p) + (m_p - m_q)^2 / (e^lv_p + margin))
 * @param margin keeps the division finite where p is a point; a published constant of each model
 */
export function divergence(q: Gaussian, p: Gaussian, margin: number): Tensor {
  const difference = subtract(p.logVariance, q.logVariance);
  const spread = divide(exp(q.logVariance), exp(p.logVariance));
  const distance = divide(square(subtract(p.mean, q.mean)), add(exp(p.logVariance), margin));
  return multiply(0.5, sum(add(subtract(difference, 1), add(spread, distance)), "columns"));
}
