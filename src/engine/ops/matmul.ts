/**
 * Matrix products, plain and with one side transposed: their gradients are each other, so nothing is ever transposed in
 * memory. A left side that is rows of a sparse table is multiplied by its stored entries alone (sparse.ts).
 */
import { UsageError } from "../../errors.ts";
import { apply, type Op, type Shape, type Tensor } from "../tensor.ts";
import { asSparseRows, sparseMatmul, sparseMatmulTransposeLeft } from "./sparse.ts";

function product(left: Shape, right: Shape, innerLeft: 0 | 1, innerRight: 0 | 1): Shape {
  if (left[innerLeft] !== right[innerRight]) {
    throw new UsageError(`inner sizes ${left[innerLeft]} and ${right[innerRight]} differ`);
  }
  return [left[1 - innerLeft], right[1 - innerRight]];
}

export const matmulOp: Op = {
  name: "matmul",
  family: "matmul",
  shape: ([a, b]) => product(a, b, 1, 0),
  gradient: ({ inputs: [a, b] }, g) => [matmulTransposeRight(g, b), matmulTransposeLeft(a, g)],
};

export const matmulTransposeLeftOp: Op = {
  name: "matmulTransposeLeft",
  family: "matmul",
  shape: ([a, b]) => product(a, b, 0, 0),
  gradient: ({ inputs: [a, b] }, g) => [matmulTransposeRight(b, g), matmul(a, g)],
};

export const matmulTransposeRightOp: Op = {
  name: "matmulTransposeRight",
  family: "matmul",
  shape: ([a, b]) => product(a, b, 1, 1),
  gradient: ({ inputs: [a, b] }, g) => [matmul(g, b), matmulTransposeLeft(g, a)],
};

/** a b: `[rows, inner] x [inner, columns] -> [rows, columns]`. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const rows = asSparseRows(a);
  return rows ? sparseMatmul(rows.table, rows.indices, b) : apply(matmulOp, [a, b]);
}

/** a^T b: `[inner, rows] x [inner, columns] -> [rows, columns]`. */
export function matmulTransposeLeft(a: Tensor, b: Tensor): Tensor {
  const rows = asSparseRows(a);
  return rows ? sparseMatmulTransposeLeft(rows.table, rows.indices, b) : apply(matmulTransposeLeftOp, [a, b]);
}

/** a b^T: `[rows, inner] x [columns, inner] -> [rows, columns]`. */
export const matmulTransposeRight = (a: Tensor, b: Tensor): Tensor => apply(matmulTransposeRightOp, [a, b]);
