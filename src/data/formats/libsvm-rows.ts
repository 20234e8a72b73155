/** The rows of a LIBSVM file as they stand: numbers of labels, numbers of features and their values. Gives no names. */

import type { Allowance } from "./allowance.ts";
import { readNumber } from "./decimal.ts";
import type { Numbering } from "./numbering.ts";
import { COMMA, isBlank, isLineEnd, NEWLINE, RETURN, type Scanner } from "./scanner.ts";

const COLON = 58;
const HASH = 35;

/** Upper bounds on the pairs and on the labels. */
export function countSigns({ bytes, position }: Scanner): { colons: number; commas: number } {
  let colons = 0;
  let commas = 0;
  for (let i = position; i < bytes.length; i++) {
    if (bytes[i] === COLON) colons++;
    else if (bytes[i] === COMMA) commas++;
  }
  return { colons, commas };
}

/** What a line is. */
const ROW = 0;
const EMPTY = 1;
/** Holds blanks and nothing else, as writers of rows without anything leave it. */
const BLANK = 2;
const COMMENT = 3;

/** Moves to what the line holds, or stays at its end. */
function lineKind(scanner: Scanner): number {
  const { bytes, position: start } = scanner;
  scanner.skipBlanks();
  const at = scanner.position;
  if (at < bytes.length && bytes[at] === HASH) return COMMENT;
  if (!atRowEnd(scanner)) return ROW;
  return at > start ? BLANK : EMPTY;
}

/** Adds the rows of a piece; `blank` are empty lines behind the last row, which are rows as soon as another follows. */
export function surveyRows(scanner: Scanner, seen: { rows: number; blank: number }): void {
  const { bytes, position: start } = scanner;
  while (scanner.position < bytes.length) {
    const kind = lineKind(scanner);
    const ends = scanner.position < bytes.length;
    if (kind === EMPTY && ends) seen.blank++;
    if (kind === ROW || (kind === BLANK && ends)) {
      seen.rows += seen.blank + 1;
      seen.blank = 0;
    }
    nextLine(scanner);
  }
  scanner.position = start;
}

/** Moves behind the line end, of which CRLF is one. */
function nextLine(scanner: Scanner): void {
  scanner.skipLine();
  const { bytes, position } = scanner;
  if (bytes[position - 1] === RETURN && bytes[position] === NEWLINE) scanner.position++;
}

interface Options {
  readonly rows: number;
  readonly pairs: number;
  readonly labelEntries: number;
  readonly features: Numbering;
  readonly labels: Numbering;
  readonly allowance: Allowance;
}

export class LibsvmRows {
  readonly rows: number;
  readonly features: Numbering;
  readonly labels: Numbering;
  readonly #allowance: Allowance;
  readonly #offsets: Uint32Array;
  readonly #indices: Uint32Array;
  readonly #values: Float32Array;
  readonly #labelOffsets: Uint32Array;
  readonly #labelIds: Uint32Array;
  #row = 0;
  #size = 0;
  #labelSize = 0;

  constructor({ rows, pairs, labelEntries, features, labels, allowance }: Options) {
    this.rows = rows;
    this.features = features;
    this.labels = labels;
    this.#allowance = allowance;
    this.#offsets = new Uint32Array(rows + 1);
    this.#labelOffsets = new Uint32Array(rows + 1);
    this.#indices = allowance.array("the features", Uint32Array, pairs, 1);
    this.#values = allowance.array("the features", Float32Array, pairs, 1);
    this.#labelIds = allowance.array("the labels", Uint32Array, labelEntries, 1);
  }

  read(scanner: Scanner): void {
    const { bytes } = scanner;
    // Blank lines behind the last row are not counted as rows.
    for (; this.#row < this.rows && scanner.position < bytes.length; nextLine(scanner)) {
      const kind = lineKind(scanner);
      if (kind === COMMENT) continue;
      if (kind === ROW) {
        if (!startsPair(scanner)) this.#readLabels(scanner);
        this.#readPairs(scanner);
      }
      this.#row++;
      this.#labelOffsets[this.#row] = this.#labelSize;
      this.#offsets[this.#row] = this.#size;
    }
  }

  /** The pairs as sparse rows by the file's numbers. To be changed in place; `ends` keeps where each row ended. */
  entries(): { indices: Uint32Array; values: Float32Array; readonly offsets: Uint32Array; readonly ends: Uint32Array } {
    return {
      indices: this.#indices.slice(0, this.#size),
      values: this.#values.slice(0, this.#size),
      offsets: this.#offsets,
      ends: this.#offsets.slice(1),
    };
  }

  /** `[rows, columns]` 1 where a row has the label of a column; `columnOf` gives -1 for a label that is left out. */
  labelMatrix(columns: number, columnOf: (number: number) => number): Uint8Array {
    const values = this.#allowance.array("the labels", Uint8Array, this.rows, columns);
    for (let row = 0; row < this.rows; row++) {
      for (let e = this.#labelOffsets[row] as number; e < (this.#labelOffsets[row + 1] as number); e++) {
        const column = columnOf(this.#labelIds[e] as number);
        if (column >= 0) values[row * columns + column] = 1;
      }
    }
    return values;
  }

  /** Reads the labels of one row. */
  #readLabels(scanner: Scanner): void {
    const { bytes } = scanner;
    const seen = new Set<number>();
    for (;;) {
      const at = scanner.position;
      const label = readInteger(scanner, "a label, a number from 0 on");
      if (seen.has(label)) throw scanner.error(at, `label ${label} is there twice: expected each once in a row`);
      seen.add(label);
      this.labels.take(scanner, at, label);
      this.#labelIds[this.#labelSize++] = label;
      if (bytes[scanner.position] !== COMMA) break;
      scanner.position++;
      scanner.skipBlanks();
      if (startsPair(scanner))
        throw scanner.error(scanner.position, `expected a label after ",", found ${scanner.found(scanner.position)}`);
    }
    const end = scanner.position;
    if (!atRowEnd(scanner) && !isBlank(bytes[end] as number)) {
      throw scanner.error(end, `expected "," or a blank after a label, found ${scanner.found(end)}`);
    }
    scanner.skipBlanks();
  }

  /** Reads the pairs of one row. */
  #readPairs(scanner: Scanner): void {
    const { bytes } = scanner;
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
      this.features.take(scanner, at, index);
      previous = index;
      const valueAt = ++scanner.position;
      const value = readNumber(scanner);
      if (Number.isNaN(value) || !(atRowEnd(scanner) || isBlank(bytes[scanner.position] as number))) {
        throw scanner.error(valueAt, `expected a number, found ${scanner.found(valueAt)}`);
      }
      if (Math.fround(value) !== 0) {
        this.#indices[this.#size] = index;
        this.#values[this.#size++] = value;
      }
    }
  }
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
