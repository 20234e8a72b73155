/**
 * What every threshold-free metric is made of: the scores of one label (or row, or everything) split by class and
 * sorted, and two counts over them by merging. O(m log m) for m scores; ties are exact, never split by position.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import type { Scores } from "./input.ts";

/** Scores by true class, each ascending. */
export interface Split {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

export interface Pairs {
  readonly above: number;
  readonly tied: number;
  readonly total: number;
}

/** Takes the entries `start`, `start + stride`, ... (`length` of them) of labels and scores. */
function split(labels: LabelMatrix, scores: Scores, start: number, stride: number, length: number): Split {
  const { values } = labels;
  const end = start + length * stride;
  let count = 0;
  for (let entry = start; entry < end; entry += stride) count += values[entry];
  const positives = new Float64Array(count);
  const negatives = new Float64Array(length - count);
  let p = 0;
  let n = 0;
  for (let entry = start; entry < end; entry += stride) {
    if (values[entry] === 1) positives[p++] = scores[entry];
    else negatives[n++] = scores[entry];
  }
  sortAscending(positives);
  sortAscending(negatives);
  return { positives, negatives };
}

/** A row has few labels, and then the call into the engine's sort costs more than the sorting. */
function sortAscending(values: Float64Array): void {
  if (values.length > 24) {
    values.sort();
    return;
  }
  for (let end = 1; end < values.length; end++) {
    const value = values[end];
    let at = end;
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}

/** One split for each label, over the rows. */
export function splitLabels(labels: LabelMatrix, scores: Scores): readonly Split[] {
  return Array.from({ length: labels.columns }, (_, column) =>
    split(labels, scores, column, labels.columns, labels.rows),
  );
}

/** One split for each row, over the labels. */
export function splitRows(labels: LabelMatrix, scores: Scores): readonly Split[] {
  return Array.from({ length: labels.rows }, (_, row) =>
    split(labels, scores, row * labels.columns, 1, labels.columns),
  );
}

/** One split of all entries. */
export function splitEntries(labels: LabelMatrix, scores: Scores): Split {
  return split(labels, scores, 0, 1, labels.rows * labels.columns);
}

export function hasBothClasses({ positives, negatives }: Split): boolean {
  return positives.length > 0 && negatives.length > 0;
}

/**
 * Of all pairs (positive, negative): how many have the positive above, how many are tied, how many there are. Exact.
 */
export function countPairs({ positives, negatives }: Split): Pairs {
  let above = 0;
  let tied = 0;
  let below = 0; // negatives < the current positive
  let reached = 0; // negatives <= the current positive
  for (const score of positives) {
    while (below < negatives.length && negatives[below] < score) below++;
    reached = Math.max(reached, below);
    while (reached < negatives.length && negatives[reached] <= score) reached++;
    above += below;
    tied += reached - below;
  }
  return { above, tied, total: positives.length * negatives.length };
}

/**
 * Mean over the positives of the precision among all entries scored at least as high; equals the sum over distinct
 * scores of (R_t - R_(t-1)) P_t. At least one positive must be present.
 */
export function precisionAtPositives({ positives, negatives }: Split): number {
  let sum = 0;
  let truePositives = 0;
  let falsePositives = 0;
  let next = positives.length - 1;
  while (next >= 0) {
    const score = positives[next];
    const before = truePositives;
    while (next >= 0 && positives[next] === score) {
      truePositives++;
      next--;
    }
    while (falsePositives < negatives.length && negatives[negatives.length - 1 - falsePositives] >= score) {
      falsePositives++;
    }
    sum += ((truePositives - before) * truePositives) / (truePositives + falsePositives);
  }
  return sum / positives.length;
}
