/**
 * The folder of one training run: history.jsonl (one line per epoch, appended), weights.safetensors (the best so far),
 * checkpoints while it runs, card.md, result.json and run.json at its end. One process at a time owns it; what belongs
 * to another run is not replaced unasked.
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { inert } from "../data/formats/inert.ts";
import { DataError, UsageError } from "../errors.ts";
import { appendLine } from "../files/append.ts";
import { prepareFile, writeAtomically } from "../files/atomic.ts";
import { CheckpointFiles } from "../files/checkpoints.ts";
import { explainWriting } from "../files/explain.ts";
import { disk, errorCode } from "../files/file-system.ts";
import { type Lock, removeRemainsOfLock, tryLock } from "../files/lock.ts";
import { readAll } from "../files/ordinary.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../training/checkpoint.ts";
import { Failed } from "./endings.ts";

export class RunFolder {
  readonly path: string;
  readonly #lock: Lock;
  readonly #checkpoints: CheckpointFiles;

  /**
   * Takes the folder.
   * @param say is given sentences for people
   * @param make makes it where it is not there
   * @throws UsageError if it is not there or nothing can be written in it, Failed while another process uses it
   */
  static async open(path: string, make: boolean, say: (note: string) => void): Promise<RunFolder> {
    const found = await stat(path).catch(() => undefined);
    if (!make && !found?.isDirectory()) throw new UsageError(`--resume ${path}: there is no such folder`);
    const lockFile = join(path, "run.lock");
    if (make) await prepareFile(join(path, "history.jsonl"));
    const lock = await explainWriting(lockFile, () => tryLock(lockFile));
    if (lock.kind === "busy") throw new Failed(`${path} is in use by ${lock.owner}: choose another folder, or wait`);
    if (lock.takenOver !== undefined) say(`${path}: ${lock.takenOver}`);
    await removeRemainsOfLock(lockFile);
    return new RunFolder(path, lock);
  }

  private constructor(path: string, lock: Lock) {
    this.path = path;
    this.#lock = lock;
    this.#checkpoints = new CheckpointFiles(path);
  }

  /** Makes it the folder of a new run. @throws UsageError where it has the work of another run, unless `force` */
  async begin(force: boolean): Promise<void> {
    const [finished, unfinished] = [await this.isFinished(), await this.#checkpoints.exist()];
    if (!force && unfinished && !finished) {
      throw new UsageError(
        `${this.path} holds a run that is not finished: --resume ${this.path} goes on with it, --force replaces it`,
      );
    }
    if (!force && finished) {
      throw new UsageError(`${this.path} holds a finished run: choose another folder, or --force to replace it`);
    }
    if (!force && (await this.#hasLeftovers())) {
      throw new UsageError(
        `${this.path} holds weights or a history that no finished run explains: ` +
          "choose another folder, or --force to replace them",
      );
    }
    await this.#checkpoints.clear();
    for (const name of ["result.json", "run.json", "card.md", "weights.safetensors"]) await this.#remove(name);
    await writeAtomically(this.#file("history.jsonl"), "");
  }

  async isFinished(): Promise<boolean> {
    const found = await stat(this.#file("result.json")).catch(() => undefined);
    return found !== undefined;
  }

  /** Of a run that failed, or could not be resumed; or somebody else's files. */
  async #hasLeftovers(): Promise<boolean> {
    const [weights, history] = await Promise.all(
      ["weights.safetensors", "history.jsonl"].map((name) => stat(this.#file(name)).catch(() => undefined)),
    );
    return weights !== undefined || (history?.size ?? 0) > 0;
  }

  /** The newest checkpoint that is whole. @throws UsageError where there is none, DataError where all are damaged */
  async newestCheckpoint(say: (note: string) => void): Promise<Checkpoint> {
    const newest = await this.#checkpoints.newest(decodeCheckpoint, say);
    if (newest) return newest;
    throw new UsageError(
      (await this.isFinished())
        ? `--resume ${this.path}: the run there is finished`
        : `--resume ${this.path}: there is no checkpoint of a run`,
    );
  }

  /**
   * Makes the files those of a run that stands after `epochs` epochs.
   * @param weights those of the best of them, if there is one
   * @throws DataError where the history lacks some
   */
  async rewind(epochs: number, weights: Uint8Array | undefined): Promise<void> {
    const file = this.#file("history.jsonl");
    const text = new TextDecoder().decode(await readAll(file, disk));
    const lines = text.split("\n").slice(0, epochs);
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (epochOf(lines[epoch] ?? "") === epoch) continue;
      throw new DataError(
        { file, line: epoch + 1 },
        `expected the line of epoch ${epoch}, which the checkpoint goes on from`,
      );
    }
    const wanted = lines.map((line) => `${line}\n`).join("");
    if (wanted !== text) await writeAtomically(file, wanted);
    for (const name of ["result.json", "run.json", "card.md"]) await this.#remove(name);
    if (weights) await this.saveWeights(weights);
    else await this.#remove("weights.safetensors");
  }

  addEpoch(record: unknown): Promise<unknown> {
    return appendLine(this.#file("history.jsonl"), inert(JSON.stringify(record)));
  }

  saveWeights(file: Uint8Array): Promise<void> {
    return writeAtomically(this.#file("weights.safetensors"), file);
  }

  /** @param step how many steps of the run are done */
  saveCheckpoint(step: number, checkpoint: Checkpoint): Promise<void> {
    return this.#checkpoints.save(step, encodeCheckpoint(checkpoint));
  }

  /** Writes model card, result and run record; the checkpoints have done their service. */
  async finish(card: string, result: unknown, run: unknown): Promise<void> {
    await writeAtomically(this.#file("card.md"), card);
    await writeAtomically(this.#file("run.json"), `${JSON.stringify(run, null, 2)}\n`);
    await writeAtomically(this.#file("result.json"), inert(`${JSON.stringify(result, null, 2)}\n`));
    await this.#checkpoints.clear();
  }

  /** For a run that can only fail again. */
  forgetCheckpoints(): Promise<void> {
    return this.#checkpoints.clear();
  }

  /** Gives the folder back. */
  release(): Promise<void> {
    return this.#lock.release();
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  async #remove(name: string): Promise<void> {
    await rm(this.#file(name), { force: true }).catch((error) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
  }
}

/** The epoch that a line of the history is of; undefined for anything else. */
function epochOf(line: string): unknown {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === "object" && record !== null && "epoch" in record ? record.epoch : undefined;
  } catch {
    return undefined;
  }
}
