/**
 * Sparse ARFF rows, `{3 1.5,17 yes}`: attribute index (from 0) and value, ascending. An attribute left out is 0, and
 * for a nominal one that means its first value, whatever that is called: where that is not stored as 0, each row that
 * leaves it out gets an entry.
 */

import { quoted } from "../../errors.ts";
import type { Allowance } from "./allowance.ts";
import { type CellPlan, NAME, NOTHING, ONE_HOT, readCell } from "./arff-cells.ts";
import type { ArffAttribute } from "./arff-header.ts";
import { listed } from "./categories.ts";
import type { RowReader } from "./row-reader.ts";
import { CLOSE_BRACE, COMMA, isBlank, NEWLINE, OPEN_BRACE, type Scanner, ZERO } from "./scanner.ts";
import { sortRow } from "./sparse-row.ts";

const QUESTION_MARK = 63;

/** An upper bound on the entries that a piece writes out, by its commas. An entry takes four bytes or more. */
export function countEntries({ bytes, position }: Scanner, rows: number, plan: CellPlan): number {
  let commas = 0;
  let missing = 0;
  for (let i = position; i < bytes.length; i++) {
    if (bytes[i] === COMMA) commas++;
    else if (bytes[i] === QUESTION_MARK) missing++;
  }
  // A missing value that is kept fills all columns of its attribute.
  const wide = plan.keepsMissing ? missing * plan.widths.reduce((most, width) => Math.max(most, width - 1), 0) : 0;
  return Math.min(commas + rows, Math.ceil((bytes.length - position) / 4)) + wide;
}

/**
 * @param rows lines that hold something. @param written an upper bound on their entries (`countEntries`).
 * @throws DataError, while reading, at the first entry or row that does not fit the header.
 */
export function sparseRows(plan: CellPlan, rows: number, written: number, allowance: Allowance): RowReader {
  const { attributes, forms, labels: isLabel, targets, widths, digits, featureColumns, labelColumns } = plan;
  const filled = filledWhenLeftOut(plan);
  const filledFeatures = filled.filter((a) => isLabel[a] === 0);
  const filledLabels = filled.filter((a) => isLabel[a] === 1);
  const indices = allowance.array("the sparse features", Uint32Array, written + rows * filledFeatures.length, 1);
  const values = allowance.array("the sparse features", Float32Array, indices.length, 1);
  const labels = allowance.array("the labels", Uint8Array, rows, labelColumns);
  const offsets = new Uint32Array(rows + 1);
  const named = forms.includes(NAME);
  const ids: string[] = [];
  let size = 0;
  let row = 0;
  const read = (scanner: Scanner): void => {
    const { bytes } = scanner;
    for (; scanner.skipToContent(); row++) {
      const labelStart = row * labelColumns;
      for (const a of filledLabels) labels[labelStart + (targets[a] as number)] = 1;
      let previous = -1;
      let pending = 0;
      openRow(scanner);
      while (bytes[scanner.position] !== CLOSE_BRACE) {
        const a = readIndex(scanner, previous, attributes.length);
        previous = a;
        for (; (filledFeatures[pending] as number) < a; pending++) fill(scanner, filledFeatures[pending] as number);
        if (filledFeatures[pending] === a) pending++;
        let value = readDigit(scanner, digits, a);
        if (Number.isNaN(value)) value = readCell(scanner, plan, a, ids);
        const target = targets[a] as number;
        const form = forms[a] as number;
        if (form >= NOTHING) {
          // Left out, or the row's name.
        } else if (isLabel[a] === 1) {
          labels[labelStart + target] = value;
        } else if (form === ONE_HOT && Number.isNaN(value)) {
          for (let i = 0; i < (widths[a] as number); i++) add(target + i, value);
        } else if (form === ONE_HOT) {
          add(target + value, 1);
        } else if (Math.fround(value) !== 0) {
          add(target, value);
        }
        finishEntry(scanner);
      }
      for (; pending < filledFeatures.length; pending++) fill(scanner, filledFeatures[pending] as number);
      offsets[row + 1] = size;
      sortRow(indices, values, offsets[row] as number, size);
      if (named && ids.length === row) ids.push("");
      closeRow(scanner);
    }
  };
  const add = (column: number, value: number): void => {
    indices[size] = column;
    values[size++] = value;
  };
  const fill = (scanner: Scanner, a: number): void => {
    const value = plan.leftOut[a] as number;
    if (Number.isNaN(value)) throw unknownFirst(scanner, plan, a);
    if (forms[a] === ONE_HOT) add((targets[a] as number) + value, 1);
    else add(targets[a] as number, value);
  };
  const finish: RowReader["finish"] = () => {
    const entries = { indices: indices.slice(0, size), values: values.slice(0, size) };
    return {
      features: { kind: "sparse", rows, columns: featureColumns, offsets, ...entries },
      labels: { rows, columns: labelColumns, values: labels },
      ...(named && { ids }),
    };
  };
  return { read, finish };
}

/** The attributes that are not stored as 0 where a row leaves them out. */
function filledWhenLeftOut({ attributes, forms, leftOut }: CellPlan): number[] {
  return [...attributes.keys()].filter((a) => forms[a] === ONE_HOT || leftOut[a] !== 0);
}

function unknownFirst(scanner: Scanner, plan: CellPlan, a: number): Error {
  const { name, categories } = plan.attributes[a] as ArffAttribute;
  const first = quoted(categories?.names[0] ?? "0");
  const values = plan.values[a];
  const expected = values ? `one of ${listed(values)}, as trained` : "a number";
  return scanner.error(
    scanner.position,
    `the row leaves out ${quoted(name)}, which is then ${first}, the first value in this file: expected ${expected}`,
  );
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
    const shown = scanner.text(start, Math.min(at, start + 20));
    throw scanner.error(start, `index ${shown} is out of range: expected 0 to ${attributes - 1}`);
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
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
