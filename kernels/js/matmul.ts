/**
 * Matrix products, plain and with one side transposed. Four terms of the inner sum are added at a time, so that each
 * output element is loaded and stored a quarter as often. Cost: 2 rows inner columns operations.
 */
import type { Block, Floats, MakeKernel } from "./kernel.ts";

export const matmul: MakeKernel = (op, [a, b], output) => {
  if (op === "matmul") return () => product(a.values, a.columns, 1, a.columns, b.values, output);
  if (op === "matmulTransposeLeft") return () => product(a.values, 1, a.columns, a.rows, b.values, output);
  if (op === "matmulTransposeRight") return () => dotProducts(a, b, output);
  throw new Error(`matmul: no kernel is named ${op}`);
};

/** y[row, :] = sum over k of a[row * rowStride + k * innerStride] b[k, :]: rows of b are read along. */
function product(a: Floats, rowStride: number, innerStride: number, inner: number, b: Floats, output: Block): void {
  const { values: y, rows, columns } = output;
  y.fill(0);
  const whole = inner - (inner % 4);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let k = 0; k < whole; k += 4) {
      const i = row * rowStride + k * innerStride;
      const a0 = a[i];
      const a1 = a[i + innerStride];
      const a2 = a[i + 2 * innerStride];
      const a3 = a[i + 3 * innerStride];
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let j = 0; j < columns; j++) {
        y[from + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
      }
    }
    for (let k = whole; k < inner; k++) {
      const a0 = a[row * rowStride + k * innerStride];
      const b0 = k * columns;
      for (let j = 0; j < columns; j++) y[from + j] += a0 * b[b0 + j];
    }
  }
}

/** y[row, column] = a[row, :] . b[column, :], four columns at a time. */
function dotProducts(left: Block, right: Block, output: Block): void {
  const { values: a, columns: inner } = left;
  const b = right.values;
  const { values: y, rows, columns } = output;
  const whole = columns - (columns % 4);
  for (let row = 0; row < rows; row++) {
    const i = row * inner;
    for (let column = 0; column < whole; column += 4) {
      const j0 = column * inner;
      const j1 = j0 + inner;
      const j2 = j1 + inner;
      const j3 = j2 + inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[i + k];
        s0 += x * b[j0 + k];
        s1 += x * b[j1 + k];
        s2 += x * b[j2 + k];
        s3 += x * b[j3 + k];
      }
      const o = row * columns + column;
      y[o] = s0;
      y[o + 1] = s1;
      y[o + 2] = s2;
      y[o + 3] = s3;
    }
    for (let column = whole; column < columns; column++) {
      let s = 0;
      for (let k = 0; k < inner; k++) s += a[i + k] * b[column * inner + k];
      y[row * columns + column] = s;
    }
  }
}
