/**
 * The largest of n numbers while they rise and fall one at a time: a tree of maxima, O(log n) an update, O(1) to read.
 */

/** Starts with all values 0. Node k has the children 2k and 2k + 1; the root is 1; row i is node rows + i. */
export class MaximumTree {
  readonly rows: number;
  readonly #nodes: Float64Array; // [2 rows]; node 0 is unused

  constructor(rows: number) {
    this.rows = rows;
    this.#nodes = new Float64Array(2 * rows);
  }

  get maximum(): number {
    return this.#nodes[1];
  }

  get(row: number): number {
    return this.#nodes[this.rows + row];
  }

  set(row: number, value: number): void {
    const nodes = this.#nodes;
    let node = this.rows + row;
    nodes[node] = value;
    for (node >>= 1; node >= 1; node >>= 1) {
      const larger = Math.max(nodes[2 * node], nodes[2 * node + 1]);
      if (nodes[node] === larger) return;
      nodes[node] = larger;
    }
  }

  /** `[rows]` the values themselves, to be written in one pass; call `rebuild` afterwards. */
  get values(): Float64Array {
    return this.#nodes.subarray(this.rows);
  }

  /** Recomputes every maximum from the values, in O(rows). */
  rebuild(): void {
    const nodes = this.#nodes;
    for (let node = this.rows - 1; node >= 1; node--) {
      nodes[node] = Math.max(nodes[2 * node], nodes[2 * node + 1]);
    }
  }
}
