/**
 * `hardbatch check FILE|DIR...`: whether results, weights, checkpoints and histories are whole, and what can be saved
 * of what is not. `--repair` takes damaged lines out of files of JSON lines and keeps every whole record; nothing else
 * is ever written.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { checkLines, repairLines } from "../files/check-lines.ts";
import { mostBytes, readOrdinary } from "../files/ordinary.ts";
import { decodeModel } from "../saved/model.ts";
import { decodeCheckpoint } from "../training/checkpoint.ts";
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

/** What a file can be, by its name. */
type Kind = "results" | "history" | "weights" | "checkpoint" | "result";

function kindOf(path: string): Kind | undefined {
  const name = basename(path);
  if (name === "history.jsonl") return "history";
  if (/\.jsonl$/.test(name)) return "results";
  // Those of a run, and of cells in progress beside their results.
  if (/^checkpoint-\d+\.safetensors$/.test(name)) return "checkpoint";
  if (/\.safetensors$/.test(name)) return dirname(path).endsWith(".progress") ? "checkpoint" : "weights";
  return name === "result.json" ? "result" : undefined;
}

async function run(paths: readonly string[], { repair = false }: Options): Promise<void> {
  let damaged = 0;
  for (const path of paths) {
    const found = await filesOf(path);
    if (found.length === 0) throw new UsageError(`${path}: nothing there to check; expected results or a run folder`);
    for (const { file, kind } of found) if (!(await checkFile(file, kind, repair))) damaged++;
  }
  if (damaged > 0) throw new Failed(`${damaged} ${damaged === 1 ? "file is" : "files are"} damaged`);
}

interface Found {
  readonly file: string;
  readonly kind: Kind;
}

/** The file itself, whatever its name; of a folder those whose names say what they are, subfolders included. */
async function filesOf(path: string): Promise<Found[]> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new UsageError(`${path}: there is no such file or folder`);
  if (!facts.isDirectory()) return [{ file: path, kind: kindOf(path) ?? "results" }];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<Found[]> => {
      const file = join(path, entry.name);
      if (entry.isDirectory()) return entry.name.endsWith(".claims") ? [] : filesOf(file);
      const kind = kindOf(file);
      return kind ? [{ file, kind }] : [];
    }),
  );
  return found.flat().sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Prints how the file is. @returns whether it is whole now */
async function checkFile(file: string, kind: Kind, repair: boolean): Promise<boolean> {
  if (kind === "results" || kind === "history") {
    const cells = kind === "results";
    const { whole, damage } = await (repair ? repairLines : checkLines)(file, cells);
    const kept = `${whole.length} whole ${cells ? "cells" : "epochs"}`;
    if (damage.length === 0) printOut(`${file}: ${kept}\n`);
    else {
      const what = `${damage.length} damaged ${damage.length === 1 ? "line" : "lines"}`;
      const how = repair ? `taken out (see ${file}.removed)` : "--repair keeps what is whole";
      printOut(`${file}: ${kept}, ${what}: ${how}\n${damage.map((line) => `  ${line}\n`).join("")}`);
    }
    return repair || damage.length === 0;
  }
  try {
    const bytes = await readOrdinary(file, mostBytes);
    if (kind === "weights") decodeModel(bytes, file);
    else if (kind === "checkpoint") decodeCheckpoint(bytes, file);
    else JSON.parse(bytes.toString("utf8"));
    printOut(`${file}: whole\n`);
    return true;
  } catch (error) {
    printOut(`${file}: damaged: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}
