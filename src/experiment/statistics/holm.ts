/** Holm's step-down adjustment of the p-values of one stated family of hypotheses (Holm 1979). */
import { UsageError } from "../../errors.ts";

/**
 * Adjusted p-values in the order given: max over the i smallest of (m - i + 1) p_(i), at most 1. Rejecting those below
 * alpha keeps the chance of any false rejection in the family below alpha, whatever the dependence between the tests.
 * @throws UsageError for a value outside [0, 1]
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const bad = pValues.findIndex((value) => !(value >= 0 && value <= 1));
  if (bad >= 0) throw new UsageError(`Holm: p-value ${bad} is ${pValues[bad]}; expected numbers from 0 to 1`);
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = pValues.map(() => 0);
  let largest = 0;
  order.forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}
