/** `--test` and `--folds-file`: splits that others published, or that were written down before. */
import type { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { joinTest } from "../data/join.ts";
import { parseFolds } from "../data/preparation/folds-file.ts";
import { UsageError } from "../errors.ts";
import { mostListBytes } from "../files/ordinary.ts";
import { type DataOptions, openDataset } from "./data.ts";
import { path } from "./options.ts";
import { readInput } from "./weights.ts";

export interface SplitOptions extends DataOptions {
  readonly test?: string;
  readonly foldsFile?: string;
}

export function withSplitOptions(command: Command): Command {
  return command
    .option("--test <file>", "the test rows, where they are a file of their own; DATA is for training", path("--test"))
    .option("--folds-file <file>", "test rows of each fold, as `hardbatch folds` writes them", path("--folds-file"));
}

/**
 * The data set with the split that the options name, if they do.
 * @param reading which columns of the files are read; default all
 * @throws UsageError for two splits, DataError for a wrong one
 */
export async function openSplit(
  text: string,
  options: SplitOptions,
  seed: number,
  reading: Parameters<typeof openDataset>[3] = {},
): Promise<Dataset> {
  const { test, foldsFile } = options;
  if (test !== undefined && foldsFile !== undefined)
    throw new UsageError("--test and --folds-file both say what the test rows are: expected one of them");
  const dataset = await openDataset(text, options, seed, reading);
  if (foldsFile !== undefined) {
    const json = new TextDecoder().decode(await readInput("--folds-file", foldsFile, mostListBytes));
    return { ...dataset, split: parseFolds(json, foldsFile, dataset, !reading.wanted) };
  }
  if (test === undefined) return dataset;
  const { labels: _, xml: _xml, labelsFile: _file, ...others } = options;
  const wanted = { features: dataset.declared, labels: dataset.labelNames };
  return joinTest(dataset, await openDataset(test, others, seed, { wanted, ...reading }));
}
