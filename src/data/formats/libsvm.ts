/**
 * The multi-label form of LIBSVM's format, `1,3 5:0.2 7:1`: the row's labels, then ascending `index:value` pairs, with `#`
 * comments; and the same with a first line `rows features labels`, as the extreme classification repository writes it.
 */

import { UsageError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { Allowance } from "./allowance.ts";
import { readNumber } from "./decimal.ts";
import { mostColumns, Numbering } from "./numbering.ts";
import { COMMA, isBlank, isLineEnd, Scanner } from "./scanner.ts";

const COLON = 58;
const HASH = 35;

export interface LibsvmOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Number of labels, where the last ones have no row; the default is by the largest that occurs. */
  readonly labels?: number;
}

/**
 * Reads a multi-label LIBSVM file into sparse features. Features count from 1 unless an index 0 occurs, labels likewise and
 * apart from them; both count from 0 in a file with a first line `rows features labels`. Names are `feature5` and `label3`, with
 * the file's numbers. Blank lines are skipped; a row without labels starts with its first pair.
 * @param bytes the unpacked file, UTF-8. @throws DataError with line and column of the first fault.
 * @throws UsageError for more labels than a file of this size may have.
 */
export function parseLibsvm(bytes: Uint8Array, options: LibsvmOptions): Dataset {
  const { file } = options;
  const scanner = new Scanner(bytes, file, "LIBSVM rows such as 1,3 5:0.2 7:1");
  if (options.labels !== undefined && options.labels > mostColumns(scanner)) {
    throw new UsageError(`labels of ${file}: expected at most ${mostColumns(scanner)} in a file of this size`);
  }
  const sizes = readSizes(scanner);
  const rows = countRows(scanner);
  if (rows === 0) throw scanner.error(bytes.length, "no rows: expected lines such as 1,3 5:0.2 7:1");
  if (sizes && sizes.rows !== rows) {
    throw scanner.error(sizes.at, `${rows} rows in the file: expected ${sizes.rows}, as its first line says`);
  }
  const { colons, commas } = countSigns(scanner);
  const offsets = new Uint32Array(rows + 1);
  const allowance = new Allowance(scanner.file, bytes.length);
  const indices = allowance.array("the features", Uint32Array, colons, 1);
  const values = allowance.array("the features", Float32Array, colons, 1);
  const labelOffsets = new Uint32Array(rows + 1);
  const labelIds = allowance.array("the labels", Uint32Array, commas + rows, 1);
  const features = new Numbering("feature", sizes?.features, sizes ? 0 : 1);
  const labels = new Numbering("label", sizes?.labels ?? options.labels, sizes ? 0 : 1);
  let size = 0;
  let labelSize = 0;
  for (let row = 0; skipToRow(scanner); row++) {
    if (!startsPair(scanner)) labelSize = readLabels(scanner, labels, labelIds, labelSize);
    labelOffsets[row + 1] = labelSize;
    size = readPairs(scanner, features, indices, values, size);
    offsets[row + 1] = size;
    scanner.skipLine();
  }
  const featureColumns = features.finish(scanner);
  const labelColumns = labels.finish(scanner);
  const labelValues = allowance.array("the labels", Uint8Array, rows, labelColumns);
  for (let row = 0; row < rows; row++) {
    for (let e = labelOffsets[row] as number; e < (labelOffsets[row + 1] as number); e++) {
      labelValues[row * labelColumns + (labelIds[e] as number) - labels.base] = 1;
    }
  }
  const columns = indices.slice(0, size);
  if (features.base === 1) for (let e = 0; e < size; e++) columns[e] = (columns[e] as number) - 1;
  const featureNames = features.names(featureColumns);
  return {
    name: options.name ?? file,
    declared: featureNames.map((name) => ({ name, kind: "numeric" })),
    featureNames,
    features: {
      kind: "sparse",
      rows,
      columns: featureColumns,
      offsets,
      indices: columns,
      values: values.slice(0, size),
    },
    labelNames: labels.names(labelColumns),
    labels: { rows, columns: labelColumns, values: labelValues },
  };
}

/** Reads the labels of one row into `ids` from `size` on. @returns the new size. */
function readLabels(scanner: Scanner, labels: Numbering, ids: Uint32Array, size: number): number {
  const { bytes } = scanner;
  const seen = new Set<number>();
  for (;;) {
    const at = scanner.position;
    const label = readInteger(scanner, "a label, a number from 0 on");
    if (seen.has(label)) throw scanner.error(at, `label ${label} is there twice: expected each once in a row`);
    seen.add(label);
    labels.take(scanner, at, label);
    ids[size++] = label;
    if (bytes[scanner.position] !== COMMA) break;
    scanner.position++;
  }
  const end = scanner.position;
  if (!atRowEnd(scanner) && !isBlank(bytes[end] as number)) {
    throw scanner.error(end, `expected "," or a blank after a label, found ${scanner.found(end)}`);
  }
  scanner.skipBlanks();
  return size;
}

/** Reads the pairs of one row into `indices` and `values` from `size` on. @returns the new size. */
function readPairs(
  scanner: Scanner,
  features: Numbering,
  indices: Uint32Array,
  values: Float32Array,
  start: number,
): number {
  const { bytes } = scanner;
  let size = start;
  for (let previous = -1; !atRowEnd(scanner); scanner.skipBlanks()) {
    const at = scanner.position;
    const index = readInteger(scanner, "a pair such as 5:0.2");
    if (bytes[scanner.position] !== COLON) {
      throw scanner.error(at, `expected a pair such as 5:0.2, found ${scanner.found(at)}`);
    }
    if (index <= previous) {
      const fault = index === previous ? "is there twice" : `comes after ${previous}`;
      throw scanner.error(at, `index ${index} ${fault}: expected ascending indices`);
    }
    features.take(scanner, at, index);
    previous = index;
    const valueAt = ++scanner.position;
    const value = readNumber(scanner);
    if (Number.isNaN(value) || !(atRowEnd(scanner) || isBlank(bytes[scanner.position] as number))) {
      throw scanner.error(valueAt, `expected a number, found ${scanner.found(valueAt)}`);
    }
    if (Math.fround(value) !== 0) {
      indices[size] = index;
      values[size++] = value;
    }
  }
  return size;
}

interface Sizes {
  readonly at: number;
  readonly rows: number;
  readonly features: number;
  readonly labels: number;
}

/** A first line of three numbers, and no pair. */
function readSizes(scanner: Scanner): Sizes | undefined {
  const { bytes } = scanner;
  if (!skipToRow(scanner)) return undefined;
  const at = scanner.position;
  let end = at;
  while (end < bytes.length && end < at + 64 && !isLineEnd(bytes[end] as number)) end++;
  const line = String.fromCharCode(...bytes.subarray(at, end));
  const numbers = /^(\d{1,10})[ \t]+(\d{1,10})[ \t]+(\d{1,10})[ \t]*$/.exec(line);
  if (!numbers) return undefined;
  const [rows = 0, features = 0, labels = 0] = numbers.slice(1).map(Number);
  const most = mostColumns(scanner);
  if (Math.max(features, labels) > most) {
    throw scanner.error(
      at,
      `${features} features and ${labels} labels: expected at most ${most} in a file of this size`,
    );
  }
  scanner.skipLine();
  return { at, rows, features, labels };
}

/** Moves to the next line that is neither blank nor a comment. */
function skipToRow(scanner: Scanner): boolean {
  for (;;) {
    scanner.skipBlanks();
    if (scanner.position >= scanner.bytes.length) return false;
    if (!atRowEnd(scanner)) return true;
    scanner.skipLine();
  }
}

function countRows(scanner: Scanner): number {
  const start = scanner.position;
  let rows = 0;
  for (; skipToRow(scanner); rows++) scanner.skipLine();
  scanner.position = start;
  return rows;
}

/** Upper bounds on the pairs and on the labels. */
function countSigns({ bytes, position }: Scanner): { colons: number; commas: number } {
  let colons = 0;
  let commas = 0;
  for (let i = position; i < bytes.length; i++) {
    if (bytes[i] === COLON) colons++;
    else if (bytes[i] === COMMA) commas++;
  }
  return { colons, commas };
}

/** Whether a pair stands here, rather than the row's labels. */
function startsPair({ bytes, position }: Scanner): boolean {
  let at = position;
  while (isDigit(bytes[at])) at++;
  return at > position && bytes[at] === COLON;
}

function atRowEnd({ bytes, position }: Scanner): boolean {
  return position >= bytes.length || bytes[position] === HASH || isLineEnd(bytes[position] as number);
}

function readInteger(scanner: Scanner, expected: string): number {
  const { bytes, position: start } = scanner;
  let at = start;
  let integer = 0;
  for (; isDigit(bytes[at]); at++) integer = integer * 10 + ((bytes[at] as number) - 48);
  if (at === start) throw scanner.error(start, `expected ${expected}, found ${scanner.found(start)}`);
  scanner.position = at;
  return integer;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
