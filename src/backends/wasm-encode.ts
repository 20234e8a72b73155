/**
 * Steps as the records that the kernels read (kernels/wasm/records.ts): addresses, sizes, and how the work is cut into chunks
 * for the threads. Products are in wasm-products.ts.
 */
import { scalars } from "../../kernels/wasm/generated/module.ts";
import * as records from "../../kernels/wasm/records.ts";
import type { Step, ValueId } from "../program.ts";
import { size } from "../tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./wasm-chunks.ts";
import { encodeMatmul } from "./wasm-products.ts";

/** A record's words. */
export type Words = readonly number[];

/** Numbers of an elementwise block: what a few steps read and write of it stays in the first cache. */
const blockNumbers = 1024;

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
  const chunkRows = chunkUnits(
    rows,
    chunkCount(numbers * group.length, worth.numbers, threads),
    flat ? blockNumbers : 1,
  );
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
  const chunkRuns = chunkUnits(runs, chunkCount(rows * columns, worth.numbers, threads), axis === 0 ? 8 : 1);
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
  const chunkRows = whole ? rows : chunkUnits(rows, chunkCount(moved, worth.numbers, threads));
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
