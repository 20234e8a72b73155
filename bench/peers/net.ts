/** What follows from the widths of a net alone. */

/** Rows of a training step. */
export const batch = 128;

/** Operations in the matrix products of a training step; the first layer's input has no gradient. */
export function productOperations(widths: readonly number[]): number {
  const layers = widths.slice(1).map((width, i) => (i === 0 ? 2 : 3) * widths[i] * width);
  return 2 * batch * layers.reduce((total, layer) => total + layer, 0);
}
