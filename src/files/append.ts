/**
 * Files of JSON lines that grow: a line is appended whole, after mending what an interrupted append left behind. Who
 * else may append at the same time is for the caller (lock.ts).
 */
import { dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { explainWriting } from "./explain.ts";
import { disk, type FileSystem, type OpenFile, writeAll } from "./file-system.ts";
import { makeFolder, syncFolder } from "./folders.ts";

/**
 * Appends one line of JSON and waits for the disk. If the file ends in the middle of a line, that line is ended first
 * if it is whole, and taken off if it was torn, whatever is in it (zero bytes after a power cut, too). Missing folders
 * are made.
 * @returns how many bytes of a torn line were taken off
 * @throws UsageError for a line with a line break in it, a file that does not begin as one of JSON lines, or a wrong
 * place; FileError if writing fails: what had been written of the line is taken back
 */
export async function appendLine(path: string, line: string, files: FileSystem = disk): Promise<number> {
  if (/[\r\n]/.test(line)) throw new UsageError("a line to append has a line break in it; expected one line");
  return explainWriting(path, async () => {
    await makeFolder(dirname(path), files);
    const known = await files.stat(path).catch(() => undefined);
    const file = await files.open(path, "a+");
    let torn = 0;
    try {
      const { size } = await file.stat();
      const tail = await lastPiece(file, size);
      if (size > 0) await requireJsonLines(file, path);
      const whole = isJson(tail);
      torn = whole ? 0 : tail.length;
      if (torn > 0) await file.truncate(size - torn);
      try {
        await writeAll(file, Buffer.from(`${whole ? "\n" : ""}${line}\n`));
        await file.sync();
      } catch (error) {
        // Otherwise the next reader would find a torn line; if this fails, too, it is mended then.
        await file.truncate(size - torn).catch(() => {});
        throw error;
      }
    } finally {
      await file.close();
    }
    if (!known) await syncFolder(dirname(path), files);
    return torn;
  });
}

/** Something that was never written line by line is not to be mended: it might be somebody's text. */
async function requireJsonLines(file: OpenFile, path: string): Promise<void> {
  const first = new Uint8Array(1);
  await file.read(first, 0, 1, 0);
  if (first[0] === 0 || first[0] === 0x7b) return;
  throw new UsageError(`${path} does not begin with a line of JSON; is it a results file? Choose another name`);
}

/** The bytes after the last line end: none, if the file is empty or ends with one. */
async function lastPiece(file: OpenFile, size: number): Promise<Buffer> {
  const block = 65_536;
  const pieces: Uint8Array[] = [];
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block);
    const piece = new Uint8Array(end - start);
    const { bytesRead } = await file.read(piece, 0, piece.length, start);
    const lineEnd = piece.lastIndexOf(10, bytesRead - 1);
    pieces.unshift(piece.subarray(lineEnd + 1, bytesRead));
    if (lineEnd >= 0) break;
    end = start;
  }
  return Buffer.concat(pieces);
}

function isJson(tail: Buffer): boolean {
  // A torn line of JSON objects never ends with the brace that closes it, so most need no parsing.
  if (tail.length === 0 || tail[tail.length - 1] !== 0x7d) return false;
  try {
    JSON.parse(tail.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
