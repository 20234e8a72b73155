/** The DATA argument of every command: a file, or `synthetic[:option=value,...]`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { parseSynthetic } from "../data/synthetic.ts";
import { UsageError } from "../errors.ts";

export const dataArgument = "DATA";

export const dataDescription =
  "a .arff[.gz] file with its Mulan .xml beside it (or MEKA's -C in the relation), a LIBSVM or CSV file, or synthetic[:option=value,...]";

export interface DataOptions {
  readonly labels?: string;
  readonly xml?: string;
}

/** Adds the options that say where the labels of a file are. */
export function withDataOptions(command: Command): Command {
  return command
    .option("--labels <N[:start|end]>", "the first or last N columns are the labels, where no XML or header says so")
    .option("--xml <file>", "Mulan label file, where it is not beside the data");
}

/** The folder that names without a path are looked up in, if the environment variable names one. */
export const dataFolder = (): string | undefined => process.env.HARDBATCH_DATA || undefined;

/**
 * The data set that the argument means. A synthetic one comes from `seed`, unless its text names one; a plain name such as
 * `emotions` that is no file here is looked up in the data folder, as emotions/emotions.arff[.gz] or emotions.arff[.gz].
 */
export async function openDataset(
  text: string,
  options: DataOptions,
  seed: number,
  { unlabelled = false } = {},
): Promise<Dataset> {
  const { labels, xml } = options;
  if (text === "") throw new UsageError(`DATA is empty: expected ${dataDescription}`);
  if (text === "synthetic" || text.startsWith("synthetic:")) return parseSynthetic(text, seed);
  return loadDataset(inDataFolder(text) ?? text, {
    ...(labels !== undefined && { labels }),
    ...(xml !== undefined && { xml }),
    unlabelled,
  });
}

function inDataFolder(name: string): string | undefined {
  const folder = dataFolder();
  if (folder === undefined || /[/\\.]/.test(name) || name === "" || existsSync(name)) return undefined;
  return [join(folder, name), folder]
    .flatMap((place) => [".arff", ".arff.gz"].map((ending) => join(place, name + ending)))
    .find((path) => existsSync(path));
}
