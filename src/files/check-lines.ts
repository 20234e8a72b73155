/**
 * What can be saved of a file of JSON lines that was damaged, and saving it: every whole record is kept as it stands.
 */
import { DataError } from "../errors.ts";
import { CellReader } from "../experiment/lines.ts";
import { appendLine } from "./append.ts";
import { writeAtomically } from "./atomic.ts";
import { explainWriting } from "./explain.ts";
import { disk, type FileSystem } from "./file-system.ts";
import { waitForLock } from "./lock.ts";
import { readLines } from "./read-lines.ts";

export interface LinesCheck {
  /** Lines that are whole. */
  readonly whole: readonly string[];
  /** What the others are. */
  readonly damage: readonly string[];
  /** The others as text, for `REPAIRED.removed`. */
  readonly removed: readonly string[];
}

/** @param cells whether every record is to be a cell; otherwise any JSON will do */
export async function checkLines(path: string, cells: boolean, files: FileSystem = disk): Promise<LinesCheck> {
  const [whole, damage, removed]: [string[], string[], string[]] = [[], [], []];
  let number = 0;
  for await (const { text } of readLines(path, 0, files)) {
    number++;
    if (text.trim() === "") continue;
    const fault = cells ? faultOfCell(text, path) : faultOfJson(text);
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

function faultOfJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return "it is no JSON";
  }
}

/**
 * Takes the damaged lines out of the file; they are kept in `PATH.removed` as strings of JSON.
 * @returns what was found
 */
export function repairLines(path: string, cells: boolean, files: FileSystem = disk): Promise<LinesCheck> {
  return explainWriting(path, async () => {
    const lock = await waitForLock(`${path}.lock`, 10_000, files);
    if (lock.kind === "busy") throw new DataError({ file: path }, `it is in use by ${lock.owner}`);
    try {
      const found = await checkLines(path, cells, files);
      if (found.removed.length === 0) return found;
      for (const text of found.removed) await appendLine(`${path}.removed`, JSON.stringify({ removed: text }), files);
      await writeAtomically(path, found.whole.map((line) => `${line}\n`).join(""), files);
      return found;
    } finally {
      await lock.release();
    }
  });
}
