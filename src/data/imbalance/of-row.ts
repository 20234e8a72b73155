/**
 * How one row comes to its instance weight: its labels, its nearest neighbours, local imbalance C and its normalised
 * form S of each of its labels, and w. The same figures as in weights.ts, for people who follow one row.
 */
import { UsageError } from "../../errors.ts";
import type { LabelMatrix, Matrix } from "../dataset.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { type ImbalanceOptions, imbalanceWeights, localImbalance } from "./weights.ts";

/** One of the row's labels. */
export interface RowLabel {
  readonly label: number;
  readonly irlbl: number;
  /** Whether IRLbl is above MeanIR: only then the label counts for the weight. */
  readonly minority: boolean;
  /** C_ij: the share of the row's neighbours without the label; absent where the row has no neighbour. */
  readonly c?: number;
  /** S_ij of a minority label: C_ij over the sum of all C_kj below 1 of the label; 0 for an outlier, C_ij = 1. */
  readonly s?: number;
}

export interface RowImbalance {
  readonly row: number;
  readonly labels: readonly RowLabel[];
  /** Nearest first. */
  readonly neighbours: readonly {
    readonly row: number;
    readonly distance: number;
    readonly labels: readonly number[];
  }[];
  /** The instance weight w_i under the weighting that was asked for. */
  readonly weight: number;
}

/** The labels of a row, ascending. */
export function labelsOf({ columns, values }: LabelMatrix, row: number): readonly number[] {
  const own = values.subarray(row * columns, (row + 1) * columns);
  return Array.from(own.keys()).filter((label) => own[label] === 1);
}

/** @throws UsageError if there is no such row, and as `imbalanceWeights` */
export function rowImbalance(
  features: Matrix,
  labels: LabelMatrix,
  row: number,
  options: ImbalanceOptions = {},
): RowImbalance {
  if (!Number.isInteger(row) || row < 0 || row >= labels.rows) {
    throw new UsageError(`row ${row}: expected a whole number from 0 to ${labels.rows - 1}`);
  }
  const { weights, irlbl, minority, local: found } = imbalanceWeights(features, labels, options);
  const search = { k: options.k ?? 5, queries: [row], ...(options.kernel && { kernel: options.kernel }) };
  const { indices, squaredDistances } = nearestNeighbours(features, search);
  const neighbours = Array.from(indices, (index, e) => ({
    row: index,
    distance: Math.sqrt(squaredDistances[e]),
    labels: labelsOf(labels, index),
  }));
  const local = found ?? localImbalance(features, labels, minority, options);
  const share = (label: number): number => {
    const m = minority.indexOf(label);
    const column = Array.from(local.rows, (_, i) => local.values[i * minority.length + m]);
    const own = column[local.rows.indexOf(row)];
    return own < 1 && own > 0 ? own / column.reduce((sum, value) => (value < 1 ? sum + value : sum), 0) : 0;
  };
  return {
    row,
    labels: labelsOf(labels, row).map((label) => {
      const unlike = neighbours.filter((neighbour) => !neighbour.labels.includes(label)).length;
      const isMinority = minority.includes(label);
      return {
        label,
        irlbl: irlbl[label],
        minority: isMinority,
        ...(neighbours.length > 0 && { c: unlike / neighbours.length }),
        ...(isMinority && { s: share(label) }),
      };
    }),
    neighbours,
    weight: weights[row],
  };
}
