/**
 * Steps as the records that the kernels read (kernels/wasm/records.ts): addresses, sizes, and how the work is cut into chunks
 * for the threads. Cutting never changes a result, only who computes it; work that is too small to share stays whole.
 */
import { scalars } from "../../kernels/wasm/generated/module.ts";
import * as records from "../../kernels/wasm/records.ts";
import type { Step, ValueId } from "../program.ts";
import { type Shape, size } from "../tensor.ts";
import type { Placement } from "./wasm-groups.ts";

/** A record's words. */
export type Words = readonly number[];

/** Rounded-up quotient. */
const parts = (total: number, each: number): number => Math.ceil(total / each);

/** An innermost tile and the blocks in which the caches hold a product: numbers of the first level, the second level. */
const tileRows = 6;
const panelColumns = 8;
const innerBlock = 384;
const packedNumbers = 2 ** 20;
/** The least work that is worth a thread's attention: numbers moved, multiplications. */
export interface Worth {
  readonly numbers: number;
  readonly products: number;
}

/** Waking a thread takes some microseconds: it should find ten times that to do. */
export const worthWaking: Worth = { numbers: 2 ** 15, products: 2 ** 21 };
/** Everything is cut as finely as it can be: to test that cutting changes nothing. */
export const worthAnything: Worth = { numbers: 1, products: 1 };
/** Numbers of an elementwise block: what a few steps read and write of it stays in the first cache. */
const blockNumbers = 1024;
/** Chunks a thread: enough that a slow one delays little. */
const chunksPerThread = 4;

/** How many units of `total` a chunk has, if all of them are `work` and `least` is the least that is worth sharing. */
function chunkUnits(total: number, work: number, least: number, threads: number, multiple = 1): number {
  const chunks = Math.min(threads * chunksPerThread, Math.floor(work / least));
  if (threads === 1 || chunks <= 1) return total;
  return Math.min(total, parts(parts(total, chunks), multiple) * multiple);
}

/** Room for packed right sides that a matrix product needs, in bytes. */
export function packedBytes(step: Step, inputs: readonly Shape[]): number {
  if (step.family !== "matmul") return 0;
  const inner = innerSize(step, inputs);
  return 4 * inner * parts(columnBlock(step.shape[1], inner), 4) * 4;
}

const innerSize = ({ op }: Step, [a]: readonly Shape[]): number => a[op === "matmulTransposeLeft" ? 0 : 1];

function columnBlock(columns: number, inner: number): number {
  const most = Math.max(64, Math.floor(packedNumbers / inner / panelColumns) * panelColumns);
  return Math.min(columns, most);
}

/** Where a product packs, how many threads there are, and what is worth sharing among them. */
export interface Surroundings extends Placement {
  readonly threads: number;
  readonly worth: Worth;
  readonly packed: number;
}

/** The record of a group of steps (groups of more than one are elementwise). */
export function encode(group: readonly Step[], around: Surroundings): Words {
  const [step] = group;
  if (step.family === "map") return encodeMap(group, around);
  if (step.family === "matmul") return encodeMatmul(step, around);
  return step.family === "reduce" ? encodeReduce(step, around) : encodeRows(step, around);
}

/** Whether the threads share a record's work. */
export const isShared = (words: Words): boolean => words[records.chunksWord] > 1;

/** The record that copies a value over a state. */
export function encodeCopy(from: number, to: number, numbers: number): Words {
  return [records.copyRecord, records.copyWords, 1, from, to, 4 * numbers];
}

function scalarNumber(op: string): number {
  const number = scalars.indexOf(op);
  if (number < 0) throw new Error(`wasm: no scalar function is named ${op}`);
  return number;
}

function encodeMap(group: readonly Step[], { shape, address, threads, worth }: Surroundings): Words {
  const [{ shape: output }] = group;
  const kindOf = (id: ValueId): number => {
    const [rows, columns] = shape(id);
    if (rows === output[0] && columns === output[1]) return records.wholeOperand;
    if (rows === 1 && columns === 1) return records.scalarOperand;
    return rows === 1 ? records.rowOperand : records.columnOperand;
  };
  const isByRows = (kind: number): boolean => kind === records.rowOperand || kind === records.columnOperand;
  const members = group.map((step) => {
    const kinds = step.inputs.map(kindOf);
    return {
      byRows: kinds.some(isByRows),
      words: [
        scalarNumber(step.op),
        step.inputs.length,
        Number(kinds.some(isByRows)),
        address(step.output),
        ...step.inputs.flatMap((id, i) => [address(id), kinds[i]]),
      ],
    };
  });
  // Without stretched rows or columns the matrix is one long column, cut anywhere.
  const flat = !members.some(({ byRows }) => byRows);
  const [rows, columns] = flat ? [size(output), 1] : output;
  const numbers = size(output);
  const chunkRows = chunkUnits(rows, numbers * group.length, worth.numbers, threads, flat ? blockNumbers : 1);
  const blockRows = group.length === 1 ? chunkRows : Math.max(1, Math.floor(blockNumbers / columns));
  const words = members.flatMap((member) => member.words);
  return [
    records.mapRecord,
    records.mapFirstMember + words.length,
    parts(rows, chunkRows),
    rows,
    columns,
    chunkRows,
    blockRows,
    group.length,
    ...words,
  ];
}

const forms = new Map([
  ["matmul", records.plainForm],
  ["matmulTransposeLeft", records.transposeLeftForm],
  ["matmulTransposeRight", records.transposeRightForm],
]);

function encodeMatmul(step: Step, { shape, address, threads, worth, packed }: Surroundings): Words {
  const form = forms.get(step.op);
  if (form === undefined) throw new Error(`wasm: no matrix product is named ${step.op}`);
  const [rows, columns] = step.shape;
  const inner = innerSize(step, step.inputs.map(shape));
  const block = columnBlock(columns, inner);
  const depth = parts(parts(inner, parts(inner, innerBlock)), 4) * 4;
  const products = rows * columns * inner;
  const blockProducts = rows * block * inner;
  const chunks = Math.min(threads * chunksPerThread, Math.floor(blockProducts / worth.products));
  const shared = threads > 1 && chunks > 1 && products > 2 * worth.products;
  const rowChunks = shared ? Math.min(chunks, parts(rows, 2 * tileRows)) : 1;
  const columnChunks = shared ? Math.min(parts(chunks, rowChunks), parts(block, 8 * panelColumns)) : 1;
  const chunkRows = parts(parts(rows, rowChunks), tileRows) * tileRows;
  const chunkColumns = parts(parts(block, columnChunks), panelColumns) * panelColumns;
  const packColumns = shared ? 8 * panelColumns : parts(block, panelColumns) * panelColumns;
  const [a, b] = step.inputs.map(address);
  return [
    records.matmulRecord,
    records.matmulWords,
    rowChunks * columnChunks,
    form,
    rows,
    columns,
    inner,
    a,
    b,
    address(step.output),
    packed,
    depth,
    block,
    chunkRows,
    chunkColumns,
    packColumns,
  ];
}

function encodeReduce(step: Step, { shape, address, threads, worth }: Surroundings): Words {
  const operation = new Map([
    ["sum", records.sumOperation],
    ["max", records.maxOperation],
  ]).get(step.op);
  if (operation === undefined) throw new Error(`wasm: no reduction is named ${step.op}`);
  const [input] = step.inputs;
  // One column is one long row.
  const column = shape(input)[1] === 1 && step.attributes.axis === 0;
  const [rows, columns] = column ? [1, shape(input)[0]] : shape(input);
  const axis = column ? 1 : step.attributes.axis;
  const runs = axis === 0 ? columns : rows;
  const chunkRuns = chunkUnits(runs, rows * columns, worth.numbers, threads, axis === 0 ? panelColumns : 1);
  return [
    records.reduceRecord,
    records.reduceWords,
    parts(runs, chunkRuns),
    operation,
    axis,
    rows,
    columns,
    address(input),
    address(step.output),
    chunkRuns,
  ];
}

const rowOperations = new Map([
  ["gather", records.gatherOperation],
  ["scatter", records.scatterOperation],
  ["repeat", records.repeatOperation],
  ["tile", records.tileOperation],
  ["sumRepeated", records.sumRepeatedOperation],
  ["sumTiled", records.sumTiledOperation],
]);

function encodeRows(step: Step, { shape, address, threads, worth }: Surroundings): Words {
  const operation = rowOperations.get(step.op);
  if (operation === undefined) throw new Error(`wasm: no row movement is named ${step.op}`);
  const [input, indices] = step.inputs;
  const [rows, columns] = step.shape;
  const moved = Math.max(size(step.shape), size(shape(input)));
  const whole = operation === records.scatterOperation;
  const chunkRows = whole ? rows : chunkUnits(rows, moved, worth.numbers, threads);
  return [
    records.rowsRecord,
    records.rowsWords,
    parts(rows, chunkRows),
    operation,
    address(input),
    indices === undefined ? 0 : address(indices),
    address(step.output),
    shape(input)[0],
    rows,
    columns,
    step.attributes.times ?? 1,
    chunkRows,
  ];
}
