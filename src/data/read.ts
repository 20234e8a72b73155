/**
 * From the bytes of a file to a data set, in a browser as well as in Node: unpacks gzip and zip, picks the reader by
 * the file's name, and finds out which columns are labels. Opens no files (load.ts).
 */

import { DataError, UsageError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { arffReader } from "./formats/arff.ts";
import { type ArrayOptions, readNpy, readNpz } from "./formats/arrays.ts";
import { bounds } from "./formats/bounds.ts";
import type { ColumnOptions } from "./formats/chosen-columns.ts";
import { csvReader } from "./formats/csv.ts";
import { gunzip, isGzip } from "./formats/gunzip.ts";
import { libsvmReader } from "./formats/libsvm.ts";
import { parseMulan } from "./formats/mulan.ts";
import { type FileReader, readWhole } from "./formats/pieces.ts";
import { isZip, listZip, unzip } from "./formats/zip.ts";
import { type LabelSelection, type LabelsByPosition, parseLabelPosition } from "./preparation/label-selection.ts";

/** A file's name, for messages, and its bytes. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What readers do with columns and lines, whatever says which columns are labels. */
export interface ReadingOptions extends ColumnOptions {
  /** Whether the first line of a CSV file holds the columns' names (default). */
  readonly header?: boolean;
}

export interface ReadOptions extends ReadingOptions {
  /**
   * `N`, `N:start` or `N:end`: the labels are the first or last N columns (end by default). For LIBSVM, their number.
   */
  readonly labels?: string;
  /** The Mulan XML that names the labels, as text or as the bytes of its file. */
  readonly xml?: string | Uint8Array<ArrayBuffer> | NamedBytes;
  /** Reads every column of ARFF and CSV as a feature where nothing says which are labels: for data to be predicted. */
  readonly unlabelled?: boolean;
  /** The labels of a .npy file of features, as a .npy file of their own. */
  readonly labelsFile?: NamedBytes;
}

const noLabels: LabelSelection = { kind: "position", count: 0, at: "end" };

export const FORMATS = ".arff, .csv, .libsvm, .svm or .txt (LIBSVM), each also with .gz or in a .zip; or .npy, .npz";

const ENDINGS = [".arff", ".csv", ".libsvm", ".svm", ".txt"];

/** Whether files of that name hold arrays of NumPy, which are read as a whole. */
export const isArrayFile = (name: string): boolean => /\.np[yz]$/i.test(name);

/**
 * Reads a data set from the bytes of a file: ARFF, CSV or LIBSVM as the name's ending says, packed with gzip or in a
 * zip archive or not, or arrays of NumPy. The labels of ARFF and CSV are those that `labels` or `xml` say; else those
 * of the XML file in the archive; else, for ARFF, those of MEKA's `-C n` in the relation. The data set is named after
 * the file.
 * @throws DataError for bytes that are not what the name says, with line and column where there is one.
 * @throws UsageError for options that don't fit, or a name of no known kind.
 */
export async function readDataset(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  options: ReadOptions = {},
): Promise<Dataset> {
  const position = checkOptions(options);
  if (isArrayFile(name)) return readArrays({ name, bytes }, options, position);
  checkLabelsFile(name, options.labelsFile);
  const { data, xml: found } = await unpackData({ name, bytes });
  checkKind(data.name, position, options.xml !== undefined);
  const named = options.xml === undefined ? found : xmlFile(options.xml, name);
  const reader = await readerFor(data.name, position, named, options);
  return readWhole(data.bytes, data.name, reader);
}

/** A .npy or .npz file. */
function readArrays(
  file: NamedBytes,
  { wanted, drop, id, missing, unlabelled, xml, labelsFile }: ReadOptions,
  labels: LabelsByPosition | undefined,
): Dataset | Promise<Dataset> {
  const { name } = file;
  const { stem, extension } = splitName(name);
  if (xml !== undefined) throw new UsageError(`${name}: columns of arrays have no names, so XML does not apply`);
  const options: ArrayOptions = {
    name: stem,
    ...{ ...(wanted && { wanted }), ...(drop && { drop }), ...(id !== undefined && { id }) },
    ...{ ...(missing && { missing }), ...(unlabelled && { unlabelled }), ...(labels && { labels }) },
  };
  if (extension === ".npy") return readNpy(file, labelsFile, options);
  checkLabelsFile(name, labelsFile);
  return readNpz(file, options);
}

/** @throws UsageError for labels beside a file that holds its own */
export function checkLabelsFile(name: string, labelsFile: unknown): void {
  if (labelsFile !== undefined)
    throw new UsageError(`${name}: only a .npy file of features has a file of labels beside it`);
}

/** The reader for a file of that name. @param xml is read only where no position says which columns are labels. */
export async function readerFor(
  file: string,
  position: LabelsByPosition | undefined,
  xml: NamedBytes | undefined,
  options: ReadingOptions & { readonly unlabelled?: boolean },
): Promise<FileReader> {
  const { stem, extension } = splitName(file);
  const { wanted, drop, id, missing, header } = options;
  const common = { file, name: stem, ...(wanted && { wanted }) };
  if (!isTable(extension)) {
    if (id !== undefined || drop !== undefined)
      throw new UsageError(
        `${file}: LIBSVM columns have no names of their own: expected neither an id nor columns to drop`,
      );
    return libsvmReader({ ...common, ...(position && { labels: position.count }) });
  }
  const unlabelled = options.unlabelled && xml === undefined ? noLabels : undefined;
  const labels = wanted ? undefined : (position ?? unlabelled ?? (xml && (await namedLabels(xml))));
  const all = { ...common, ...(labels && { labels }), ...(drop && { drop }), ...(id !== undefined && { id }) };
  const full = { ...all, ...(missing && { missing }) };
  if (extension === ".arff") return arffReader(full);
  if (labels || wanted) return csvReader({ ...full, ...(header !== undefined && { header }) });
  throw new DataError({ file }, "no word on the labels: expected their number as an option, such as 6:end");
}

/** Whether such files have named columns, of which some are labels. */
export const isTable = (extension: string): boolean => extension === ".arff" || extension === ".csv";

/** @returns the position that `labels` means. @throws UsageError for options that contradict each other. */
export function checkOptions({
  labels,
  xml,
}: {
  readonly labels?: string;
  readonly xml?: unknown;
}): LabelsByPosition | undefined {
  if (labels !== undefined && xml !== undefined) {
    throw new UsageError("both a number of labels and an XML file with their names: expected one of them");
  }
  return labels === undefined ? undefined : parseLabelPosition(labels);
}

/** @throws UsageError for a name of no known kind, or options that its kind has no use for. */
export function checkKind(name: string, position: LabelSelection | undefined, xml: boolean): void {
  const { extension } = splitName(name);
  if (!ENDINGS.includes(extension)) throw new UsageError(`${name}: expected a data file named ${FORMATS}`);
  if (isTable(extension)) return;
  if (xml) throw new UsageError(`${name}: LIBSVM labels have no names, so XML does not apply`);
  if (position?.kind === "position" && position.at === "start")
    throw new UsageError(`${name}: LIBSVM rows say their labels: expected only their number`);
}

/** `a/X.arff.gz` is X and .arff. */
export function splitName(path: string): { readonly stem: string; readonly extension: string } {
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).replace(/\.gz$/i, "");
  const dot = file.lastIndexOf(".");
  return dot < 1
    ? { stem: file, extension: "" }
    : { stem: file.slice(0, dot), extension: file.slice(dot).toLowerCase() };
}

/** The bytes of the data, unpacked, and of the XML file in the same archive. */
async function unpackData(file: NamedBytes): Promise<{ data: NamedBytes; xml?: NamedBytes }> {
  if (!isZip(file.bytes)) return { data: { name: file.name, bytes: await unpacked(file) } };
  const entries = listZip(file.bytes, file.name);
  const inside = async (name: string): Promise<NamedBytes> => {
    const entry = entries.find((candidate) => candidate.name === name);
    if (!entry) throw new DataError({ file: file.name }, `no file ${JSON.stringify(name)} in the archive`);
    const named = { name: `${file.name}/${name}`, bytes: await unzip(file.bytes, entry, file.name) };
    return { name: named.name, bytes: await unpacked(named) };
  };
  const names = entries.map(({ name }) => name);
  const wanted = names.filter(
    (name) => ENDINGS.includes(splitName(name).extension) && !/(^|\/)(__MACOSX\/|\.)/.test(name),
  );
  if (wanted.length !== 1) {
    const list = wanted.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 100)));
    const found = wanted.length === 0 ? "no data file" : `${wanted.length} data files (${list.join(", ")})`;
    throw new DataError({ file: file.name }, `${found} in the archive: expected one, named ${ENDINGS.join(", ")}`);
  }
  const xml = xmlFor(splitName(wanted[0]).stem, names);
  return { data: await inside(wanted[0]), ...(xml !== undefined && { xml: await inside(xml) }) };
}

async function unpacked({ name, bytes }: NamedBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (isGzip(bytes)) return gunzip(bytes, name);
  if (bytes.length > 0 && /\.gz$/i.test(name))
    throw new DataError({ file: name }, "not gzip data: expected them by the name's .gz");
  return bytes;
}

/**
 * The XML file among `names` that goes with the data file `stem`: `X.xml` for `X.arff`, or the one with the longest
 * name that the data file's begins with (`X.xml` for `X-sparse.arff`); in any case where none is spelled the same.
 */
export function xmlFor(stem: string, names: readonly string[]): string | undefined {
  return longestPrefix(stem, names) ?? longestPrefix(stem.toLowerCase(), names, (name) => name.toLowerCase());
}

function longestPrefix(
  stem: string,
  names: readonly string[],
  spelling = (name: string): string => name,
): string | undefined {
  let longest: { readonly name: string; readonly length: number } | undefined;
  for (const name of names) {
    if (!/\.xml$/i.test(name)) continue;
    const candidate = spelling(splitName(name).stem);
    const fits = stem.startsWith(candidate) && /^([-_. ]|$)/.test(stem.slice(candidate.length));
    if (fits && candidate.length > (longest?.length ?? 0)) longest = { name, length: candidate.length };
  }
  return longest?.name;
}

function xmlFile(xml: NonNullable<ReadOptions["xml"]>, name: string): NamedBytes {
  if (typeof xml === "string") return { name: `${name} (XML)`, bytes: new TextEncoder().encode(xml) };
  return xml instanceof Uint8Array ? { name: `${name} (XML)`, bytes: xml } : xml;
}

async function namedLabels(xml: NamedBytes): Promise<LabelSelection> {
  const bytes = await unpacked(xml);
  if (bytes.length > bounds.xmlBytes)
    throw new DataError({ file: xml.name }, `${bytes.length} bytes of XML: expected at most ${bounds.xmlBytes}`);
  return { kind: "names", labels: parseMulan(bytes, xml.name) };
}
