/** What `inspect` says of batches: whether one holds all training rows, and how few rows may end an epoch. */
import type { Dataset } from "../data/dataset.ts";
import { splitFolds } from "../data/preparation/split.ts";
import { Random } from "../random.ts";
import { holdsAll, smallRemainder } from "../training/last-batch.ts";

export interface BatchOptions {
  readonly folds?: number;
  readonly seed: number;
  readonly batchSize: number;
}

/** Fewer may leave no row for validation. */
const fewestRows = 20;

/** Training rows of each fold, or about how many where folds are not asked for, and the size of a batch. */
export interface Batches {
  readonly size: number;
  readonly trainingRows: readonly number[];
  readonly exact: boolean;
}

export function batchFigures({ labels }: Dataset, { folds, seed, batchSize: size }: BatchOptions): Batches {
  if (folds === undefined || labels.rows < fewestRows)
    return { size, trainingRows: [Math.round(0.8 * 0.9 * labels.rows)], exact: false };
  const splits = splitFolds(labels, { folds, random: new Random(seed).stream("split") }); // as train and compare do
  return { size, trainingRows: splits.map(({ training }) => training.length), exact: true };
}

/** What is to be known before samplers are compared; undefined where there is nothing. */
export function printBatches({ size: batchSize, trainingRows, exact }: Batches): string | undefined {
  const sizes = trainingRows.map((rows) => ({ rows, batchSize }));
  const rows = [...new Set(trainingRows)].join(", ");
  if (sizes.some(holdsAll))
    return `note: a batch of ${batchSize} holds all of ${exact ? rows : `about ${rows}`} training rows: nothing can be selected; choose a smaller --batch-size`;
  const remainders = exact ? sizes.flatMap((size) => smallRemainder(size) ?? []) : [];
  if (remainders.length === 0) return undefined;
  return `note: batches of ${batchSize} leave ${[...new Set(remainders)].join(", ")} of ${rows} training rows: with lastBatch=short the last step of an epoch is made on these alone`;
}
