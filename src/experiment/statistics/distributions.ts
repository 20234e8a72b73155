/**
 * Upper tails and quantiles of the few distributions that tests of significance need, in double precision. Tails, not
 * cumulative probabilities: a p-value of 1e-20 keeps its digits. Arguments are trusted; statistics.ts checks data.
 */

const tiny = 1e-300;

/** ln Gamma(x) for x > 0: Stirling's series, after shifting x above 12 by the recurrence Gamma(x + 1) = x Gamma(x). */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 12; y++) shift += Math.log(y);
  const inverse = 1 / (y * y);
  const series =
    (1 / 12 -
      (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - (691 / 360360) * inverse) * inverse) * inverse) * inverse) *
        inverse) /
    y;
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - shift;
}

/**
 * A continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)), by Lentz's method as modified by Thompson and Barnett.
 * `term(m)` gives [a_m, b_m] for m >= 1.
 */
function continuedFraction(b0: number, term: (m: number) => readonly [number, number]): number {
  let value = b0 === 0 ? tiny : b0;
  let c = value;
  let d = 0;
  for (let m = 1; m < 100_000; m++) {
    const [a, b] = term(m);
    d = b + a * d;
    if (Math.abs(d) < tiny) d = tiny;
    d = 1 / d;
    c = b + a / c;
    if (Math.abs(c) < tiny) c = tiny;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return value;
}

/** Q(a, x) = Gamma(a, x) / Gamma(a), the regularised upper incomplete gamma function; a > 0, x >= 0. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  return front / continuedFraction(x + 1 - a, (m) => [m * (a - m), x + 2 * m + 1 - a]);
}

/**
 * I_x(a, b), the regularised incomplete beta function. Takes x and its complement 1 - x, so that neither loses digits.
 */
export function incompleteBeta(x: number, complement: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(complement, x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log(complement) + logGamma(a + b) - logGamma(a) - logGamma(b));
  const fraction = continuedFraction(1, (step) => {
    const m = Math.floor(step / 2);
    const coefficient =
      step % 2 === 0
        ? (m * (b - m)) / ((a + 2 * m - 1) * (a + 2 * m))
        : -((a + m) * (a + b + m)) / ((a + 2 * m) * (a + 2 * m + 1));
    return [coefficient * x, 1];
  });
  return front / (a * fraction);
}

/** P(Z > z), Z standard normal. */
export function normalTail(z: number): number {
  return z < 0 ? 1 - normalTail(-z) : upperGamma(0.5, (z * z) / 2) / 2;
}

/** P(T > t), T of Student's distribution. */
export function studentTail(t: number, degreesOfFreedom: number): number {
  if (t < 0) return 1 - studentTail(-t, degreesOfFreedom);
  const ratio = (t / degreesOfFreedom) * t;
  const x = 1 / (1 + ratio);
  const complement = ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio);
  return incompleteBeta(x, complement, degreesOfFreedom / 2, 0.5) / 2;
}

/** The t that Student's distribution exceeds with the given probability, 0 < tail <= 1/2. */
export function studentQuantile(tail: number, degreesOfFreedom: number): number {
  return quantile((t) => studentTail(t, degreesOfFreedom), tail);
}

/** P(X > x), X of the chi-squared distribution. */
export function chiSquaredTail(x: number, degreesOfFreedom: number): number {
  return upperGamma(degreesOfFreedom / 2, x / 2);
}

/** P(X > x), X of the F distribution with the given degrees of freedom of numerator and denominator. */
export function fTail(x: number, numerator: number, denominator: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const scale = numerator * x + denominator;
  return incompleteBeta(denominator / scale, (numerator * x) / scale, denominator / 2, numerator / 2);
}

/** Nodes -16, -16 + 1/16, ..., 9. The integrand peaks near -q/2; above 9 the normal density adds less than 1e-18. */
const nodes = Float64Array.from({ length: 401 }, (_, i) => -16 + i / 16);
const upperAtNodes = nodes.map(normalTail);

/**
 * P(range of `groups` independent standard normals > q), the studentised range with infinite degrees of freedom:
 * 1 - k integral phi(z) (Phi(z + q) - Phi(z))^(k-1) dz over the smallest of them, by the trapezoidal rule, which
 * converges exponentially for this integrand.
 */
export function studentizedRangeTail(q: number, groups: number): number {
  if (q <= 0) return 1;
  let sum = 0;
  nodes.forEach((z, i) => {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    // All of the others lie above z, and not all of them within q: a difference that keeps the digits of small tails.
    const above = upperAtNodes[i];
    const beyond = normalTail(z + q);
    sum += (density * powerDifference(above, beyond, groups - 1)) / 16;
  });
  return Math.min(1, Math.max(0, groups * sum));
}

/** a^n - (a - b)^n = b sum_i a^i (a - b)^(n-1-i), without cancellation. */
function powerDifference(a: number, b: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a ** i * (a - b) ** (n - 1 - i);
  return b * sum;
}

/** The q that the studentised range (infinite degrees of freedom) exceeds with the given probability. */
export function studentizedRangeQuantile(tail: number, groups: number): number {
  return quantile((q) => studentizedRangeTail(q, groups), tail);
}

/** The x >= 0 at which a decreasing tail reaches the target: doubling, then bisection to the last digit. */
function quantile(tail: (x: number) => number, target: number): number {
  let high = 1;
  while (tail(high) > target && high < 1e300) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (tail(middle) > target) low = middle;
    else high = middle;
  }
  return high;
}
