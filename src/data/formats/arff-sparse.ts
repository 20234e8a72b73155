/**
 * Sparse ARFF rows, `{3 1.5,17 yes}`: attribute index (from 0) and value, ascending. An attribute left out is 0, and for a
 * nominal one that means its first value, whatever that is called: where the first value stands for 1 or is one-hot, each
 * row that leaves it out gets an entry.
 */

import type { LabelMatrix, SparseMatrix } from "../dataset.ts";
import { Allowance } from "./allowance.ts";
import { type CellPlan, CODE, ONE_HOT, readCell } from "./arff-cells.ts";
import { CLOSE_BRACE, COMMA, isBlank, NEWLINE, OPEN_BRACE, type Scanner, ZERO } from "./scanner.ts";

/** @param rows lines that hold something. @throws DataError at the first entry or row that does not fit the header. */
export function readSparseRows(
  scanner: Scanner,
  plan: CellPlan,
  rows: number,
): { features: SparseMatrix; labels: LabelMatrix } {
  const { bytes } = scanner;
  const { attributes, forms, labels: isLabel, targets, digits, featureColumns, labelColumns } = plan;
  const filled = filledWhenLeftOut(plan);
  const filledFeatures = filled.filter((a) => isLabel[a] === 0);
  const filledLabels = filled.filter((a) => isLabel[a] === 1);
  const written = countEntries(scanner, rows);
  const allowance = new Allowance(scanner.file, bytes.length);
  const indices = allowance.array("the sparse features", Uint32Array, written + rows * filledFeatures.length, 1);
  const values = allowance.array("the sparse features", Float32Array, indices.length, 1);
  const labels = allowance.array("the labels", Uint8Array, rows, labelColumns);
  const offsets = new Uint32Array(rows + 1);
  let size = 0;
  for (let row = 0; scanner.skipToContent(); row++) {
    const labelStart = row * labelColumns;
    for (const a of filledLabels) labels[labelStart + (targets[a] as number)] = 1;
    let previous = -1;
    let pending = 0;
    openRow(scanner);
    while (bytes[scanner.position] !== CLOSE_BRACE) {
      const a = readIndex(scanner, previous, attributes.length);
      previous = a;
      for (; (filledFeatures[pending] as number) < a; pending++) {
        indices[size] = targets[filledFeatures[pending] as number] as number;
        values[size++] = 1;
      }
      if (filledFeatures[pending] === a) pending++;
      let value = readDigit(scanner, digits, a);
      if (Number.isNaN(value)) value = readCell(scanner, plan, a);
      const target = targets[a] as number;
      if (isLabel[a] === 1) {
        labels[labelStart + target] = value;
      } else if (forms[a] === ONE_HOT) {
        indices[size] = target + value;
        values[size++] = 1;
      } else if (Math.fround(value) !== 0) {
        indices[size] = target;
        values[size++] = value;
      }
      finishEntry(scanner);
    }
    for (; pending < filledFeatures.length; pending++) {
      indices[size] = targets[filledFeatures[pending] as number] as number;
      values[size++] = 1;
    }
    offsets[row + 1] = size;
    closeRow(scanner);
  }
  const entries = { indices: indices.slice(0, size), values: values.slice(0, size) };
  return {
    features: { kind: "sparse", rows, columns: featureColumns, offsets, ...entries },
    labels: { rows, columns: labelColumns, values: labels },
  };
}

/** The attributes whose first value is not stored as 0. */
function filledWhenLeftOut({ attributes, forms, codes }: CellPlan): number[] {
  return [...attributes.keys()].filter((a) => forms[a] === ONE_HOT || (forms[a] === CODE && codes[a]?.[0] === 1));
}

/** An upper bound on the entries of all rows, by their commas. An entry takes four bytes or more. */
function countEntries({ bytes, position }: Scanner, rows: number): number {
  let commas = 0;
  for (let i = position; i < bytes.length; i++) if (bytes[i] === COMMA) commas++;
  return Math.min(commas + rows, Math.ceil((bytes.length - position) / 4));
}

function openRow(scanner: Scanner): void {
  if (scanner.bytes[scanner.position] !== OPEN_BRACE) {
    throw scanner.error(scanner.position, "a dense row among sparse ones: expected one kind in a file");
  }
  scanner.position++;
  scanner.skipBlanks();
}

function closeRow(scanner: Scanner): void {
  scanner.position++;
  scanner.skipBlanks();
  if (!scanner.atLineEnd()) {
    const found = scanner.found(scanner.position);
    throw scanner.error(scanner.position, `expected the end of the line after "}", found ${found}`);
  }
  scanner.skipLine();
}

/** Reads an index and the blanks behind it. */
function readIndex(scanner: Scanner, previous: number, attributes: number): number {
  const { bytes, position: start } = scanner;
  let at = start;
  let index = 0;
  for (; isDigit(bytes[at]); at++) index = index * 10 + ((bytes[at] as number) - ZERO);
  if (at === start || at >= bytes.length || !isBlank(bytes[at] as number)) {
    const found = scanner.found(start);
    throw scanner.error(start, `expected an attribute's index and its value, as in {0 1.5,3 1}, found ${found}`);
  }
  if (index >= attributes) {
    throw scanner.error(start, `index ${scanner.text(start, at)} is out of range: expected 0 to ${attributes - 1}`);
  }
  if (index <= previous) {
    const fault = index === previous ? "is there twice" : `comes after ${previous}`;
    throw scanner.error(start, `index ${index} ${fault}: expected ascending indices`);
  }
  scanner.position = at + 1;
  if (isBlank(bytes[at + 1] ?? NEWLINE)) scanner.skipBlanks();
  return index;
}

/** What the cell `0` or `1` is in the matrix; NaN, without moving, where neither stands or it must be looked up. */
function readDigit(scanner: Scanner, digits: Float32Array, a: number): number {
  const { bytes, position: start } = scanner;
  const digit = (bytes[start] ?? 0) - ZERO;
  const next = bytes[start + 1];
  if ((digit !== 0 && digit !== 1) || (next !== COMMA && next !== CLOSE_BRACE)) return Number.NaN;
  const value = digits[2 * a + digit] as number;
  if (!Number.isNaN(value)) scanner.position = start + 1;
  return value;
}

/** Moves behind the comma to the next entry, or to the closing brace. */
function finishEntry(scanner: Scanner): void {
  const { bytes } = scanner;
  const end = scanner.position;
  if (bytes[end] === COMMA && isDigit(bytes[end + 1])) {
    scanner.position++;
    return;
  }
  scanner.skipBlanks();
  const at = scanner.position;
  if (bytes[at] === CLOSE_BRACE) return;
  if (bytes[at] !== COMMA) throw scanner.error(at, `expected "," or "}", found ${scanner.found(at)}`);
  scanner.position++;
  scanner.skipBlanks();
  if (bytes[scanner.position] === CLOSE_BRACE) {
    throw scanner.error(scanner.position, 'expected another entry after ",", found "}"');
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
