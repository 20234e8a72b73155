/**
 * What the cells of each ARFF attribute turn into, and the reading of one cell where it is not a plain number. Both kinds
 * of row, dense and sparse, share it. Holds no data.
 */

import type { ArffAttribute } from "./arff-header.ts";
import type { Categories } from "./categories.ts";
import { featureCodes, isOneHot, labelCodes, labelPairs, width } from "./columns.ts";
import { readNumber } from "./decimal.ts";
import { DOUBLE_QUOTE, type Scanner, SINGLE_QUOTE } from "./scanner.ts";

/** A number, into its column. */
export const NUMBER = 0;
/** A nominal value, into its column as `codes[index]`. */
export const CODE = 1;
/** A nominal value, as a 1 in column `target + index`. */
export const ONE_HOT = 2;

const QUESTION_MARK = 63;

/** Attribute a of the file: how it is read, and where it goes. */
export interface CellPlan {
  readonly attributes: readonly ArffAttribute[];
  /** NUMBER, CODE or ONE_HOT. */
  readonly forms: Uint8Array;
  /** 1 for a label, 0 for a feature. */
  readonly labels: Uint8Array;
  /** (First) column in the label or the feature matrix. */
  readonly targets: Uint32Array;
  readonly codes: readonly (Float32Array | undefined)[];
  /** What the cells `0` and `1` are in the matrix, at 2a and 2a + 1: nearly all are one of them. NaN: look closer. */
  readonly digits: Float32Array;
  readonly featureColumns: number;
  readonly labelColumns: number;
}

/** @param labels 1 for each attribute that is a label. @throws DataError for a label whose values are not two opposites. */
export function planCells(scanner: Scanner, attributes: readonly ArffAttribute[], labels: Uint8Array): CellPlan {
  const forms = new Uint8Array(attributes.length);
  const targets = new Uint32Array(attributes.length);
  const digits = new Float32Array(2 * attributes.length).fill(Number.NaN);
  const codes: (Float32Array | undefined)[] = [];
  const shared = new Map<Categories, Float32Array>();
  let featureColumns = 0;
  let labelColumns = 0;
  attributes.forEach(({ name, at, categories }, a) => {
    const isLabel = labels[a] === 1;
    const values = categories?.names;
    const feature = { name, kind: "nominal", categories: values ?? [] } as const;
    forms[a] = values === undefined ? NUMBER : !isLabel && isOneHot(feature) ? ONE_HOT : CODE;
    targets[a] = isLabel ? labelColumns++ : featureColumns;
    if (!isLabel) featureColumns += width(feature);
    if (values === undefined) digits.set([0, 1], 2 * a);
    if (categories === undefined || forms[a] === ONE_HOT) return;
    const code = isLabel ? labelCodes(categories.names) : (shared.get(categories) ?? featureCodes(categories.names));
    if (code === undefined) {
      const label = `the label ${JSON.stringify(name)}`;
      throw scanner.error(at, `${label} has the values ${listed(categories)}: expected ${labelPairs}`);
    }
    if (!isLabel) shared.set(categories, code);
    codes[a] = code;
    digits[2 * a] = code[categories.names.indexOf("0")] ?? Number.NaN;
    digits[2 * a + 1] = code[categories.names.indexOf("1")] ?? Number.NaN;
  });
  return { attributes, forms, labels, targets, codes, digits, featureColumns, labelColumns };
}

/** Reads the value of a nominal attribute. @returns its index. @throws DataError for a value not declared. */
function readCategory(scanner: Scanner, { name, categories }: ArffAttribute): number {
  const { bytes, position: start } = scanner;
  if (categories === undefined) throw new TypeError(`${name} is not nominal`);
  const quoted = bytes[start] === SINGLE_QUOTE || bytes[start] === DOUBLE_QUOTE;
  const end = quoted ? start : scanner.wordEnd(start);
  let index: number;
  if (quoted) {
    const text = new TextEncoder().encode(scanner.quoted());
    index = categories.find(text, 0, text.length);
  } else {
    scanner.position = end;
    // An unquoted question mark is a missing value, even where one is declared.
    const missing = end === start + 1 && bytes[start] === QUESTION_MARK;
    index = end === start || missing ? -1 : categories.find(bytes, start, end);
  }
  if (index >= 0) return index;
  throw unexpected(scanner, start, name, `one of ${listed(categories)}`);
}

/** Reads a number where `readNumber` alone will not do: in quotes, or none at all. */
function readOtherNumber(scanner: Scanner, { name }: ArffAttribute): number {
  const { bytes, position: start } = scanner;
  const quoted = bytes[start] === SINGLE_QUOTE || bytes[start] === DOUBLE_QUOTE;
  if (quoted) {
    scanner.position++;
    const value = readNumber(scanner);
    if (!Number.isNaN(value) && bytes[scanner.position] === bytes[start]) {
      scanner.position++;
      return value;
    }
  }
  throw unexpected(scanner, start, name, "a number");
}

/** Reads one cell. @returns its value in the matrix, but for ONE_HOT its index. */
export function readCell(scanner: Scanner, plan: CellPlan, a: number): number {
  const attribute = plan.attributes[a] as ArffAttribute;
  const form = plan.forms[a];
  const { position: start } = scanner;
  if (form !== NUMBER) {
    const index = readCategory(scanner, attribute);
    return form === CODE ? ((plan.codes[a] as Float32Array)[index] as number) : index;
  }
  let value = readNumber(scanner);
  if (Number.isNaN(value)) value = readOtherNumber(scanner, attribute);
  else if (scanner.wordEnd(scanner.position) > scanner.position)
    throw unexpected(scanner, start, attribute.name, "a number");
  if (plan.labels[a] === 1 && value !== 0 && value !== 1) throw unexpected(scanner, start, attribute.name, "0 or 1");
  return value;
}

/** The error for a cell that is not what its attribute says. */
export function unexpected(scanner: Scanner, at: number, name: string, expected: string): Error {
  const found = scanner.found(at);
  if (found === '"?"') {
    return scanner.error(
      at,
      `${JSON.stringify(name)} is missing ("?"): expected ${expected}; fill the gap or drop the row`,
    );
  }
  return scanner.error(at, `${JSON.stringify(name)} is ${found}: expected ${expected}`);
}

/** The declared values, cut short where there are many. */
function listed({ names }: Categories): string {
  const shown = names.slice(0, 8).join(",");
  return names.length > 8 ? `{${shown},... ${names.length} values}` : `{${shown}}`;
}
