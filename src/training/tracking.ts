/**
 * What is measured of an epoch besides its loss and the validation metrics: cheap figures always, costlier ones where
 * the options ask for them. Looks only; draws nothing and changes nothing of the run.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { globalImbalance } from "../data/imbalance/weights.ts";
import { selectRows } from "../data/rows.ts";
import { type Metrics, metrics } from "../metrics/metrics.ts";
import type { Sampler } from "../samplers/sampler.ts";
import type { Training } from "./state.ts";

/**
 * - `losses`: the loss over all training rows in evaluation mode, and over parts of them; a prediction of all of them
 * each epoch.
 * - `test`: test metrics of every epoch instead of the last quarter alone; a prediction of the test rows each epoch.
 * - `labels`: AUC, average precision, support and draws of each label, at the end; costs next to nothing.
 * - `selection`: a histogram of n p after each epoch; one pass over the probabilities.
 */
export const tracks = ["losses", "test", "labels", "selection"] as const;
/** The name of something that is measured where it is asked for. */
export type Track = (typeof tracks)[number];

/** Mean cross-entropy in evaluation mode over all training rows, and over parts; null where a part is empty. */
export interface PartLosses {
  readonly all: number | null;
  /** Rows that carry a minority label, and the others. */
  readonly minorityRows: number | null;
  readonly otherRows: number | null;
  /** Entries of minority labels, and of the others. */
  readonly minorityLabels: number | null;
  readonly otherLabels: number | null;
}

/** How many rows have n p between which bounds; what lies beyond counts with the outermost. */
export interface SelectionHistogram {
  /** One more than counts, ascending: equal ratios from 1 / s to s. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** What is measured of an epoch. */
export interface Tracked {
  /** Steps and rows since the run began. */
  readonly steps: number;
  readonly rowsSeen: number;
  /** Mean cross-entropy of the validation scores, where there are validation rows. */
  readonly validationLoss?: number;
  /** Test metrics of this epoch's weights: in the last quarter of the epochs, or in all where asked for. */
  readonly test?: Metrics;
  readonly losses?: PartLosses;
  readonly selection?: SelectionHistogram;
}

/** Whether an epoch counts for the late mean: e >= min(E - 1, ceil(3 E / 4)), from 0. */
export const isLate = (epoch: number, epochs: number): boolean =>
  epoch >= Math.min(epochs - 1, Math.ceil((3 * epochs) / 4));

/** The figures of the epoch that ends. @param validationScores `[validation rows, labels]` */
export async function tracked(training: Training, validationScores: Float32Array): Promise<Tracked> {
  const { options, finite, sampler, epoch, stepOfRun, rowsSeen } = training;
  const { labels, rows, track = [], epochs } = options;
  const last = stepOfRun - 1;
  const validation = rows.validation.length > 0;
  const testing = rows.test.length > 0 && (track.includes("test") || isLate(epoch, epochs));
  const test = testing ? await finite.scores("test", rows.test, last) : undefined;
  const train = track.includes("losses") ? await finite.scores("training", rows.training, last) : undefined;
  return {
    steps: stepOfRun,
    rowsSeen,
    ...(validation && { validationLoss: meanLoss(selectRows(labels, rows.validation), validationScores) }),
    ...(test && { test: metrics(selectRows(labels, rows.test), test) }),
    ...(train && { losses: partLosses(selectRows(labels, rows.training), train) }),
    ...(track.includes("selection") && { selection: selectionHistogram(sampler) }),
  };
}

/** Scores in single precision may be 0 or 1 where their logits are not: no further from them than this. */
const resolution = 2 ** -25;

/** Cross-entropy of a score, -ln g or -ln (1 - g). */
function entryLoss(score: number, label: number): number {
  return -Math.log(Math.max(resolution, label === 1 ? score : 1 - score));
}

/** Mean over all entries. */
export function meanLoss({ values }: LabelMatrix, scores: Float32Array): number {
  let total = 0;
  for (let e = 0; e < scores.length; e++) total += entryLoss(scores[e], values[e]);
  return total / Math.max(1, scores.length);
}

export function partLosses(labels: LabelMatrix, scores: Float32Array): PartLosses {
  const { rows, columns, values } = labels;
  const isMinority = new Uint8Array(columns);
  for (const label of globalImbalance(labels).minority) isMinority[label] = 1;
  // Sums and counts of entries: of minority rows and others, of minority labels and others.
  const rowSums = [0, 0];
  const rowCounts = [0, 0];
  const labelSums = [0, 0];
  const labelCounts = [0, 0];
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let carries = 0;
    for (let j = 0; j < columns; j++) {
      const e = row * columns + j;
      const loss = entryLoss(scores[e], values[e]);
      sum += loss;
      carries |= values[e] & isMinority[j];
      labelSums[isMinority[j]] += loss;
      labelCounts[isMinority[j]]++;
    }
    rowSums[carries] += sum;
    rowCounts[carries] += columns;
  }
  const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);
  return {
    all: mean(rowSums[0] + rowSums[1], rowCounts[0] + rowCounts[1]),
    minorityRows: mean(rowSums[1], rowCounts[1]),
    otherRows: mean(rowSums[0], rowCounts[0]),
    minorityLabels: mean(labelSums[1], labelCounts[1]),
    otherLabels: mean(labelSums[0], labelCounts[0]),
  };
}

const bins = 20;

/** How often each row was drawn since the run began. */
export function drawsOf(sampler: Pick<Sampler, "rows" | "selectionOf">): Uint32Array {
  return Uint32Array.from({ length: sampler.rows }, (_, row) => sampler.selectionOf(row).draws);
}

export function selectionHistogram(sampler: Pick<Sampler, "probabilities" | "pressure">): SelectionHistogram {
  const probabilities = sampler.probabilities();
  const s = Math.max(2, sampler.pressure ?? 2);
  const bounds = Array.from({ length: bins + 1 }, (_, k) => s ** ((2 * k) / bins - 1));
  const counts = new Array<number>(bins).fill(0);
  for (const p of probabilities) {
    const place = Math.floor(((Math.log(p * probabilities.length) / Math.log(s) + 1) * bins) / 2);
    counts[Math.min(bins - 1, Math.max(0, place))]++;
  }
  return { bounds, counts };
}
