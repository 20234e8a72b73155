/**
 * The labels of each row as lists, with their extents: what the samplers walk through instead of the wide 0/1 matrix.
 */

import type { LabelMatrix } from "../../data/dataset.ts";
import { type LabelLists as Lists, listLabels } from "../../data/labels.ts";
import { UsageError } from "../../errors.ts";

/** The labels of row i, ascending: `items[offsets[i]]` to `items[offsets[i + 1] - 1]`. */
export interface LabelLists extends Lists {
  readonly rows: number;
  readonly columns: number;
}

/** @throws UsageError if the matrix has not as many entries as rows times columns. */
export function labelLists(matrix: LabelMatrix): LabelLists {
  const { rows, columns, values } = matrix;
  if (values.length !== rows * columns) {
    throw new UsageError(
      `label matrix: ${values.length} entries, but ${rows} rows of ${columns} need ${rows * columns}`,
    );
  }
  return { rows, columns, ...listLabels(matrix) };
}
