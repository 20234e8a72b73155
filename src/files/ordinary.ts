/** Reading a file whole, where it is one: a device may never end, a pipe may wait for ever. */
import { readFile, stat } from "node:fs/promises";
import { DataError } from "../errors.ts";

/**
 * The bytes of the file.
 * @throws DataError for a device, pipe or socket; the system's error for what is not there, or a folder
 */
export async function readOrdinary(path: string): Promise<Buffer<ArrayBuffer>> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory()) {
    throw new DataError({ file: path }, "a device, pipe or socket: expected an ordinary file");
  }
  return readFile(path);
}
