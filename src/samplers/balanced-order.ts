/**
 * Orders of all rows along which every label set is spread evenly: any b rows in a row hold close to b / n of each set.
 * Rows of a set, and sets that share a rare label, lie side by side in `sorted`; the order walks over it in steps of
 * the golden section.
 */

import type { Random } from "../random.ts";

const golden = (Math.sqrt(5) - 1) / 2;

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The step closest to n times the golden section that visits every one of n places before it comes back. */
export function goldenStep(rows: number): number {
  const wanted = Math.round(rows * golden);
  for (let away = 0; ; away++) {
    for (const step of [wanted + away, wanted - away]) {
      if (step >= 1 && commonDivisor(rows, step) === 1) return step;
    }
  }
}

/**
 * Writes an order of the rows into `order`, from a random place on; the rows of a set change places among themselves
 * first.
 */
export function spreadOrder(sorted: Int32Array, sets: Int32Array, random: Random, order: Int32Array): void {
  const rows = sorted.length;
  for (let g = 0; g + 1 < sets.length; g++) random.shuffle(sorted.subarray(sets[g], sets[g + 1]));
  const step = goldenStep(rows);
  let place = random.integer(rows);
  for (let k = 0; k < rows; k++) {
    order[k] = sorted[place];
    place = (place + step) % rows;
  }
}

/**
 * The rows of `order` that follow a batch's first ones: where one is in the batch already, it changes place with the
 * next of the same label set that is not, or with the next of any, if there is none.
 */
export function bringNew(order: Int32Array, count: number, taken: ReadonlySet<number>, setOf: Int32Array): void {
  for (let place = 0; place < count; place++) {
    const row = order[place];
    if (!taken.has(row)) continue;
    let other = -1;
    for (let k = place + 1; k < order.length && (other < 0 || setOf[order[other]] !== setOf[row]); k++) {
      if (!taken.has(order[k]) && (other < 0 || setOf[order[k]] === setOf[row])) other = k;
    }
    order[place] = order[other];
    order[other] = row;
  }
}
