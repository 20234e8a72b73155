/**
 * The checkpoints of one run in a folder, each in a file named after its step; the last two are kept, so that there is
 * one to go back to while the next is written or if it is damaged. What is in them is for others.
 */
import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import { writeAtomically } from "./atomic.ts";
import { explainWriting } from "./explain.ts";
import { disk, errorCode, type FileSystem } from "./file-system.ts";
import { readAll } from "./ordinary.ts";
import { removeTemporaries } from "./temporaries.ts";

const kept = 2;

export class CheckpointFiles {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #files: FileSystem;

  /** @param prefix tells the checkpoints of several runs in one folder apart */
  constructor(folder: string, prefix = "checkpoint", files: FileSystem = disk) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#files = files;
  }

  /** Whether there is any. */
  async exist(): Promise<boolean> {
    return (await this.#steps()).length > 0;
  }

  /**
   * Writes the checkpoint of a step; older ones but the last, and those of later steps that the run has gone back
   * behind, go.
   * @throws UsageError or FileError if it can't be written
   */
  async save(step: number, bytes: Uint8Array): Promise<void> {
    await writeAtomically(this.#path(step), bytes, this.#files);
    await explainWriting(this.#folder, async () => {
      const before = (await this.#steps()).filter((other) => other !== step);
      const stay = before.filter((other) => other < step).slice(0, kept - 1);
      for (const other of before) if (!stay.includes(other)) await this.#remove(other);
    });
  }

  /**
   * The newest checkpoint that can be read; undefined where there is none.
   * @param decode throws DataError for a damaged one
   * @param say is given a sentence for each damaged one
   * @throws DataError where all are damaged
   */
  async newest<T>(decode: (bytes: Uint8Array, file: string) => T, say: (note: string) => void): Promise<T | undefined> {
    await this.#removeUnfinished();
    const steps = await this.#steps();
    for (const [i, step] of steps.entries()) {
      const path = this.#path(step);
      try {
        return decode(await readAll(path, this.#files), path);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (i === steps.length - 1) {
          if (i === 0) throw error;
          throw new DataError(
            { file: path },
            `this checkpoint and the ${i} after it are damaged: there is none to go on from`,
          );
        }
        say(`${error.message}; going on from the checkpoint before, ${basename(this.#path(steps[i + 1]))}`);
      }
    }
    return undefined;
  }

  /** Removes all. */
  async clear(): Promise<void> {
    await this.#removeUnfinished();
    for (const step of await this.#steps()) await this.#remove(step);
  }

  /** Removes checkpoints in the making whose process is gone. */
  #removeUnfinished(): Promise<void> {
    return removeTemporaries(this.#folder, (name) => this.#stepOf(name) !== undefined, this.#files);
  }

  /** The steps that have one, the last first. */
  async #steps(): Promise<number[]> {
    const names = await this.#files.readdir(this.#folder).catch((error) => {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    });
    return names.flatMap((name) => this.#stepOf(name) ?? []).sort((a, b) => b - a);
  }

  /** The step that a file of this name is the checkpoint of. */
  #stepOf(name: string): number | undefined {
    const middle = name.startsWith(`${this.#prefix}-`) ? name.slice(this.#prefix.length + 1) : "";
    const digits = /^(\d{1,15})\.safetensors$/.exec(middle)?.[1];
    return digits === undefined ? undefined : Number(digits);
  }

  #path(step: number): string {
    return join(this.#folder, `${this.#prefix}-${step}.safetensors`);
  }

  async #remove(step: number): Promise<void> {
    await this.#files.unlink(this.#path(step)).catch((error) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
  }
}
