/** Sums over labels of likelihoods, and their adjoint, by their definition in running-error arithmetic. */
import { type Approximate, type Arithmetic, stored } from "./arithmetic.ts";
import type { Matrix } from "./expected.ts";

/** e^(-5 r) */
const fault = (m: Arithmetic, r: Approximate): Approximate => m.exp(m.multiply(m.exact(-5), r));

/** Of one draw and instance: sum of ln r, of y e^(-5 r) or of (1 - y) e^(-5 r). */
export function likelihoodSum([r, y]: readonly Matrix[], m: Arithmetic, kind: number, row: number): Approximate {
  const [batch, labels] = y.shape;
  const terms = Array.from({ length: labels }, (_, j) => {
    const likelihood = stored(r.values[row * labels + j], m.accuracy);
    if (kind === 0) return m.log(likelihood);
    const isPresent = y.values[(row % batch) * labels + j] === 1;
    return isPresent === (kind === 1) ? fault(m, likelihood) : m.exact(0);
  });
  // Sums run in double precision, and are rounded once.
  const total = m.sum(...terms);
  return m.rounded(total.value, total.error);
}

/** What flows back to the likelihood number `at`. */
export function likelihoodAdjoint([r, y, g]: readonly Matrix[], m: Arithmetic, at: number): Approximate {
  const [batch, labels] = y.shape;
  const row = Math.floor(at / labels);
  const likelihood = stored(r.values[at], m.accuracy);
  const isPresent = y.values[(row % batch) * labels + (at % labels)] === 1;
  const of = (kind: number): Approximate => stored(g.values[kind * g.shape[1] + row], m.accuracy);
  const ofFault = isPresent ? of(1) : of(2);
  const byFault = m.multiply(m.multiply(ofFault, fault(m, likelihood)), m.exact(-5));
  return m.add(byFault, m.divide(of(0), likelihood));
}
