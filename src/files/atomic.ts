/**
 * Files that survive an interruption (Node only): a whole file is replaced in one step or not at all; a line is
 * appended whole, after mending what an interrupted append left behind.
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { isCut } from "../experiment/cell.ts";

/**
 * Writes beside the target, waits for the disk, then renames: a reader sees the old file or the new one, never a part.
 * Missing folders are made; a link is followed, and an existing file's mode is kept.
 * @throws UsageError if the place can't be written; nothing is left behind.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await explain(path, async () => {
    await makeFolder(dirname(path));
    const target = await realpath(path).catch(() => path);
    const before = await stat(target).catch(() => undefined);
    if (before?.isDirectory()) throw new UsageError(`${path} is a folder; expected the name of a file`);
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      if (before) await chmod(temporary, before.mode & 0o777);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(target));
  });
}

/**
 * Appends one line and waits for the disk. If the file ends in the middle of a line, that line is ended first if it is
 * whole JSON, and taken off if it is the beginning of a cell; anything else is refused. Missing folders are made.
 * @throws UsageError for a line with a line break in it, a file that doesn't end as a results file does, or a place
 * that can't be written.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  if (/[\r\n]/.test(line)) throw new UsageError("a line to append has a line break in it; expected one line");
  await explain(path, async () => {
    await makeFolder(dirname(path));
    const file = await open(path, "a+");
    try {
      const { size } = await file.stat();
      const tail = await lastPiece(file, size);
      let start = "";
      if (tail.length > 0) {
        const text = tail.toString("utf8");
        if (isJson(text)) start = "\n";
        else if (isCut(text)) await file.truncate(size - tail.length);
        else throw new UsageError(`${path} ends with a line that isn't a cell; is it a results file?`);
      }
      await file.appendFile(`${start}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Makes sure, before long work, that `path` can be written: makes missing folders, and the file if it isn't there.
 * @throws UsageError if the place can't be written
 */
export async function prepareFile(path: string): Promise<void> {
  await explain(path, async () => {
    await makeFolder(dirname(path));
    await (await open(path, "a")).close();
  });
}

/** Makes the folder and those above it. Node's own way never ends where a system's folder, such as /proc, takes no new ones. */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found === undefined && dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch(async (error) => {
    // Another process may have been faster.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}

/** The bytes after the last line end: none, if the file is empty or ends with one. */
async function lastPiece(file: Awaited<ReturnType<typeof open>>, size: number): Promise<Buffer> {
  const block = 65_536;
  let tail = Buffer.alloc(0);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const piece = buffer.subarray(0, bytesRead);
    const lineEnd = piece.lastIndexOf(10);
    tail = Buffer.concat([piece.subarray(lineEnd + 1), tail]);
    if (lineEnd >= 0) break;
    end = start;
  }
  return tail;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The rename itself must reach the disk; where folders can't be opened (Windows) the file system sees to it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    return;
  }
}

/** Turns the system's error codes into sentences; other errors pass through. */
async function explain(path: string, action: () => Promise<void>): Promise<void> {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "writing there isn't allowed",
    EPERM: "writing there isn't allowed",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EISDIR: "it is a folder; expected the name of a file",
    ENOENT: "no folder can be made there",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "a part of the path is a file, not a folder",
    ENAMETOOLONG: "the name is too long",
  };
  try {
    await action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (Object.hasOwn(reasons, code)) throw new UsageError(`can't write ${path}: ${reasons[code]}`);
    throw error;
  }
}
