/**
 * Whether a model reads its features with or without their zeros. What both cost was measured: a first layer's products
 * with a sparse batch take as long as dense ones where about three tenths of the values are stored (an eighth: half as
 * long), less where the device multiplies with fused instructions. Results agree within rounding either way.
 */
import { UsageError } from "../../errors.ts";
import type { DenseMatrix, Matrix, SparseMatrix } from "../dataset.ts";

export const inputsChoices = ["auto", "dense", "sparse"] as const;
/** How features are multiplied: with their zeros, without, or as is quicker. */
export type InputsChoice = (typeof inputsChoices)[number];

/** `auto` takes sparse inputs where at most this share of the values is not zero (ours, measured; docs/backends.md). */
export const sparseShare = 1 / 8;

/** The largest dense matrix that is made, in bytes. */
const mostBytes = 2 ** 30;

/** How many values are not zero, from 0 to 1; 0 for a matrix without values. */
export function filledShare({ rows, columns, values }: Matrix): number {
  let count = 0;
  for (let e = 0; e < values.length; e++) if (values[e] !== 0) count++;
  return count / Math.max(1, rows * columns);
}

const denseBytes = ({ rows, columns }: Matrix): number => 4 * rows * columns;

/** What `auto` takes for a matrix. */
export function cheaperInputs(features: Matrix): Matrix["kind"] {
  if (features.kind === "sparse" && denseBytes(features) > mostBytes) return "sparse";
  return filledShare(features) <= sparseShare ? "sparse" : "dense";
}

/** The features as they are read. @throws UsageError where dense ones are asked for that take more than 1 GiB */
export function chooseInputs(features: Matrix, inputs: InputsChoice = "auto"): Matrix {
  const kind = inputs === "auto" ? cheaperInputs(features) : inputs;
  return kind === "sparse" ? sparseInputs(features) : denseInputs(features);
}

/** The matrix without its zeros. */
export function sparseInputs(features: Matrix): SparseMatrix {
  if (features.kind === "sparse") return features;
  const { rows, columns, values: all } = features;
  let entries = 0;
  for (let e = 0; e < all.length; e++) if (all[e] !== 0) entries++;
  const offsets = new Uint32Array(rows + 1);
  const indices = new Uint32Array(entries);
  const values = new Float32Array(entries);
  entries = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = all[i * columns + j];
      if (value === 0) continue;
      indices[entries] = j;
      values[entries++] = value;
    }
    offsets[i + 1] = entries;
  }
  return { kind: "sparse", rows, columns, offsets, indices, values };
}

/** The matrix with its zeros. @throws UsageError where it takes more than 1 GiB */
export function denseInputs(features: Matrix): DenseMatrix {
  if (features.kind === "dense") return features;
  const { rows, columns, offsets, indices } = features;
  const bytes = denseBytes(features);
  if (bytes > mostBytes) {
    throw new UsageError(
      `inputs dense: ${rows} rows of ${columns} features need ${bytes} bytes, more than the ${mostBytes} allowed: ` +
        "take sparse inputs or keep fewer features (featureShare, --feature-share)",
    );
  }
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) values[i * columns + indices[e]] = features.values[e];
  }
  return { kind: "dense", rows, columns, values };
}
