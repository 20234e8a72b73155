/**
 * From a path to a data set: reads the file, finds the XML beside it, and leaves the rest to read.ts. Needs Node.
 */

import { DataError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { checkKind, checkOptions, FORMATS, type NamedBytes, readDataset, splitName, xmlFor } from "./read.ts";

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

/**
 * Reads a data file. The labels of ARFF and CSV are those that `labels` or `xml` say; else those of the Mulan XML beside the
 * file: `X.xml` for `X.arff` or `X.arff.gz`, or the one with the longest name that the file's begins with (`X.xml` for
 * `X-sparse.arff`); else, for ARFF, those of MEKA's `-C n` in the relation.
 * @throws DataError for a file that is not there or not what its name says, with line and column where there is one.
 * @throws UsageError for options that don't fit, or a name of no known kind.
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const { labels, name, unlabelled = false } = options;
  const position = checkOptions(options);
  if (!/\.zip$/i.test(path)) checkKind(path, position, options.xml !== undefined);
  const bytes = await readWhole(path);
  const tabular = /^\.(arff|csv)$/.test(splitName(path).extension);
  const beside = tabular && position === undefined && !unlabelled ? await xmlBeside(path) : undefined;
  const xmlPath = options.xml ?? beside;
  const xml: NamedBytes | undefined =
    xmlPath === undefined ? undefined : { name: xmlPath, bytes: await readWhole(xmlPath) };
  const dataset = await readDataset(bytes, path, {
    ...(labels !== undefined && { labels }),
    ...(xml && { xml }),
    unlabelled,
  });
  return name === undefined ? dataset : { ...dataset, name };
}

async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { readFile, stat } = await import("node:fs/promises");
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory())
      throw new DataError({ file: path }, "a device, pipe or socket: expected an ordinary file");
    return await readFile(path);
  } catch (error) {
    throw error instanceof DataError ? error : new DataError({ file: path }, whyUnread(error));
  }
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EISDIR") return `a folder: expected a data file named ${FORMATS}`;
  if (code === "EACCES" || code === "EPERM") return "no permission to read this file";
  return `the file can't be read (${error instanceof Error ? error.message : String(error)})`;
}

async function xmlBeside(path: string): Promise<string | undefined> {
  const { readdir } = await import("node:fs/promises");
  const { dirname, join } = await import("node:path");
  const folder = dirname(path);
  const found = xmlFor(splitName(path).stem, await readdir(folder).catch(() => []));
  return found === undefined ? undefined : join(folder, found);
}
