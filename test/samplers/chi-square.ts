/**
 * Pearson's chi-square test of counts against exact probabilities.
 *
 * Every use in this folder rejects at alpha = 1e-6; there are fewer than 100 of them, so that a fresh set of seeds fails a
 * correct suite with probability below 1e-4. The seeds are fixed: a run that passed passes again.
 */

export const alpha = 1e-6;

/** The p-value of the counts; categories expecting fewer than 10 are taken together. */
export function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  let categories = 0;
  let [rareCount, rareExpected] = [0, 0];
  const add = (count: number, expected: number): void => {
    statistic += (count - expected) ** 2 / expected;
    categories++;
  };
  probabilities.forEach((p, k) => {
    if (p * draws < 10) {
      rareCount += counts[k];
      rareExpected += p * draws;
    } else add(counts[k], p * draws);
  });
  if (rareExpected > 0) add(rareCount, rareExpected);
  else if (rareCount > 0) return 0;
  return categories < 2 ? 1 : upperGamma((categories - 1) / 2, statistic / 2);
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
