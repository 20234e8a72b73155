/** How labels go together, counted: the symmetric conditional probability that CLIF takes for its label graph. */
import type { ModelSetting } from "./model.ts";

/**
 * A_jk = (c_jk / c_j + c_jk / c_k) / 2 with c_j the rows that have label j and c_jk those that have both; 0 on the diagonal and
 * where a count is 0. `[labels, labels]`, row-major. Source: authors' code.
 */
export function conditionalProbability({
  rows,
  columns,
  values,
}: NonNullable<ModelSetting["labelMatrix"]>): Float32Array {
  const both = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const present: number[] = [];
    for (let j = 0; j < columns; j++) if (values[row * columns + j] === 1) present.push(j);
    for (const j of present) for (const k of present) both[j * columns + k]++;
  }
  const count = (j: number): number => both[j * columns + j];
  return Float32Array.from(both, (common, i) => {
    const [j, k] = [Math.floor(i / columns), i % columns];
    return j === k || common === 0 ? 0 : (common / count(j) + common / count(k)) / 2;
  });
}
