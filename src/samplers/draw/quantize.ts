/**
 * From hardness to selection weight: the quantization index of the adaptive loss, and the min-max quantization of the
 * other samplers. Plain functions of numbers; they hold no state.
 */

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

/** The unnormalised selection probability s^(Q/n), in [1, s]. Source: arXiv 2403.18192. */
export function pressureWeight(index: number, rows: number, pressure: number): number {
  return pressure ** (index / rows);
}

/**
 * `minmax`: unnormalised probabilities exp(-(ln s / n) Q), Q = clip(ceil((1 - z) n), 1, n), z = (w - min) / (max - min),
 * z = 0 for all if the scores are constant. The largest is at most s times the smallest. `scores` and `weights` are
 * `[rows]` and may be the same array. Source: authors' code of arXiv 2412.16521 and 2605.09400 (clip: the latter).
 */
export function minmaxWeights(scores: Float64Array, pressure: number, weights: Float64Array): void {
  const rows = scores.length;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < rows; i++) {
    const score = scores[i];
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const range = high - low;
  const rate = -Math.log(pressure) / rows;
  for (let i = 0; i < rows; i++) {
    const z = range > 0 ? (scores[i] - low) / range : 0;
    const index = Math.min(rows, Math.max(1, Math.ceil((1 - z) * rows)));
    weights[i] = Math.exp(rate * index);
  }
}
