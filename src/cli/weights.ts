/** Weight files that an option names: read as they stand, and as PyTorch state dicts in safetensors files. */
import { readFile } from "node:fs/promises";
import type { Values } from "../backends/backend.ts";
import { UsageError } from "../errors.ts";
import { writeAtomically } from "../files/atomic.ts";
import type { Model } from "../models/model.ts";
import { fromPytorch, toPytorch } from "../saved/pytorch.ts";
import { decodeSafetensors, encodeSafetensors } from "../saved/safetensors.ts";

/** The bytes of the file that `option` names. */
export async function readInput(option: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new UsageError(`${option} ${file}: there is no such file`);
    if (code === "EISDIR")
      throw new UsageError(
        `${option} ${file} is a folder: expected the weights.safetensors in it, or another safetensors file`,
      );
    throw error;
  }
}

/** Parameters and buffers by our names, from `--from-pytorch FILE`. */
export async function readPytorch(model: Model, file: string): Promise<Values> {
  return fromPytorch(model, decodeSafetensors(await readInput("--from-pytorch", file), file).tensors, file);
}

/**
 * Writes `--pytorch FILE`: what `load_state_dict(safetensors.torch.load_file(FILE))` of the published module takes.
 */
export function writePytorch(model: Model, values: Values, file: string): Promise<void> {
  return writeAtomically(file, encodeSafetensors(toPytorch(model, values)));
}
