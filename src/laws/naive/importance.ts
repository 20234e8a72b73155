/**
 * Murthy's importance weights from their definition: over all orders in which a batch can be drawn, summed over its
 * subsets.
 */

/** `[batch]` (batch / rows) P(S | i drawn first) / P(S) of a batch drawn one after another by p; O(2^batch). */
export function naiveImportance(p: readonly number[], batch: readonly number[]): number[] {
  const size = batch.length;
  const all = 2 ** size - 1;
  // [subset] probability that the rest of the batch comes next, once the subset has been drawn.
  const rest = new Float64Array(all + 1);
  rest[all] = 1;
  for (let subset = all - 1; subset >= 0; subset--) {
    const left = p.reduce((total, chance, row) => {
      const place = batch.indexOf(row);
      return place >= 0 && (subset >> place) % 2 === 1 ? total : total + chance;
    }, 0);
    batch.forEach((row, k) => {
      if ((subset >> k) % 2 === 0) rest[subset] += (p[row] / left) * rest[subset | (1 << k)];
    });
  }
  return batch.map((_, k) => ((size / p.length) * rest[1 << k]) / rest[0]);
}
