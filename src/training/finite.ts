/** Whether all numbers of arrays are finite, fast enough to be asked of whole states after every epoch. */
import type { Values } from "../backends/backend.ts";
import type { Floats } from "../engine/tensor.ts";

/** The name of the first array that holds a NaN or an infinity. */
export function firstNonFinite(values: Values): string | undefined {
  return Object.keys(values).find((name) => !isFiniteThroughout(values[name]));
}

/** 0 x v is NaN exactly where v is not finite. */
export function isFiniteThroughout(values: Floats): boolean {
  const whole = values.length - (values.length % 4);
  // Four sums, as each addition to one waits for the last.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += 0 * values[i];
    b += 0 * values[i + 1];
    c += 0 * values[i + 2];
    d += 0 * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += 0 * values[i];
  return a + b + c + d === 0;
}
