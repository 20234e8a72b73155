/**
 * From a path to a data set: unpacks gzip, picks the reader by the file's name, and finds out which columns are labels.
 * Needs Node; the readers themselves do not.
 */

import { DataError, UsageError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { parseArff } from "./formats/arff.ts";
import { parseCsv } from "./formats/csv.ts";
import { gunzip, isGzip } from "./formats/gunzip.ts";
import { parseLibsvm } from "./formats/libsvm.ts";
import { parseMulan } from "./formats/mulan.ts";
import { type LabelSelection, parseLabelPosition } from "./preparation/label-selection.ts";

export interface LoadOptions {
  /** `N`, `N:start` or `N:end`: the labels are the first or last N columns (end by default). For LIBSVM, their number. */
  readonly labels?: string;
  /** Path of the Mulan XML file that names the labels. */
  readonly xml?: string;
  /** The data set's name; the default is the file's, without `.arff.gz` and the like. */
  readonly name?: string;
  /** Reads every column of ARFF and CSV as a feature where neither `labels` nor `xml` is given: for data to be predicted. */
  readonly unlabelled?: boolean;
}

const noLabels: LabelSelection = { kind: "position", count: 0, at: "end" };

const FORMATS = ".arff, .csv, .libsvm, .svm or .txt (LIBSVM), each also with .gz";

/**
 * Reads a data file. The labels of ARFF and CSV are those that `labels` or `xml` say; else those of the Mulan XML beside the
 * file: `X.xml` for `X.arff` or `X.arff.gz`, or the one with the longest name that the file's begins with (`X.xml` for
 * `X-sparse.arff`); else, for ARFF, those of MEKA's `-C n` in the relation.
 * @throws DataError for a file that is not there or not what its name says, with line and column where there is one.
 * @throws UsageError for options that don't fit, or a name of no known kind.
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  if (options.labels !== undefined && options.xml !== undefined) {
    throw new UsageError("both a number of labels and an XML file with their names: expected one of them");
  }
  const position = options.labels === undefined ? undefined : parseLabelPosition(options.labels);
  const { stem, extension } = splitName(path);
  const bytes = await readUnpacked(path);
  const common = { file: path, name: options.name ?? stem };
  switch (extension) {
    case ".arff":
    case ".csv": {
      const unlabelled = options.unlabelled && options.xml === undefined ? noLabels : undefined;
      const labels = position ?? unlabelled ?? (await namedLabels(path, stem, options.xml));
      if (extension === ".arff") return parseArff(bytes, labels ? { ...common, labels } : common);
      if (labels) return parseCsv(bytes, { ...common, labels });
      throw new DataError({ file: path }, "no word on the labels: expected their number as an option, such as 6:end");
    }
    case ".libsvm":
    case ".svm":
    case ".txt":
      if (options.xml !== undefined)
        throw new UsageError(`${path}: LIBSVM labels have no names, so XML does not apply`);
      if (position?.at === "start")
        throw new UsageError(`${path}: LIBSVM rows say their labels: expected only their number`);
      return parseLibsvm(bytes, position ? { ...common, labels: position.count } : common);
    default:
      throw new UsageError(`${path}: expected a data file named ${FORMATS}`);
  }
}

/** `a/X.arff.gz` is X and .arff. */
function splitName(path: string): { stem: string; extension: string } {
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).replace(/\.gz$/i, "");
  const dot = file.lastIndexOf(".");
  return dot < 1
    ? { stem: file, extension: "" }
    : { stem: file.slice(0, dot), extension: file.slice(dot).toLowerCase() };
}

async function readUnpacked(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { readFile } = await import("node:fs/promises");
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new DataError({ file: path }, whyUnread(error));
  }
  if (isGzip(bytes)) return gunzip(bytes, path);
  if (bytes.length > 0 && /\.gz$/i.test(path))
    throw new DataError({ file: path }, "not gzip data: expected them by the name's .gz");
  return bytes;
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EISDIR") return `a folder: expected a data file named ${FORMATS}`;
  if (code === "EACCES" || code === "EPERM") return "no permission to read this file";
  return `the file can't be read (${error instanceof Error ? error.message : String(error)})`;
}

/** The labels of the XML file given, or found beside the data. */
async function namedLabels(path: string, stem: string, given: string | undefined): Promise<LabelSelection | undefined> {
  const xml = given ?? (await xmlBeside(path, stem));
  return xml === undefined ? undefined : { kind: "names", labels: parseMulan(await readUnpacked(xml), xml) };
}

async function xmlBeside(path: string, stem: string): Promise<string | undefined> {
  const { readdir } = await import("node:fs/promises");
  const { dirname, join } = await import("node:path");
  const folder = dirname(path);
  let longest = "";
  for (const file of await readdir(folder).catch(() => [])) {
    if (!/\.xml$/i.test(file)) continue;
    const candidate = file.slice(0, -4);
    const fits = stem.startsWith(candidate) && /^([-_. ]|$)/.test(stem.slice(candidate.length));
    if (fits && candidate.length > longest.length - 4) longest = file;
  }
  return longest === "" ? undefined : join(folder, longest);
}
