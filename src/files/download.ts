/**
 * One file from the web to the disk, whole or not at all: from the first address that has it, checked against its
 * length and SHA-256, continued where an earlier try was cut off, renamed into place at the end; by one process at a
 * time.
 */
import { createHash, type Hash } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DataError, UsageError } from "../errors.ts";
import { disk } from "./file-system.ts";
import { makeFolder, syncFolder } from "./folders.ts";
import { tryLock } from "./lock.ts";
import { mostBytes, readOrdinary } from "./ordinary.ts";

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
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  readonly from: string;
}

/** Bytes of a file of unknown length. */
const most = 2 ** 32;

/** Hash and length of a file on the disk; undefined where there is none. */
export async function hashOf(path: string): Promise<{ readonly sha256: string; readonly bytes: number } | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const hash = createHash("sha256");
  await addFile(hash, path);
  return { sha256: hash.digest("hex"), bytes: found.size };
}

/**
 * Fetches the file. What was read before a fault stays beside it, named `.part`, and the next try goes on from there
 * where the hash is known, so that a mixture of two versions is noticed.
 * @throws DataError that says of every address why it failed. @throws the signal's reason when it fires.
 */
export async function download(options: Download): Promise<Downloaded> {
  const { addresses, path, signal } = options;
  await makeFolder(dirname(path), disk);
  const lock = await tryLock(`${path}.lock`);
  if (lock.kind === "busy")
    throw new DataError({ file: path }, `is being fetched by ${lock.owner}; wait until it is there`);
  const reasons: string[] = [];
  try {
    for (const address of addresses) {
      if (!/^https?:\/\//i.test(address))
        throw new UsageError(`${address.slice(0, 120)}: expected an address that begins with http:// or https://`);
      try {
        return await fetchFrom(address, options);
      } catch (error) {
        signal?.throwIfAborted();
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

async function fetchFrom(address: string, options: Download): Promise<Downloaded> {
  const { path, bytes, sha256, progress, patience = 60_000 } = options;
  const part = `${path}.part`;
  const before = sha256 === undefined ? undefined : await stat(part).catch(() => undefined);
  const start = before && before.size > 0 && before.size < (bytes ?? most) ? before.size : 0;
  const watch = watched(options.signal, patience);
  try {
    const response = await fetch(address, {
      signal: watch.signal,
      headers: start > 0 ? { range: `bytes=${start}-` } : {},
    });
    if (response.status === 416) {
      await rm(part, { force: true });
      throw new Error("the server has fewer bytes than were fetched before; they are deleted, try again");
    }
    if (!response.ok || response.body === null)
      throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
    // A server that knows no ranges sends all of it.
    const from = response.status === 206 ? start : 0;
    const hash = createHash("sha256");
    if (from > 0) await addFile(hash, part);
    const file = await open(part, from > 0 ? "a" : "w");
    let length = from;
    try {
      for await (const chunk of response.body) {
        watch.touch();
        length += chunk.length;
        if (length > (bytes ?? most)) throw new Error(`more than the ${bytes ?? most} bytes that were expected`);
        hash.update(chunk);
        await file.appendFile(chunk);
        progress?.(length);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const found = hash.digest("hex");
    if (bytes !== undefined && length < bytes)
      throw new Error(`cut off after ${length} of ${bytes} bytes; the next try goes on from there`);
    if (sha256 !== undefined && found !== sha256.toLowerCase()) {
      await rm(part, { force: true });
      throw new Error(`SHA-256 ${found}: expected ${sha256}; it is another file and was deleted`);
    }
    await rename(part, path);
    await syncFolder(dirname(path), disk);
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

async function addFile(hash: Hash, path: string): Promise<void> {
  const file = await open(path);
  try {
    const chunk = new Uint8Array(2 ** 20);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return;
      hash.update(chunk.subarray(0, bytesRead));
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
export async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return readOrdinary(path, mostBytes).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
}
