/** Steps on rows of a sparse table as records: who does which rows or columns, and how a table lies in memory. */
import * as records from "../../../kernels/wasm/records.ts";
import type { Step } from "../../engine/program.ts";
import type { SparseLeaf } from "../../engine/tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./chunks.ts";

const operations = new Map([
  ["sparseRows", records.sparseRowsOperation],
  ["sparseMatmul", records.sparseMatmulOperation],
  ["sparseMatmulTransposeLeft", records.sparseMatmulTransposeLeftOperation],
]);

/**
 * Numbers of the output that are collected at a time: they fit the second cache, beside the rows they are collected
 * from.
 */
const blockNumbers = 64 * 1024;

export function encodeSparse(
  step: Step,
  { shape, address, entries, threads, threshold }: Surroundings,
): readonly number[] {
  const operation = operations.get(step.op);
  if (operation === undefined) throw new Error(`wasm: no sparse operation is named ${step.op}`);
  const [table, indices, matrix] = step.inputs;
  const [rows, columns] = shape(table);
  const [count] = shape(indices);
  const width = matrix === undefined ? 1 : shape(matrix)[1];
  const transposed = operation === records.sparseMatmulTransposeLeftOperation;
  // On the average, as which rows will be asked for is not known here; zeros have to be written, too.
  const products = Math.ceil((entries(table) / rows) * count * width) + step.shape[0] * step.shape[1];
  const units = transposed ? columns : count;
  const chunkSize = chunkUnits(units, chunkCount(products, threshold.products, threads));
  return [
    records.sparseRecord,
    records.sparseWords,
    parts(units, chunkSize),
    operation,
    address(table),
    rows,
    columns,
    address(indices),
    count,
    matrix === undefined ? 0 : address(matrix),
    width,
    address(step.output),
    chunkSize,
    Math.max(1, Math.floor(blockNumbers / width)),
  ];
}

/** Bytes that a table takes. */
export const tableBytes = ({ offsets, indices, values }: SparseLeaf): number =>
  4 * (offsets.length + indices.length + values.length);

/** Writes a table as the kernels read it: offsets, columns, values. */
export function writeTable({ offsets, indices, values }: SparseLeaf, buffer: ArrayBufferLike, address: number): void {
  const words = new Uint32Array(buffer, address, offsets.length + indices.length);
  words.set(offsets);
  words.set(indices, offsets.length);
  new Float32Array(buffer, address + words.byteLength, values.length).set(values);
}
