/**
 * The lock file of the data folder, where each fetched data set has a folder: the hash that each file had when first
 * fetched, so that it can't become another file unnoticed.
 */
import { join } from "node:path";
import * as v from "valibot";
import { DataError } from "../errors.ts";
import { writeAtomically } from "./atomic.ts";
import { readIfThere } from "./download.ts";
import { disk, type FileSystem } from "./file-system.ts";

const pinSchema = v.object({ sha256: v.string(), bytes: v.number(), from: v.string() });

export type Pin = v.InferOutput<typeof pinSchema>;

const lockSchema = v.object({ format: v.literal("hardbatch data lock 1"), files: v.record(v.string(), pinSchema) });

const lockFile = (folder: string): string => join(folder, "data-lock.json");

/** What is known of the files in the folder, by path from there. @throws DataError for a file that is damaged. */
export async function readPins(folder: string, files: FileSystem = disk): Promise<ReadonlyMap<string, Pin>> {
  const bytes = await readIfThere(lockFile(folder), files);
  if (!bytes) return new Map();
  try {
    return new Map(Object.entries(v.parse(lockSchema, JSON.parse(new TextDecoder().decode(bytes))).files));
  } catch {
    throw new DataError(
      { file: lockFile(folder) },
      "damaged: expected the hashes of fetched files; delete it to trust those files anew",
    );
  }
}

/** Adds to the lock file. */
export async function writePins(
  folder: string,
  pins: ReadonlyMap<string, Pin>,
  files: FileSystem = disk,
): Promise<void> {
  const known = Object.fromEntries([...pins].sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify({ format: "hardbatch data lock 1", files: known }, null, 1);
  await writeAtomically(lockFile(folder), `${text}\n`, files);
}
