/**
 * One owner per output: a lock is a small file that names the process that made it, and that process alone removes it.
 * One left behind by a process that is gone is taken over. For local disks: across machines, share nothing and merge
 * (--shard).
 */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { disk, errorCode, type FileSystem, writeAll } from "./file-system.ts";
import { openOrdinary } from "./ordinary.ts";
import { isRunning, type ProcessIdentity, thisProcess } from "./process-identity.ts";

export interface Lock {
  readonly kind: "lock";
  /** A sentence, where the lock was taken over from a process that left it behind. */
  readonly takenOver?: string;
  /** False once another process has taken it over or somebody has removed it. */
  isMine(): Promise<boolean>;
  release(): Promise<void>;
}

/** Somebody else's. */
export interface Busy {
  readonly kind: "busy";
  /** Such as "process 4711 on host since 2026-01-02T03:04:05Z". */
  readonly owner: string;
}

/** An owner gives a sign of life this often, where it can, in milliseconds. */
const heartbeat = 30_000;
/** An owner about which nothing else can be known counts as gone after this long without a sign, in milliseconds. */
export const silence = 600_000;
/** A file without an owner's name in it is being written; after this long its writer has died over it. */
const unnamed = 10_000;

interface Owner extends ProcessIdentity {
  /** Tells this lock from every other at the same place. */
  readonly token: string;
  readonly since: string;
}

/**
 * The lock at `path` (the name of the lock's own file), or whose it is. The folder has to be there.
 * Who finds a lock left behind removes it under a lock named after that very lock, so that nobody ever removes a fresh
 * one.
 */
export async function tryLock(path: string, files: FileSystem = disk): Promise<Lock | Busy> {
  let takenOver: string | undefined;
  for (;;) {
    const owner = await create(path, files);
    if (owner) return heldLock(path, owner.token, files, takenOver);
    const found = await look(path, files);
    if (!found) continue;
    if (!found.left) return { kind: "busy", owner: found.words };
    const right = await tryLock(`${path}.${found.token}`, files);
    if (right.kind === "busy") return right;
    try {
      const now = await look(path, files);
      if (now?.token === found.token && now.left) {
        await files.unlink(path);
        takenOver = `the lock of ${found.words} was taken over: ${now.left}`;
      }
    } finally {
      await right.release();
    }
  }
}

/** As `tryLock`, but waits for its turn at most so many milliseconds; then it answers whose the lock is. */
export async function waitForLock(path: string, wait: number, files: FileSystem = disk): Promise<Lock | Busy> {
  const end = performance.now() + wait;
  for (let pause = 2; ; pause = Math.min(50, pause * 1.5)) {
    const lock = await tryLock(path, files);
    if (lock.kind === "lock" || performance.now() >= end) return lock;
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/** The name of the lock that a file belongs to: itself, or the one under whose removal the file was made. */
export function lockName(file: string): string {
  return file.replace(/(?:\.(?:[0-9a-f]{12}|inode-\d+))+$/, "");
}

/**
 * Removes what processes that died while they took over the lock at `path` have left beside it: nobody else would look
 * at it again. What can't be removed now can be later.
 */
export async function removeRemainsOfLock(path: string, files: FileSystem = disk): Promise<void> {
  const name = basename(path);
  for (const found of await files.readdir(dirname(path)).catch(() => [])) {
    if (found === name || lockName(found) !== name) continue;
    const lock = await tryLock(join(dirname(path), found), files).catch(() => undefined);
    if (lock?.kind === "lock") await lock.release().catch(() => {});
  }
}

/** Makes the file with this process's name in it; undefined if there is one. */
async function create(path: string, files: FileSystem): Promise<Owner | undefined> {
  const file = await files.open(path, "wx").catch((error) => {
    // Windows answers EPERM or EBUSY while a removed file is still open somewhere.
    if (errorCode(error) === "EEXIST" || (process.platform === "win32" && errorCode(error) !== "ENOENT"))
      return undefined;
    throw error;
  });
  if (!file) return undefined;
  const owner: Owner = { ...thisProcess(), token: randomBytes(6).toString("hex"), since: new Date().toISOString() };
  try {
    await writeAll(file, Buffer.from(`${JSON.stringify(owner)}\n`));
  } catch (error) {
    await files.unlink(path);
    throw error;
  } finally {
    await file.close();
  }
  return owner;
}

interface Found {
  readonly token: string;
  /** Whose it is. */
  readonly words: string;
  /** Why its owner counts as gone, if it does. */
  readonly left?: string;
}

/** What is known of the lock that is there; undefined if there is none. */
async function look(path: string, files: FileSystem): Promise<Found | undefined> {
  let text: string;
  let modified: number;
  let inode: number;
  try {
    const file = await openOrdinary(path, files);
    try {
      const buffer = new Uint8Array(4096);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
      ({ mtimeMs: modified, ino: inode } = await file.stat());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const age = Date.now() - modified;
  const owner = parseOwner(text);
  if (!owner) {
    const found = { token: `inode-${inode}`, words: "a process that has not written its name" };
    // A clock that was put back makes the file younger than nothing.
    return Math.abs(age) > unnamed ? { ...found, left: "it was never finished" } : found;
  }
  const { token, pid, host, since } = owner;
  const found = { token, words: `process ${pid} on ${host} since ${since}` };
  const running = isRunning(owner);
  if (running === false) return { ...found, left: "that process is gone" };
  if (running === undefined && age > silence)
    return { ...found, left: `it has given no sign for ${Math.round(age / 60_000)} minutes` };
  return found;
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const fields: Record<string, unknown> = { ...value };
    const word = (name: string): string => {
      const field = fields[name];
      if (typeof field !== "string") throw new TypeError(name);
      return field;
    };
    const { pid } = fields;
    const token = word("token");
    if (!/^[0-9a-f]{12}$/.test(token) || typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1)
      return undefined;
    const identity = { host: word("host"), boot: word("boot"), numbers: word("numbers"), started: word("started") };
    return { ...identity, pid, token, since: word("since") };
  } catch {
    return undefined;
  }
}

/** The locks of this process, by their files: one clock gives the sign of life for all. */
const signs = new Map<string, () => Promise<void>>();
let clock: NodeJS.Timeout | undefined;

function heldLock(path: string, token: string, files: FileSystem, takenOver: string | undefined): Lock {
  const isMine = async (): Promise<boolean> => (await look(path, files))?.token === token;
  signs.set(token, async () => {
    const now = new Date();
    if (await isMine()) await files.utimes(path, now, now);
  });
  clock ??= setInterval(() => {
    // A sign that could not be given is nothing to stop for: the next one may.
    for (const sign of signs.values()) sign().catch(() => {});
  }, heartbeat).unref();
  return {
    kind: "lock",
    ...(takenOver !== undefined && { takenOver }),
    isMine,
    release: async () => {
      if (signs.delete(token) && signs.size === 0) {
        clearInterval(clock);
        clock = undefined;
      }
      if (await isMine()) await files.unlink(path);
    },
  };
}
