/**
 * The text of CSV: fields and lines, quotes and separators, and the header. Knows no numbers and no columns' meaning.
 */

import { quoted } from "../../errors.ts";
import { bounds } from "./bounds.ts";
import { COMMA, DOUBLE_QUOTE, isLineEnd, NEWLINE, RETURN, type Scanner, SPACE, TAB } from "./scanner.ts";

const SEMICOLON = 59;

/**
 * The first of comma, semicolon and tab in the first line that holds something. @throws DataError where it has none.
 */
export function findSeparator(scanner: Scanner): number {
  const { bytes } = scanner;
  skipBlankLines(scanner);
  let inQuotes = false;
  for (let at = scanner.position; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (!inQuotes && isLineEnd(byte)) break;
    if (byte === DOUBLE_QUOTE) inQuotes = !inQuotes;
    else if (!inQuotes && (byte === COMMA || byte === SEMICOLON || byte === TAB)) return byte;
  }
  throw oneColumn(scanner, scanner.position);
}

function oneColumn(scanner: Scanner, at: number): Error {
  return scanner.error(at, "a header of one column: expected names separated by comma, semicolon or tab");
}

interface CsvHeader {
  readonly names: readonly string[];
  /** Whether lines end with a separator, as the header does. */
  readonly open: boolean;
}

/**
 * Reads the header and moves behind it; without one counts the fields of the first row and stays before it.
 * @throws DataError for a name that is missing or there twice, or where all names are numbers.
 */
export function readHeader(scanner: Scanner, separator: number, header: boolean): CsvHeader {
  const start = scanner.position;
  const names = new Map<string, number>();
  let open = false;
  for (;;) {
    skipSpaces(scanner);
    const at = scanner.position;
    const text = readText(scanner, separator);
    const column = names.size + 1;
    const name = header ? text : `column${column}`;
    open = header && text === "" && at === scanner.position && column > 1 && atLineEnd(scanner);
    if (open) break;
    if (name === "")
      throw scanner.error(at, `column ${column} has no name: expected one for each column, in the first line`);
    const first = names.get(name);
    if (first !== undefined)
      throw scanner.error(at, `a second column named ${quoted(name)}: expected another name than in column ${first}`);
    if (column > bounds.columns)
      throw scanner.error(at, `more than ${bounds.columns} columns: expected at most so many`);
    names.set(name, column);
    if (atLineEnd(scanner)) break;
    if (scanner.bytes[scanner.position] !== separator) throw unexpectedSign(scanner, separator);
    scanner.position++;
  }
  const found = [...names.keys()];
  if (found.length === 1) throw oneColumn(scanner, start);
  if (!header) {
    scanner.position = start;
    return { names: found, open };
  }
  if (found.every((name) => name.trim() !== "" && Number.isFinite(Number(name))))
    throw scanner.error(start, "the first line holds numbers: expected names of columns (or --no-header)");
  scanner.skipLine();
  return { names: found, open };
}

/** Reads a field as text, up to the separator; `""` inside double quotes is one. */
export function readText(scanner: Scanner, separator: number): string {
  const { bytes } = scanner;
  const start = scanner.position;
  if (bytes[start] !== DOUBLE_QUOTE) {
    const end = fieldEnd(scanner, separator);
    scanner.checkLength(start, end);
    scanner.position = end;
    return scanner.text(start, end).trim();
  }
  const end = closingQuote(scanner);
  scanner.checkLength(start, end);
  scanner.position = end + 1;
  skipSpaces(scanner);
  return scanner.text(start + 1, end).replaceAll('""', '"');
}

/** Passes over a field of any text. */
export function skipField(scanner: Scanner, separator: number): void {
  if (scanner.bytes[scanner.position] === DOUBLE_QUOTE) scanner.position = closingQuote(scanner) + 1;
  scanner.position = fieldEnd(scanner, separator);
}

function closingQuote(scanner: Scanner): number {
  const { bytes, position: start } = scanner;
  let end = start + 1;
  for (; ; end++) {
    end = bytes.indexOf(DOUBLE_QUOTE, end);
    if (end < 0)
      throw scanner.error(start, 'a quote that is not closed: expected another " before the end of the file');
    if (bytes[end + 1] !== DOUBLE_QUOTE) return end;
    end++;
  }
}

export function unexpectedSign(scanner: Scanner, separator: number): Error {
  const { position } = scanner;
  const sign = JSON.stringify(String.fromCharCode(separator));
  const found = scanner.found(position);
  return scanner.error(position, `expected ${sign} or the end of the line after a value, found ${found}`);
}

export function fieldEnd({ bytes, position }: Scanner, separator: number): number {
  let end = position;
  while (end < bytes.length && bytes[end] !== separator && !isLineEnd(bytes[end] as number)) end++;
  return end;
}

export function atLineEnd({ bytes, position }: Scanner): boolean {
  return position >= bytes.length || isLineEnd(bytes[position] as number);
}

/** Spaces only: a tab may be the separator. */
export function skipSpaces(scanner: Scanner): void {
  while (scanner.bytes[scanner.position] === SPACE) scanner.position++;
}

/** Moves to the next line that holds something. False at the end of the file. */
export function skipBlankLines(scanner: Scanner): boolean {
  for (;;) {
    skipSpaces(scanner);
    if (scanner.position >= scanner.bytes.length) return false;
    if (!isLineEnd(scanner.bytes[scanner.position] as number)) return true;
    scanner.position++;
  }
}

/** Rows from here on; a line end in quotes ends none. The scanner stays. */
export function countCsvRows(scanner: Scanner, separator: number): number {
  const { bytes } = scanner;
  const start = scanner.position;
  let rows = 0;
  if (bytes.indexOf(DOUBLE_QUOTE, start) < 0) {
    for (; skipBlankLines(scanner); rows++) scanner.skipLine();
  } else {
    for (; skipBlankLines(scanner); rows++) scanner.position = rowEnd(bytes, scanner.position, separator);
  }
  scanner.position = start;
  return rows;
}

/**
 * The byte behind the row that starts at `start`, its line end included; the length where it does not end, and one more
 * inside a quote.
 */
function rowEnd(bytes: Uint8Array, start: number, separator: number | undefined): number {
  let fieldStart = true;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (isLineEnd(byte)) return at + 1;
    if (fieldStart && byte === DOUBLE_QUOTE) {
      do at = bytes.indexOf(DOUBLE_QUOTE, at + 1);
      while (at >= 0 && bytes[at + 1] === DOUBLE_QUOTE && ++at > 0);
      if (at < 0) return bytes.length + 1;
    }
    const separates =
      separator === undefined ? byte === COMMA || byte === SEMICOLON || byte === TAB : byte === separator;
    fieldStart = separates || (fieldStart && byte === SPACE);
  }
  return bytes.length;
}

/** The bytes that are whole rows; 0 where there is none. */
export function lastRowEnd(bytes: Uint8Array, separator: number | undefined): number {
  // A CR at the very end may be half of a CRLF.
  const length = bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : bytes.length;
  if (bytes.indexOf(DOUBLE_QUOTE) < 0) {
    let at = length - 1;
    while (at >= 0 && !isLineEnd(bytes[at] as number)) at--;
    return at + 1;
  }
  // A byte order mark is no part of the first field.
  const first = bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : 0;
  let end = 0;
  for (;;) {
    const next = rowEnd(bytes, Math.max(end, first), separator);
    if (next > length || (next === length && bytes[next - 1] !== NEWLINE && bytes[next - 1] !== RETURN)) return end;
    end = next;
    if (end === length) return end;
  }
}
