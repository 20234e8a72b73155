/**
 * Rows of a compressed table with gpu.js. The table comes as two matrices [rows, most], the columns and the values of
 * each row's entries, ascending and padded to the longest row; a padded column is beyond the last. Thread (x, y)
 * computes cell (column x, row y): of a written-out row by halving, log2(most) reads, and of a product by a walk along
 * the row, 3 most reads. The transposed product is that of the written-out rows (src/backends/gpu/lower.ts), as no
 * thread may write where another does.
 */
import { type DescribeKernel, describe, type Matrix, type Thread } from "./kernel.ts";

type Rows = Thread<"rows" | "columns" | "most" | "halvings">;
type Product = Thread<"rows" | "columns" | "most">;

/** A row number that is no row gives NaN, as in rows.ts; row 0 is read in its place, as kernels can't stop. */
function sparseRows(this: Rows, columns: Matrix, values: Matrix, indices: Matrix): number {
  const row = indices[this.thread.y][0];
  const known = row >= 0 && row < this.constants.rows && row === Math.floor(row) ? 1 : 0;
  const at = known === 1 ? row : 0;
  // Constants are whole numbers, which some shader languages do not mix with floats: this is a float.
  const most = Math.floor(this.constants.most + 0.5);
  let low = 0;
  let high = most;
  for (let i = 0; i < this.constants.halvings; i++) {
    const middle = Math.floor((low + high) * 0.5);
    const before = low < high && columns[at][middle] < this.thread.x ? 1 : 0;
    low = before === 1 ? middle + 1 : low;
    high = before === 1 ? high : low < high ? middle : high;
  }
  const place = low < most ? low : most - 1;
  const found = columns[at][place] === this.thread.x ? values[at][place] : 0;
  return known === 1 ? found : Math.sqrt(-1 - Math.abs(row));
}

function sparseMatmul(this: Product, columns: Matrix, values: Matrix, indices: Matrix, b: Matrix): number {
  const row = indices[this.thread.y][0];
  const known = row >= 0 && row < this.constants.rows && row === Math.floor(row) ? 1 : 0;
  const at = known === 1 ? row : 0;
  let total = 0;
  for (let e = 0; e < this.constants.most; e++) {
    const column = columns[at][e];
    total += column < this.constants.columns ? values[at][e] * b[column][this.thread.x] : 0;
  }
  return known === 1 ? total : Math.sqrt(-1 - Math.abs(row));
}

export const sparse: DescribeKernel = (op, [[rows, most]], _output, { columns }) => {
  if (op === "sparseMatmul") return describe(sparseMatmul, { rows, columns, most }, { iterations: most });
  if (op !== "sparseRows") throw new Error(`sparse: no kernel is named ${op}`);
  const halvings = Math.ceil(Math.log2(most + 1));
  return describe(sparseRows, { rows, columns, most, halvings }, { iterations: halvings });
};
