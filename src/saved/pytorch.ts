/**
 * Our saved weights as the state dict of the published PyTorch module, and back. Names and layouts are in
 * pytorch-names.ts and pytorch-layouts.ts, and for people in docs/models.md.
 */

import { hint } from "../data/near-match.ts";
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

/** What wrappers of modules put before every name: DataParallel, torch.compile, and training frameworks. */
const wrappers = ["module.", "_orig_mod.", "model.", "net.", "network."];

/** The prefixes of wrappers that all names begin with, one after another, as long as the rest is not all known. */
function wrapping(names: readonly string[], known: ReadonlySet<string>): string {
  let prefix = "";
  for (;;) {
    if (names.every((name) => known.has(name.slice(prefix.length)))) return prefix;
    const next = wrappers.find((wrapper) => names.every((name) => name.startsWith(prefix + wrapper)));
    if (next === undefined) return prefix;
    prefix += next;
  }
}

/**
 * Parameters and buffers under our names, from the tensors of a PyTorch state dict. Where all names begin with what a
 * wrapper puts before them (`module.`, `model.` and the like), that is left out.
 * @param file stands in the messages only
 * @param note is given a sentence where names were changed
 * @throws DataError where a tensor is missing, unknown, not finite or of another shape than the model's options make it
 */
export function fromPytorch(
  model: Model,
  tensors: ReadonlyMap<string, Stored>,
  file: string,
  note: (sentence: string) => void = () => {},
): Readonly<Record<string, Float32Array>> {
  const names = counterparts(model);
  const groups = grouped(model, names);
  const known = new Set([...groups.map(({ theirs }) => theirs), ...names.fixed.keys()]);
  const fail = (message: string): never => {
    throw new DataError({ file }, message);
  };
  const prefix = tensors.size > 0 ? wrapping([...tensors.keys()], known) : "";
  const unknown = [...tensors.keys()].find((name) => !known.has(name.slice(prefix.length)));
  if (unknown !== undefined) fail(unknownName(unknown, model, tensors, known));
  if (prefix !== "") note(`all names begin with ${prefix}, which was left out`);
  const values: Record<string, Float32Array> = {};
  for (const { theirs, layout, ours } of groups) {
    const shapes = ours.map(({ shape }) => shape);
    const tensor =
      tensors.get(prefix + theirs) ?? fail(`tensor ${prefix}${theirs} of the ${model.name} model is missing`);
    const expected = layout.shape(shapes).join(", ");
    if (tensor.shape.join(", ") !== expected) {
      fail(
        `tensor ${prefix}${theirs} has shape [${tensor.shape.join(", ")}], expected [${expected}]; check the model's options`,
      );
    }
    const finite = (place: number): number => {
      const value = Number(tensor.values[place]);
      if (Number.isFinite(Math.fround(value))) return value;
      return fail(
        `tensor ${prefix}${theirs}: value ${place} is ${value}, expected a finite number of single precision`,
      );
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
 * What is wrong with a name that no tensor of the model has, and what would be right where names differ by a prefix.
 */
function unknownName(
  name: string,
  model: Model,
  tensors: ReadonlyMap<string, Stored>,
  known: ReadonlySet<string>,
): string {
  const expected = [...known].filter((own) => name.endsWith(`.${own}`)).sort((a, b) => b.length - a.length)[0];
  const unfit = `tensor ${name} is none of the ${model.name} model's`;
  if (expected === undefined) return `${unfit}${hint(name, [...known])}; check model and options`;
  const prefix = name.slice(0, -expected.length);
  const all = [...tensors.keys()].every((other) => other.startsWith(prefix));
  const advice = all
    ? `all names begin with ${prefix}: save that part's state dict`
    : `not all names begin with ${prefix}`;
  return `${unfit}: expected ${expected}; ${advice}`;
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
