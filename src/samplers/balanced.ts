/**
 * Balanced selection (ours): every row once an epoch, like uniform, but each batch is a small image of the data set:
 * every label set is dealt out evenly over the batches. Uses no evidence.
 */

import * as v from "valibot";
import type { LabelMatrix } from "../data/dataset.ts";
import { countPositives } from "../data/labels.ts";
import type { Random } from "../random.ts";
import { bringNew, spreadOrder } from "./balanced-order.ts";
import { EpochSampler, type SamplerSetup, type Selection } from "./frame/epochs.ts";
import { passOptions, samplerKind, setupOf } from "./frame/kind.ts";
import { labelLists } from "./frame/label-lists.ts";
import { readInteger, readInto, readPermutation } from "./frame/snapshot.ts";
import { uniformSpread } from "./frame/spread.ts";
import type { Sampler, SamplerState } from "./sampler.ts";

export const balanced = samplerKind({
  name: "balanced",
  draws: "nothing: every label set spread evenly over the batches",
  source: "**ours**",
  options: v.strictObject(passOptions),
  make: (request, options) => balancedSampler(setupOf(request, options)),
});

/**
 * With `lastBatch` carry, an order in which every label set is spread evenly (`spreadOrder`), batch after batch.
 * Otherwise rows are sorted by label set, the rarest label first, so that sets sharing a rare label are neighbours;
 * each epoch the rows of a set are shuffled, evenly spaced places (from a random start) go to the remainder batch, and
 * the others are dealt to the full batches in turn. So the counts of any label set, and of any rarest label, differ by
 * at most 1 between full batches. Source: ours.
 *
 * @throws UsageError if the batch size is not between 1 and the number of rows.
 */
export function balancedSampler(setup: SamplerSetup): Sampler {
  const lists = labelLists(setup.labels);
  return new EpochSampler(setup, new BalancedSelection(setup), lists);
}

class BalancedSelection implements Selection {
  readonly name = "balanced";
  readonly needs = [];
  readonly settings = {};
  readonly pressure = 1;
  readonly feedback = false;
  readonly #rows: number;
  readonly #batchSize: number;
  /** `[rows]` rows by label set; set g is at `#sets[g]` to `#sets[g + 1] - 1`. */
  readonly #sorted: Int32Array;
  readonly #sets: Int32Array;
  readonly #dealt: Int32Array; // [rows] the batches of this epoch, one after another
  readonly #carry: boolean;
  readonly #setOf: Int32Array; // [rows] number of each row's label set
  #visited = 0;
  #pending = true;

  constructor({ labels, batchSize, lastBatch = "carry" }: SamplerSetup) {
    this.#rows = labels.rows;
    this.#batchSize = batchSize;
    this.#carry = lastBatch === "carry";
    const { sorted, sets } = sortByLabelSet(labels);
    this.#sorted = sorted;
    this.#sets = sets;
    this.#dealt = new Int32Array(labels.rows);
    this.#setOf = new Int32Array(labels.rows);
    for (let g = 0; g + 1 < sets.length; g++) {
      for (const row of sorted.subarray(sets[g], sets[g + 1])) this.#setOf[row] = g;
    }
  }

  begin(): void {
    if (this.#carry) return;
    this.#visited = 0;
    this.#pending = true;
  }

  draw(batch: Int32Array, random: Random): number {
    if (this.#carry) return this.#carryOn(batch, random);
    if (this.#pending) {
      this.#deal(random);
      this.#pending = false;
    }
    const count = Math.min(batch.length, this.#rows - this.#visited);
    batch.set(this.#dealt.subarray(this.#visited, this.#visited + count));
    this.#visited += count;
    return count;
  }

  /** Full batches, over the end of a pass where need be. */
  #carryOn(batch: Int32Array, random: Random): number {
    let filled = 0;
    while (filled < batch.length) {
      if (this.#pending || this.#visited === this.#rows) {
        spreadOrder(this.#sorted, this.#sets, random, this.#dealt);
        bringNew(this.#dealt, batch.length - filled, new Set(batch.subarray(0, filled)), this.#setOf);
        this.#pending = false;
        this.#visited = 0;
      }
      const count = Math.min(batch.length - filled, this.#rows - this.#visited);
      batch.set(this.#dealt.subarray(this.#visited, this.#visited + count), filled);
      this.#visited += count;
      filled += count;
    }
    return filled;
  }

  observe(): void {}

  probabilities(target: Float64Array): void {
    target.fill(1 / this.#rows);
  }

  probabilityOf(): number {
    return 1 / this.#rows;
  }

  termsOf(): Readonly<Record<string, number>> {
    return {};
  }

  spread() {
    return uniformSpread(this.#rows);
  }

  state(): SamplerState {
    return {
      visited: this.#visited,
      pending: this.#pending ? 1 : 0,
      sorted: this.#sorted.slice(),
      dealt: this.#dealt.slice(),
    };
  }

  restore(state: SamplerState): void {
    const visited = readInteger(state, "visited", 0, this.#rows);
    const pending = readInteger(state, "pending", 0, 1) === 1;
    readPermutation(state, "sorted", this.#sorted);
    if (pending) readInto(state, "dealt", this.#dealt, 0, this.#rows - 1);
    else readPermutation(state, "dealt", this.#dealt);
    this.#visited = visited;
    this.#pending = pending;
  }

  #deal(random: Random): void {
    const rows = this.#rows;
    const full = Math.floor(rows / this.#batchSize);
    const remainder = rows - full * this.#batchSize;
    for (let g = 0; g + 1 < this.#sets.length; g++) {
      random.shuffle(this.#sorted.subarray(this.#sets[g], this.#sets[g + 1]));
    }
    const start = random.uniform();
    const turn = random.integer(full);
    let spare = 0; // rows given to the remainder batch
    let dealt = 0; // rows given to the full batches
    for (let place = 0; place < rows; place++) {
      const row = this.#sorted[place];
      // The m-th of the evenly spaced places is floor((m + start) rows / remainder).
      if (spare < remainder && place === Math.floor(((spare + start) * rows) / remainder)) {
        this.#dealt[full * this.#batchSize + spare++] = row;
      } else {
        const batch = (dealt + turn) % full;
        this.#dealt[batch * this.#batchSize + Math.floor(dealt / full)] = row;
        dealt++;
      }
    }
  }
}

/**
 * The rows in the order of their label sets, and where each set begins; the last entry of `sets` is the number of rows.
 */
function sortByLabelSet(matrix: LabelMatrix): { sorted: Int32Array; sets: Int32Array } {
  const { rows, columns } = matrix;
  const lists = labelLists(matrix);
  const rank = rarityRanks();
  // Each row's labels as ranks, rarest first, in the places of its list.
  const keys = lists.items.map((label) => rank[label]);
  for (let i = 0; i < rows; i++) keys.subarray(lists.offsets[i], lists.offsets[i + 1]).sort();
  const compare = (a: number, b: number): number => {
    const endA = lists.offsets[a + 1];
    const endB = lists.offsets[b + 1];
    let e = lists.offsets[a];
    let f = lists.offsets[b];
    for (; e < endA && f < endB; e++, f++) {
      if (keys[e] !== keys[f]) return keys[e] - keys[f];
    }
    return endA - e - (endB - f);
  };
  const sorted = new Int32Array(rows).map((_, i) => i).sort((a, b) => compare(a, b) || a - b);
  const sets: number[] = [];
  for (let place = 0; place < rows; place++) {
    if (place === 0 || compare(sorted[place - 1], sorted[place]) !== 0) sets.push(place);
  }
  sets.push(rows);
  return { sorted, sets: Int32Array.from(sets) };

  function rarityRanks(): Int32Array {
    const counts = countPositives(matrix);
    const order = new Int32Array(columns).map((_, j) => j);
    order.sort((a, b) => counts[a] - counts[b] || a - b);
    const ranks = new Int32Array(columns);
    order.forEach((label, place) => {
      ranks[label] = place;
    });
    return ranks;
  }
}
