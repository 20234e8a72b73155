/**
 * Rows of a compressed table: written out, times a matrix, and transposed times a matrix. Only stored entries are read;
 * each sum runs in the order of the columns, or of the batch. A row number outside the table gives NaN, as in rows.ts:
 * a row of it, or all of what is transposed. Cost: 2 entries width operations.
 */
import type { Block, MakeKernel } from "./kernel.ts";
import { isRow } from "./rows.ts";

export const sparse: MakeKernel = (op, inputs, output) => {
  const kernel = kernels.get(op);
  if (!kernel) throw new Error(`sparse: no kernel is named ${op}`);
  return () => kernel(inputs, output);
};

type Kernel = (inputs: readonly Block[], output: Block) => void;

const kernels = new Map<string, Kernel>([
  ["sparseRows", rows],
  ["sparseMatmul", product],
  ["sparseMatmulTransposeLeft", productTransposed],
]);

function entriesOf({ compressed }: Block): NonNullable<Block["compressed"]> {
  if (!compressed) throw new Error("sparse: the first input is no compressed table");
  return compressed;
}

function rows([table, numbers]: readonly Block[], output: Block): void {
  const { offsets, indices } = entriesOf(table);
  const { values, columns } = output;
  for (let i = 0; i < output.rows; i++) {
    const row = numbers.values[i];
    const to = i * columns;
    const known = isRow(row, table);
    values.fill(known ? 0 : Number.NaN, to, to + columns);
    if (known) for (let e = offsets[row]; e < offsets[row + 1]; e++) values[to + indices[e]] = table.values[e];
  }
}

/** Room for the sums of one row, in double precision. */
let sums = new Float64Array(0);

function product([table, numbers, matrix]: readonly Block[], output: Block): void {
  const { offsets, indices } = entriesOf(table);
  const width = output.columns;
  if (sums.length < width) sums = new Float64Array(width);
  for (let i = 0; i < output.rows; i++) {
    const row = numbers.values[i];
    const known = isRow(row, table);
    sums.fill(known ? 0 : Number.NaN, 0, width);
    if (known) {
      for (let e = offsets[row]; e < offsets[row + 1]; e++) {
        const value = table.values[e];
        for (let column = 0, at = indices[e] * width; column < width; column++, at++) {
          sums[column] += value * matrix.values[at];
        }
      }
    }
    output.values.set(sums.subarray(0, width), i * width);
  }
}

function productTransposed([table, numbers, matrix]: readonly Block[], output: Block): void {
  const { offsets, indices } = entriesOf(table);
  const width = output.columns;
  const y = output.values;
  y.fill(0);
  for (let i = 0; i < numbers.rows; i++) {
    const row = numbers.values[i];
    if (!isRow(row, table)) {
      y.fill(Number.NaN);
      return;
    }
    for (let e = offsets[row]; e < offsets[row + 1]; e++) {
      const value = table.values[e];
      for (let column = 0, to = indices[e] * width, from = i * width; column < width; column++, to++, from++) {
        y[to] += value * matrix.values[from];
      }
    }
  }
}
