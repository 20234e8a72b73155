/**
 * Tables of numbers as CSV: a header line of column names, then rows of numbers, fields in double quotes or not. The
 * separator is the first of comma, semicolon and tab in the header. No nominal columns: ARFF can declare them.
 */

import { UsageError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { type LabelSelection, markLabels } from "../preparation/label-selection.ts";
import { Allowance } from "./allowance.ts";
import { labelCode } from "./columns.ts";
import { readNumber } from "./decimal.ts";
import { COMMA, DOUBLE_QUOTE, isLineEnd, Scanner, SPACE, TAB } from "./scanner.ts";

const SEMICOLON = 59;

export interface CsvOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Which columns are labels. */
  readonly labels: LabelSelection;
}

/**
 * Reads a CSV file into dense features. Labels are 0 or 1, or words such as `true` and `no` in any case. Blank lines are
 * skipped; missing values are an error.
 * @param bytes the unpacked file, UTF-8.
 * @throws DataError with line and column of the first fault. @throws UsageError for labels that the file has no room for.
 */
export function parseCsv(bytes: Uint8Array, options: CsvOptions): Dataset {
  const { file } = options;
  const scanner = new Scanner(bytes, file, "a header line with the names of the columns");
  const separator = findSeparator(scanner);
  const names = readHeader(scanner, separator);
  const isLabel = markLabels(options.labels, names, file, (message) => new UsageError(`labels of ${file}: ${message}`));
  const count = names.length;
  const rows = countRows(scanner);
  if (rows === 0) throw scanner.error(bytes.length, "no rows: expected some after the header; the file may be cut off");
  const labelNames = names.filter((_, column) => isLabel[column] === 1);
  const featureNames = names.filter((_, column) => isLabel[column] === 0);
  // A row takes at least two bytes a value: files with more lines than that fail before the arrays are full.
  const room = Math.min(rows, Math.floor((bytes.length - scanner.position) / (2 * count)) + 1);
  const allowance = new Allowance(scanner.file, bytes.length);
  const values = allowance.array("the features", Float32Array, room, featureNames.length);
  const labels = allowance.array("the labels", Uint8Array, room, labelNames.length);
  let size = 0;
  let labelSize = 0;
  while (skipBlankLines(scanner)) {
    for (let column = 0; column < count; column++) {
      const name = names[column] as string;
      if (isLabel[column] === 1) labels[labelSize++] = readLabel(scanner, separator, name);
      else values[size++] = readFeature(scanner, separator, name);
      finishField(scanner, separator, column, count);
    }
  }
  return {
    name: options.name ?? file,
    declared: featureNames.map((name) => ({ name, kind: "numeric" })),
    featureNames,
    features: { kind: "dense", rows, columns: featureNames.length, values },
    labelNames,
    labels: { rows, columns: labelNames.length, values: labels },
  };
}

function findSeparator(scanner: Scanner): number {
  const { bytes } = scanner;
  skipBlankLines(scanner);
  let quoted = false;
  for (let at = scanner.position; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (!quoted && isLineEnd(byte)) break;
    if (byte === DOUBLE_QUOTE) quoted = !quoted;
    else if (!quoted && (byte === COMMA || byte === SEMICOLON || byte === TAB)) return byte;
  }
  throw scanner.error(scanner.position, "a header of one column: expected names separated by comma, semicolon or tab");
}

function readHeader(scanner: Scanner, separator: number): string[] {
  const names = new Map<string, number>();
  for (;;) {
    skipSpaces(scanner);
    const at = scanner.position;
    const name = readText(scanner, separator);
    const column = names.size + 1;
    if (name === "")
      throw scanner.error(at, `column ${column} has no name: expected one for each column, in the first line`);
    const first = names.get(name);
    if (first !== undefined)
      throw scanner.error(
        at,
        `a second column named ${JSON.stringify(name)}: expected another name than in column ${first}`,
      );
    names.set(name, column);
    if (atLineEnd(scanner)) break;
    if (scanner.bytes[scanner.position] !== separator) throw unexpectedSign(scanner, separator);
    scanner.position++;
  }
  scanner.skipLine();
  return [...names.keys()];
}

/** Reads a field as text, up to the separator; `""` inside double quotes is one. */
function readText(scanner: Scanner, separator: number): string {
  const { bytes } = scanner;
  const start = scanner.position;
  if (bytes[start] !== DOUBLE_QUOTE) {
    const end = fieldEnd(scanner, separator);
    scanner.position = end;
    return scanner.text(start, end).trim();
  }
  let end = start + 1;
  for (; ; end++) {
    end = bytes.indexOf(DOUBLE_QUOTE, end);
    if (end < 0)
      throw scanner.error(start, 'a quote that is not closed: expected another " before the end of the file');
    if (bytes[end + 1] !== DOUBLE_QUOTE) break;
    end++;
  }
  scanner.position = end + 1;
  skipSpaces(scanner);
  return scanner.text(start + 1, end).replaceAll('""', '"');
}

function readFeature(scanner: Scanner, separator: number, name: string): number {
  const { bytes } = scanner;
  skipSpaces(scanner);
  const start = scanner.position;
  const quoted = bytes[start] === DOUBLE_QUOTE;
  if (quoted) scanner.position++;
  const value = readNumber(scanner);
  const closed = !quoted || bytes[scanner.position++] === DOUBLE_QUOTE;
  skipSpaces(scanner);
  const ends = atLineEnd(scanner) || bytes[scanner.position] === separator;
  if (!Number.isNaN(value) && closed && ends) return value;
  throw unexpectedField(scanner, separator, start, name, "a number");
}

function readLabel(scanner: Scanner, separator: number, name: string): number {
  skipSpaces(scanner);
  const start = scanner.position;
  const value = labelCode(readText(scanner, separator));
  if (value !== undefined) return value;
  throw unexpectedField(scanner, separator, start, name, "0 or 1 (or false and true, no and yes)");
}

/** The error for a field that is not what its column needs. */
function unexpectedField(scanner: Scanner, separator: number, start: number, name: string, expected: string): Error {
  scanner.position = start;
  const end = Math.min(fieldEnd(scanner, separator), start + 40);
  const text = new TextDecoder().decode(scanner.bytes.subarray(start, end)).trim();
  const fault = text === "" ? "is missing" : `is ${JSON.stringify(text)}`;
  return scanner.error(start, `${JSON.stringify(name)} ${fault}: expected ${expected}`);
}

function finishField(scanner: Scanner, separator: number, column: number, count: number): void {
  const { bytes } = scanner;
  const { position } = scanner;
  const last = column + 1 === count;
  if (atLineEnd(scanner)) {
    if (!last) throw scanner.error(position, `a row of ${column + 1} values: expected ${count}`);
    scanner.skipLine();
    return;
  }
  if (bytes[position] !== separator) throw unexpectedSign(scanner, separator);
  if (last) throw scanner.error(position, `expected the end of the line after ${count} values, found another`);
  scanner.position++;
}

function unexpectedSign(scanner: Scanner, separator: number): Error {
  const { position } = scanner;
  const sign = JSON.stringify(String.fromCharCode(separator));
  return scanner.error(
    position,
    `expected ${sign} or the end of the line after a value, found ${scanner.found(position)}`,
  );
}

function fieldEnd({ bytes, position }: Scanner, separator: number): number {
  let end = position;
  while (end < bytes.length && bytes[end] !== separator && !isLineEnd(bytes[end] as number)) end++;
  return end;
}

function atLineEnd({ bytes, position }: Scanner): boolean {
  return position >= bytes.length || isLineEnd(bytes[position] as number);
}

/** Spaces only: a tab may be the separator. */
function skipSpaces(scanner: Scanner): void {
  while (scanner.bytes[scanner.position] === SPACE) scanner.position++;
}

/** Moves to the next line that holds something. False at the end of the file. */
function skipBlankLines(scanner: Scanner): boolean {
  for (;;) {
    skipSpaces(scanner);
    if (scanner.position >= scanner.bytes.length) return false;
    if (!isLineEnd(scanner.bytes[scanner.position] as number)) return true;
    scanner.position++;
  }
}

function countRows(scanner: Scanner): number {
  const start = scanner.position;
  let rows = 0;
  for (; skipBlankLines(scanner); rows++) scanner.skipLine();
  scanner.position = start;
  return rows;
}
