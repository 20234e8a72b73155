/**
 * Counting in a label matrix: positives per label, the labels each row carries, columns picked out, rare labels
 * dropped. Knows nothing of features.
 */
import type { Dataset, LabelMatrix } from "./dataset.ts";
import { checkRows } from "./rows.ts";

/** `[labels]` how many of the given rows (all by default) carry each label. */
export function countPositives(labels: LabelMatrix, rows?: ArrayLike<number>): Uint32Array {
  const counts = new Uint32Array(labels.columns);
  if (rows) checkRows(rows, labels.rows);
  const total = rows?.length ?? labels.rows;
  for (let i = 0; i < total; i++) {
    const start = (rows ? rows[i] : i) * labels.columns;
    for (let j = 0; j < labels.columns; j++) counts[j] += labels.values[start + j];
  }
  return counts;
}

/** The labels of every row, ascending: row i carries `items[offsets[i]] .. items[offsets[i + 1] - 1]`. */
export interface LabelLists {
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
}

/** The ones of a label matrix as one list per row. */
export function listLabels(labels: LabelMatrix): LabelLists {
  const { rows, columns, values } = labels;
  const offsets = new Uint32Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let j = 0; j < columns; j++) count += values[i * columns + j];
    offsets[i + 1] = offsets[i] + count;
  }
  const items = new Uint32Array(offsets[rows]);
  let entry = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (values[i * columns + j] === 1) items[entry++] = j;
  }
  return { offsets, items };
}

/** The given label columns, in the given order. */
export function selectLabelColumns(labels: LabelMatrix, kept: ArrayLike<number>): LabelMatrix {
  const values = new Uint8Array(labels.rows * kept.length);
  for (let i = 0; i < labels.rows; i++) {
    for (let j = 0; j < kept.length; j++) values[i * kept.length + j] = labels.values[i * labels.columns + kept[j]];
  }
  return { rows: labels.rows, columns: kept.length, values };
}

/** The labels with more than `atMost` positives among the given rows (all by default), ascending. */
export function commonLabels(labels: LabelMatrix, atMost: number, rows?: ArrayLike<number>): number[] {
  const kept: number[] = [];
  countPositives(labels, rows).forEach((count, label) => {
    if (count > atMost) kept.push(label);
  });
  return kept;
}

/**
 * The data set without the labels that have at most `atMost` positives (published: 20). Rows are kept, even those left
 * without a label.
 */
export function dropRareLabels(dataset: Dataset, atMost = 20): Dataset {
  const kept = commonLabels(dataset.labels, atMost);
  return {
    ...dataset,
    labelNames: kept.map((label) => dataset.labelNames[label]),
    labels: selectLabelColumns(dataset.labels, kept),
  };
}
