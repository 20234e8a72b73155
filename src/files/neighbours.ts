/**
 * Neighbours that were found are kept in a folder, as large tables take minutes to search. The name of a file is the
 * digest of all that decides its content: rows, queries, k, and the version of the format. A file is believed only as
 * far as its own digest.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Matrix } from "../data/dataset.ts";
import type { Neighbours } from "../data/imbalance/neighbours.ts";
import { writeAtomically } from "./atomic.ts";

const format = "hardbatch neighbours 1\n";
const digestBytes = 32;

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The name of the file for a search: k nearest of each queried row. */
export function neighboursName(features: Matrix, queries: Int32Array, k: number): string {
  const hash = createHash("sha256").update(format);
  hash.update(`${features.kind} ${features.rows} ${features.columns} ${k} ${queries.length}\n`);
  hash.update(bytesOf(features.values));
  if (features.kind === "sparse") hash.update(bytesOf(features.indices)).update(bytesOf(features.offsets));
  return `${hash.update(bytesOf(queries)).digest("hex")}.neighbours`;
}

/**
 * What the file holds; undefined where there is none.
 * @throws Error for a file that is damaged, or cannot be read
 */
export function readNeighbours(folder: string, name: string, queries: Int32Array, k: number): Neighbours | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const entries = queries.length * k;
  const end = format.length + 12 * entries;
  const whole = bytes.length === end + digestBytes && bytes.toString("latin1", 0, format.length) === format;
  if (!whole || !digestOf(name, bytes.subarray(0, end)).equals(bytes.subarray(end))) throw new Error("damaged");
  const indices = new Int32Array(entries);
  const squaredDistances = new Float64Array(entries);
  bytesOf(indices).set(bytes.subarray(format.length, format.length + 4 * entries));
  bytesOf(squaredDistances).set(bytes.subarray(format.length + 4 * entries, end));
  return { queries, k, indices, squaredDistances };
}

/** @throws UsageError and FileError where the folder cannot be written to */
export async function writeNeighbours(
  folder: string,
  name: string,
  { indices, squaredDistances }: Neighbours,
): Promise<void> {
  const content = Buffer.concat([Buffer.from(format), bytesOf(indices), bytesOf(squaredDistances)]);
  await writeAtomically(join(folder, name), Buffer.concat([content, digestOf(name, content)]));
}

/** Of a file that is where it belongs: another's name gives another digest. */
const digestOf = (name: string, content: Uint8Array): Buffer =>
  createHash("sha256").update(name).update(content).digest();
