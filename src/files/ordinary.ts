/** Reading a file whole, where it is one: a device may never end, a pipe may wait for ever. */
import { readFile, stat } from "node:fs/promises";
import { DataError } from "../errors.ts";

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
export async function readOrdinary(path: string, most: number): Promise<Buffer<ArrayBuffer>> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory()) {
    throw new DataError({ file: path }, "a device, pipe or socket: expected an ordinary file");
  }
  if (found.size > most && found.isFile())
    throw new DataError({ file: path }, `${found.size} bytes: expected at most ${most} of a file of its kind`);
  return readFile(path);
}
