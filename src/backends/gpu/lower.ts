/**
 * Programs as gpu.js can run them: a sparse table becomes two matrices, and a transposed product of its rows one of the
 * rows written out, for a batch at a time. What is computed stays the same.
 */
import type { Program, Step, ValueId } from "../../engine/program.ts";
import { type DataLeaf, data, type SparseLeaf } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import { withoutFlows } from "./flows.ts";

/** Column numbers travel as float32, which has every whole number below this. */
const exactColumns = 2 ** 24;

/** The columns and the values of the entries, `[rows, entries of the longest row]`. */
interface Padded {
  readonly columns: DataLeaf;
  readonly values: DataLeaf;
}

/** Programs share a table, so its matrices are made once. */
const padded = new WeakMap<SparseLeaf, Padded>();

/** @throws UsageError for a table of more columns than float32 can tell apart */
function paddedOf(table: SparseLeaf): Padded {
  const known = padded.get(table);
  if (known) return known;
  const { name, offsets, indices } = table;
  const [rows, columns] = table.shape;
  if (columns > exactColumns) {
    throw new UsageError(
      `gpu: ${name} has ${columns} columns, and column numbers are exact up to ${exactColumns} only on this device: use wasm or js`,
    );
  }
  let most = 1;
  for (let row = 0; row < rows; row++) most = Math.max(most, offsets[row + 1] - offsets[row]);
  const columnNumbers = new Float32Array(rows * most).fill(columns);
  const values = new Float32Array(rows * most);
  for (let row = 0; row < rows; row++) {
    columnNumbers.set(indices.subarray(offsets[row], offsets[row + 1]), row * most);
    values.set(table.values.subarray(offsets[row], offsets[row + 1]), row * most);
  }
  const made = {
    columns: data(`${name}.columns`, [rows, most], columnNumbers),
    values: data(`${name}.values`, [rows, most], values),
  };
  padded.set(table, made);
  return made;
}

/** The program without sparse tables, flows and staircases. */
export function lowered(given: Program): Program {
  const program = withoutFlows(given);
  if (program.values.every(({ kind }) => kind !== "sparse")) return program;
  const values: Program["values"][number][] = [];
  const numbers: ValueId[] = [];
  const tables = new Map<ValueId, { readonly columns: ValueId; readonly values: ValueId; readonly width: number }>();
  const written = new Map<string, ValueId>();
  const add = (value: Program["values"][number]): ValueId => values.push(value) - 1;
  const addStep = (step: Omit<Step, "output">): ValueId => add({ ...step, output: values.length });
  program.values.forEach((value, id) => {
    if (value.kind === "sparse") {
      const { columns, values } = paddedOf(value);
      tables.set(id, { columns: add(columns), values: add(values), width: value.shape[1] });
      return;
    }
    if (value.kind !== "step") {
      numbers[id] = add(value);
      return;
    }
    const table = tables.get(value.inputs[0]);
    if (!table) {
      numbers[id] = addStep({ ...value, inputs: value.inputs.map((input) => numbers[input]) });
      return;
    }
    const [indices, ...others] = value.inputs.slice(1).map((input) => numbers[input]);
    const inputs = [table.columns, table.values, indices, ...others];
    const attributes = { columns: table.width };
    if (value.op === "sparseMatmul") {
      numbers[id] = addStep({ ...value, inputs, attributes });
      return;
    }
    const key = `${table.columns} ${indices}`;
    const shape = [values[indices].shape[0], table.width] as const;
    const rows =
      written.get(key) ??
      addStep({ kind: "step", op: "sparseRows", family: "sparse", inputs: inputs.slice(0, 3), attributes, shape });
    written.set(key, rows);
    numbers[id] =
      value.op === "sparseRows"
        ? rows
        : addStep({ ...value, op: "matmulTransposeLeft", family: "matmul", inputs: [rows, ...others] });
  });
  return {
    ...program,
    values,
    data: values.filter((value) => value.kind === "data"),
    steps: values.filter((value) => value.kind === "step"),
    updates: program.updates.map(({ state, value }) => ({ state: numbers[state], value: numbers[value] })),
    outputs: program.outputs.map(({ name, value }) => ({ name, value: numbers[value] })),
  };
}

/** The data of a program that has been lowered. */
export function denseData(program: Program): DataLeaf[] {
  return program.data.map((leaf) => {
    if (leaf.kind === "sparse") throw new Error(`gpu: ${leaf.name} was not lowered`);
    return leaf;
  });
}

/** Every program of an executable, lowered. */
export function allLowered<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
): Readonly<Record<Name, Program>> {
  const changed: Record<Name, Program> = { ...programs };
  for (const name in changed) changed[name] = lowered(changed[name]);
  return changed;
}
