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
  for (let i = 0; i < rows; i++) {
    let score = 0;
    for (let j = 0; j < columns; j++) score += matrix[i * columns + j] * weights[j];
    for (let e = own.offsets[i]; e < own.offsets[i + 1]; e++) {
      const j = own.items[e];
      let s = 0; // S_ij = sum_k Z_ik C_jk
      for (let f = near.offsets[i]; f < near.offsets[i + 1]; f++) {
        s += correlation[j * columns + near.items[f]];
      }
      score += matrix[i * columns + j] * weights[j] * s;
    }
    scores[i] = score;
  }
}

/** exp(mean / 2 + standard deviation / 2) of each column. */
function labelWeights(matrix: Float64Array, rows: number, columns: number, target: Float64Array): void {
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += matrix[i * columns + j];
    mean /= rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (matrix[i * columns + j] - mean) ** 2;
    target[j] = Math.exp((mean + Math.sqrt(squares / rows)) / 2);
  }
}

/** Cosines of the columns of M * P, rows scaled to sum 1. Only entries of labels that rows have are touched. */
function cosines(matrix: Float64Array, own: LabelLists, { norms, correlation }: CorrelationScratch): void {
  const { rows, columns, offsets, items } = own;
  correlation.fill(0);
  for (let i = 0; i < rows; i++) {
    const last = offsets[i + 1];
    for (let e = offsets[i]; e < last; e++) {
      const j = items[e];
      for (let f = offsets[i]; f < last; f++) {
        const k = items[f];
        const product = matrix[i * columns + j] * matrix[i * columns + k];
        correlation[j * columns + k] += product;
      }
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
