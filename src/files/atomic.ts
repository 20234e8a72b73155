/**
 * A whole file is replaced in one step or not at all: whoever reads, also after an interruption or a power cut, sees
 * the old file or the new one. Files that grow line by line are in results.ts.
 */
import { basename, dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { explainWriting } from "./explain.ts";
import { disk, errorCode, type FileSystem, type OpenFile, writeAll } from "./file-system.ts";
import { makeFolder, syncFolder } from "./folders.ts";
import { removeTemporaries, temporaryFor } from "./temporaries.ts";

/**
 * Writes beside the target, waits for the disk, then renames. Missing folders are made; a link is followed, and an
 * existing file's mode is kept. What is no file, such as a device or a pipe, stays and is written to. What processes
 * that were killed have left beside the target goes.
 * @param content whole, or in pieces that are written as they come
 * @throws UsageError if the place is wrong, FileError if writing fails; nothing is left behind
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<string>,
  files: FileSystem = disk,
): Promise<void> {
  await explainWriting(path, async () => {
    await makeFolder(dirname(path), files);
    const target = await files.realpath(path).catch((error) => {
      if (errorCode(error) === "ENOENT") return path;
      throw error;
    });
    const before = await files.stat(target).catch(() => undefined);
    if (before?.isDirectory()) throw new UsageError(`${path} is a folder; expected the name of a file`);
    const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
    // A device or a pipe is written to; a file in its place would be another thing under its name.
    if (before && !before.isFile()) return writeInto(await files.open(target, "w"), pieces);
    await removeTemporaries(dirname(target), (name) => name === basename(target), files);
    const temporary = temporaryFor(target);
    try {
      const file = await files.open(temporary, "wx");
      await writeInto(file, pieces, () => file.sync());
      if (before) await files.chmod(temporary, before.mode & 0o777);
      await files.rename(temporary, target);
    } catch (error) {
      await files.unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(target), files);
  });
}

/** Writes all pieces and closes. @param last what is done before it is closed */
async function writeInto(
  file: OpenFile,
  pieces: Iterable<Uint8Array | string> | AsyncIterable<string>,
  last?: () => Promise<void>,
): Promise<void> {
  try {
    for await (const piece of pieces) await writeAll(file, typeof piece === "string" ? Buffer.from(piece) : piece);
    await last?.();
  } finally {
    await file.close();
  }
}

/**
 * Makes sure, before long work, that `path` can be written: makes missing folders, and the file if it isn't there.
 * @throws UsageError or FileError if it can't
 */
export async function prepareFile(path: string, files: FileSystem = disk): Promise<void> {
  await explainWriting(path, async () => {
    await makeFolder(dirname(path), files);
    const known = await files.stat(path).catch(() => undefined);
    // Opening a pipe would wait for who reads it.
    if (known && !known.isFile() && !known.isDirectory()) return;
    await (await files.open(path, "a")).close();
    if (!known) await syncFolder(dirname(path), files);
  });
}
