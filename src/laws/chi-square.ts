/**
 * Pearson's chi-square test of counts against expected counts. The laws reject at alpha = 1e-6 a test; docs/verify.md
 * and docs/samplers.md state what that makes of a whole run.
 */

/** Level of every test of counts. */
export const alpha = 1e-6;

/**
 * The p-value of the counts, given what is expected of each; categories that expect fewer than 10 are taken together.
 * @param constraints sums of counts that the expected ones share by construction; 1, their total
 */
export function chiSquareOfExpected(counts: readonly number[], expected: readonly number[], constraints = 1): number {
  let statistic = 0;
  let categories = 0;
  let [rareCount, rareExpected] = [0, 0];
  const add = (count: number, mean: number): void => {
    statistic += (count - mean) ** 2 / mean;
    categories++;
  };
  expected.forEach((mean, k) => {
    if (mean < 10) {
      rareCount += counts[k];
      rareExpected += mean;
    } else add(counts[k], mean);
  });
  if (rareExpected > 0) add(rareCount, rareExpected);
  else if (rareCount > 0) return 0;
  return categories <= constraints ? 1 : upperGamma((categories - constraints) / 2, statistic / 2);
}

/** Regularised upper incomplete gamma function Q(a, x): the series below a + 1, Lentz's continued fraction above. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * h;
}

/** Stirling's series, after shifting the argument up. */
export function logGamma(a: number): number {
  let shift = 0;
  let x = a;
  for (; x < 10; x++) shift -= Math.log(x);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
