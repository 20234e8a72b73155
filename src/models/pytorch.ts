/**
 * Our saved weights as the state dict of the published PyTorch module, and back: for each of our names, theirs and how the
 * numbers lie. Linear weights are `[outputs, inputs]` there, and one tensor where we keep a concatenation's parts apart.
 * The table that people read is in docs/models.md.
 */
import { DataError } from "../errors.ts";
import { type StateLeaf, size } from "../tensor.ts";
import type { Model } from "./model.ts";
import { type Counterpart, counterparts, type Layout } from "./pytorch-names.ts";

/** A row-major array of any rank. */
export interface Stored {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number> | ArrayLike<bigint>;
}

/** One tensor of theirs with all of ours that lie in it, in order. */
interface Group {
  readonly theirs: string;
  readonly layout: Layout;
  readonly ours: readonly StateLeaf[];
}

/**
 * Parameters and buffers under our names, from a PyTorch state dict.
 * @throws DataError where a tensor is missing, unknown or of another shape than the model's options make it
 */
export function fromPytorch(
  model: Model,
  tensors: ReadonlyMap<string, Stored>,
  file: string,
): Readonly<Record<string, Float32Array>> {
  const { table, fixed } = counterparts(model);
  const groups = grouped(model, table);
  const known = new Set([...groups.map(({ theirs }) => theirs), ...fixed.keys()]);
  const unknown = [...tensors.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new DataError({ file }, `tensor ${unknown} is none of the ${model.name} model's; check its name and options`);
  }
  return Object.fromEntries(
    groups.flatMap((group) => {
      const tensor = tensors.get(group.theirs);
      if (!tensor) throw new DataError({ file }, `tensor ${group.theirs} of the ${model.name} model is missing`);
      const shape = theirShape(group);
      if (tensor.shape.join() !== shape.join()) {
        const found = `tensor ${group.theirs} has shape [${tensor.shape}], expected [${shape}]`;
        throw new DataError({ file }, `${found}; check the model's options`);
      }
      return split(group, Float32Array.from(tensor.values, Number));
    }),
  );
}

/** The state dict that the published module loads, with what it keeps besides parameters. @param values parameters and buffers by our names */
export function toPytorch(
  model: Model,
  values: Readonly<Record<string, ArrayLike<number>>>,
): Map<string, { shape: readonly number[]; values: Float32Array | BigInt64Array }> {
  const { table, fixed } = counterparts(model);
  const dict = new Map<string, { shape: readonly number[]; values: Float32Array | BigInt64Array }>(fixed);
  for (const group of grouped(model, table)) {
    dict.set(group.theirs, { shape: theirShape(group), values: joined(group, values) });
  }
  return dict;
}

function grouped(model: Model, table: (name: string) => Counterpart): Group[] {
  const groups = new Map<string, { theirs: string; layout: Layout; ours: StateLeaf[] }>();
  for (const leaf of [...model.parameters, ...model.buffers]) {
    const { theirs, layout } = table(leaf.name);
    const group = groups.get(theirs) ?? { theirs, layout, ours: [] };
    group.ours.push(leaf);
    groups.set(theirs, group);
  }
  return [...groups.values()];
}

const inputsOf = ({ ours }: Group): number => ours.reduce((total, { shape }) => total + shape[0], 0);

function theirShape(group: Group): readonly number[] {
  const [rows, columns] = group.ours[0].shape;
  switch (group.layout) {
    case "linear":
      return [columns, inputsOf(group)];
    case "vector":
      return [columns];
    case "perLabel":
      return [rows, 1, columns];
    case "matrix":
      return [rows, columns];
  }
}

function split(group: Group, theirs: Float32Array): (readonly [string, Float32Array])[] {
  if (group.layout !== "linear") return [[group.ours[0].name, theirs]];
  const inputs = inputsOf(group);
  let first = 0;
  return group.ours.map(({ name, shape }) => {
    const [rows, columns] = shape;
    const ours = new Float32Array(size(shape));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        ours[row * columns + column] = theirs[column * inputs + first + row];
      }
    }
    first += rows;
    return [name, ours] as const;
  });
}

function joined(group: Group, values: Readonly<Record<string, ArrayLike<number>>>): Float32Array {
  const of = (leaf: StateLeaf): ArrayLike<number> => {
    const found = values[leaf.name];
    if (found?.length !== size(leaf.shape)) {
      throw new Error(`toPytorch: ${leaf.name} has ${found?.length ?? "no"} values, expected ${size(leaf.shape)}`);
    }
    return found;
  };
  if (group.layout !== "linear") return Float32Array.from(of(group.ours[0]));
  const inputs = inputsOf(group);
  const theirs = new Float32Array(inputs * group.ours[0].shape[1]);
  let first = 0;
  for (const leaf of group.ours) {
    const [rows, columns] = leaf.shape;
    const ours = of(leaf);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        theirs[column * inputs + first + row] = ours[row * columns + column];
      }
    }
    first += rows;
  }
  return theirs;
}
