/** Reading a file whole, where it is one: a device may never end, a pipe may wait for ever. */
import { readFile, stat } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { explainReading } from "./explain.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";

/** Bytes of a file that is read whole, such as saved weights: Node reads no more at once. */
export const mostBytes = 2 ** 31 - 1;
/** Bytes of a file of words: a study, preprocessing, a module of one's own. */
export const mostTextBytes = 2 ** 26;
/** Bytes of a file of folds or of a plan: ten million numbers of rows have 80 MB. */
export const mostListBytes = 2 ** 28;

/**
 * The bytes of the file.
 * @param most bytes that it may have
 * @throws DataError for a larger file, a device, pipe or socket; the system's error for what is not there, or a folder
 */
export function readOrdinary(path: string, most: number): Promise<Buffer<ArrayBuffer>> {
  return explainReading(path, async () => {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory()) throw new DataError({ file: path }, extraordinary);
    if (found.size > most && found.isFile())
      throw new DataError({ file: path }, `${found.size} bytes: expected at most ${most} of a file of its kind`);
    return readFile(path);
  });
}

const extraordinary = "a device, pipe or socket: expected an ordinary file";

/**
 * Opens the file to read it, without waiting for anything.
 * @throws DataError for a folder, device, pipe or socket; the system's error for what is not there
 */
export async function openOrdinary(path: string, files: FileSystem): Promise<OpenFile> {
  const found = await files.stat(path);
  if (found.isFile()) return files.open(path, "r");
  throw new DataError({ file: path }, found.isDirectory() ? "a folder: expected a file" : extraordinary);
}

/** All bytes of the file. @throws as `openOrdinary`, and DataError for a larger file than Node reads */
export function readAll(path: string, files: FileSystem): Promise<Uint8Array<ArrayBuffer>> {
  return explainReading(path, async () => {
    const file = await openOrdinary(path, files);
    try {
      const { size } = await file.stat();
      if (size > mostBytes) throw new DataError({ file: path }, `${size} bytes: expected at most ${mostBytes}`);
      const bytes = new Uint8Array(size);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
        if (bytesRead === 0) return bytes.subarray(0, done);
        done += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  });
}

/** The first bytes of the file, fewer where it is shorter. @throws as `readAll` */
export function readBeginning(path: string, length: number, files: FileSystem): Promise<Uint8Array> {
  return explainReading(path, async () => {
    const file = await openOrdinary(path, files);
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  });
}
