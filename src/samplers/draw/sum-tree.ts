/**
 * Weighted draws without replacement from a sum tree: O(log n) a draw and an update. A node is always the sum of its
 * two children, recomputed and never adjusted by a difference, so rounding can't accumulate: the tree depends on its
 * leaves alone.
 */

import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";

/**
 * Non-negative weights of `rows` rows. Node k has the children 2k and 2k + 1; the root is 1; row i is node rows + i.
 */
export class SumTree {
  readonly rows: number;
  #nodes: Float64Array; // [2 rows]; node 0 is unused

  /** All weights start at `weight`. */
  constructor(rows: number, weight = 0) {
    this.rows = rows;
    this.#nodes = new Float64Array(2 * rows);
    this.#nodes.fill(weight, rows);
    this.rebuild();
  }

  get total(): number {
    return this.#nodes[1];
  }

  get(row: number): number {
    return this.#nodes[this.rows + row];
  }

  /** @throws UsageError if the weight is negative, NaN or infinite. */
  set(row: number, weight: number): void {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new UsageError(`selection weight ${weight} of row ${row}: expected a finite number, 0 or more`);
    }
    const nodes = this.#nodes;
    let node = this.rows + row;
    nodes[node] = weight;
    for (node >>= 1; node >= 1; node >>= 1) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }

  /** `[rows]` the weights themselves, to be written in one pass; call `rebuild` afterwards. */
  get weights(): Float64Array {
    return this.#nodes.subarray(this.rows);
  }

  /** Takes other nodes, complete sums of other weights; returns its own. `[2 rows]` both. */
  exchange(nodes: Float64Array): Float64Array {
    const before = this.#nodes;
    this.#nodes = nodes;
    return before;
  }

  /** Recomputes every sum from the weights, in O(rows). */
  rebuild(): void {
    const nodes = this.#nodes;
    for (let node = this.rows - 1; node >= 1; node--) {
      nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
    }
  }

  /**
   * The row at which the running sum of the weights (in the tree's order) passes `uniform` times the total: row i with
   * probability weight_i / total for a uniform number in [0, 1). Never a row of weight 0 unless all are.
   */
  find(uniform: number): number {
    const nodes = this.#nodes;
    const rows = this.rows;
    let rest = uniform * nodes[1];
    let node = 1;
    while (node < rows) {
      node *= 2;
      const left = nodes[node];
      // Rounding may leave a rest beyond the sum of a subtree; an empty one is never entered all the same.
      if (rest >= left && nodes[node + 1] > 0) {
        rest -= left;
        node++;
      }
    }
    return node - rows;
  }
}

/**
 * Fills `batch` with distinct rows by successive draws: each with probability weight / (sum of the weights not yet
 * drawn), as numpy's `choice(replace=False, p)`. Drawn rows are left at weight 0 and their weights put into `taken`, so
 * that the rest can be looked at; `putBack` undoes that.
 *
 * @throws UsageError if fewer rows than the batch holds have a positive weight; the tree is then as it was.
 */
export function takeDistinct(tree: SumTree, random: Random, batch: Int32Array, taken: Float64Array): void {
  for (let k = 0; k < batch.length; k++) {
    if (!(tree.total > 0 && tree.total < Infinity)) {
      const total = tree.total;
      putBack(tree, batch.subarray(0, k), taken);
      throw new UsageError(
        total === 0
          ? `a batch of ${batch.length} distinct rows: only ${k} rows have a selection weight above 0`
          : `the selection weights sum to ${total}: expected a finite sum`,
      );
    }
    const row = tree.find(random.uniform());
    batch[k] = row;
    taken[k] = tree.get(row);
    tree.set(row, 0);
  }
}

/** Gives the rows of `batch` back the weights in `taken`. */
export function putBack(tree: SumTree, batch: Int32Array, taken: Float64Array): void {
  for (let k = 0; k < batch.length; k++) tree.set(batch[k], taken[k]);
}
