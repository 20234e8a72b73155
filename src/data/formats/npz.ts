/** Several named arrays in one file, as numpy.savez writes them: a zip archive of .npy files. */
import { zipSync } from "fflate";
import { DataError } from "../../errors.ts";
import { decodeNpy, encodeNpy, type NpyArray, type Writable } from "./npy.ts";
import { isZip, listZip, unzip } from "./zip.ts";

const ending = ".npy";

/**
 * The arrays of the file that `wanted` names, where they are there, and the names of all.
 * @throws DataError for bytes that are no such archive, or a wanted array that is not read
 */
export async function decodeNpz(
  bytes: Uint8Array,
  file: string,
  wanted: readonly string[],
): Promise<{ readonly names: readonly string[]; readonly arrays: ReadonlyMap<string, NpyArray> }> {
  if (!isZip(bytes)) throw new DataError({ file }, "no zip archive: expected a .npz file, as numpy.savez writes it");
  const entries = listZip(bytes, file).filter(({ name }) => name.endsWith(ending));
  const arrays = new Map<string, NpyArray>();
  for (const entry of entries) {
    const name = entry.name.slice(0, -ending.length);
    if (wanted.includes(name)) arrays.set(name, decodeNpy(await unzip(bytes, entry, file), `${file}/${entry.name}`));
  }
  return { names: entries.map(({ name }) => name.slice(0, -ending.length)), arrays };
}

/** The arrays as a .npz file, not packed; the same arrays give the same bytes. */
export function encodeNpz(arrays: Readonly<Record<string, Writable>>): Uint8Array<ArrayBuffer> {
  const files = Object.entries(arrays).map(([name, array]) => [name + ending, encodeNpy(array)] as const);
  // The first day that the format knows, in the local time that it is written in.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}
