/**
 * Groups of elementwise steps as records: each step a member, or several together where a fused loop does them in one
 * pass.
 */
import type { Fusion } from "../../../kernels/wasm/fusion.ts";
import { fusions, scalars } from "../../../kernels/wasm/generated/module.ts";
import * as records from "../../../kernels/wasm/records.ts";
import type { Step, ValueId } from "../../engine/program.ts";
import { type Shape, size } from "../../engine/tensor.ts";
import { chunkCount, chunkUnits, parts, type Surroundings } from "./chunks.ts";

/** Numbers of a block: what a few steps read and write of it stays in the first cache. */
const blockNumbers = 1024;

/** A loop on operands and outputs. */
interface Member {
  readonly loop: number;
  readonly operands: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

export function encodeMap(
  group: readonly Step[],
  { shape, address, threads, threshold }: Surroundings,
): readonly number[] {
  const [{ shape: output }] = group;
  const kindOf = (id: ValueId): number => operandKind(shape(id), output);
  const encoded = membersOf(group, kindOf).map(({ loop, operands, outputs }) => {
    const entries = [...operands, ...outputs];
    if (entries.length > records.mostEntries) throw new Error(`wasm: loop ${loop} has ${entries.length} arrays`);
    const kinds = entries.map(kindOf);
    const byRows = kinds.some((kind) => kind === records.rowOperand || kind === records.columnOperand);
    const pairs = entries.flatMap((id, i) => [address(id), kinds[i]]);
    return { byRows, words: [loop, entries.length, Number(byRows), outputs.length, ...pairs] };
  });
  // Without stretched rows or columns the matrix is one long column, cut anywhere.
  const flat = !encoded.some(({ byRows }) => byRows);
  const [rows, columns] = flat ? [size(output), 1] : output;
  const work = size(output) * group.length;
  const chunkRows = chunkUnits(rows, chunkCount(work, threshold.numbers, threads), flat ? blockNumbers : 1);
  const blockRows = encoded.length === 1 ? chunkRows : Math.max(1, Math.floor(blockNumbers / columns));
  const words = encoded.flatMap((member) => member.words);
  return [
    records.mapRecord,
    records.mapFirstMember + words.length,
    parts(rows, chunkRows),
    rows,
    columns,
    chunkRows,
    blockRows,
    encoded.length,
    ...words,
  ];
}

function operandKind([rows, columns]: Shape, output: Shape): number {
  if (rows === output[0] && columns === output[1]) return records.wholeOperand;
  if (rows === 1 && columns === 1) return records.scalarOperand;
  return rows === 1 ? records.rowOperand : records.columnOperand;
}

function membersOf(group: readonly Step[], kindOf: (id: ValueId) => number): Member[] {
  const members: Member[] = [];
  for (let at = 0; at < group.length; ) {
    const found = fusions
      .map((fusion, i) => ({ i, fusion, values: valuesOf(fusion, group.slice(at), kindOf) }))
      .find(({ values }) => values);
    if (found?.values) {
      const { i, fusion, values } = found;
      members.push({ loop: scalars.length + i, ...values });
      at += fusion.steps.length;
    } else {
      const { op, inputs, output } = group[at];
      members.push({ loop: scalarNumber(op), operands: inputs, outputs: [output] });
      at++;
    }
  }
  return members;
}

function scalarNumber(op: string): number {
  const number = scalars.indexOf(op);
  if (number < 0) throw new Error(`wasm: no scalar function is named ${op}`);
  return number;
}

/** The values that the names of a fusion stand for, if the steps begin with it; else undefined. */
function valuesOf(
  { steps, singles }: Fusion,
  group: readonly Step[],
  kindOf: (id: ValueId) => number,
): Omit<Member, "loop"> | undefined {
  if (group.length < steps.length) return undefined;
  const values = new Map<string, ValueId>();
  const outputs = steps.map(({ output }) => output);
  for (const [i, { op, operands, output }] of steps.entries()) {
    const step = group[i];
    if (step.op !== op || step.inputs.length !== operands.length) return undefined;
    for (const [o, name] of operands.entries()) {
      const id = step.inputs[o];
      if ((values.get(name) ?? id) !== id) return undefined;
      values.set(name, id);
    }
    // An output of this name can't have been an operand before: names of outputs are met first as such.
    values.set(output, step.output);
  }
  const idOf = (name: string): ValueId => values.get(name) ?? -1;
  if (singles.some((name) => kindOf(idOf(name)) !== records.scalarOperand)) return undefined;
  const operands = [...values.keys()].filter((name) => !outputs.includes(name));
  return { operands: operands.map(idOf), outputs: outputs.map(idOf) };
}
