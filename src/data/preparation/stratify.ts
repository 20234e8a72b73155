/**
 * Iterative stratification: rows are dealt to parts, rarest label first, each to the part that still lacks that label
 * most. Order 1 is Sechidis, Tsoumakas and Vlahavas 2011 (algorithm 1); order 2 deals pairs of labels too (Szymanski
 * and Kajdanowicz 2017). Ours: part sizes are fixed beforehand and a full part takes no more rows; where several parts
 * lack a label equally, the row goes where the sum of its labels is lacked most.
 */
import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import type { LabelMatrix } from "../dataset.ts";
import { type LabelLists, listLabels } from "../labels.ts";
import { selectRows } from "../rows.ts";

/** 1 keeps the share of every label; 2 that of every pair of labels as well. */
export type StratificationOrder = 1 | 2;

/**
 * How many of `rows` rows each part gets: whole numbers as near as possible to rows * proportion, with sum `rows`.
 * Rows left over by rounding down go to the largest fractions; equal ones are drawn for.
 * @throws UsageError unless the proportions are positive and add up to 1.
 */
export function partSizes(rows: number, proportions: readonly number[], random: Random): number[] {
  const total = proportions.reduce((sum, share) => sum + share, 0);
  if (proportions.length === 0 || proportions.some((share) => !(share > 0)) || Math.abs(total - 1) > 1e-9) {
    throw new UsageError(`proportions ${proportions.join(", ")}: expected positive numbers that add up to 1`);
  }
  // A billionth is added so that 10 * 0.7 is the whole number it is meant to be.
  const sizes = proportions.map((share) => Math.floor(rows * share + 1e-9));
  const left = rows - sizes.reduce((sum, size) => sum + size, 0);
  const order = Array.from(proportions.keys());
  random.shuffle(order);
  const fraction = (part: number): number => Math.round((rows * proportions[part] - sizes[part]) * 1e9);
  order.sort((a, b) => fraction(b) - fraction(a));
  for (const part of order.slice(0, left)) sizes[part]++;
  return sizes;
}

/**
 * Groups that a row belongs to, as `LabelLists` over group numbers: its labels, and for order 2 every pair of them, in
 * order of first meeting.
 */
function listGroups(labels: LabelLists, rows: number, order: StratificationOrder): LabelLists & { groups: number } {
  const numbers = new Map<number, number>();
  const items: number[] = [];
  const offsets = new Uint32Array(rows + 1);
  const put = (key: number): void => {
    const group = numbers.get(key) ?? numbers.size;
    numbers.set(key, group);
    items.push(group);
  };
  for (let i = 0; i < rows; i++) {
    for (let e = labels.offsets[i]; e < labels.offsets[i + 1]; e++) {
      put(labels.items[e]);
      if (order === 1) continue;
      for (let f = e + 1; f < labels.offsets[i + 1]; f++) put((labels.items[e] + 1) * 2 ** 26 + labels.items[f]);
    }
    offsets[i + 1] = items.length;
  }
  return { offsets, items: Uint32Array.from(items), groups: numbers.size };
}

/** For every group the rows in it, in the given order of rows. */
function listMembers(lists: LabelLists, groups: number, order: Int32Array): LabelLists {
  const offsets = new Uint32Array(groups + 1);
  for (const group of lists.items) offsets[group + 1]++;
  for (let g = 0; g < groups; g++) offsets[g + 1] += offsets[g];
  const next = offsets.slice();
  const items = new Uint32Array(lists.items.length);
  for (const row of order) {
    for (let e = lists.offsets[row]; e < lists.offsets[row + 1]; e++) items[next[lists.items[e]]++] = row;
  }
  return { offsets, items };
}

/**
 * Deals rows to parts so that each part has its proportion of every label (and pair of labels), rare ones first.
 * Every row goes to exactly one part; sizes are those of `partSizes`. The same labels, rows and random stream give the
 * same parts.
 * @returns one ascending list of row indices (of `labels`) for each proportion.
 * @throws UsageError for proportions that are not positive or do not add up to 1, fewer rows than parts, an order other
 * than 1 and 2, a row that is none.
 */
export function stratify(
  labels: LabelMatrix,
  options: {
    readonly proportions: readonly number[];
    readonly random: Random;
    readonly order?: StratificationOrder;
    /** The rows to deal; all by default. */
    readonly rows?: ArrayLike<number>;
  },
): Int32Array[] {
  const { proportions, random, order = 1 } = options;
  if (order !== 1 && order !== 2) throw new UsageError(`stratification order ${order}: expected 1 or 2`);
  const dealt = options.rows ? selectRows(labels, options.rows) : labels;
  if (dealt.rows < proportions.length) {
    throw new UsageError(
      `${dealt.rows} rows cannot fill ${proportions.length} parts: expected at least one row for each`,
    );
  }
  const sizes = partSizes(dealt.rows, proportions, random);
  const parts = deal(dealt, sizes, order, random);
  const lists = sizes.map((size) => new Int32Array(size));
  const filled = sizes.map(() => 0);
  for (let i = 0; i < dealt.rows; i++) {
    const part = parts[i];
    lists[part][filled[part]++] = options.rows ? options.rows[i] : i;
  }
  return lists.map((list) => list.sort());
}

/** `[rows]` the part of each row. */
function deal(labels: LabelMatrix, sizes: readonly number[], order: StratificationOrder, random: Random): Int32Array {
  const { rows } = labels;
  const rowOrder = Int32Array.from({ length: rows }, (_, i) => i);
  random.shuffle(rowOrder);
  const lists = listGroups(listLabels(labels), rows, order);
  const members = listMembers(lists, lists.groups, rowOrder);
  const remaining = Int32Array.from({ length: lists.groups }, (_, g) => members.offsets[g + 1] - members.offsets[g]);
  // `lacking[part, group]` rows of a group that a part should still get; `room` rows that it can still take.
  const lacking = sizes.map((size) => Float64Array.from(remaining, (count) => (count * size) / rows));
  const room = [...sizes];
  const parts = new Int32Array(rows).fill(-1);

  const assign = (row: number, part: number): void => {
    parts[row] = part;
    room[part]--;
    for (let e = lists.offsets[row]; e < lists.offsets[row + 1]; e++) {
      remaining[lists.items[e]]--;
      lacking[part][lists.items[e]]--;
    }
  };
  /**
   * Sum over the groups of a row of the share of each that a part lacks, in units of 1e-9 so that rounding makes no
   * winner.
   */
  const need = (row: number, part: number): number => {
    let sum = 0;
    for (let e = lists.offsets[row]; e < lists.offsets[row + 1]; e++) {
      const group = lists.items[e];
      sum += lacking[part][group] / (members.offsets[group + 1] - members.offsets[group]);
    }
    return Math.round(sum * 1e9);
  };
  /**
   * The open part that lacks most of the group; of equal ones that with most need of the row; then that with most room;
   * then any.
   */
  const choose = (row: number, group: number | undefined): number => {
    let best: number[] = [];
    for (let part = 0; part < sizes.length; part++) {
      if (room[part] === 0) continue;
      let ahead = best.length === 0 ? 1 : 0;
      if (ahead === 0 && group !== undefined) ahead = lacking[part][group] - lacking[best[0]][group];
      if (ahead === 0) ahead = need(row, part) - need(row, best[0]);
      if (ahead === 0) ahead = room[part] - room[best[0]];
      if (ahead > 0) best = [part];
      else if (ahead === 0) best.push(part);
    }
    return best.length === 1 ? best[0] : best[random.integer(best.length)];
  };

  let open = Array.from(remaining.keys());
  while (open.length > 0) {
    const rarest = open.reduce((least, group) => (remaining[group] < remaining[least] ? group : least));
    for (let e = members.offsets[rarest]; e < members.offsets[rarest + 1]; e++) {
      const row = members.items[e];
      if (parts[row] === -1) assign(row, choose(row, rarest));
    }
    open = open.filter((group) => remaining[group] > 0);
  }
  for (const row of rowOrder) if (parts[row] === -1) assign(row, choose(row, undefined));
  return parts;
}
