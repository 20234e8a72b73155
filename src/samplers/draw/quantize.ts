/**
 * From hardness to selection weight: the quantization index of the adaptive loss, and the min-max quantization of the
 * other samplers. Plain functions of numbers; they hold no state.
 */

import type { Powers } from "./powers.ts";

/**
 * Q = ceil(z / D) in 0..n with D = maximum / n; 0 where the maximum is 0. `z` in [0, maximum].
 * Source: arXiv 2403.18192 (ceiling) and the authors' code (order of the operations).
 */
export function quantizationIndex(z: number, maximum: number, rows: number): number {
  if (maximum === 0) return 0;
  // Multiplying by a power of two is exact and keeps D out of the subnormal numbers.
  const scale = maximum < 1e-280 ? 2 ** 900 : 1;
  const quantum = (maximum * scale) / rows; // D
  return Math.min(rows, Math.ceil((z * scale) / quantum));
}

/**
 * From z to the exponent of s, Q / n in the published form:
 * - `index` (published): `quantizationIndex` / n.
 * - `continuous` (ours): z / max z; 0 where the maximum is 0.
 * - `rank` (ours): (n + 1 - r) / n, r = 1 for the largest z, equal z sharing the mean of their ranks.
 * - `quantile` (ours): as index, with the 0.95 quantile of the z of the rows seen in the place of the maximum, and at
 * most 1.
 */
export const quantizations = ["index", "continuous", "rank", "quantile"] as const;
/** How losses become exponents of the pressure. */
export type Quantization = (typeof quantizations)[number];

/**
 * `minmax`: unnormalised probabilities exp(-(ln s / n) Q), Q of `minmaxIndex`; `powers` has these exponentials. The
 * largest is at most s times the smallest. `scores` and `weights` are `[rows]` and may be the same array. Source:
 * authors' code of arXiv 2412.16521 and 2605.09400 (clip: the latter).
 */
export function minmaxWeights(scores: Float64Array, powers: Powers, weights: Float64Array): void {
  const rows = scores.length;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < rows; i++) {
    const score = scores[i];
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const byIndex = powers.all();
  for (let i = 0; i < rows; i++) weights[i] = byIndex[minmaxIndex(scores[i], low, high, rows)];
}

/**
 * Q = clip(ceil((1 - z) n), 1, n), z = (score - low) / (high - low), z = 0 where all scores are the same. Scores lie
 * between `low` and `high`.
 */
export function minmaxIndex(score: number, low: number, high: number, rows: number): number {
  const range = high - low;
  const z = range > 0 ? (score - low) / range : 0;
  const index = Math.ceil((1 - z) * rows);
  return index < 1 ? 1 : index > rows ? rows : index;
}
