/**
 * The sum tree of the next epoch, made a part at a time while the present one is drawn from, so that no batch pays for
 * all rows at once. It depends on its weights alone: made in parts or in one go, the bits are the same.
 */

import type { SumTree } from "./sum-tree.ts";

export class NextTree {
  readonly #rows: number;
  #nodes: Float64Array; // [2 rows] laid out as in SumTree
  /** Nodes from here on are made. From the last leaf down to the root, children come before their parents. */
  #made: number;

  constructor(rows: number) {
    this.#rows = rows;
    this.#nodes = new Float64Array(2 * rows);
    this.#made = 2 * rows;
  }

  /** Forgets what was made. */
  restart(): void {
    this.#made = 2 * this.#rows;
  }

  /** Makes the next `count` nodes, a row's weight from `weightOf`. */
  advance(count: number, weightOf: (row: number) => number): void {
    const rows = this.#rows;
    const nodes = this.#nodes;
    const end = Math.max(1, this.#made - count);
    let node = this.#made - 1;
    for (; node >= end && node >= rows; node--) nodes[node] = weightOf(node - rows);
    for (; node >= end; node--) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
    this.#made = end;
  }

  /** A row's weight has changed: corrects what was made of the old one. */
  set(row: number, weight: number): void {
    const nodes = this.#nodes;
    const made = this.#made;
    let node = this.#rows + row;
    if (node < made) return;
    nodes[node] = weight;
    for (node >>= 1; node >= made; node >>= 1) nodes[node] = nodes[2 * node] + nodes[2 * node + 1];
  }

  /** Makes what is missing and puts it into `tree`; begins anew in the memory of what was there. */
  exchange(tree: SumTree, weightOf: (row: number) => number): void {
    this.advance(2 * this.#rows, weightOf);
    this.#nodes = tree.exchange(this.#nodes);
    this.restart();
  }
}
