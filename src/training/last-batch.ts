/**
 * What the size of a batch does to an epoch of so many rows, in words: the two cases in which a difference between
 * samplers is not what it seems. Judges sizes alone.
 */

/** A last batch of at most this share of a whole one counts as small. */
const small = 1 / 4;

export interface BatchSizes {
  /** Training rows. */
  readonly rows: number;
  readonly batchSize: number;
}

/** Whether every batch holds all rows: then nothing can be selected. */
export const holdsAll = ({ rows, batchSize }: BatchSizes): boolean => rows <= batchSize;

/**
 * Rows of a last batch that is small but not empty, where batches are cut at the end of an epoch; otherwise undefined.
 */
export function smallRemainder({ rows, batchSize }: BatchSizes): number | undefined {
  const remainder = rows % batchSize;
  return rows > batchSize && remainder > 0 && remainder <= small * batchSize ? remainder : undefined;
}
