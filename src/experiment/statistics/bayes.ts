/**
 * The question put the other way round: how probable is it that one treatment is better, worse, or practically the same
 * (inside a region of practical equivalence, ROPE)? Benavoli, Corani, Demsar and Zaffalon (JMLR 2017).
 */
import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { studentTail } from "./distributions.ts";
import { checkMargin } from "./equivalence.ts";
import { checkValues, type PairedTTest } from "./statistics.ts";

/** Probabilities that sum to 1. "Better" is a positive difference beyond the region. */
export interface Posterior {
  readonly better: number;
  readonly equivalent: number;
  readonly worse: number;
}

/**
 * One data set, folds: the posterior of the mean difference is Student's t about the mean with the corrected standard
 * error (Corani and Benavoli 2015; the correlation is that of the corrected resampled t-test, test / all rows). Closed
 * form. Null for a single difference. @throws UsageError for a region that isn't positive
 */
export function correlatedBayesT(test: PairedTTest, rope: number): Posterior | null {
  checkMargin(rope);
  const { mean, standardError, degreesOfFreedom } = test;
  if (standardError === null) return null;
  if (standardError === 0) {
    return { better: Number(mean > rope), equivalent: Number(Math.abs(mean) <= rope), worse: Number(mean < -rope) };
  }
  const better = studentTail((rope - mean) / standardError, degreesOfFreedom);
  const worse = studentTail((rope + mean) / standardError, degreesOfFreedom);
  return { better, equivalent: Math.max(0, 1 - better - worse), worse };
}

/** Options of the Bayesian signed-rank test. */
export interface SignedRankPosteriorOptions {
  readonly rope: number;
  readonly random: Random;
  /** Default 20000: probabilities to about 0.004. */
  readonly samples?: number;
}

/**
 * Several data sets, one difference each: the Bayesian signed-rank test. Weights of the differences and of one made-up
 * difference 0 are drawn from Dirichlet(1, ..., 1; 1/2); in each draw the side whose pairs (mean of two differences
 * below
 * -rope, between, above rope) weigh most wins, and the share of draws won is the probability.
 * @throws UsageError for no differences, one that isn't finite, or options out of range
 */
export function bayesSignedRank(differences: readonly number[], options: SignedRankPosteriorOptions): Posterior {
  const { rope, random, samples = 20_000 } = options;
  checkValues(differences, "Bayesian signed-rank test");
  checkMargin(rope);
  if (!Number.isInteger(samples) || samples < 1)
    throw new UsageError(`${samples} samples: expected a whole number >= 1, such as 20000`);
  const values = Float64Array.from([...differences, 0]).sort();
  const prior = values.indexOf(0);
  const { from, to } = pairBounds(values, rope);
  const weights = new Float64Array(values.length);
  const sums = new Float64Array(values.length + 1);
  const won = { better: 0, equivalent: 0, worse: 0 };
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < weights.length; i++) {
      // Gamma(1/2) is half the square of a normal number, Gamma(1) an exponential one; their shares are Dirichlet's.
      weights[i] = i === prior ? random.normal() ** 2 / 2 : -Math.log(1 - random.uniform());
      sums[i + 1] = sums[i] + weights[i];
    }
    const total = sums[weights.length];
    let worse = 0;
    let better = 0;
    for (let i = 0; i < weights.length; i++) {
      worse += weights[i] * sums[from[i]];
      better += weights[i] * (total - sums[to[i]]);
    }
    const equivalent = total * total - worse - better;
    const most = Math.max(worse, equivalent, better);
    const ties = Number(worse === most) + Number(equivalent === most) + Number(better === most);
    if (worse === most) won.worse += 1 / ties;
    if (equivalent === most) won.equivalent += 1 / ties;
    if (better === most) won.better += 1 / ties;
  }
  return { better: won.better / samples, equivalent: won.equivalent / samples, worse: won.worse / samples };
}

/**
 * For each value, where in the ascending list the partners end with which the mean is below -rope, and begin above
 * rope.
 */
function pairBounds(values: Float64Array, rope: number): { readonly from: Int32Array; readonly to: Int32Array } {
  const from = new Int32Array(values.length);
  const to = new Int32Array(values.length);
  values.forEach((value, i) => {
    from[i] = values.reduce((count, other) => count + Number((value + other) / 2 < -rope), 0);
    to[i] = values.reduce((count, other) => count + Number((value + other) / 2 <= rope), 0);
  });
  return { from, to };
}
