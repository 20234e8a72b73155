/**
 * What a checkpoint of `train` says about its run: the words of its command line, which are read again, and what must
 * not have changed since. Options that decide the result come from there; those of a resumed command only say how to go
 * on.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import * as v from "valibot";
import { DataError, UsageError } from "../errors.ts";
import { arithmetic } from "../training/numerics.ts";

const schema = v.object({
  words: v.array(v.string()),
  /** Paths of the words, from the root, as the resumed command may run elsewhere. */
  paths: v.record(v.string(), v.string()),
  /** Settings, preparation and data set as canonical JSON. */
  settings: v.string(),
  version: v.string(),
  numerics: v.number(),
  backend: v.string(),
  fingerprint: v.string(),
  /** Wall-clock time of the run so far. */
  seconds: v.number(),
  /** Bytes of the row log that belong to the epochs so far. */
  rowLog: v.exactOptional(v.number()),
});

export type AboutRun = v.InferOutput<typeof schema>;

/** @throws DataError for a checkpoint that `train` has not written */
export function parseAbout(about: unknown, file: string): AboutRun {
  const parsed = v.safeParse(schema, about);
  if (parsed.success) return parsed.output;
  throw new DataError({ file }, `the checkpoint was not made by hardbatch train: ${parsed.issues[0].message}`);
}

/** The option as a path from the root, if it names something that is there. */
export const rooted = (path: string): string => (existsSync(path) ? resolve(path) : path);

/** Options that may stand beside --resume. */
const freeOptions = [
  "resume",
  "backend",
  "threads",
  "checkpointEvery",
  "scores",
  "labelsOut",
  "csvRaw",
  "json",
  "quiet",
];

/** @throws UsageError for DATA or an option beside --resume that the run has had since it began */
export function checkFreeOptions(command: Command): void {
  if (command.args.length > 0) throw new UsageError("--resume takes no DATA: the run goes on with its own");
  const given = command.options.find(
    (option) =>
      !freeOptions.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (!given) return;
  throw new UsageError(`${given.long} can't stand beside --resume: the run goes on with the options it began with`);
}

/** Options of the free ones that were given, by name. */
export function givenFreeOptions(command: Command): Readonly<Record<string, unknown>> {
  const names = freeOptions.filter((name) => name !== "resume" && command.getOptionValueSource(name) === "cli");
  return Object.fromEntries(names.map((name) => [name, command.getOptionValue(name)]));
}

/**
 * What has changed since the checkpoint: a sentence where the run goes on, but not to the same bits.
 * @throws DataError where it can't go on, as data or settings are others
 */
export function changesSince(
  then: AboutRun,
  now: Pick<AboutRun, "settings" | "numerics" | "version" | "backend" | "fingerprint">,
  file: string,
): readonly string[] {
  if (then.fingerprint !== now.fingerprint) {
    throw new DataError(
      { file },
      `the data set is not the one of the run (${now.fingerprint}, was ${then.fingerprint})`,
    );
  }
  if (then.settings !== now.settings) {
    throw new DataError(
      { file },
      `version ${then.version} of the program made the run with other settings than ${now.version} does`,
    );
  }
  const notes: string[] = [];
  if (then.numerics !== now.numerics) {
    notes.push(
      `the arithmetic of the program has changed since the checkpoint (${then.numerics}, now ${now.numerics})`,
    );
  }
  if (arithmetic(then.backend) !== arithmetic(now.backend)) {
    notes.push(`the checkpoint was made on ${then.backend}, the run goes on with ${now.backend}`);
  }
  return notes.map((note) => `${note}: the state is the same, the steps from here on differ as far as arithmetic does`);
}
