/**
 * The smallest and the largest of n numbers while some of them change: those of each block of numbers, under trees of
 * the blocks, so that it takes little memory beside the numbers themselves.
 */

import { MaximumTree } from "./maximum-tree.ts";

/** Numbers of a block: looked through whenever one of them changes. */
const blockLength = 64;

export class Extremes {
  readonly #numbers: Float64Array;
  readonly #largest: MaximumTree; // [blocks]
  readonly #smallest: MaximumTree; // [blocks] with the other sign

  /** Of numbers that others write; `update` and `updateAll` say that they have. */
  constructor(numbers: Float64Array) {
    const blocks = Math.ceil(numbers.length / blockLength);
    this.#numbers = numbers;
    this.#largest = new MaximumTree(blocks);
    this.#smallest = new MaximumTree(blocks);
    this.updateAll();
  }

  get smallest(): number {
    return -this.#smallest.maximum;
  }

  get largest(): number {
    return this.#largest.maximum;
  }

  update(places: Int32Array): void {
    for (const place of places) this.#look(Math.floor(place / blockLength));
  }

  updateAll(): void {
    for (let block = 0; block < this.#largest.rows; block++) this.#look(block);
    this.#largest.rebuild();
    this.#smallest.rebuild();
  }

  #look(block: number): void {
    const numbers = this.#numbers;
    const end = Math.min(numbers.length, (block + 1) * blockLength);
    let low = Infinity;
    let high = -Infinity;
    for (let place = block * blockLength; place < end; place++) {
      const number = numbers[place];
      if (number < low) low = number;
      if (number > high) high = number;
    }
    this.#largest.set(block, high);
    this.#smallest.set(block, -low);
  }
}
