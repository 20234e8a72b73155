/** The DATA argument of every command: a file, or `synthetic[:option=value,...]`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { findSet } from "../data/collection.ts";
import type { Dataset } from "../data/dataset.ts";
import type { WantedColumns } from "../data/formats/chosen-columns.ts";
import { loadDataset } from "../data/load.ts";
import type { Missing } from "../data/preparation/missing.ts";
import { parseSynthetic } from "../data/synthetic.ts";
import { DataError, UsageError } from "../errors.ts";
import { dataFolder } from "../files/data-folder.ts";
import { list } from "./options.ts";
import { startProgress } from "./progress.ts";

export const dataArgument = "DATA";

export const dataDescription =
  "a .arff[.gz] file with its Mulan .xml beside it (or MEKA's -C in the relation), a LIBSVM or CSV file, .npy or .npz arrays, or synthetic[:option=value,...]";

export interface DataOptions {
  readonly labels?: string;
  readonly xml?: string;
  readonly labelsFile?: string;
  readonly missing?: Missing;
  readonly dropColumns?: readonly string[];
  /** False for a CSV file without a header line. */
  readonly header?: boolean;
  readonly id?: string;
  readonly quiet?: true;
}

/**
 * Adds the options that say what the columns of a file are.
 * @param use `features` where the columns are known from saved weights and labels are not read
 */
export function withDataOptions(command: Command, use: "all" | "features" = "all"): Command {
  const reading = command
    .option("--no-header", "the first line of a CSV file is a row: columns are called column1, column2, ...")
    .option("--id <name>", "the column of an ARFF or CSV file that says what a row is called; it is no feature")
    .option("--labels-file <file>", "the labels of a .npy file of features: a .npy file of 0 and 1");
  if (use === "features") return reading;
  return reading
    .option("--labels <N[:start|end]>", "the first or last N columns are the labels, where no XML or header says so")
    .option("--xml <file>", "Mulan label file, where it is not beside the data")
    .option(
      "--drop-columns <names>",
      "leave these columns out, whatever their type",
      list("--drop-columns", (name) => name),
    );
}

/**
 * The data set that the argument means. A synthetic one comes from `seed`, unless its text names one; a plain name such
 * as `emotions` that is no file here is looked up in the data folder, as emotions/emotions.arff[.gz] or
 * emotions.arff[.gz].
 */
export async function openDataset(
  text: string,
  options: DataOptions,
  seed: number,
  { wanted, missing }: { readonly wanted?: WantedColumns; readonly missing?: "keep" | "error" } = {},
): Promise<Dataset> {
  const { labels, xml, labelsFile, dropColumns, header, id } = options;
  if (text === "") throw new UsageError(`DATA is empty: expected ${dataDescription}`);
  if (text === "synthetic" || text.startsWith("synthetic:")) return parseSynthetic(text, seed);
  const keep = missing ?? (options.missing === undefined || options.missing === "error" ? "error" : "keep");
  const path = inDataFolder(text) ?? text;
  const progress = reading(path, options);
  try {
    return await loadDataset(path, {
      ...(labels !== undefined && { labels }),
      ...(xml !== undefined && { xml }),
      ...(labelsFile !== undefined && { labelsFile }),
      ...(dropColumns && { drop: dropColumns }),
      ...(header !== undefined && { header }),
      ...(id !== undefined && { id }),
      ...(wanted && { wanted }),
      missing: keep,
      progress: progress.report,
    });
  } finally {
    progress.end();
  }
}

/** Files below this many bytes are read before anybody could look at a bar. */
const quick = 2 ** 26;
const mebibyte = 2 ** 20;

/** Progress in MiB for large files, begun with the first report. */
function reading(
  path: string,
  options: DataOptions,
): { readonly report: (done: number, total: number) => void; end(): void } {
  const progress = startProgress(options);
  let shown = 0;
  return {
    report(done, total) {
      if (total < 2 * quick) return;
      if (shown === 0) progress.begin(`reading ${path} twice, MiB`, Math.ceil(total / mebibyte));
      const now = Math.floor(done / mebibyte);
      progress.advance(now - shown);
      shown = Math.max(now, 1);
    },
    end: () => progress.end(),
  };
}

/** The endings of a whole data set's file, in the order in which they are looked for. */
const endings = [".arff", ".arff.gz", "-sparse.arff", ".csv", ".csv.gz", ".svm", ".libsvm", ".zip"];

/**
 * The file of a plain name in the data folder: in a folder of that name, or of the name without its last part
 * (`birds-train`).
 */
function inDataFolder(name: string): string | undefined {
  if (/[/\\.]/.test(name) || existsSync(name)) return undefined;
  const folder = dataFolder();
  const places = [name, name.replace(/-[^-]*$/, ""), "."].map((part) => join(folder, part));
  const found = places
    .flatMap((place) => endings.map((ending) => join(place, name + ending)))
    .find((path) => existsSync(path));
  const set = found === undefined ? findSet(name) : undefined;
  if (set === undefined) return found;
  throw new DataError({ file: name }, `not fetched yet: hardbatch data fetch ${set.name} (into ${folder})`);
}
