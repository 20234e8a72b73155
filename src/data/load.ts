/**
 * From a path to a data set: reads the file piece by piece, finds the XML beside it, and leaves the rest to read.ts.
 * Needs Node.
 */

import { DataError, UsageError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { gunzipped, isGzip } from "./formats/gunzip.ts";
import { readPieces } from "./formats/pieces.ts";
import { isZip } from "./formats/zip.ts";
import {
  checkKind,
  checkLabelsFile,
  checkOptions,
  FORMATS,
  isArrayFile,
  isTable,
  type NamedBytes,
  type ReadingOptions,
  readDataset,
  readerFor,
  splitName,
  xmlFor,
} from "./read.ts";

export interface LoadOptions extends ReadingOptions {
  /**
   * `N`, `N:start` or `N:end`: the labels are the first or last N columns (end by default). For LIBSVM, their number.
   */
  readonly labels?: string;
  /** Path of the Mulan XML file that names the labels. */
  readonly xml?: string;
  /** Path of the labels of a .npy file of features, a .npy file of their own. */
  readonly labelsFile?: string;
  /** The data set's name; the default is the file's, without `.arff.gz` and the like. */
  readonly name?: string;
  /**
   * Reads every column of ARFF and CSV as a feature where neither `labels` nor `xml` is given: for data to be
   * predicted.
   */
  readonly unlabelled?: boolean;
  /** Is called as the file is read: bytes read so far, and in all (a file is read twice). */
  readonly progress?: (done: number, total: number) => void;
  /** Stops the reading between two pieces. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a data file, in pieces, so that it takes little more memory than the data set. The labels of ARFF and CSV are
 * those that `labels` or `xml` say; else those of the Mulan XML beside the file: `X.xml` for `X.arff` or `X.arff.gz`,
 * or the one with the longest name that the file's begins with (`X.xml` for `X-sparse.arff`); else, for ARFF, those of
 * MEKA's `-C n` in the relation.
 * @throws DataError for a file that is not there or not what its name says, with line and column where there is one.
 * @throws UsageError for options that don't fit, or a name of no known kind.
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const { name, progress, signal } = options;
  const position = checkOptions(options);
  if (isArrayFile(path)) return named(await loadArrays(path, options), name);
  checkLabelsFile(path, options.labelsFile);
  const { size, start } = await look(path);
  const zip = isZip(start);
  if (!zip) checkKind(path, position, options.xml !== undefined);
  const xml = await xmlOf(path, options);
  let dataset: Dataset;
  if (zip) {
    const { xml: _, labelsFile: _labels, ...rest } = options;
    dataset = await readDataset(await readFully(path), path, xml ? { ...rest, xml } : rest);
  } else {
    let done = 0;
    const count = (bytes: number): void => {
      done += bytes;
      progress?.(done, 2 * size);
    };
    const packed = isGzip(start);
    if (!packed && size > 0 && /\.gz$/i.test(path))
      throw new DataError({ file: path }, "not gzip data: expected them by the name's .gz");
    const chunks = () => (packed ? gunzipped(fileChunks(path, count), path, size) : fileChunks(path, count));
    const reader = await readerFor(path, position, xml, options);
    dataset = await readPieces({ file: path, chunks }, reader, signal ? { signal } : {});
  }
  return named(dataset, name);
}

const named = (dataset: Dataset, name: string | undefined): Dataset =>
  name === undefined ? dataset : { ...dataset, name };

/** Arrays of NumPy, from the file and from that of their labels. */
async function loadArrays(path: string, { xml, labelsFile, ...options }: LoadOptions): Promise<Dataset> {
  if (xml !== undefined) throw new UsageError(`${path}: columns of arrays have no names, so XML does not apply`);
  if (!/\.npy$/i.test(path)) checkLabelsFile(path, labelsFile);
  const labels = labelsFile === undefined ? undefined : { name: labelsFile, bytes: await readFully(labelsFile) };
  return readDataset(await readFully(path), path, { ...options, ...(labels && { labelsFile: labels }) });
}

/** The XML file that names the labels, where nothing else says which columns they are. */
async function xmlOf(path: string, options: LoadOptions): Promise<NamedBytes | undefined> {
  const { xml, labels, unlabelled, wanted } = options;
  const tabular = isTable(splitName(path).extension);
  const beside = tabular && labels === undefined && !unlabelled && !wanted ? await xmlBeside(path) : undefined;
  const file = xml ?? beside;
  return file === undefined ? undefined : { name: file, bytes: await readFully(file) };
}

/** Length and first bytes of an ordinary file. */
async function look(path: string): Promise<{ size: number; start: Uint8Array }> {
  const { open, stat } = await import("node:fs/promises");
  return explained(path, async () => {
    const found = await stat(path);
    if (found.isDirectory()) throw new DataError({ file: path }, `a folder: expected a data file named ${FORMATS}`);
    // Such a file may never end, or wait for ever.
    if (!found.isFile()) throw new DataError({ file: path }, "a device, pipe or socket: expected an ordinary file");
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
      return { size: found.size, start: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  });
}

/** Bytes read at once. */
const CHUNK = 2 ** 20;

async function* fileChunks(
  path: string,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { open } = await import("node:fs/promises");
  const file = await explained(path, () => open(path));
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const { bytesRead } = await explained(path, () => file.read(chunk, 0, CHUNK));
      if (bytesRead === 0) return;
      count(bytesRead);
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function readFully(path: string): Promise<Uint8Array<ArrayBuffer>> {
  await look(path);
  const { readFile } = await import("node:fs/promises");
  return explained(path, () => readFile(path));
}

async function explained<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
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
