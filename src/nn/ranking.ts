/**
 * The ranking loss of pairs of present and absent labels, which factorises: no `[labels, labels]` tensor is ever built.
 * Zhang and Zhou, BP-MLL, 2006; the factor 5 as in MPVAE's code.
 */
import { rankingFactor as factor } from "../engine/ops/likelihood.ts";
import { divide, exp, maximum, multiply, subtract } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import { reshape } from "../engine/ops/rows.ts";
import type { Tensor } from "../engine/tensor.ts";

/**
 * For each row, with scores E in [0, 1]: sum over k present, l absent of e^(-5 (E_k - E_l)) / (5 |present| |absent|); 0
 * where either side is empty. In terms of the likelihood r of what is the case (E_k if present, 1 - E_l if absent) the
 * exponent is 5 - 5 r_k - 5 r_l, so that
 *   loss = e^5 / 5 (mean of e^(-5 r) over the present) (mean of e^(-5 r) over the absent)
 * @param likelihoods r, `[draws, batch labels]`: one row a draw, or `[batch, labels]` @param labels `[batch, labels]`,
 * 0 or 1
 * @returns `[draws, batch]`, one row where there are no draws
 */
export function rankingLoss(likelihoods: Tensor, labels: Tensor): Tensor {
  const [batch, width] = labels.shape;
  const draws = (likelihoods.shape[0] * likelihoods.shape[1]) / (batch * width);
  const faults = reshape(exp(multiply(-factor, likelihoods)), [draws, batch * width]);
  const total = (members: Tensor): Tensor => {
    const among = multiply(faults, reshape(members, [1, batch * width]));
    return reshape(sum(reshape(among, [draws * batch, width]), "columns"), [draws, batch]);
  };
  return rankingOfSums({ present: total(labels), absent: total(subtract(1, labels)) }, labels);
}

/** The ranking loss from its sums of e^(-5 r) over either side, `[draws, batch]` each. */
export function rankingOfSums(
  { present, absent }: { readonly present: Tensor; readonly absent: Tensor },
  labels: Tensor,
): Tensor {
  const side = (total: Tensor, members: Tensor): Tensor =>
    divide(total, reshape(maximum(sum(members, "columns"), 1), [1, labels.shape[0]]));
  return multiply(Math.exp(factor) / factor, multiply(side(present, labels), side(absent, subtract(1, labels))));
}
