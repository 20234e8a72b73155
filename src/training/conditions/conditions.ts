/**
 * Figures of what a run showed of the assumptions that proofs of convergence make (docs/convergence.md). Arrays in,
 * figures out: measuring during a run is condition-monitor.ts, what follows from the figures is verdicts.ts.
 */

/** Measured in one epoch. Risks and directions are those at its beginning; the rest covers all of its batches. */
export interface EpochConditions {
  /** Smallest and largest n p_i over rows and batches, p the chance to be drawn first. */
  readonly smallestShare: number;
  readonly largestShare: number;
  /** Sum over the batches of the smallest p_i: no row is expected to be drawn first less often. */
  readonly smallestSum: number;
  /** How often the row drawn least and the row drawn most have come up since the run began. */
  readonly fewestDraws: number;
  readonly mostDraws: number;
  /** Smallest loss of a batch. */
  readonly smallestLoss: number;
  /** Largest |g|_inf of a batch: before clipping and weight decay. */
  readonly largestGradient: number;
  /**
   * Smallest Gamma_t = sqrt(v_t) / a_t - sqrt(v_(t-1)) / a_(t-1) over all coordinates and the steps at which the
   * learning rate a_t did not rise; null without such a step or without second moments v.
   */
  readonly smallestGamma: number | null;
  /** The same over the steps at which the learning rate rose. */
  readonly smallestGammaRising: number | null;
  /** Mean of the losses l_i of all training rows, and the sum of p_i l_i. */
  readonly uniformRisk: number;
  readonly selectedRisk: number;
  /** Cosine of the gradients of both risks, on a sample of the rows; null where one of them vanishes. */
  readonly cosine: number | null;
  /** Smallest and largest importance weight, where there are any. */
  readonly smallestWeight: number | null;
  readonly largestWeight: number | null;
}

/** What is known of a run without measuring. */
export interface RunFacts {
  /** n, the training rows. */
  readonly rows: number;
  readonly batchesPerEpoch: number;
  /** The s that the sampler promises; null where it promises none. */
  readonly pressure: number | null;
  /** Whether the batches come with importance weights. */
  readonly unbiased: boolean;
  /** Memory of the second moments; null for an optimiser without. */
  readonly beta2: number | null;
  /** Rows of which the cosines were taken. */
  readonly sampledRows: number;
}

/** Measured in a whole run. */
export interface Conditions extends RunFacts {
  readonly epochs: number;
  readonly smallestShare: number;
  readonly largestShare: number;
  readonly smallestSum: number;
  /** Sum over the batches of the bound 1 / (n s), null without a promise; `smallestSum` can't be less. */
  readonly boundSum: number | null;
  readonly fewestDraws: number;
  readonly mostDraws: number;
  readonly smallestLoss: number;
  readonly largestGradient: number;
  readonly smallestGamma: number | null;
  readonly smallestGammaRising: number | null;
  /** Learning rates: the largest with the step (from 1) that first had it, and the last. */
  readonly largestRate: number | null;
  readonly largestRateStep: number | null;
  readonly lastRate: number | null;
  /** Smallest and largest selected risk as a multiple of the uniform risk. */
  readonly smallestRiskRatio: number;
  readonly largestRiskRatio: number;
  readonly smallestCosine: number | null;
  readonly smallestWeight: number | null;
  readonly largestWeight: number | null;
}

/** Smallest and largest of n p_i. @param probabilities `[rows]` */
export function shareBounds(probabilities: Float64Array): { readonly smallest: number; readonly largest: number } {
  const n = probabilities.length;
  let smallest = Infinity;
  let largest = -Infinity;
  for (const p of probabilities) {
    smallest = Math.min(smallest, p);
    largest = Math.max(largest, p);
  }
  return { smallest: n * smallest, largest: n * largest };
}

/** Mean of the losses and their mean under p. @param probabilities `[rows]` @param losses `[rows]` */
export function risks(
  probabilities: Float64Array,
  losses: Float64Array,
): { readonly uniform: number; readonly selected: number } {
  let uniform = 0;
  let selected = 0;
  for (let i = 0; i < losses.length; i++) {
    uniform += losses[i];
    selected += probabilities[i] * losses[i];
  }
  return { uniform: uniform / losses.length, selected };
}

/** Cosine of the angle between two vectors, in [-1, 1]; null where one of them is zero. */
export function cosine(a: Float64Array, b: Float64Array): number | null {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
  }
  if (squareA === 0 || squareB === 0) return null;
  return Math.max(-1, Math.min(1, product / (Math.sqrt(squareA) * Math.sqrt(squareB))));
}

/** Smallest and largest of what is there; null for nothing. */
export function least(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);
}

export function greatest(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null);
}

/**
 * The epochs of a run taken together.
 * @param epochs at least one, in order
 * @param rate the learning rate a_t at step t, from 1, where the optimiser has one
 */
export function overall(
  facts: RunFacts,
  epochs: readonly EpochConditions[],
  rate?: (step: number) => number,
): Conditions {
  const each = <Key extends keyof EpochConditions>(key: Key): EpochConditions[Key][] =>
    epochs.map((epoch) => epoch[key]);
  const steps = epochs.length * facts.batchesPerEpoch;
  const ratios = epochs.map(({ selectedRisk, uniformRisk }) => (uniformRisk === 0 ? 1 : selectedRisk / uniformRisk));
  const rates = rate ? Array.from({ length: steps }, (_, t) => rate(t + 1)) : [];
  const largestRate = greatest(rates);
  const last = epochs[epochs.length - 1];
  return {
    ...facts,
    epochs: epochs.length,
    smallestShare: Math.min(...each("smallestShare")),
    largestShare: Math.max(...each("largestShare")),
    smallestSum: each("smallestSum").reduce((a, b) => a + b, 0),
    boundSum: facts.pressure === null ? null : steps / (facts.rows * facts.pressure),
    fewestDraws: last.fewestDraws,
    mostDraws: last.mostDraws,
    smallestLoss: Math.min(...each("smallestLoss")),
    largestGradient: Math.max(...each("largestGradient")),
    smallestGamma: least(each("smallestGamma")),
    smallestGammaRising: least(each("smallestGammaRising")),
    largestRate,
    largestRateStep: largestRate === null ? null : rates.indexOf(largestRate) + 1,
    lastRate: rates.at(-1) ?? null,
    smallestRiskRatio: Math.min(...ratios),
    largestRiskRatio: Math.max(...ratios),
    smallestCosine: least(each("cosine")),
    smallestWeight: least(each("smallestWeight")),
    largestWeight: greatest(each("largestWeight")),
  };
}
