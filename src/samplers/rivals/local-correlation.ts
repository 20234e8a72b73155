/**
 * The row scores of D2ACE: every label weighted by the column's mean and spread, and the row's own labels once more by
 * their correlation with the labels found among its neighbours.
 */

import { UsageError } from "../../errors.ts";
import type { LabelLists } from "../frame/label-lists.ts";

/** Z as lists: the labels that row i or one of its neighbours has. `neighbours` is `[rows, k]`. */
export function neighbourLabels(lists: LabelLists, neighbours: Int32Array): LabelLists {
  const { rows, columns } = lists;
  if (neighbours.length % rows !== 0) {
    throw new UsageError(`neighbours: ${neighbours.length} entries; expected the same number for each of ${rows} rows`);
  }
  const k = neighbours.length / rows;
  const wrong = neighbours.findIndex((row) => row < 0 || row >= rows);
  if (wrong >= 0)
    throw new UsageError(`neighbours: entry ${wrong} is row ${neighbours[wrong]}; there are ${rows} rows`);
  const offsets = new Uint32Array(rows + 1);
  const found = new Uint8Array(columns);
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    found.fill(0);
    for (let m = -1; m < k; m++) {
      const row = m < 0 ? i : neighbours[i * k + m];
      for (let e = lists.offsets[row]; e < lists.offsets[row + 1]; e++) {
        found[lists.items[e]] = 1;
      }
    }
    for (let j = 0; j < columns; j++) if (found[j] === 1) labels.push(j);
    offsets[i + 1] = labels.length;
  }
  return { rows, columns, offsets, items: Uint32Array.from(labels) };
}

export interface CorrelationScratch {
  readonly weights: Float64Array; // [labels] v
  readonly norms: Float64Array; // [labels]
  readonly correlation: Float64Array; // [labels, labels] C
}

export function correlationScratch(labels: number): CorrelationScratch {
  return {
    weights: new Float64Array(labels),
    norms: new Float64Array(labels),
    correlation: new Float64Array(labels * labels),
  };
}

/**
 * score_i = sum_j M_ij v_j (1 + P_ij S_ij), v_j = exp(mean_i M_ij / 2 + std_i M_ij / 2) (population), S = Z C^T, C the
 * cosine of the columns of M * P with rows scaled to sum 1 (0 where a column is empty). `matrix` M is `[rows, labels]`,
 * P the row's own labels, Z those of it and its neighbours; scores `[rows]`. Source: arXiv 2605.09400 and its authors'
 * code.
 */
export function correlatedScores(
  matrix: Float64Array,
  own: LabelLists,
  near: LabelLists,
  scratch: CorrelationScratch,
  scores: Float64Array,
): void {
  const { rows, columns } = own;
  labelWeights(matrix, rows, columns, scratch.weights);
  cosines(matrix, own, scratch);
  const { weights, correlation } = scratch;
  const { offsets: firstNear, items: nearLabels } = near;
  const { offsets, items } = own;
  for (let i = 0; i < rows; i++) {
    const from = i * columns;
    let score = 0;
    for (let j = 0; j < columns; j++) score += matrix[from + j] * weights[j];
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      const j = items[e];
      const line = j * columns;
      let s = 0; // S_ij = sum_k Z_ik C_jk
      for (let f = firstNear[i]; f < firstNear[i + 1]; f++) s += correlation[line + nearLabels[f]];
      score += matrix[from + j] * weights[j] * s;
    }
    scores[i] = score;
  }
}

/**
 * exp(mean / 2 + standard deviation / 2) of each column. Both sums go along the rows, all columns at once, as the
 * matrix lies in memory.
 */
function labelWeights(matrix: Float64Array, rows: number, columns: number, target: Float64Array): void {
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let e = 0; e < matrix.length; e += columns) {
    for (let j = 0; j < columns; j++) means[j] += matrix[e + j];
  }
  for (let j = 0; j < columns; j++) means[j] /= rows;
  for (let e = 0; e < matrix.length; e += columns) {
    for (let j = 0; j < columns; j++) {
      const difference = matrix[e + j] - means[j];
      squares[j] += difference * difference;
    }
  }
  for (let j = 0; j < columns; j++) target[j] = Math.exp((means[j] + Math.sqrt(squares[j] / rows)) / 2);
}

/** Cosines of the columns of M * P, rows scaled to sum 1. Only entries of labels that rows have are touched. */
function cosines(matrix: Float64Array, own: LabelLists, { norms, correlation }: CorrelationScratch): void {
  const { rows, columns, offsets, items } = own;
  correlation.fill(0);
  for (let i = 0; i < rows; i++) {
    const from = i * columns;
    const last = offsets[i + 1];
    for (let e = offsets[i]; e < last; e++) {
      const value = matrix[from + items[e]];
      const line = items[e] * columns;
      for (let f = offsets[i]; f < last; f++) correlation[line + items[f]] += value * matrix[from + items[f]];
    }
  }
  for (let j = 0; j < columns; j++) norms[j] = Math.sqrt(correlation[j * columns + j]);
  for (let j = 0; j < columns; j++) {
    if (norms[j] === 0) continue;
    const line = correlation.subarray(j * columns, (j + 1) * columns);
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      if (norms[k] !== 0) line[k] /= norms[j] * norms[k];
      sum += line[k];
    }
    for (let k = 0; k < columns; k++) line[k] = line[k] / sum;
  }
}
