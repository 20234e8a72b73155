/**
 * `hardbatch check FILE|DIR...`: whether results, weights, checkpoints and histories are whole, and what can be saved
 * of what is not. `--repair` takes damaged lines out of files of JSON lines and keeps every whole record; nothing else
 * is ever written.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { checkLines, kindOfLines, type LinesKind, repairLines } from "../files/check-lines.ts";
import { disk } from "../files/file-system.ts";
import { mostBytes, readBeginning, readOrdinary } from "../files/ordinary.ts";
import { decodeModel, key as modelKey } from "../saved/model.ts";
import { decodeSealed } from "../saved/sealed.ts";
import { key as checkpointKey, decodeCheckpoint } from "../training/checkpoint.ts";
import { Failed } from "./endings.ts";
import { printOut } from "./terminal.ts";

interface Options {
  readonly repair?: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .argument("<FILE|DIR...>", "results files, run folders, or folders of them")
    .option("--repair", "take damaged lines out, keeping every whole record; what is taken out goes to FILE.removed")
    .action(run);
}

/** What a file can be. A name only says which files of a folder are looked at, and what one is that is damaged. */
type Kind = LinesKind | "weights" | "checkpoint" | "tensors" | "json";

function kindByName(path: string): Kind | undefined {
  const name = basename(path);
  if (name === "history.jsonl") return "epochs";
  if (/\.jsonl$/.test(name)) return "cells";
  // Those of a run, and of cells in progress beside their results.
  if (/^checkpoint-\d+\.safetensors$/.test(name)) return "checkpoint";
  if (/\.safetensors$/.test(name)) return dirname(path).endsWith(".progress") ? "checkpoint" : "tensors";
  return name === "result.json" || name === "run.json" ? "json" : undefined;
}

async function run(paths: readonly string[], { repair = false }: Options): Promise<void> {
  let damaged = 0;
  for (const path of paths) {
    const found = await filesOf(path);
    if (found.length === 0) throw new UsageError(`${path}: nothing there to check; expected results or a run folder`);
    for (const file of found) if (!(await checkFile(file, kindByName(file), repair))) damaged++;
  }
  if (damaged > 0) throw new Failed(`${damaged} ${damaged === 1 ? "file is" : "files are"} damaged`);
}

/** The file itself, whatever its name; of a folder those whose names say what they are, subfolders included. */
async function filesOf(path: string): Promise<string[]> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new UsageError(`${path}: there is no such file or folder`);
  if (!facts.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const file = join(path, entry.name);
      if (entry.isDirectory()) return entry.name.endsWith(".claims") ? [] : filesOf(file);
      return kindByName(file) ? [file] : [];
    }),
  );
  return found.flat().sort();
}

/** Prints how the file is. @returns whether it is whole now */
async function checkFile(file: string, named: Kind | undefined, repair: boolean): Promise<boolean> {
  if (named === "json" || named === "checkpoint" || named === "tensors" || (await isSafetensors(file))) {
    try {
      printOut(`${file}: ${contentOf(await readOrdinary(file, mostBytes), file, named)}\n`);
      return true;
    } catch (error) {
      printOut(`${file}: damaged: ${error instanceof Error ? error.message : String(error)}\n`);
      return false;
    }
  }
  const kind = (await kindOfLines(file)) ?? (named === "epochs" ? named : "cells");
  const { whole, damage } = await (repair ? repairLines : checkLines)(file, kind);
  const kept = `${whole.length} whole ${kind}`;
  if (damage.length === 0) printOut(`${file}: ${kept}\n`);
  else {
    const what = `${damage.length} damaged ${damage.length === 1 ? "line" : "lines"}`;
    const how = repair ? `taken out (see ${file}.removed)` : "--repair keeps what is whole";
    printOut(`${file}: ${kept}, ${what}: ${how}\n${damage.map((line) => `  ${line}\n`).join("")}`);
  }
  return repair || damage.length === 0;
}

/** Whether it begins as such a file does: eight bytes of a length, and a brace. */
async function isSafetensors(file: string): Promise<boolean> {
  const bytes = await readBeginning(file, 9, disk);
  return bytes.length === 9 && bytes[8] === 0x7b && bytes[0] !== 0x7b;
}

/** Reads it as what it is. @returns words on it. @throws DataError where it is damaged */
function contentOf(bytes: Uint8Array, file: string, named: Kind | undefined): string {
  if (named === "json") {
    JSON.parse(new TextDecoder().decode(bytes));
    return "whole";
  }
  const { metadata } = decodeSealed(bytes, file);
  if (named === "checkpoint" || metadata.has(checkpointKey)) decodeCheckpoint(bytes, file);
  else if (basename(file) === "weights.safetensors" || metadata.has(modelKey)) decodeModel(bytes, file);
  else return "whole, but no saved model: tensors without a checksum";
  return "whole";
}
