/**
 * Every elementwise op once more, by its plain definition in running-error arithmetic, with the numbers it is meant
 * for. The value is what `kernels/scalar.ts` has to agree with, the error what a device may be off by.
 */
import type { Approximate, Arithmetic } from "./arithmetic.ts";

/** Where the numbers of an operand lie. "ties" are a few numbers that often coincide. */
export type Domain =
  | { readonly kind: "range"; readonly low: number; readonly high: number }
  | { readonly kind: "ties" }
  /** One number for the whole op, such as a rate, from the list. */
  | { readonly kind: "choice"; readonly values: readonly number[] };

export interface Definition {
  readonly operands: readonly Domain[];
  readonly of: (m: Arithmetic, ...operands: Approximate[]) => Approximate;
}

const range = (low: number, high: number): Domain => ({ kind: "range", low, high });
const choice = (...values: number[]): Domain => ({ kind: "choice", values });
const any = range(-100, 100);
const logit = range(-30, 30);
const ties: Domain = { kind: "ties" };
const share = range(0, 1);
const label = choice(0, 1);
const slope = choice(0, 0.01, 0.1, 0.5);
const rate = choice(0, 0.1, 0.2, 0.5);
const weight = choice(0.001, 0.1, 1);
const scale = choice(0.01, 0.7, 1);
const decay = choice(0, 0.0001, 0.1);

const one = { value: 1, error: 0 };
const zero = { value: 0, error: 0 };
/** 1 or 0; uncertain where a number is so small that a device may take it for zero. */
const flag = (holds: boolean, ...compared: readonly Approximate[]): Approximate => ({
  value: holds ? 1 : 0,
  error: compared.some(({ error }) => error > 0) ? 1 : 0,
});
const sigmoid = (m: Arithmetic, x: Approximate): Approximate => {
  const z = m.exp(x.value > 0 ? m.negate(x) : x);
  return m.divide(x.value > 0 ? one : z, m.add(one, z));
};
/** ln(1 + e^-|x|), as the sum that it is: near zero its error is absolute. */
const softening = (m: Arithmetic, x: Approximate): Approximate =>
  m.log(m.add(one, m.exp({ value: -Math.abs(x.value), error: x.error })));
const positivePart = (x: Approximate): Approximate => (x.value > 0 ? x : zero);
const leakyRelu = (m: Arithmetic, x: Approximate, slope: Approximate): Approximate =>
  x.value > 0 ? x : m.multiply(slope, x);
function leakyReluGradient(m: Arithmetic, x: Approximate, slope: Approximate, g: Approximate): Approximate {
  const chosen = x.value > 0 ? g : m.multiply(slope, g);
  return x.error > 0 ? { ...chosen, error: Math.abs(g.value) } : chosen;
}
/** What dropout with noise u leaves of x. */
const kept = (m: Arithmetic, u: Approximate, rate: Approximate, x: Approximate): Approximate =>
  u.value >= rate.value ? m.divide(x, m.subtract(one, rate)) : zero;

const softplus = (m: Arithmetic, x: Approximate): Approximate => m.sum(positivePart(x), softening(m, x));
/** Beyond 1/2 it is 1 - erfc, and erfc holds e^(-x^2), which a device may know only to x^2 roundoffs. */
function approximateErf(m: Arithmetic, x: Approximate): Approximate {
  const value = erf(x.value);
  const tail = 1 - Math.abs(value);
  const { erf: factor, exp, expArgument } = m.accuracy;
  const square = x.value * x.value;
  return m.rounded(value, 1.2 * x.error + m.accuracy.unit * tail * (exp + (2 + expArgument) * square), factor);
}
/** (1 + erf(x / sqrt(2))) / 2 as a device computes it, whichever way. */
const normalCdf = (m: Arithmetic, x: Approximate): Approximate => {
  const half = m.exact(0.5);
  return m.add(half, m.multiply(half, approximateErf(m, m.multiply(m.rounded(Math.SQRT1_2, 0), x))));
};
const likelihoodArgument = (m: Arithmetic, x: Approximate, b: Approximate, y: Approximate): Approximate =>
  y.value > 0.5 ? m.add(x, b) : m.negate(m.add(x, b));
/** Whether a device may be on either side of it. */
const besideBound = (t: Approximate, bound: Approximate): boolean =>
  Math.abs(Math.abs(t.value) - bound.value) <= t.error + bound.error;

export const definitions: Readonly<Record<string, Definition>> = {
  identity: { operands: [any], of: (_m, x) => x },
  add: { operands: [any, any], of: (m, x, y) => m.add(x, y) },
  subtract: { operands: [any, any], of: (m, x, y) => m.subtract(x, y) },
  multiply: { operands: [any, any], of: (m, x, y) => m.multiply(x, y) },
  divide: { operands: [any, range(0.01, 100)], of: (m, x, y) => m.divide(x, y) },
  negate: { operands: [any], of: (m, x) => m.negate(x) },
  square: { operands: [any], of: (m, x) => m.multiply(x, x) },
  sqrt: { operands: [range(0, 1000)], of: (m, x) => m.sqrt(x) },
  absolute: { operands: [any], of: (_m, x) => ({ ...x, value: Math.abs(x.value) }) },
  exp: { operands: [logit], of: (m, x) => m.exp(x) },
  log: { operands: [range(1e-6, 1000)], of: (m, x) => m.log(x) },
  maximum: { operands: [ties, ties], of: (_m, x, y) => (x.value > y.value ? x : y) },
  minimum: { operands: [ties, ties], of: (_m, x, y) => (x.value < y.value ? x : y) },
  clamp: {
    operands: [any, choice(-50, -1, 0), choice(0, 0.5, 70)],
    of: (_m, x, low, high) => (x.value < low.value ? low : x.value > high.value ? high : x),
  },
  within: {
    operands: [ties, choice(-1, 0), choice(0, 1)],
    of: (_m, x, low, high) => flag(low.value <= x.value && x.value <= high.value, x, low, high),
  },
  greater: { operands: [ties, ties], of: (_m, x, y) => flag(x.value > y.value, x, y) },
  equal: { operands: [ties, ties], of: (_m, x, y) => flag(x.value === y.value, x, y) },
  relu: { operands: [any], of: (_m, x) => positivePart(x) },
  leakyRelu: { operands: [any, slope], of: leakyRelu },
  leakyReluGradient: { operands: [any, slope, any], of: leakyReluGradient },
  biasLeakyRelu: {
    operands: [any, any, slope],
    of: (m, x, b, s) => leakyRelu(m, m.add(x, b), s),
  },
  biasLeakyReluDropout: {
    operands: [any, any, slope, share, rate],
    of: (m, x, b, s, u, rate) => kept(m, u, rate, leakyRelu(m, m.add(x, b), s)),
  },
  leakyReluDropoutGradient: {
    operands: [any, slope, share, rate, any],
    of: (m, y, s, u, rate, g) => kept(m, u, rate, leakyReluGradient(m, y, s, g)),
  },
  biasLeakyReluProduct: {
    operands: [any, any, slope, any],
    of: (m, x, b, s, w) => m.multiply(leakyRelu(m, m.add(x, b), s), w),
  },
  biasLeakyReluProductGradient: {
    operands: [any, any, slope, any, any],
    of: (m, x, b, s, w, g) => leakyReluGradient(m, m.add(x, b), s, m.multiply(w, g)),
  },
  elu: { operands: [range(-20, 20)], of: (m, x) => (x.value > 0 ? x : m.subtract(m.exp(x), one)) },
  eluSlope: { operands: [range(-20, 20)], of: (m, x) => (x.value > 0 ? one : m.exp(x)) },
  sigmoid: { operands: [range(-80, 80)], of: sigmoid },
  sigmoidGradient: {
    operands: [share, any],
    of: (m, y, g) => m.multiply(m.multiply(g, y), m.subtract(one, y)),
  },
  tanh: { operands: [range(-12, 12)], of: (m, x) => m.tanh(x) },
  softplus: { operands: [range(-80, 80)], of: softplus },
  binaryCrossEntropy: {
    operands: [logit, share],
    of: (m, f, y) => m.sum(positivePart(f), m.negate(m.multiply(f, y)), softening(m, f)),
  },
  binaryCrossEntropyGradient: {
    operands: [logit, share, any],
    of: (m, f, y, g) => m.multiply(g, m.subtract(sigmoid(m, f), y)),
  },
  erf: { operands: [range(-7, 7)], of: approximateErf },
  probit: {
    operands: [range(-6, 6), range(-2, 2), label, choice(5e-7), choice(4.891638475699)],
    of: (m, x, b, y, margin, bound) => {
      const t = likelihoodArgument(m, x, b, y);
      const p = normalCdf(m, t);
      const edge = t.value < 0 ? margin : m.subtract(one, margin);
      const jump = Math.abs(p.value - edge.value) + p.error + edge.error;
      if (besideBound(t, bound)) return { ...p, error: jump };
      return Math.abs(t.value) > bound.value ? edge : p;
    },
  },
  probitGradient: {
    operands: [range(-6, 6), range(-2, 2), label, choice(4.891638475699, 2), any],
    of: (m, x, b, y, bound, g) => {
      const t = m.add(x, b);
      const bell = m.exp(m.multiply(m.exact(-0.5), m.multiply(t, t)));
      const slope = m.multiply(g, m.multiply(m.rounded(1 / Math.sqrt(2 * Math.PI), 0), bell));
      if (besideBound(t, bound)) return { value: 0, error: Math.abs(slope.value) + slope.error };
      if (Math.abs(t.value) > bound.value) return { value: 0, error: 0 };
      return y.value > 0.5 ? slope : m.negate(slope);
    },
  },
  expDifference: { operands: [logit, logit], of: (m, x, y) => m.exp(m.subtract(x, y)) },
  softplusAffine: {
    operands: [range(-80, 80), any, any],
    of: (m, a, x, b) => m.add(m.multiply(softplus(m, a), x), b),
  },
  softplusProduct: { operands: [range(-80, 80), any], of: (m, a, g) => m.multiply(softplus(m, a), g) },
  sigmoidProduct: {
    operands: [range(-80, 80), any, any],
    of: (m, a, x, g) => m.multiply(sigmoid(m, a), m.multiply(x, g)),
  },
  sigmoidShare: {
    operands: [range(-80, 80), range(-10, 10), range(-10, 10)],
    of: (m, s, w, top) => m.multiply(m.exp(m.subtract(w, top)), sigmoid(m, s)),
  },
  sigmoidShareGradient: {
    operands: [any, range(-80, 80), any],
    of: (m, y, s, g) => m.multiply(m.multiply(g, y), sigmoid(m, m.negate(s))),
  },
  logSoftplusGradient: {
    operands: [range(-12, 80), any],
    of: (m, a, g) => m.multiply(g, m.divide(sigmoid(m, a), softplus(m, a))),
  },
  logisticGradient: {
    operands: [range(-20, 20), any],
    of: (m, s, g) => m.multiply(m.negate(g), m.tanh(m.multiply(m.exact(0.5), s))),
  },
  logUnitSlope: {
    operands: [any, range(-80, 80), range(-12, 80)],
    of: (m, w, s, a) => {
      const tails = m.multiply(m.exact(-2), softening(m, s));
      return m.sum(w, m.log(softplus(m, a)), { value: -Math.abs(s.value), error: s.error }, tails);
    },
  },
  dropout: { operands: [any, share, rate], of: (m, x, u, rate) => kept(m, u, rate, x) },
  movingAverage: {
    operands: [any, any, weight, scale, any, decay],
    of: (m, x, g, w, s, p, d) => m.add(x, m.multiply(w, m.sum(m.multiply(s, g), m.multiply(d, p), m.negate(x)))),
  },
  movingSquare: {
    operands: [range(0, 100), any, weight, scale, any, decay],
    of: (m, v, g, w, s, p, d) => {
      const whole = m.sum(m.multiply(s, g), m.multiply(d, p));
      return m.add(v, m.multiply(w, m.subtract(m.multiply(whole, whole), v)));
    },
  },
  adamStep: {
    operands: [any, any, range(0, 100), choice(0.0001, 0.1), choice(0.03, 0.5, 1), choice(1e-8, 0.001), choice(0.9, 1)],
    of: (m, p, average, v, rate, root, epsilon, keep) => {
      const step = m.divide(m.multiply(rate, average), m.add(m.divide(m.sqrt(v), root), epsilon));
      return m.sum(m.multiply(keep, p), m.negate(step));
    },
  },
};

/**
 * The error function: 2 / sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!, whose terms have one sign, and from 2 on one
 * minus Laplace's continued fraction e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 2/2 / (x + 3/2 / ...))).
 */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x >= 2) {
    let fraction = x;
    for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
    return 1 - scale / fraction;
  }
  let term = x;
  let total = 0;
  for (let n = 0; term > 1e-18 * total; n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return 2 * scale * total;
}
