/**
 * Importance weights that make the batch mean an unbiased estimate of the uniform risk when the batch was drawn by
 * successive draws without replacement: Murthy's estimator, exact for every n and batch size, in O(batch) time.
 *
 * Murthy (1957) weights row i of the drawn set S by P(S | i drawn first) / P(S); summed over all sets, P(S | i first)
 * is 1 for each i, hence no bias. Both probabilities sum over all orders of S, but give row j an exponential clock of
 * rate p_j: S is drawn exactly if its clocks ring before all others, whose first rings at a time t of rate r = 1 - sum
 * of p over S. So
 *
 *     P(S) = integral of r exp(-r t) prod_{j in S} (1 - exp(-p_j t)) dt,
 *
 * P(S | i first) is the same without the factor of i, and the weight is the mean of 1 / (1 - exp(-p_i t)) under that
 * integrand.
 */

/** Terms below this share of the largest are left out of the sum. */
const negligible = 1e-18;

/**
 * `[batch]` v_i = (batch / rows) P(S | i) / P(S), written into `target`: the mean over the batch of v_i times loss_i
 * has the mean loss of all rows as its expectation. They lie in [1/s, s] if the largest selection weight is s times the
 * smallest, sum_S p_i v_i = batch / rows always, and all are 1 if the weights are equal. Source: ours, on Murthy's
 * estimator.
 *
 * @param taken `[batch]` positive selection weights of the drawn rows
 * @param rest sum of the selection weights of the rows not drawn, on the same scale
 */
export function importanceWeights(taken: Float64Array, rest: number, rows: number, target: Float64Array): void {
  const batch = taken.length;
  if (batch === rows) {
    target.fill(1);
    return;
  }
  // In x = ln t the integrand is log-concave and entire, so equal steps over its whole bulk converge exponentially
  // fast.
  const { mode, width } = bulk(taken, rest);
  const step = Math.min(0.28, 0.45 * width);
  const peak = logIntegrand(taken, rest, mode);
  let total = 0;
  target.fill(0, 0, batch);
  for (let direction = -1; direction <= 1; direction += 2) {
    for (let k = direction < 0 ? 1 : 0; ; k++) {
      const x = mode + direction * k * step;
      const height = Math.exp(logIntegrand(taken, rest, x) - peak);
      // Dividing by 1 - exp(-p t) makes the left tail fall more slowly, by 1 / t at most.
      if (!(height * Math.max(1, Math.exp(mode - x)) >= negligible)) break;
      total += height;
      const t = Math.exp(x);
      for (let i = 0; i < batch; i++) {
        target[i] -= height / Math.expm1(-taken[i] * t);
      }
    }
  }
  const factor = batch / rows / total;
  for (let i = 0; i < batch; i++) target[i] = target[i] * factor;
}

/** x - r t + sum_j ln(1 - exp(-p_j t)) at t = exp(x): the logarithm of the integrand in x, less ln r. */
function logIntegrand(taken: Float64Array, rest: number, x: number): number {
  const t = Math.exp(x);
  let sum = x - rest * t;
  let product = 1;
  for (let j = 0; j < taken.length; j++) {
    product *= -Math.expm1(-taken[j] * t);
    if (product < 1e-100) {
      sum += Math.log(product);
      product = 1;
    }
  }
  return sum + Math.log(product);
}

/** The maximum of the integrand and its standard deviation there, by Newton's method within a shrinking bracket. */
function bulk(taken: Float64Array, rest: number): { mode: number; width: number } {
  // The slope 1 - r t + sum_j y_j / (e^y_j - 1), y_j = p_j t, falls, and each term of the sum lies in [0, 1].
  let low = -Math.log(rest);
  let high = Math.log1p(taken.length) - Math.log(rest);
  let x = (low + high) / 2;
  let curvature = 1;
  for (let round = 0; round < 100; round++) {
    const t = Math.exp(x);
    let slope = 1 - rest * t;
    curvature = rest * t;
    for (let j = 0; j < taken.length; j++) {
      const y = taken[j] * t;
      if (y > 700) continue;
      const ratio = y < 1e-8 ? 1 - y / 2 : y / Math.expm1(y);
      slope += ratio;
      curvature += ratio * (y < 1e-8 ? y / 2 : y - 1 + ratio);
    }
    if (slope > 0) low = x;
    else high = x;
    if (Math.abs(slope) < 1e-3 * Math.sqrt(curvature)) break;
    const newton = x + slope / curvature;
    x = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return { mode: x, width: 1 / Math.sqrt(curvature) };
}
