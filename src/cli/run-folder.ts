/**
 * The folder of one training run: history.jsonl (a line an epoch), weights.safetensors (the best so far) and result.json. Each
 * file is replaced whole as soon as there is something to keep; files of an earlier run go when the first of this one comes.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareFile, writeAtomically } from "../files/atomic.ts";

export class RunFolder {
  readonly #path: string;
  readonly #history: string[] = [];
  #cleared = false;

  /** @throws UsageError if nothing can be written there */
  static async open(path: string): Promise<RunFolder> {
    await prepareFile(join(path, "history.jsonl"));
    return new RunFolder(path);
  }

  private constructor(path: string) {
    this.#path = path;
  }

  async addEpoch(record: unknown): Promise<void> {
    this.#history.push(`${JSON.stringify(record)}\n`);
    await this.#write("history.jsonl", this.#history.join(""));
  }

  saveWeights(file: Uint8Array): Promise<void> {
    return this.#write("weights.safetensors", file);
  }

  finish(result: unknown): Promise<void> {
    return this.#write("result.json", `${JSON.stringify(result, null, 2)}\n`);
  }

  async #write(name: string, content: Uint8Array | string): Promise<void> {
    if (!this.#cleared) {
      for (const old of ["result.json", "weights.safetensors"]) await rm(join(this.#path, old), { force: true });
      await writeAtomically(join(this.#path, "history.jsonl"), "");
      this.#cleared = true;
    }
    await writeAtomically(join(this.#path, name), content);
  }
}
