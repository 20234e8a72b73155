/**
 * Rows of a sparse table: gathered they stay what they are, a table and row numbers, for as long as they are only
 * multiplied. A product reads the stored entries alone; where anything else is asked of the rows, they are written out
 * with their zeros.
 */
import { UsageError } from "../../errors.ts";
import { apply, formatShape, type Node, type Op, type Shape, type SparseLeaf, type Tensor } from "../tensor.ts";

function batchOf(indices: Shape): number {
  if (indices[1] !== 1) throw new UsageError(`indices are ${formatShape(indices)}, expected one column`);
  return indices[0];
}

export const sparseRowsOp: Op = {
  name: "sparseRows",
  family: "sparse",
  shape: ([table, indices]) => [batchOf(indices), table[1]],
  gradient: () => [null, null],
};

export const sparseMatmulOp: Op = {
  name: "sparseMatmul",
  family: "sparse",
  shape: ([table, indices, matrix]) => {
    if (table[1] !== matrix[0]) throw new UsageError(`inner sizes ${table[1]} and ${matrix[0]} differ`);
    return [batchOf(indices), matrix[1]];
  },
  gradient: (node, g) => [null, null, sparseMatmulTransposeLeft(tableOf(node), node.inputs[1], g)],
};

export const sparseMatmulTransposeLeftOp: Op = {
  name: "sparseMatmulTransposeLeft",
  family: "sparse",
  shape: ([table, indices, matrix]) => {
    if (batchOf(indices) !== matrix[0]) throw new UsageError(`inner sizes ${indices[0]} and ${matrix[0]} differ`);
    return [table[1], matrix[1]];
  },
  gradient: (node, g) => [null, null, sparseMatmul(tableOf(node), node.inputs[1], g)],
};

function tableOf({ inputs: [table] }: Node): SparseLeaf {
  if (table.kind !== "sparse") throw new Error("a sparse op without a sparse table");
  return table;
}

/** Rows of the table by number, `[count, columns]`; as a factor of a product never written out. */
export const sparseRows = (table: SparseLeaf, indices: Tensor): Tensor => apply(sparseRowsOp, [table, indices]);

/** Those rows times a matrix: `[columns, width] -> [count, width]`. */
export const sparseMatmul = (table: SparseLeaf, indices: Tensor, matrix: Tensor): Tensor =>
  apply(sparseMatmulOp, [table, indices, matrix]);

/**
 * Those rows, transposed, times a matrix: `[count, width] -> [columns, width]`; the adjoint of `sparseMatmul` by its
 * matrix.
 */
export const sparseMatmulTransposeLeft = (table: SparseLeaf, indices: Tensor, matrix: Tensor): Tensor =>
  apply(sparseMatmulTransposeLeftOp, [table, indices, matrix]);

/** The table and the row numbers, if x is rows of a sparse table. */
export function asSparseRows(x: Tensor): { readonly table: SparseLeaf; readonly indices: Tensor } | undefined {
  return x.kind === "node" && x.op.name === sparseRowsOp.name ? { table: tableOf(x), indices: x.inputs[1] } : undefined;
}
