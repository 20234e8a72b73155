/**
 * How good the k best-scored labels of each row are, for data with so many labels that nobody looks at the others:
 * precision, nDCG, and both weighted by propensities, so that rare labels count as much as they are missed by
 * annotators. Conventions are those of the extreme classification repository's scripts (pyxclib).
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import { checkInput, type Scores } from "./input.ts";

/** Constants of the propensity model; the defaults are for data in general (Jain, Prabhu and Varma 2016, section 5). */
export interface PropensityOptions {
  /** A; 0.55, but 0.5 for Wikipedia and 0.6 for Amazon. */
  readonly a?: number;
  /** B; 1.5, but 0.4 and 2.6. */
  readonly b?: number;
}

/**
 * `[labels]` how likely it is that a label that applies was noted: p_l = 1 / (1 + C (N_l + B)^-A) with C = (ln N - 1)
 * (B + 1)^A, for N training rows of which N_l carry the label (Jain, Prabhu and Varma 2016, equation 2).
 * @throws UsageError for fewer than 3 rows, for which C is no weight.
 */
export function propensities(
  positives: ArrayLike<number>,
  rows: number,
  options: PropensityOptions = {},
): Float64Array {
  const { a = 0.55, b = 1.5 } = options;
  if (!(rows >= 3)) throw new UsageError(`propensities of ${rows} training rows: expected at least 3`);
  const c = (Math.log(rows) - 1) * (b + 1) ** a;
  return Float64Array.from(positives, (count) => 1 / (1 + c * (count + b) ** -a));
}

/** What a relevant label among the first k adds, at its rank from 0. */
type Gain = (label: number, rank: number) => number;

/** The k best labels of a row, best first; of equal ones the first in label order. */
function bestOf(values: ArrayLike<number>, start: number, columns: number, k: number): number[] {
  const best: number[] = [];
  for (let label = 0; label < columns; label++) {
    let at = best.length;
    while (at > 0 && values[start + best[at - 1]] < values[start + label]) at--;
    if (at < k) {
      best.splice(at, 0, label);
      if (best.length > k) best.pop();
    }
  }
  return best;
}

function checkK(k: number): void {
  if (!Number.isInteger(k) || k < 1)
    throw new UsageError(`the first ${k} labels: expected a whole number of at least 1`);
}

/** For each row the gains of the relevant labels among its first k by `order`. */
function rowGains(
  { rows, columns, values }: LabelMatrix,
  order: ArrayLike<number>,
  k: number,
  gain: Gain,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const start = row * columns;
    let sum = 0;
    bestOf(order, start, columns, k).forEach((label, rank) => {
      if (values[start + label] === 1) sum += gain(label, rank);
    });
    return sum;
  });
}

const discount = (rank: number): number => 1 / Math.log2(rank + 2);

/** `[rows]` the most that k ranks can gain for a row with so many labels; of a row without any as for k labels. */
function idealGains({ rows, columns, values }: LabelMatrix, k: number): Float64Array {
  const sums = new Float64Array(k + 1);
  for (let rank = 0; rank < k; rank++) sums[rank + 1] = sums[rank] + discount(rank);
  return Float64Array.from({ length: rows }, (_, row) => {
    let count = 0;
    for (let label = 0; label < columns; label++) count += values[row * columns + label];
    return sums[count === 0 ? k : Math.min(k, count)];
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * P@k: the share of relevant labels among the k best-scored ones, averaged over the rows. Always divided by k, also
 * where a row has fewer labels. @throws UsageError on bad input.
 */
export function precisionAt(labels: LabelMatrix, scores: Scores, k: number): number {
  checkInput(labels, scores);
  checkK(k);
  return mean(rowGains(labels, scores, k, () => 1)) / k;
}

/**
 * nDCG@k: the sum of 1 / log2(rank + 1) (ranks from 1) over the relevant labels among the k best-scored ones, divided
 * by what the best order of the row gains, averaged over the rows; rows without labels add 0. @throws UsageError on bad
 * input.
 */
export function ndcgAt(labels: LabelMatrix, scores: Scores, k: number): number {
  checkInput(labels, scores);
  checkK(k);
  const ideal = idealGains(labels, k);
  return mean(rowGains(labels, scores, k, (_, rank) => discount(rank)).map((gain, row) => gain / ideal[row]));
}

/** The true labels of each entry weighed by how rarely they are noted: what the best order goes by. */
function weighed({ columns, values }: LabelMatrix, propensity: Float64Array): Float64Array {
  return Float64Array.from(values, (value, entry) => value / propensity[entry % columns]);
}

function checkPropensities(labels: LabelMatrix, propensity: Float64Array): void {
  const wrong = propensity.findIndex((value) => !(value > 0 && value <= 1));
  if (propensity.length === labels.columns && wrong < 0) return;
  throw new UsageError(`propensities: expected ${labels.columns} numbers above 0 and at most 1, one for each label`);
}

/**
 * PSP@k: P@k with each relevant label counted 1 / p_l, divided by the most that any order reaches; both are averaged
 * over the rows before they are divided. 0 where no row has a label. @throws UsageError on bad input.
 */
export function propensityPrecisionAt(
  labels: LabelMatrix,
  scores: Scores,
  propensity: Float64Array,
  k: number,
): number {
  checkInput(labels, scores);
  checkK(k);
  checkPropensities(labels, propensity);
  const gain: Gain = (label) => 1 / propensity[label];
  const best = mean(rowGains(labels, weighed(labels, propensity), k, gain));
  return best === 0 ? 0 : mean(rowGains(labels, scores, k, gain)) / best;
}

/**
 * PSnDCG@k: nDCG@k with each relevant label counted 1 / p_l, divided by the most that any order reaches; both are
 * averaged over the rows before they are divided. 0 where no row has a label. @throws UsageError on bad input.
 */
export function propensityNdcgAt(labels: LabelMatrix, scores: Scores, propensity: Float64Array, k: number): number {
  checkInput(labels, scores);
  checkK(k);
  checkPropensities(labels, propensity);
  const gain: Gain = (label, rank) => discount(rank) / propensity[label];
  const ideal = idealGains(labels, k);
  const normalised = (order: ArrayLike<number>): number =>
    mean(rowGains(labels, order, k, gain).map((sum, row) => sum / ideal[row]));
  const best = normalised(weighed(labels, propensity));
  return best === 0 ? 0 : normalised(scores) / best;
}
