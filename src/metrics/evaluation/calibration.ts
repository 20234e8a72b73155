/**
 * Whether scores mean what they say: of the entries scored about 0.7, seven in ten should be labels. A reliability
 * table of equally wide bins, and the expected calibration error (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017)
 * of its entries, here (row, label) pairs.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { UsageError } from "../../errors.ts";
import { checkInput, type Scores } from "../input.ts";

/** Entries whose score is in [low, high), the last bin with its upper bound. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly entries: number;
  /** null in an empty bin. */
  readonly meanScore: number | null;
  /** How many of them are labels. */
  readonly share: number | null;
}

/** How well scores agree with frequencies. */
export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /** Mean over the entries of |mean score - share of labels| of their bin. */
  readonly expectedCalibrationError: number;
  /** Mean of (score - label)² over all entries. */
  readonly brier: number;
}

/**
 * @param labels `[rows, labels]`
 * @param scores in [0, 1]
 * @param count of bins
 * @throws UsageError on bad input, scores outside [0, 1], fewer than one bin
 */
export function calibration(labels: LabelMatrix, scores: Scores, count = 10): Calibration {
  checkInput(labels, scores);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`${count} bins: expected a whole number of at least 1`);
  const wrong = scores.findIndex((score) => !(score >= 0 && score <= 1));
  if (wrong >= 0) throw new UsageError(`calibration: score ${wrong} is ${scores[wrong]}; expected numbers from 0 to 1`);
  const { values } = labels;
  const [entries, sums, positives] = [0, 1, 2].map(() => new Float64Array(count));
  let squares = 0;
  for (let entry = 0; entry < values.length; entry++) {
    const bin = Math.min(count - 1, Math.floor(scores[entry] * count));
    entries[bin]++;
    sums[bin] += scores[entry];
    positives[bin] += values[entry];
    squares += (scores[entry] - values[entry]) ** 2;
  }
  let error = 0;
  for (let bin = 0; bin < count; bin++) error += Math.abs(sums[bin] - positives[bin]);
  return {
    bins: Array.from(entries, (inBin, bin) => ({
      low: bin / count,
      high: (bin + 1) / count,
      entries: inBin,
      meanScore: inBin === 0 ? null : sums[bin] / inBin,
      share: inBin === 0 ? null : positives[bin] / inBin,
    })),
    expectedCalibrationError: error / values.length,
    brier: squares / values.length,
  };
}
