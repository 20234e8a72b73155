/**
 * Matrix products for gpu.js, plain and with one side transposed. Thread (x, y) computes cell (column x, row y) as a
 * dot product along `inner`, four terms at a time (`whole` of them; `rest` are left over). The wide forms compute four
 * cells, columns 4x to 4x + 3, so that a number of the left side is read once for four products; the device chooses.
 * [rows, inner] x [inner, columns] -> [rows, columns]; cost a cell: 2 inner operations, 2 inner reads, wide 5/4 inner.
 */
import { type DescribeKernel, describe, type Matrix, type Thread } from "./kernel.ts";

type Product = Thread<"whole" | "rest">;
type WideCell = [number, number, number, number];

function plain(this: Product, a: Matrix, b: Matrix): number {
  let total = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    total +=
      a[this.thread.y][k] * b[k][this.thread.x] +
      a[this.thread.y][k + 1] * b[k + 1][this.thread.x] +
      a[this.thread.y][k + 2] * b[k + 2][this.thread.x] +
      a[this.thread.y][k + 3] * b[k + 3][this.thread.x];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    total += a[this.thread.y][this.constants.whole + i] * b[this.constants.whole + i][this.thread.x];
  }
  return total;
}

function transposeLeft(this: Product, a: Matrix, b: Matrix): number {
  let total = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    total +=
      a[k][this.thread.y] * b[k][this.thread.x] +
      a[k + 1][this.thread.y] * b[k + 1][this.thread.x] +
      a[k + 2][this.thread.y] * b[k + 2][this.thread.x] +
      a[k + 3][this.thread.y] * b[k + 3][this.thread.x];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    total += a[this.constants.whole + i][this.thread.y] * b[this.constants.whole + i][this.thread.x];
  }
  return total;
}

function transposeRight(this: Product, a: Matrix, b: Matrix): number {
  let total = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    total +=
      a[this.thread.y][k] * b[this.thread.x][k] +
      a[this.thread.y][k + 1] * b[this.thread.x][k + 1] +
      a[this.thread.y][k + 2] * b[this.thread.x][k + 2] +
      a[this.thread.y][k + 3] * b[this.thread.x][k + 3];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    total += a[this.thread.y][this.constants.whole + i] * b[this.thread.x][this.constants.whole + i];
  }
  return total;
}

function plainWide(this: Product, a: Matrix, b: Matrix): WideCell {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    const a0 = a[this.thread.y][k];
    s0 += a0 * b[k][4 * this.thread.x];
    s1 += a0 * b[k][4 * this.thread.x + 1];
    s2 += a0 * b[k][4 * this.thread.x + 2];
    s3 += a0 * b[k][4 * this.thread.x + 3];
    const a1 = a[this.thread.y][k + 1];
    s0 += a1 * b[k + 1][4 * this.thread.x];
    s1 += a1 * b[k + 1][4 * this.thread.x + 1];
    s2 += a1 * b[k + 1][4 * this.thread.x + 2];
    s3 += a1 * b[k + 1][4 * this.thread.x + 3];
    const a2 = a[this.thread.y][k + 2];
    s0 += a2 * b[k + 2][4 * this.thread.x];
    s1 += a2 * b[k + 2][4 * this.thread.x + 1];
    s2 += a2 * b[k + 2][4 * this.thread.x + 2];
    s3 += a2 * b[k + 2][4 * this.thread.x + 3];
    const a3 = a[this.thread.y][k + 3];
    s0 += a3 * b[k + 3][4 * this.thread.x];
    s1 += a3 * b[k + 3][4 * this.thread.x + 1];
    s2 += a3 * b[k + 3][4 * this.thread.x + 2];
    s3 += a3 * b[k + 3][4 * this.thread.x + 3];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    const rest = a[this.thread.y][this.constants.whole + i];
    s0 += rest * b[this.constants.whole + i][4 * this.thread.x];
    s1 += rest * b[this.constants.whole + i][4 * this.thread.x + 1];
    s2 += rest * b[this.constants.whole + i][4 * this.thread.x + 2];
    s3 += rest * b[this.constants.whole + i][4 * this.thread.x + 3];
  }
  return [s0, s1, s2, s3];
}

function transposeLeftWide(this: Product, a: Matrix, b: Matrix): WideCell {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    const a0 = a[k][this.thread.y];
    s0 += a0 * b[k][4 * this.thread.x];
    s1 += a0 * b[k][4 * this.thread.x + 1];
    s2 += a0 * b[k][4 * this.thread.x + 2];
    s3 += a0 * b[k][4 * this.thread.x + 3];
    const a1 = a[k + 1][this.thread.y];
    s0 += a1 * b[k + 1][4 * this.thread.x];
    s1 += a1 * b[k + 1][4 * this.thread.x + 1];
    s2 += a1 * b[k + 1][4 * this.thread.x + 2];
    s3 += a1 * b[k + 1][4 * this.thread.x + 3];
    const a2 = a[k + 2][this.thread.y];
    s0 += a2 * b[k + 2][4 * this.thread.x];
    s1 += a2 * b[k + 2][4 * this.thread.x + 1];
    s2 += a2 * b[k + 2][4 * this.thread.x + 2];
    s3 += a2 * b[k + 2][4 * this.thread.x + 3];
    const a3 = a[k + 3][this.thread.y];
    s0 += a3 * b[k + 3][4 * this.thread.x];
    s1 += a3 * b[k + 3][4 * this.thread.x + 1];
    s2 += a3 * b[k + 3][4 * this.thread.x + 2];
    s3 += a3 * b[k + 3][4 * this.thread.x + 3];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    const rest = a[this.constants.whole + i][this.thread.y];
    s0 += rest * b[this.constants.whole + i][4 * this.thread.x];
    s1 += rest * b[this.constants.whole + i][4 * this.thread.x + 1];
    s2 += rest * b[this.constants.whole + i][4 * this.thread.x + 2];
    s3 += rest * b[this.constants.whole + i][4 * this.thread.x + 3];
  }
  return [s0, s1, s2, s3];
}

function transposeRightWide(this: Product, a: Matrix, b: Matrix): WideCell {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < this.constants.whole; k += 4) {
    const a0 = a[this.thread.y][k];
    s0 += a0 * b[4 * this.thread.x][k];
    s1 += a0 * b[4 * this.thread.x + 1][k];
    s2 += a0 * b[4 * this.thread.x + 2][k];
    s3 += a0 * b[4 * this.thread.x + 3][k];
    const a1 = a[this.thread.y][k + 1];
    s0 += a1 * b[4 * this.thread.x][k + 1];
    s1 += a1 * b[4 * this.thread.x + 1][k + 1];
    s2 += a1 * b[4 * this.thread.x + 2][k + 1];
    s3 += a1 * b[4 * this.thread.x + 3][k + 1];
    const a2 = a[this.thread.y][k + 2];
    s0 += a2 * b[4 * this.thread.x][k + 2];
    s1 += a2 * b[4 * this.thread.x + 1][k + 2];
    s2 += a2 * b[4 * this.thread.x + 2][k + 2];
    s3 += a2 * b[4 * this.thread.x + 3][k + 2];
    const a3 = a[this.thread.y][k + 3];
    s0 += a3 * b[4 * this.thread.x][k + 3];
    s1 += a3 * b[4 * this.thread.x + 1][k + 3];
    s2 += a3 * b[4 * this.thread.x + 2][k + 3];
    s3 += a3 * b[4 * this.thread.x + 3][k + 3];
  }
  for (let i = 0; i < this.constants.rest; i++) {
    const rest = a[this.thread.y][this.constants.whole + i];
    s0 += rest * b[4 * this.thread.x][this.constants.whole + i];
    s1 += rest * b[4 * this.thread.x + 1][this.constants.whole + i];
    s2 += rest * b[4 * this.thread.x + 2][this.constants.whole + i];
    s3 += rest * b[4 * this.thread.x + 3][this.constants.whole + i];
  }
  return [s0, s1, s2, s3];
}

const narrow = new Map(
  Object.entries({ matmul: plain, matmulTransposeLeft: transposeLeft, matmulTransposeRight: transposeRight }),
);
const wide = new Map(
  Object.entries({
    matmul: plainWide,
    matmulTransposeLeft: transposeLeftWide,
    matmulTransposeRight: transposeRightWide,
  }),
);

export const matmul: DescribeKernel = (op, [a], [, columns], _attributes, { width }) => {
  const cells = width === 4 && columns % 4 === 0 ? 4 : 1;
  const kernel = (cells === 4 ? wide : narrow).get(op);
  if (!kernel) throw new Error(`matmul: no kernel is named ${op}`);
  const inner = op === "matmulTransposeLeft" ? a[0] : a[1];
  return describe(kernel, { whole: inner - (inner % 4), rest: inner % 4 }, { iterations: inner, cells });
};
