/** Sums over labels of likelihoods, and their adjoint, as records: rows in chunks and blocks, and where these work. */
import * as records from "../../../kernels/wasm/records.ts";
import type { Step } from "../../engine/program.ts";
import { type Shape, size } from "../../engine/tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./chunks.ts";

/** Numbers of a block, if a row is not longer: what is made of them stays in the first cache. */
const blockNumbers = 1024;
/** A number takes about as long as so many that are only moved. */
const cost = 8;

const blockRowsOf = (columns: number): number => Math.max(1, Math.floor(blockNumbers / columns));

/** Bytes of each of a thread's three arrays; vectors may reach past the numbers of a block. */
const workBytes = (columns: number): number => 16 * (parts(blockRowsOf(columns) * columns, 4) + 1);

/** Bytes of working space that a step needs. */
export function likelihoodBytes({ family }: Step, inputs: readonly Shape[], threads: number): number {
  return family === "likelihood" ? 3 * threads * workBytes(inputs[1][1]) : 0;
}

export function encodeLikelihood(
  step: Step,
  { shape, address, threads, threshold, packed }: Surroundings,
): readonly number[] {
  const [likelihoods, labels, adjoint] = step.inputs;
  const numbers = size(shape(likelihoods));
  const [batch, columns] = shape(labels);
  const rows = numbers / columns;
  const chunkRows = chunkUnits(rows, chunkCount(cost * numbers, threshold.numbers, threads));
  return [
    records.likelihoodRecord,
    records.likelihoodWords,
    parts(rows, chunkRows),
    adjoint === undefined ? records.likelihoodSumsOperation : records.likelihoodGradientOperation,
    rows,
    batch,
    columns,
    address(likelihoods),
    address(labels),
    adjoint === undefined ? 0 : address(adjoint),
    address(step.output),
    chunkRows,
    blockRowsOf(columns),
    packed,
    workBytes(columns),
  ];
}
