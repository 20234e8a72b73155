/**
 * The numbers of published PyTorch modules from the fixtures folder: files, sizes and tensors, nothing computed.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stored } from "../../src/saved/pytorch.ts";
import { decodeSafetensors } from "../../src/saved/safetensors.ts";
import { fixtures } from "../fixtures.ts";

export interface Golden {
  readonly title: string;
  readonly features: number;
  readonly labels: number;
  readonly batch: number;
  /** A constant of the file's metadata. */
  constant(name: string): number;
  tensor(name: string): Stored;
  numbers(name: string): Float64Array;
  /** All tensors under a prefix, without it. */
  under(prefix: string): Map<string, Stored>;
}

/** Every file of this model in the fixtures folder, whatever the sizes. */
export function goldenFiles(model: string): string[] {
  const folder = join(fixtures, "models");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((set) => join(folder, set, `${model}.safetensors`))
    .filter((file) => existsSync(file));
}

export function readGolden(file: string): Golden {
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  const tensor = (name: string): Stored => {
    const found = tensors.get(name);
    if (!found) throw new Error(`${file}: no tensor ${name}`);
    return found;
  };
  const constant = (name: string): number => {
    const value = Number(metadata.get(name));
    if (!Number.isFinite(value)) throw new Error(`${file}: ${name} is ${metadata.get(name)}`);
    return value;
  };
  return {
    title: file.slice(fixtures.length + 1),
    features: constant("features"),
    labels: constant("labels"),
    batch: constant("batch"),
    constant,
    tensor,
    numbers: (name) => Float64Array.from(tensor(name).values, Number),
    under: (prefix) =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, each]) => [name.slice(prefix.length), each]),
      ),
  };
}

/** The widths of layers by the pattern of their weights' names, in order. */
export function widthsOf(golden: Golden, pattern: RegExp): number[] {
  return [...golden.under("param/")].filter(([name]) => pattern.test(name)).map(([, { shape }]) => shape[0]);
}
