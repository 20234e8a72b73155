/** Which arithmetic made a number: two runs of equal settings may be compared bit for bit only where this is equal. */

/**
 * Raised by one whenever a change makes the same settings give other bits on some device: kernels, samplers,
 * preparation, initial weights. Results say which they were made with; others are not mixed in silence.
 */
export const numerics = 3;

/** The part of a device's description that decides its bits: any number of threads gives the same. */
export function arithmetic(description: string): string {
  return description.replace(/, \d+ threads?\b/, "");
}
