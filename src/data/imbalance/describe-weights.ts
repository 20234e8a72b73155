/**
 * What instance weights do to a data set: how many rows they lift above 1 and how far. A mean near 1 with a long tail
 * is the usual picture: on large data the weights touch few rows.
 */
import { UsageError } from "../../errors.ts";

/** A bar of the histogram of instance weights. */
export interface WeightBin {
  /** Weights w with low < w <= high; the first bin holds exactly w = 1 (low = high = 1). */
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

/** Instance weights in figures. */
export interface WeightDescription {
  readonly rows: number;
  readonly mean: number;
  readonly max: number;
  /** Rows with a weight above 1. */
  readonly raised: number;
  /** raised / rows. */
  readonly raisedShare: number;
  /** Mean weight of the raised rows; 1 where there are none. */
  readonly raisedMean: number;
  readonly histogram: readonly WeightBin[];
}

/**
 * Mean, largest value and histogram of instance weights w_i >= 1: one bin for w = 1 and `bins` of equal width up to the
 * largest.
 * @throws UsageError without weights, or for a weight below 1 or not finite.
 */
export function describeWeights(weights: ArrayLike<number>, bins = 10): WeightDescription {
  const rows = weights.length;
  if (rows === 0) throw new UsageError("no weights to describe: expected one for each row");
  let [sum, max, raised, raisedSum] = [0, 1, 0, 0];
  for (let i = 0; i < rows; i++) {
    const weight = weights[i];
    if (!(weight >= 1 && weight < Number.POSITIVE_INFINITY)) {
      throw new UsageError(`weight ${weight} of row ${i}: expected a finite number of at least 1`);
    }
    sum += weight;
    max = Math.max(max, weight);
    if (weight > 1) {
      raised++;
      raisedSum += weight;
    }
  }
  const counts = new Array<number>(max > 1 ? bins : 0).fill(0);
  const width = (max - 1) / bins;
  for (let i = 0; i < rows; i++) {
    if (weights[i] > 1) counts[Math.min(bins - 1, Math.max(0, Math.ceil((weights[i] - 1) / width) - 1))]++;
  }
  const histogram = counts.map((count, bin) => ({
    low: 1 + bin * width,
    high: bin === bins - 1 ? max : 1 + (bin + 1) * width,
    rows: count,
  }));
  return {
    rows,
    mean: sum / rows,
    max,
    raised,
    raisedShare: raised / rows,
    raisedMean: raised === 0 ? 1 : raisedSum / raised,
    histogram: [{ low: 1, high: 1, rows: rows - raised }, ...histogram],
  };
}
