/**
 * One file from the web to the disk, whole or not at all: from the first address that has it, checked against its
 * length and SHA-256, continued where an earlier try was cut off, renamed into place at the end; by one process at a
 * time.
 */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { DataError, UsageError } from "../errors.ts";
import { explainReading, explainWriting } from "./explain.ts";
import { disk, errorCode, type FileSystem, writeAll } from "./file-system.ts";
import { makeFolder, syncFolder } from "./folders.ts";
import { removeRemainsOfLock, tryLock } from "./lock.ts";
import { openOrdinary, readAll } from "./ordinary.ts";

export interface Download {
  /** Tried in this order. */
  readonly addresses: readonly string[];
  readonly path: string;
  /** Its length, where it is known. */
  readonly bytes?: number;
  /** Its hash in hexadecimal digits, where it is known. */
  readonly sha256?: string;
  /** Is called with the bytes that are there so far. */
  readonly progress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds without any data after which a server is given up; default 60,000. */
  readonly patience?: number;
  /** Default the computer's own disk. */
  readonly files?: FileSystem;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  readonly from: string;
}

/** Bytes of a file of unknown length. */
const most = 2 ** 32;

/** Hash and length of a file on the disk; undefined where there is none. */
export async function hashOf(
  path: string,
  files: FileSystem = disk,
): Promise<{ readonly sha256: string; readonly bytes: number } | undefined> {
  const found = await files.stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const hash = createHash("sha256");
  await explainReading(path, () => addFile(hash, path, files));
  return { sha256: hash.digest("hex"), bytes: found.size };
}

/**
 * Removes what a process that was killed has left beside a file that is whole. What can't be removed now can be later.
 */
export async function removeRemains(path: string, files: FileSystem = disk): Promise<void> {
  await removeRemainsOfLock(`${path}.lock`, files);
  const remains = [`${path}.lock`, `${path}.part`].map((name) => files.stat(name).catch(() => undefined));
  if (!(await Promise.all(remains)).some((found) => found)) return;
  const lock = await tryLock(`${path}.lock`, files).catch(() => undefined);
  if (lock?.kind !== "lock") return;
  await files.unlink(`${path}.part`).catch(() => {});
  await lock.release().catch(() => {});
}

/**
 * Fetches the file. What was read before a fault stays beside it, named `.part`, and the next try goes on from there
 * where the hash is known, so that a mixture of two versions is noticed.
 * @throws DataError that says of every address why it failed, UsageError and FileError where nothing can be written
 * @throws the signal's reason when it fires
 */
export function download(options: Download): Promise<Downloaded> {
  return explainWriting(options.path, () => fetchLocked(options));
}

async function fetchLocked(options: Download): Promise<Downloaded> {
  const { addresses, path, signal, files = disk } = options;
  await makeFolder(dirname(path), files);
  const lock = await tryLock(`${path}.lock`, files);
  if (lock.kind === "busy")
    throw new DataError({ file: path }, `is being fetched by ${lock.owner}; wait until it is there`);
  const reasons: string[] = [];
  try {
    await removeRemainsOfLock(`${path}.lock`, files);
    for (const address of addresses) {
      if (!/^https?:\/\//i.test(address))
        throw new UsageError(`${address.slice(0, 120)}: expected an address that begins with http:// or https://`);
      try {
        return (await fetchFrom(address, options)) ?? (await fetchFrom(address, options)) ?? unfit();
      } catch (error) {
        signal?.throwIfAborted();
        // Another address would not make room on the disk.
        if (error instanceof OnDisk) throw error.cause;
        reasons.push(`${address.slice(0, 200)}: ${reasonOf(error)}`);
      }
    }
  } finally {
    await lock.release();
  }
  throw new DataError(
    { file: path },
    `can't be fetched; ${reasons.join("; ")}; expected one address that has it (another: --from)`,
  );
}

/** An error of the disk, not of the server. */
class OnDisk extends Error {
  override readonly name = "OnDisk";
}

async function onDisk<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new OnDisk("", { cause: error });
  }
}

function unfit(): never {
  throw new Error("the server has another file");
}

/** Undefined where what an earlier try left does not fit: it is deleted, and all of the file is wanted. */
async function fetchFrom(address: string, options: Download): Promise<Downloaded | undefined> {
  const { path, bytes, sha256, progress, patience = 60_000, files = disk } = options;
  const part = `${path}.part`;
  const remove = (): Promise<void> => onDisk(() => files.unlink(part));
  const before = sha256 === undefined ? undefined : await files.stat(part).catch(() => undefined);
  const start = before && before.size > 0 && before.size < (bytes ?? most) ? before.size : 0;
  const watch = watched(options.signal, patience);
  try {
    const response = await fetch(address, {
      signal: watch.signal,
      headers: start > 0 ? { range: `bytes=${start}-` } : {},
    });
    if (response.status === 416) {
      if (start === 0) throw new Error("the server answers 416, though all of the file was asked for");
      await remove();
      return undefined;
    }
    if (!response.ok || response.body === null)
      throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
    // A server that knows no ranges sends all of it.
    const from = response.status === 206 ? start : 0;
    const hash = createHash("sha256");
    if (from > 0) await onDisk(() => addFile(hash, part, files));
    const file = await onDisk(() => files.open(part, from > 0 ? "a" : "w"));
    let length = from;
    try {
      for await (const chunk of response.body) {
        watch.touch();
        length += chunk.length;
        if (length > (bytes ?? most)) throw new Error(`more than the ${bytes ?? most} bytes that were expected`);
        hash.update(chunk);
        await onDisk(() => writeAll(file, chunk));
        progress?.(length);
      }
      await onDisk(() => file.sync());
    } finally {
      await onDisk(() => file.close());
    }
    const found = hash.digest("hex");
    if (bytes !== undefined && length < bytes)
      throw new Error(`cut off after ${length} of ${bytes} bytes; the next try goes on from there`);
    if (sha256 !== undefined && found !== sha256.toLowerCase()) {
      await remove();
      if (from > 0) return undefined;
      throw new Error(`SHA-256 ${found}: expected ${sha256}; it is another file and was deleted`);
    }
    await onDisk(() => files.rename(part, path));
    await syncFolder(dirname(path), files);
    return { sha256: found, bytes: length, from: address };
  } finally {
    watch.stop();
  }
}

/** A signal that fires with another one, or when nothing has come for too long. */
function watched(signal: AbortSignal | undefined, patience: number) {
  const controller = new AbortController();
  const tired = (): void => controller.abort(new Error(`no data for ${Math.ceil(patience / 1000)} s`));
  let timer = setTimeout(tired, patience);
  const stopped = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", stopped);
  if (signal?.aborted) stopped();
  return {
    signal: controller.signal,
    touch(): void {
      clearTimeout(timer);
      timer = setTimeout(tired, patience);
    },
    stop(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stopped);
    },
  };
}

async function addFile(hash: Hash, path: string, files: FileSystem): Promise<void> {
  const file = await openOrdinary(path, files);
  try {
    const chunk = new Uint8Array(2 ** 20);
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return;
      hash.update(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Why it failed, in one line: what `fetch` throws hides the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : "") : "";
  return (inner === "" ? error.message : `${error.message} (${inner})`).replace(/\s+/g, " ").slice(0, 300);
}

/** The bytes of a file, or undefined where there is none. */
export async function readIfThere(
  path: string,
  files: FileSystem = disk,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return readAll(path, files).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
}
