/**
 * `hardbatch verify -- COMMAND ARGS`: holds a sampler in another program, in any language, to the laws that it claims.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { levels } from "../laws/law.ts";
import { ProgramError } from "../laws/protocol/client.ts";
import { parseTranscript, printTranscript, replay } from "../laws/protocol/transcript.ts";
import { type LawReport, parseKnownFailures, type Verification, verification } from "../laws/verify.ts";
import { Failed, interruptible } from "./endings.ts";
import { decimal, path, wholeNumber } from "./options.ts";
import { aligned } from "./print.ts";
import { Program } from "./program.ts";
import { startProgress } from "./progress.ts";
import { printOut } from "./terminal.ts";

interface VerifyCommandOptions {
  readonly seed: number;
  readonly runs: number;
  readonly timeLimit: number;
  readonly knownFailures?: string;
  readonly transcripts: string;
  readonly replay?: string;
  readonly json?: true;
  readonly quiet?: true;
}

export function verifyCommand(): Command {
  return new Command("verify")
    .argument("[command...]", "the program and its arguments, after --")
    .option("--seed <n>", "seed of the random cases", wholeNumber("--seed", 0, 2 ** 31 - 1), 1)
    .option("--runs <x>", "multiplies the number of random cases of each law", decimal("--runs", 0), 1)
    .option(
      "--time-limit <s>",
      "seconds that an answer may take, the first one six times as many",
      decimal("--time-limit", 0),
      10,
    )
    .option("--known-failures <file>", "laws that are known to fail, one a line", path("--known-failures"))
    .option("--transcripts <folder>", "where failing cases are saved", path("--transcripts"), "hardbatch-verify")
    .option("--replay <file>", "send a saved transcript again and compare the answers", path("--replay"))
    .option("--json", "print one JSON object")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExit code 0: all claimed laws hold, or fail as listed; 1: not; 2: bad usage.")
    .action((words: readonly string[], options: VerifyCommandOptions) =>
      options.replay === undefined ? verify(words, options) : replayFile(options.replay, words, options),
    );
}

async function verify(words: readonly string[], options: VerifyCommandOptions): Promise<void> {
  if (words.length === 0)
    throw new UsageError("verify: expected a program after --, such as: verify -- python3 mine.py");
  const { knownFailures: file, runs, seed } = options;
  if (runs === 0) throw new UsageError("--runs 0: expected a number above 0");
  const known = file === undefined ? [] : parseKnownFailures(readText(file), file);
  const program = new Program(words, options.timeLimit);
  const reports: LawReport[] = [];
  try {
    const found = await asked(() => verification(program, { runs, seed, known }));
    await interruptible(async (signal) => {
      const progress = startProgress({ quiet: options.quiet === true });
      progress.begin(`${found.sampler}: ${found.claimed.length} laws claimed`, found.claimed.length);
      try {
        for await (const report of found.reports()) {
          signal.throwIfAborted();
          reports.push(report);
          progress.label(report.law);
          if (report.result !== "not claimed") progress.advance();
          if (report.result === "failed") progress.note(`${report.law} does not hold`);
        }
      } finally {
        progress.end();
      }
    });
    const saved = new Map(reports.flatMap((report) => save(report, words, options)));
    printOut(options.json ? `${json(found, reports, saved, options)}\n` : table(found, reports, saved));
    conclude(found, reports);
  } finally {
    program.stop();
  }
}

/** @throws Failed where the program does not even make a sampler */
async function asked(ask: () => Promise<Verification>): Promise<Verification> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProgramError) throw new Failed(`the program makes no sampler: ${error.message}`);
    throw error;
  }
}

/** The file of the failing case, by law. */
function save(
  { law, level, says, found, exchanges }: LawReport,
  words: readonly string[],
  { transcripts, seed }: VerifyCommandOptions,
): [string, string][] {
  if (exchanges === undefined) return [];
  const file = join(transcripts, `${law}.txt`);
  mkdirSync(transcripts, { recursive: true });
  const comments = [`law: ${law} (${level}): ${says}`, `seed: ${seed}`, `found: ${found}`];
  writeFileSync(file, printTranscript(words, comments, exchanges));
  return [[law, file]];
}

const isNewFailure = ({ result, known }: LawReport): boolean => result === "failed" && !known;

function conclude({ claimed }: Verification, reports: readonly LawReport[]): void {
  if (claimed.length === 0) throw new Failed("the program claims no law: nothing was checked");
  const failures = reports.filter(isNewFailure).map(({ law }) => law);
  if (failures.length === 0) return;
  throw new Failed(`${failures.length} of ${claimed.length} claimed laws do not hold: ${failures.join(", ")}`);
}

function resultOf({ result, known }: LawReport): string {
  if (!known) return result;
  return result === "failed" ? "fails, as listed" : `${result}, though listed as failing`;
}

function table(found: Verification, reports: readonly LawReport[], saved: ReadonlyMap<string, string>): string {
  const tables = levels.map((level) => {
    const own = reports.filter((report) => report.level === level);
    return `${level}\n${aligned(own.map((report) => [`  ${report.law}`, resultOf(report)]))}`;
  });
  const failures = reports.flatMap(({ law, says, found: what, result }) => {
    if (result !== "failed" || what === undefined) return [];
    const file = saved.get(law);
    const advice = file === undefined ? "no transcript: too long" : `again: hardbatch verify --replay ${file}`;
    return [`${law}: ${says}\n${indented(what)}\n  ${advice}`];
  });
  const count = (result: LawReport["result"]): number => reports.filter((report) => report.result === result).length;
  const sum = `${count("held")} held, ${count("failed")} failed, ${count("not claimed")} not claimed`;
  return `${[found.sampler, ...tables, ...failures, sum].join("\n\n")}\n`;
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line.length > 400 ? `${line.slice(0, 400)}...` : line}`)
    .join("\n");

function json(
  { sampler }: Verification,
  reports: readonly LawReport[],
  saved: ReadonlyMap<string, string>,
  { seed, runs }: VerifyCommandOptions,
): string {
  const laws = reports.map(({ exchanges: _, ...report }) => {
    const transcript = saved.get(report.law);
    return { ...report, ...(transcript !== undefined && { transcript }) };
  });
  return JSON.stringify({ sampler, seed, runs, holds: !reports.some(isNewFailure), laws });
}

function readText(file: string): string {
  return readFileSync(file, "utf8");
}

async function replayFile(file: string, words: readonly string[], options: VerifyCommandOptions): Promise<void> {
  const transcript = parseTranscript(readText(file), file);
  const command = words.length > 0 ? words : transcript.program;
  if (command === undefined || command.length === 0) {
    throw new UsageError(`${file} names no command: add one after --`);
  }
  const program = new Program(command, options.timeLimit);
  try {
    const { exchanges, difference } = await replay(transcript, program);
    if (options.json) printOut(`${JSON.stringify({ file, exchanges, difference: difference ?? null })}\n`);
    if (difference === undefined) {
      if (!options.json) printOut(`${file}: all ${exchanges} answers are the recorded ones\n`);
      return;
    }
    const { number, sent, expected, found } = difference;
    throw new Failed(`${file}: answer ${number} differs\n> ${sent}\nrecorded: ${expected}\nnow:      ${found}`);
  } finally {
    program.stop();
  }
}
