/**
 * Our saved weights as the state dict of the published PyTorch module, and back. Names and layouts are in
 * pytorch-names.ts and pytorch-layouts.ts, and for people in docs/models.md.
 */

import { type StateLeaf, size } from "../engine/tensor.ts";
import { DataError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Layout } from "./pytorch-layouts.ts";
import { type Counterparts, counterparts, placed } from "./pytorch-names.ts";

/** A row-major array of any rank, as safetensors files hold them. */
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
 * Parameters and buffers under our names, from the tensors of a PyTorch state dict.
 * @param file stands in the messages only
 * @throws DataError where a tensor is missing, unknown, not finite or of another shape than the model's options make it
 */
export function fromPytorch(
  model: Model,
  tensors: ReadonlyMap<string, Stored>,
  file: string,
): Readonly<Record<string, Float32Array>> {
  const names = counterparts(model);
  const groups = grouped(model, names);
  const known = new Set([...groups.map(({ theirs }) => theirs), ...names.fixed.keys()]);
  const fail = (message: string): never => {
    throw new DataError({ file }, message);
  };
  const unknown = [...tensors.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) fail(`tensor ${unknown} is none of the ${model.name} model's; check model and options`);
  const values: Record<string, Float32Array> = {};
  for (const { theirs, layout, ours } of groups) {
    const shapes = ours.map(({ shape }) => shape);
    const tensor = tensors.get(theirs) ?? fail(`tensor ${theirs} of the ${model.name} model is missing`);
    const expected = layout.shape(shapes).join(", ");
    if (tensor.shape.join(", ") !== expected) {
      fail(
        `tensor ${theirs} has shape [${tensor.shape.join(", ")}], expected [${expected}]; check the model's options`,
      );
    }
    const finite = (place: number): number => {
      const value = Number(tensor.values[place]);
      if (Number.isFinite(Math.fround(value))) return value;
      return fail(`tensor ${theirs}: value ${place} is ${value}, expected a finite number of single precision`);
    };
    ours.forEach(({ name, shape: [, columns] }, part) => {
      values[name] = Float32Array.from({ length: size(shapes[part]) }, (_, i) =>
        finite(layout.index(shapes, part, Math.floor(i / columns), i % columns)),
      );
    });
  }
  return values;
}

/**
 * The state dict that the published module loads, with what it keeps besides.
 * @param values parameters and buffers by our names
 */
export function toPytorch(
  model: Model,
  values: Readonly<Record<string, ArrayLike<number>>>,
): Map<string, { readonly shape: readonly number[]; readonly values: Float32Array | BigInt64Array }> {
  const names = counterparts(model);
  const dict = new Map(names.fixed);
  for (const { theirs, layout, ours } of grouped(model, names)) {
    const parts = ours.map(({ name, shape }) => {
      if (values[name]?.length !== size(shape)) {
        throw new Error(`toPytorch: ${name} has ${values[name]?.length ?? "no"} values, expected ${size(shape)}`);
      }
      return { shape, values: values[name] };
    });
    dict.set(theirs, { shape: layout.shape(ours.map(({ shape }) => shape)), values: placed(layout, parts) });
  }
  return dict;
}

function grouped(model: Model, names: Counterparts): Group[] {
  const groups = new Map<string, { theirs: string; layout: Layout; ours: StateLeaf[] }>();
  for (const leaf of [...model.parameters, ...model.buffers]) {
    const { theirs, layout } = names.of(leaf.name);
    const group = groups.get(theirs) ?? { theirs, layout, ours: [] };
    group.ours.push(leaf);
    groups.set(theirs, group);
  }
  return [...groups.values()];
}
