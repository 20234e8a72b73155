/** The DATA argument of every command: a file, or `synthetic[:option=value,...]`. */
import type { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { parseSynthetic } from "../data/synthetic.ts";

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

/** The data set that the argument means. A synthetic one comes from `seed`, unless its text names one. */
export async function openDataset(text: string, options: DataOptions, seed: number): Promise<Dataset> {
  const { labels, xml } = options;
  if (text === "synthetic" || text.startsWith("synthetic:")) return parseSynthetic(text, seed);
  return loadDataset(text, { ...(labels !== undefined && { labels }), ...(xml !== undefined && { xml }) });
}
