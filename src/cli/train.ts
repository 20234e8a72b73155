/**
 * `hardbatch train DATA --out DIR`: one model on one fold, and `--resume DIR`, which goes on with such a run. How it
 * runs is in train-run.ts, what it leaves in the folder in run-folder.ts.
 */
import { resolve } from "node:path";
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { dataArgument, dataDescription } from "./data.ts";
import { requireOthers } from "./outputs.ts";
import { startProgress } from "./progress.ts";
import { type AboutRun, checkFreeOptions, givenFreeOptions, parseAbout, rooted } from "./resume.ts";
import { RunFolder } from "./run-folder.ts";
import { type TrainCommandOptions, trainOptions } from "./train-options.ts";
import { trainInFolder } from "./train-run.ts";

/** @param words those of the whole command line; a run keeps its own, so that it can be resumed */
export function trainCommand(words: readonly string[]): Command {
  const command = trainOptions();
  return command.action((text: string | undefined, options: TrainCommandOptions) =>
    options.resume === undefined
      ? begin(text, options, words.slice(words.indexOf("train") + 1))
      : goOn(options.resume, command),
  );
}

async function begin(text: string | undefined, options: TrainCommandOptions, words: readonly string[]): Promise<void> {
  const { out, xml, labelsFile, test, foldsFile, rowLog } = options;
  if (text === undefined) throw new UsageError(`${dataArgument} is missing: expected ${dataDescription}`);
  if (out === undefined) throw new UsageError("--out is missing: expected a folder, or --resume with one");
  const outputs = { "--row-log": rowLog, "--scores": options.scores, "--labels-out": options.labelsOut };
  await requireOthers(outputs, [text, xml, labelsFile, test, foldsFile]);
  const paths = {
    data: rooted(text),
    ...(xml && { xml: rooted(xml) }),
    ...(labelsFile && { labelsFile: rooted(labelsFile) }),
    ...(test && { test: rooted(test) }),
    ...(foldsFile && { foldsFile: rooted(foldsFile) }),
    ...(rowLog && { rowLog: resolve(rowLog) }),
  };
  await trainInFolder({ text, options, words, paths, out });
}

/** Goes on with the run in the folder: its command line is read again, and given the options that may differ. */
async function goOn(out: string, command: Command): Promise<void> {
  checkFreeOptions(command);
  const { quiet } = command.opts<TrainCommandOptions>();
  const say = (note: string): void => startProgress(quiet ? { quiet } : {}).note(note);
  const folder = await RunFolder.open(out, false, say);
  try {
    const checkpoint = await folder.newestCheckpoint(say);
    const about = parseAbout(checkpoint.about, out);
    const { text, options } = readAgain(about);
    const paths = { ...about.paths };
    const { xml, labelsFile, test, foldsFile, rowLog } = paths;
    const files = {
      ...(xml && { xml }),
      ...(labelsFile && { labelsFile }),
      ...(test && { test }),
      ...(foldsFile && { foldsFile }),
      ...(rowLog && { rowLog }),
    };
    await trainInFolder({
      text: paths.data ?? text,
      options: { ...options, ...files, ...givenFreeOptions(command) },
      words: about.words,
      paths,
      out,
      from: { folder, checkpoint, about },
    });
  } finally {
    await folder.release();
  }
}

/** DATA and options of the words that a run began with. */
function readAgain({ words }: AboutRun): { readonly text: string; readonly options: TrainCommandOptions } {
  const command = trainOptions().exitOverride();
  command.parse(words, { from: "user" });
  return { text: command.args[0] ?? "", options: command.opts<TrainCommandOptions>() };
}
