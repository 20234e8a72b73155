/**
 * The `minmax` weights of the next epoch, made while the present one is drawn from. They hang on the extremes of all
 * scores: where one of these moves, all weights made so far are wrong and it begins anew. It is done an eighth of an
 * epoch after the last such move, so that only a move in the last eighth leaves something for the batch that ends the
 * epoch.
 */

import { Extremes } from "../draw/extremes.ts";
import { NextTree } from "../draw/next-tree.ts";
import { Powers } from "../draw/powers.ts";
import { minmaxIndex } from "../draw/quantize.ts";
import type { SumTree } from "../draw/sum-tree.ts";

/** Nodes of the next tree that are made for each row observed: 2 would do, were it never begun anew. */
const pace = 16;

export class NextWeights {
  readonly #scores: Float64Array;
  readonly #extremes: Extremes;
  readonly #tree: NextTree;
  readonly #powers: Powers;
  readonly #weightOf = (row: number): number =>
    this.#powers.of(minmaxIndex(this.#scores[row], this.#low, this.#high, this.#scores.length));
  // What the weights made so far hang on; NaN for nothing.
  #low = Number.NaN;
  #high = Number.NaN;

  /** `[rows]` scores that others write; `update` and `updateAll` say that they have. */
  constructor(scores: Float64Array) {
    this.#scores = scores;
    this.#extremes = new Extremes(scores);
    this.#tree = new NextTree(scores.length);
    this.#powers = new Powers(scores.length);
  }

  /** The scores of these rows have changed. */
  update(batch: Int32Array): void {
    this.#extremes.update(batch);
    if (!this.#beginAnew()) for (const row of batch) this.#tree.set(row, this.#weightOf(row));
    this.#powers.advance(pace * batch.length);
    this.#tree.advance(pace * batch.length, this.#weightOf);
  }

  updateAll(): void {
    this.#extremes.updateAll();
    this.#low = Number.NaN;
  }

  /** Puts the weights at `pressure` into `tree` and begins those at `expected`. */
  begin(tree: SumTree, pressure: number, expected: number): void {
    this.#expect(pressure);
    this.#beginAnew();
    this.#tree.exchange(tree, this.#weightOf);
    this.#expect(expected);
  }

  #expect(pressure: number): void {
    if (pressure === this.#powers.pressure) return;
    this.#powers.expect(pressure);
    this.#low = Number.NaN;
  }

  /** Where the extremes are no longer those of the weights made; tells whether it did. */
  #beginAnew(): boolean {
    const { smallest, largest } = this.#extremes;
    if (smallest === this.#low && largest === this.#high) return false;
    this.#low = smallest;
    this.#high = largest;
    this.#tree.restart();
    return true;
  }
}
