/**
 * A text file that grows piece by piece beside a run that can be resumed, compressed if its name ends in .gz. Its size
 * is kept with the run: going on cuts off whatever was appended later, so that the bytes are those of one run.
 */
import { gzipSync } from "node:zlib";
import { DataError } from "../errors.ts";
import { writeAtomically } from "./atomic.ts";
import { explainWriting } from "./explain.ts";
import { disk, errorCode, type FileSystem, type OpenFile, writeAll } from "./file-system.ts";

export class GrowingFile {
  readonly path: string;
  readonly #files: FileSystem;
  readonly #beginning: Buffer;
  #size = 0;

  /** @param beginning the first line: by it the file is known again */
  constructor(path: string, beginning: string, files: FileSystem = disk) {
    this.path = path;
    this.#files = files;
    this.#beginning = this.#encode(beginning);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Begins anew; a file that was there is replaced. */
  async begin(): Promise<void> {
    await writeAtomically(this.path, this.#beginning, this.#files);
    this.#size = this.#beginning.length;
  }

  /**
   * Goes on after `size` bytes.
   * @throws DataError where the file is shorter, another one, or gone
   */
  async goOn(size: number): Promise<void> {
    await this.#opened(async (file) => {
      const first = Buffer.alloc(this.#beginning.length);
      await file.read(first, 0, first.length, 0);
      if (!first.equals(this.#beginning)) throw this.#fault("it does not begin as the run began it");
      const { size: found } = await file.stat();
      if (found < size) throw this.#fault(`it has ${found} bytes, expected at least ${size}`);
      await file.truncate(size);
      await file.sync();
    });
    this.#size = size;
  }

  /**
   * Appends, and waits for the disk.
   * @throws DataError where another process has written in the file, FileError where writing fails
   */
  async append(text: string): Promise<void> {
    const piece = this.#encode(text);
    await this.#opened(async (file) => {
      const { size } = await file.stat();
      if (size !== this.#size) throw this.#fault("something else has written in it while the run went on");
      await writeAll(file, piece);
      await file.sync();
    });
    this.#size += piece.length;
  }

  async #opened(action: (file: OpenFile) => Promise<void>): Promise<void> {
    await explainWriting(this.path, async () => {
      await this.#files.stat(this.path).catch((error) => {
        throw errorCode(error) === "ENOENT" ? this.#fault("it is gone") : error;
      });
      const file = await this.#files.open(this.path, "a+");
      await action(file).finally(() => file.close());
    });
  }

  #fault(what: string): DataError {
    return new DataError({ file: this.path }, `${what}; the run grows this file piece by piece and needs it as it was`);
  }

  #encode(text: string): Buffer {
    return this.path.endsWith(".gz") ? gzipSync(text) : Buffer.from(text);
  }
}
