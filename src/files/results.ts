/**
 * A results file: which cells it has, and how more come to it. Several processes may share one: each claims a cell
 * before it runs it and appends under a lock, so that every cell is there once. Nothing that was finished is lost, even
 * if the file is.
 */
import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { type Cell, type CellRecord, type FailedCell, idOf, printCell } from "../experiment/cell.ts";
import { CellReader, type ParsedCells } from "../experiment/lines.ts";
import { type CellStore, type Claim, MemoryStore } from "../experiment/store.ts";
import { appendLine } from "./append.ts";
import { explainWriting } from "./explain.ts";
import { disk, errorCode, type FileSystem } from "./file-system.ts";
import { makeFolder } from "./folders.ts";
import { type Lock, lockName, removeRemainsOfLock, tryLock, waitForLock } from "./lock.ts";
import { readAllLines, readLines } from "./read-lines.ts";

/** An append takes milliseconds; who waits longer than this waits for a process that hangs. */
const patience = 120_000;

/**
 * All records of a file, which need not be there and may be packed by gzip; nothing is locked and nothing written.
 * @throws DataError as `CellReader` and `readAllLines`
 */
export async function readResults(path: string, files: FileSystem = disk): Promise<ParsedCells> {
  const reader = new CellReader(path);
  for await (const { text, ended } of readAllLines(path, files)) ended ? reader.line(text) : reader.last(text);
  return reader.finish();
}

export class ResultsFile implements CellStore {
  readonly path: string;
  readonly #files: FileSystem;
  readonly #say: (note: string) => void;
  readonly #known = new MemoryStore();
  #reader: CellReader;
  /** Up to where the file was read, where a torn line was found, and which file that was. */
  #end = 0;
  #torn = -1;
  #identity: string | undefined;

  /**
   * @param say is given sentences for people: damage, locks taken over, a file that has gone
   * @throws DataError for a file that is no results file, UsageError or FileError where it can't be locked
   */
  static async open(path: string, say: (note: string) => void, files: FileSystem = disk): Promise<ResultsFile> {
    const results = new ResultsFile(path, say, files);
    const facts = await files.stat(path).catch(() => undefined);
    if (facts && !facts.isFile()) await results.#read();
    if (facts) await results.#locked(() => results.#read());
    await removeRemainsOfLock(`${path}.lock`, files);
    await results.#removeClaims();
    return results;
  }

  private constructor(path: string, say: (note: string) => void, files: FileSystem) {
    this.path = path;
    this.#say = say;
    this.#files = files;
    this.#reader = new CellReader(path);
  }

  cell(id: string): Cell | undefined {
    return this.#known.cell(id);
  }

  failed(id: string): FailedCell | undefined {
    return this.#known.failed(id);
  }

  /** So that it runs again; its line stays in the file, and the later one counts. */
  forget(id: string): void {
    this.#known.forget(id);
  }

  /**
   * The right to run the cell. Whoever dies leaves it to be taken over.
   * @throws UsageError or FileError if nothing can be written there
   */
  async claim(id: string): Promise<Claim> {
    const lock = await explainWriting(this.path, () => this.#claimLock(id));
    if (lock.kind === "busy") return lock;
    if (lock.takenOver !== undefined) this.#say(`cell ${id}: ${lock.takenOver}`);
    const release = async (): Promise<void> => {
      await this.#release(lock);
      await this.#removeClaims();
    };
    // Whoever had the claim before may have finished the cell.
    await this.refresh().catch(async (error) => {
      await release();
      throw error;
    });
    if (!this.cell(id) && !this.failed(id)) return { kind: "claimed", release };
    await release();
    return { kind: "done" };
  }

  /** Takes in what other processes have appended. */
  async refresh(): Promise<void> {
    await this.#locked(() => this.#update());
  }

  /** Appends a record and waits for the disk; one that somebody else has finished meanwhile is not written again. */
  async append(record: CellRecord): Promise<void> {
    const line = printCell(record);
    const id = idOf(record);
    await this.#locked(async () => {
      await this.#update();
      if (this.cell(id)) return;
      await this.#appendLine(line);
    });
  }

  get #claims(): string {
    return `${this.path}.claims`;
  }

  /**
   * Removes what processes that died have left of the claims of finished cells: nobody claims those again. The folder
   * goes with the last claim. What cannot be removed now can be later.
   */
  async #removeClaims(): Promise<void> {
    const names = await this.#files.readdir(this.#claims).catch(() => undefined);
    if (!names) return;
    for (const name of names) {
      if (!this.cell(lockName(name))) continue;
      const lock = await tryLock(join(this.#claims, name), this.#files).catch(() => undefined);
      if (lock?.kind === "lock") await lock.release().catch(() => {});
    }
    await this.#files.rmdir(this.#claims).catch(() => {});
  }

  async #claimLock(id: string): ReturnType<typeof tryLock> {
    for (;;) {
      await makeFolder(this.#claims, this.#files);
      try {
        return await tryLock(join(this.#claims, id), this.#files);
      } catch (error) {
        // Another process has given the last claim back and removed the folder.
        if (errorCode(error) !== "ENOENT") throw error;
      }
    }
  }

  async #locked<T>(action: () => Promise<T>): Promise<T> {
    const lock = await explainWriting(this.path, async () => {
      await makeFolder(dirname(this.path), this.#files);
      return waitForLock(`${this.path}.lock`, patience, this.#files);
    });
    if (lock.kind === "busy") {
      throw new UsageError(`${this.path} is locked by ${lock.owner}, for more than ${patience / 60_000} minutes`);
    }
    if (lock.takenOver !== undefined) this.#say(lock.takenOver);
    let outcome: T;
    try {
      outcome = await explainWriting(this.path, action);
    } catch (error) {
      await this.#release(lock).catch(() => {});
      throw error;
    }
    await this.#release(lock);
    return outcome;
  }

  async #release(lock: Lock): Promise<void> {
    await explainWriting(this.path, () => lock.release());
  }

  /**
   * Reads on, under the lock. A file that is gone, or another one by the same name, gets what is known of the former.
   */
  async #update(): Promise<void> {
    const facts = await this.#files.stat(this.path).catch((error) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    const identity = facts && `${facts.dev} ${facts.ino}`;
    const former = this.#identity;
    const replaced = former !== undefined && (identity !== former || (facts?.size ?? 0) < this.#end);
    if (!replaced) {
      await this.#read();
      return;
    }
    const known = [...this.#known.failures, ...this.#known.cells];
    this.#say(
      `${this.path} was ${facts ? "replaced" : "deleted"} in the meantime; what is known of it is written again`,
    );
    [this.#end, this.#torn, this.#identity, this.#reader] = [0, -1, undefined, new CellReader(this.path)];
    await this.#read();
    const there = new Set(this.#reader.finish().cells.map(idOf));
    for (const record of known) if (!there.has(idOf(record))) await this.#appendLine(printCell(record));
  }

  /**
   * Takes in what was appended since the last reading. Under the lock nobody is writing: a line without its end is torn
   * or whole.
   */
  async #read(): Promise<void> {
    const warned = this.#reader.warnings.length;
    for await (const { text, ended, end } of readLines(this.path, this.#end, this.#files)) {
      if (!ended && this.#torn === this.#end) break;
      const record = ended ? this.#reader.line(text) : this.#reader.last(text);
      if (record) this.#known.add(record);
      if (ended || record) this.#end = end;
      else this.#torn = this.#end;
    }
    for (const warning of this.#reader.warnings.slice(warned)) this.#say(warning);
    const facts = await this.#files.stat(this.path).catch(() => undefined);
    if (facts) this.#identity = `${facts.dev} ${facts.ino}`;
  }

  async #appendLine(line: string): Promise<void> {
    await appendLine(this.path, line, this.#files);
    this.#torn = -1;
    await this.#read();
  }
}
