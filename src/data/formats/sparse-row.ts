/** The entries of one sparse row in ascending order of their columns. */

/** Sorts the entries `from .. to - 1`; those that stand in order already cost one look. */
export function sortRow(indices: Uint32Array, values: Float32Array, from: number, to: number): void {
  let entry = from + 1;
  while (entry < to && (indices[entry - 1] as number) < (indices[entry] as number)) entry++;
  if (entry >= to) return;
  const order = Array.from({ length: to - from }, (_, i) => from + i);
  order.sort((a, b) => (indices[a] as number) - (indices[b] as number));
  indices.set(
    Uint32Array.from(order, (e) => indices[e] as number),
    from,
  );
  values.set(
    Float32Array.from(order, (e) => values[e] as number),
    from,
  );
}
