/**
 * Instance weights from global and local label imbalance, and the label correlation matrix of the chain variant: both
 * computed once, on the training rows. The formulas are those of the authors' published code, 1e-6 included.
 */
import { UsageError } from "../../errors.ts";
import type { LabelMatrix, Matrix } from "../dataset.ts";
import { countPositives, listLabels } from "../labels.ts";
import { type NeighbourSearch, nearestNeighbours } from "./neighbours.ts";
import type { DotProductKernel } from "./products.ts";

/**
 * What the part of a weight above 1 is made of; y_ij is the label, C_ij the local imbalance, M the minority labels:
 * - `imbalance` (authors' code): sum over M of S_ij, where S is C scaled so that each minority label hands out a total
 * of 1
 *   among its rows with 0 < C_ij < 1. A row with C_ij = 1 counts as an outlier and gets nothing.
 * - `global` (ours): sum over M of y_ij / positives_j.
 * - `local` (ours): sum over M of C_ij.
 * - `none`: 0.
 */
export const weightings = ["imbalance", "none", "global", "local"] as const;
/** The name of a kind of instance weights. */
export type Weighting = (typeof weightings)[number];

/** Options of `imbalanceWeights`. */
export interface ImbalanceOptions {
  readonly weighting?: Weighting;
  /** Multiplies the part of the weights above 1 (ours); 1 is the published formula. */
  readonly weightScale?: number;
  /** Neighbours that the local imbalance looks at; published: 5. Where there are fewer other rows, all of them. */
  readonly k?: number;
  /** Where the neighbour search takes its dot products from. */
  readonly kernel?: DotProductKernel;
  /** What finds neighbours; default `nearestNeighbours`. */
  readonly search?: NeighbourSearch;
}

/** IRLbl and what follows from it. */
export interface GlobalImbalance {
  /** `[labels]` IRLbl_j = max_k(positives_k) / (positives_j + 1e-6). */
  readonly irlbl: Float64Array;
  /** Mean of IRLbl over all labels. */
  readonly meanIR: number;
  /** The labels M with IRLbl > MeanIR, ascending. */
  readonly minority: Int32Array;
}

/** How unlike their neighbours the rows are that carry a minority label. */
export interface LocalImbalance {
  /** The rows that carry a minority label, ascending. */
  readonly rows: Int32Array;
  /**
   * `[rows.length, minority.length]` C_ij: the share of the k nearest neighbours of row i without label j, for rows
   * that carry j; else 0.
   */
  readonly values: Float64Array;
}

export interface ImbalanceWeights extends GlobalImbalance {
  /** `[rows]` w_i >= 1. */
  readonly weights: Float64Array;
  /**
   * `[rows]` sum over minority labels of C_ij. Absent for the weightings that need no neighbours (`none` and `global`).
   */
  readonly localImbalanceRowSums?: Float64Array;
  /** What the weights were made of, absent where `localImbalanceRowSums` is. */
  readonly local?: LocalImbalance;
}

/**
 * The imbalance ratio of each label, its mean and the minority labels (arXiv 2403.18192, section 3; 1e-6 from the
 * authors' code). A label without positives gets a ratio of a million times the largest count, and so lifts the mean
 * above all others: drop such labels first.
 */
export function globalImbalance(labels: LabelMatrix): GlobalImbalance {
  const counts = countPositives(labels);
  const largest = counts.reduce((most, count) => Math.max(most, count), 0);
  const irlbl = Float64Array.from(counts, (count) => largest / (count + 1e-6));
  const meanIR = irlbl.reduce((sum, ratio) => sum + ratio, 0) / labels.columns;
  const minority = Int32Array.from(irlbl.keys()).filter((label) => irlbl[label] > meanIR);
  return { irlbl, meanIR, minority };
}

/**
 * The local imbalance C of the given labels, computed only for the rows that carry one of them (authors' code; k = 5
 * there).
 * @throws UsageError as `nearestNeighbours`.
 */
export function localImbalance(
  features: Matrix,
  labels: LabelMatrix,
  minority: Int32Array,
  options: Pick<ImbalanceOptions, "k" | "kernel" | "search"> = {},
): LocalImbalance {
  const { columns, values: y } = labels;
  const carriers: number[] = [];
  for (let i = 0; i < labels.rows; i++) {
    if (minority.some((label) => y[i * columns + label] === 1)) carriers.push(i);
  }
  const { search = nearestNeighbours, kernel } = options;
  const { k, indices, queries } = search(features, {
    k: options.k ?? 5,
    queries: carriers,
    ...(kernel && { kernel }),
  });
  const values = new Float64Array(queries.length * minority.length);
  if (k === 0) return { rows: queries, values };
  for (let i = 0; i < queries.length; i++) {
    for (let m = 0; m < minority.length; m++) {
      const label = minority[m];
      if (y[queries[i] * columns + label] === 0) continue;
      let unlike = 0;
      for (let e = i * k; e < (i + 1) * k; e++) unlike += 1 - y[indices[e] * columns + label];
      values[i * minority.length + m] = unlike / k;
    }
  }
  return { rows: queries, values };
}

/**
 * Adds sum_j S_ij to the weights: S is C, column by column divided by the sum of its values strictly between 0 and 1.
 */
function addNormalised(weights: Float64Array, local: LocalImbalance, minorities: number): void {
  for (let m = 0; m < minorities; m++) {
    let total = 0;
    for (let e = m; e < local.values.length; e += minorities) if (local.values[e] < 1) total += local.values[e];
    for (let i = 0; i < local.rows.length; i++) {
      const value = local.values[i * minorities + m];
      if (value > 0 && value < 1) weights[local.rows[i]] += value / total;
    }
  }
}

/** Adds sum_{j in M} y_ij / positives_j to the weights. */
function addGlobal(weights: Float64Array, labels: LabelMatrix, minority: Int32Array): void {
  const counts = countPositives(labels);
  for (let i = 0; i < labels.rows; i++) {
    for (const label of minority) if (labels.values[i * labels.columns + label] === 1) weights[i] += 1 / counts[label];
  }
}

/**
 * Instance weights w_i of the training rows: `features` as the model sees them (min-max scaled in the published
 * protocol). With the default weighting their sum is rows + the number of minority labels that have a row with 0 < C_ij
 * < 1.
 * @throws UsageError for matrices of different heights, an unknown weighting, a weight scale that is negative or not
 * finite, and as `nearestNeighbours`.
 */
export function imbalanceWeights(
  features: Matrix,
  labels: LabelMatrix,
  options: ImbalanceOptions = {},
): ImbalanceWeights {
  const { weighting = "imbalance", weightScale = 1 } = options;
  if (features.rows !== labels.rows) {
    throw new UsageError(
      `${features.rows} rows of features but ${labels.rows} rows of labels: expected the same number`,
    );
  }
  if (!weightings.includes(weighting)) {
    throw new UsageError(`weighting "${weighting}": expected one of ${weightings.join(", ")}`);
  }
  if (!(weightScale >= 0 && weightScale < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`weight scale ${weightScale}: expected a finite number of at least 0`);
  }
  const imbalance = globalImbalance(labels);
  const { minority } = imbalance;
  const weights = new Float64Array(labels.rows).fill(1);
  if (weighting === "none" || weighting === "global") {
    if (weighting === "global") addGlobal(weights, labels, minority);
    return { ...imbalance, weights: scaleAboveOne(weights, weightScale) };
  }
  const local = localImbalance(features, labels, minority, options);
  const rowSums = new Float64Array(labels.rows);
  for (let e = 0; e < local.values.length; e++) rowSums[local.rows[Math.floor(e / minority.length)]] += local.values[e];
  if (weighting === "local") for (let i = 0; i < weights.length; i++) weights[i] += rowSums[i];
  else addNormalised(weights, local, minority.length);
  return { ...imbalance, weights: scaleAboveOne(weights, weightScale), localImbalanceRowSums: rowSums, local };
}

function scaleAboveOne(weights: Float64Array, scale: number): Float64Array {
  return scale === 1 ? weights : weights.map((weight) => 1 + scale * (weight - 1));
}

/**
 * Symmetric conditional probability of two labels, `[labels, labels]` row-major: A_jk = (c_jk / c_j + c_jk / c_k) / 2,
 * where c_j counts rows with label j and c_jk rows with both. The diagonal is 0, and so is every entry of a label
 * without positives (authors' code; arXiv 2412.16521). In [0, 1].
 */
export function symmetricConditionalProbability(labels: LabelMatrix): Float64Array {
  const { columns } = labels;
  const counts = countPositives(labels);
  const { offsets, items } = listLabels(labels);
  const matrix = new Float64Array(columns * columns);
  for (let i = 0; i < labels.rows; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      for (let f = e + 1; f < offsets[i + 1]; f++) matrix[items[e] * columns + items[f]]++;
    }
  }
  for (let j = 0; j < columns; j++) {
    for (let k = j + 1; k < columns; k++) {
      const both = matrix[j * columns + k];
      if (both === 0) continue;
      matrix[j * columns + k] = (both / counts[j] + both / counts[k]) / 2;
      matrix[k * columns + j] = matrix[j * columns + k];
    }
  }
  return matrix;
}
