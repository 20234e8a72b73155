/**
 * Matrix products as records: blocks that fit the caches, chunks for the threads, and for products of a few rows a
 * record of their own, as packing would take longer than multiplying.
 */
import * as records from "../../../kernels/wasm/records.ts";
import type { Step } from "../../engine/program.ts";
import type { Shape } from "../../engine/tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./chunks.ts";

/** The highest tile, and columns of a panel. */
const tileRows = 6;
const panelColumns = 8;
/** Inner size of a block: six rows and a panel of it fit the first cache. */
const innerBlock = 384;
/** Numbers of the right side that are gone through again and again: they fit the second cache. */
const repeatedNumbers = 96 * 1024;
/** Numbers of the right side that are packed at a time. */
const packedNumbers = 2 ** 20;
/** Up to so many rows the right side is read where it lies. */
const thinRows = 4;

/** A product of matrices of which `transposed` says how they lie in memory. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposed: "neither" | "left" | "right";
}

const transpositions = new Map<string, Product["transposed"]>([
  ["matmul", "neither"],
  ["matmulTransposeLeft", "left"],
  ["matmulTransposeRight", "right"],
]);

/** `exchanged`: left and right have changed places, which turns a single column into a single row. */
function productOf({ op, shape: [rows, columns] }: Step, [a]: readonly Shape[]): Product & { exchanged: boolean } {
  const transposed = transpositions.get(op);
  if (transposed === undefined) throw new Error(`wasm: no matrix product is named ${op}`);
  const inner = a[transposed === "left" ? 0 : 1];
  if (columns > 1 || rows === 1) return { rows, columns, inner, transposed, exchanged: false };
  // A b with one column b is, number for number, the row b^T A^T.
  return { rows: 1, columns: rows, inner, transposed: transposed === "left" ? "neither" : "right", exchanged: true };
}

/** Room for packed right sides that a step needs, in bytes. */
export function packedBytes(step: Step, inputs: readonly Shape[]): number {
  return transpositions.has(step.op) ? packedBytesOf(productOf(step, inputs)) : 0;
}

export function packedBytesOf({ rows, columns, inner }: Product): number {
  return rows <= thinRows ? 0 : 4 * inner * parts(columnBlock(columns, inner), 4) * 4;
}

function columnBlock(columns: number, inner: number): number {
  const most = Math.max(64, Math.floor(packedNumbers / inner / panelColumns) * panelColumns);
  return Math.min(columns, most);
}

export function encodeMatmul(step: Step, around: Surroundings): readonly number[] {
  const product = productOf(step, step.inputs.map(around.shape));
  const [a, b] = step.inputs.map(around.address);
  const [left, right] = product.exchanged ? [b, a] : [a, b];
  return encodeProduct(product, { left, right, output: around.address(step.output) }, around);
}

/** One number for each matrix. */
interface Addresses {
  readonly left: number;
  readonly right: number;
  readonly output: number;
}

/** How a product is cut, and where it packs. */
type Cutting = Omit<Surroundings, "address" | "shape" | "entries">;

export function encodeProduct(product: Product, addresses: Addresses, cutting: Cutting): readonly number[] {
  return product.rows <= thinRows ? encodeThin(product, addresses, cutting) : encodePacked(product, addresses, cutting);
}

function encodeThin(
  { rows, columns, inner, transposed }: Product,
  { left, right, output }: Addresses,
  { threads, threshold }: Cutting,
): readonly number[] {
  const chunkColumns = chunkUnits(columns, chunkCount(rows * columns * inner, threshold.products, threads), 4);
  return [
    records.thinRecord,
    records.thinWords,
    parts(columns, chunkColumns),
    Number(transposed === "right"),
    rows,
    columns,
    inner,
    left,
    // Bytes from row to row of the left side, and along a row.
    ...(transposed === "left" ? [4, 4 * rows] : [4 * inner, 4]),
    right,
    output,
    chunkColumns,
  ];
}

const forms = {
  neither: records.plainForm,
  left: records.transposeLeftForm,
  right: records.transposeRightForm,
} satisfies Record<Product["transposed"], number>;

/** @param strides numbers from row to row, where a matrix is part of a larger one */
export function encodePacked(
  { rows, columns, inner, transposed }: Product,
  { left, right, output }: Addresses,
  { threads, threshold, packed }: Cutting,
  strides: Addresses = {
    left: transposed === "left" ? rows : inner,
    right: transposed === "right" ? inner : columns,
    output: columns,
  },
): readonly number[] {
  const block = columnBlock(columns, inner);
  const depth = parts(parts(inner, parts(inner, innerBlock)), 4) * 4;
  const chunks = chunkCount(rows * block * inner, threshold.products, threads);
  const bands = parts(rows, parts(parts(rows, Math.min(chunks, threads)), tileRows) * tileRows);
  const bandRows = parts(parts(rows, bands), tileRows) * tileRows;
  const rowChunks = Math.min(parts(chunks, bands), parts(bandRows, 2 * tileRows));
  const chunkRows = parts(parts(bandRows, rowChunks), tileRows) * tileRows;
  const columnChunks = Math.max(
    parts(block * depth, repeatedNumbers),
    Math.min(parts(chunks, rowChunks * bands), parts(block, 8 * panelColumns)),
  );
  const chunkColumns = parts(parts(block, columnChunks), panelColumns) * panelColumns;
  const rowsToPack = transposed === "right" ? block : inner;
  const packRows = chunkUnits(rowsToPack, chunks, panelColumns);
  const down = parts(bandRows, chunkRows);
  const bandChunks = down * parts(block, chunkColumns);
  return [
    records.matmulRecord,
    records.matmulWords,
    chunks,
    forms[transposed],
    rows,
    columns,
    inner,
    left,
    right,
    output,
    packed,
    depth,
    block,
    packRows,
    parts(rowsToPack, packRows),
    bandRows,
    chunkRows,
    chunkColumns,
    down,
    bandChunks,
    bands * bandChunks,
    4 * strides.left,
    4 * strides.right,
    4 * strides.output,
  ];
}
