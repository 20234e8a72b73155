/**
 * What can be saved of a file of JSON lines that was damaged, and saving it: every whole record is kept as it stands.
 */
import { DataError, UsageError } from "../errors.ts";
import { parseRecord } from "../experiment/cell.ts";
import { CellReader } from "../experiment/lines.ts";
import { appendLine } from "./append.ts";
import { writeAtomically } from "./atomic.ts";
import { explainWriting } from "./explain.ts";
import { disk, type FileSystem } from "./file-system.ts";
import { waitForLock } from "./lock.ts";
import { isPacked, readAllLines } from "./read-lines.ts";

export interface LinesCheck {
  /** Lines that are whole. */
  readonly whole: readonly string[];
  /** What the others are. */
  readonly damage: readonly string[];
  /** The others as text, for `REPAIRED.removed`. */
  readonly removed: readonly string[];
}

/** What the lines of a file are: cells of a grid, or epochs of a run. */
export type LinesKind = "cells" | "epochs";

/** What the first line says that is one of either; undefined where none is. */
export async function kindOfLines(path: string, files: FileSystem = disk): Promise<LinesKind | undefined> {
  for await (const { text } of readAllLines(path, files)) {
    const value = parsed(text);
    if (isEpoch(value)) return "epochs";
    if (value !== undefined && typeof parseRecord(value) !== "string") return "cells";
  }
  return undefined;
}

export async function checkLines(path: string, kind: LinesKind, files: FileSystem = disk): Promise<LinesCheck> {
  const [whole, damage, removed]: [string[], string[], string[]] = [[], [], []];
  let number = 0;
  for await (const { text } of readAllLines(path, files)) {
    number++;
    if (text.trim() === "") continue;
    const fault = kind === "cells" ? faultOfCell(text, path) : faultOfEpoch(text);
    if (fault === undefined) whole.push(text);
    else {
      damage.push(`${path}:${number}: ${fault}`);
      removed.push(text);
    }
  }
  return { whole, damage, removed };
}

function faultOfCell(text: string, path: string): string | undefined {
  const reader = new CellReader(path);
  try {
    return reader.line(text) ? undefined : "it is damaged";
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return error.message.replace(/^.*?:\d+: /, "").replace(/; hardbatch check.*$/, "");
  }
}

const faultOfEpoch = (text: string): string | undefined => {
  const value = parsed(text);
  if (value === undefined) return "it is no JSON";
  return isEpoch(value) ? undefined : "it is not the record of an epoch";
};

const isEpoch = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "epoch" in value && Number.isSafeInteger(value.epoch);

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Takes the damaged lines out of the file; they are kept in `PATH.removed` as strings of JSON.
 * @returns what was found
 * @throws UsageError for a file that has none of such lines, nor what is left of one: it is something else
 */
export function repairLines(path: string, kind: LinesKind, files: FileSystem = disk): Promise<LinesCheck> {
  return explainWriting(path, async () => {
    const lock = await waitForLock(`${path}.lock`, 10_000, files);
    if (lock.kind === "busy") throw new DataError({ file: path }, `it is in use by ${lock.owner}`);
    try {
      const found = await checkLines(path, kind, files);
      if (found.removed.length === 0) return found;
      if (await isPacked(path, files)) throw new UsageError(`${path} is packed: unpack it, and repair what comes out`);
      if (found.whole.length === 0 && !found.removed.every((text) => /^[{\0]/.test(text)))
        throw new UsageError(`${path}: no line of it is one of the ${kind}; is it another file? Nothing is changed`);
      for (const text of found.removed) await appendLine(`${path}.removed`, JSON.stringify({ removed: text }), files);
      await writeAtomically(path, found.whole.map((line) => `${line}\n`).join(""), files);
      return found;
    } finally {
      await lock.release();
    }
  });
}
