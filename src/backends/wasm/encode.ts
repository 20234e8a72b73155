/**
 * Steps as the records that the kernels read (kernels/wasm/records.ts): addresses, sizes, and how the work is cut into
 * chunks for the threads. Elementwise steps are in map.ts, products in products.ts, sparse ones in sparse.ts, flows in
 * flow.ts, sums of likelihoods in likelihood.ts.
 */
import * as records from "../../../kernels/wasm/records.ts";
import type { Step } from "../../engine/program.ts";
import { type Family, size } from "../../engine/tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./chunks.ts";
import { encodeFlow } from "./flow.ts";
import { encodeLikelihood } from "./likelihood.ts";
import { encodeMap } from "./map.ts";
import { encodeMatmul } from "./products.ts";
import { encodeSparse } from "./sparse.ts";
import { encodeStaircase } from "./staircase.ts";

/** A record's words. */
export type Words = readonly number[];

type EncodeGroup = (group: readonly Step[], around: Surroundings) => readonly Words[];

/** An encoder that takes one step; only elementwise groups have more. */
const single =
  (encodeStep: (step: Step, around: Surroundings) => Words): EncodeGroup =>
  ([step], around) => [encodeStep(step, around)];

const products: EncodeGroup = ([step], around) =>
  step.op.startsWith("staircase") ? encodeStaircase(step, around) : [encodeMatmul(step, around)];

const families = {
  map: (group, around) => [encodeMap(group, around)],
  matmul: products,
  reduce: single(encodeReduce),
  rows: single(encodeRows),
  sparse: single(encodeSparse),
  flow: single(encodeFlow),
  likelihood: single(encodeLikelihood),
} satisfies Record<Family, EncodeGroup>;

/** The records of a group of steps of one family, mostly one. */
export const encode: EncodeGroup = (group, around) => families[group[0].family](group, around);

/** Whether the threads share a record's work. */
export const isShared = (words: Words): boolean => words[records.chunksWord] > 1;

/** The record that copies a value over a state. */
export function encodeCopy(from: number, to: number, numbers: number): Words {
  return [records.copyRecord, records.copyWords, 1, from, to, 4 * numbers];
}

function encodeReduce(step: Step, { shape, address, threads, threshold }: Surroundings): Words {
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
  const chunkRuns = chunkUnits(runs, chunkCount(rows * columns, threshold.numbers, threads), axis === 0 ? 8 : 1);
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
  ["slice", records.sliceOperation],
  ["place", records.placeOperation],
]);

function encodeRows(step: Step, { shape, address, threads, threshold }: Surroundings): Words {
  const operation = rowOperations.get(step.op);
  if (operation === undefined) throw new Error(`wasm: no row movement is named ${step.op}`);
  const [input, indices] = step.inputs;
  const [rows, columns] = step.shape;
  const moved = Math.max(size(step.shape), size(shape(input)));
  const whole = operation === records.scatterOperation;
  const chunkRows = whole ? rows : chunkUnits(rows, chunkCount(moved, threshold.numbers, threads));
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
    step.attributes.times ?? step.attributes.first ?? 1,
    chunkRows,
  ];
}
