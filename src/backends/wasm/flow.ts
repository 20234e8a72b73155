/**
 * Sigmoidal flows as records: segments of rows, whose number depends on the rows alone, and the memory they work in.
 */
import * as records from "../../../kernels/wasm/records.ts";
import type { Step } from "../../engine/program.ts";
import type { Shape } from "../../engine/tensor.ts";
import { parts, type Surroundings } from "./chunks.ts";

const mostSegments = 64;
/** Rows of a segment at least: its sums are then worth adding up. */
const leastRows = 512;

interface Flow {
  readonly isGradient: boolean;
  readonly rows: number;
  readonly outputs: number;
  readonly units: number;
  readonly segmentRows: number;
  readonly segments: number;
  /** Bytes of a thread's working space, and of a segment's sums. */
  readonly work: number;
  readonly sums: number;
}

/** Bytes of so many numbers, up to a whole vector: as kernels/wasm/flow.ts has it, and its areas in their order. */
const room = (numbers: number): number => 16 * parts(numbers, 4);

function flowOf({ op }: Step, [parameters, , weight]: readonly Shape[]): Flow {
  const [rows, outputs] = parameters;
  const [units] = weight;
  const all = 3 * units;
  const block = records.flowBlockRows;
  const segmentRows = Math.max(leastRows, parts(parts(rows, mostSegments), block) * block);
  const areas = [
    ...[all * outputs, all, 8 * outputs * units, all * (outputs + 3)],
    ...[block * outputs, block * (outputs + 3), block * all, block * 8, 28 * units + 20, 5 * block],
  ];
  return {
    isGradient: op === "sigmoidalFlowGradient",
    rows,
    outputs,
    units,
    segmentRows,
    segments: parts(rows, segmentRows),
    work: areas.reduce((total, numbers) => total + room(numbers), 64),
    sums: room(all * (outputs + 1)),
  };
}

/** Bytes of working space that a step needs. */
export function flowBytes(step: Step, inputs: readonly Shape[], threads: number): number {
  if (step.family !== "flow") return 0;
  const { work, sums, segments } = flowOf(step, inputs);
  return threads * work + segments * sums;
}

export function encodeFlow(
  step: Step,
  { shape, address, threads, threshold, packed }: Surroundings,
): readonly number[] {
  const { isGradient, rows, outputs, units, segmentRows, segments, work } = flowOf(step, step.inputs.map(shape));
  const [parameters, x, ...others] = step.inputs.map(address);
  const shared = threads > 1 && 3 * units * outputs * rows >= threshold.products;
  return [
    records.flowRecord,
    records.flowWords,
    shared ? segments : 1,
    isGradient ? records.flowGradientOperation : records.flowPlainOperation,
    rows,
    outputs,
    units,
    parameters,
    x,
    ...others.slice(0, 6),
    isGradient ? others[6] : 0,
    address(step.output),
    segments,
    segmentRows,
    packed,
    work,
    packed + threads * work,
  ];
}
