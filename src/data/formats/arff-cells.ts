/**
 * What the cells of each ARFF attribute turn into, and the reading of one cell where it is not a plain number. Both
 * kinds of row, dense and sparse, share it. Holds no data.
 */

import { quoted } from "../../errors.ts";
import type { Feature } from "../dataset.ts";
import type { ArffAttribute } from "./arff-header.ts";
import { Categories, listed } from "./categories.ts";
import { type ChosenColumns, type ColumnOptions, ID, LABEL, SKIPPED } from "./chosen-columns.ts";
import { featureCodes, isOneHot, labelCodes, labelPairs, width } from "./columns.ts";
import { readNumber } from "./decimal.ts";
import { DOUBLE_QUOTE, PERCENT, type Scanner, SINGLE_QUOTE } from "./scanner.ts";

/** A number, into its column. */
export const NUMBER = 0;
/** A nominal value, into its column as `codes[index]`. */
export const CODE = 1;
/** A nominal value, as a 1 in column `target + index`. */
export const ONE_HOT = 2;
/** Text that is left out. */
export const NOTHING = 3;
/** Text that names the row. */
export const NAME = 4;

const QUESTION_MARK = 63;

/** Attribute a of the file: how it is read, and where it goes. */
export interface CellPlan {
  readonly attributes: readonly ArffAttribute[];
  /** NUMBER, CODE, ONE_HOT, NOTHING or NAME. */
  readonly forms: Uint8Array;
  /** 1 for a label, 0 for anything else. */
  readonly labels: Uint8Array;
  /** (First) column in the label or the feature matrix. */
  readonly targets: Uint32Array;
  /** Columns that the attribute takes. */
  readonly widths: Uint32Array;
  /** The values that a nominal attribute is coded by. */
  readonly values: readonly (Categories | undefined)[];
  readonly codes: readonly (Float32Array | undefined)[];
  /** What the cells `0` and `1` are in the matrix, at 2a and 2a + 1: nearly all are one of them. NaN: look closer. */
  readonly digits: Float32Array;
  /**
   * What a sparse row has where it leaves the attribute out, as `readCell` gives it; NaN for a value that is not known.
   */
  readonly leftOut: Float32Array;
  readonly featureColumns: number;
  readonly labelColumns: number;
  /** Whether a missing feature is kept as NaN. */
  readonly keepsMissing: boolean;
  /** Whether the values are those of other data than the file's. */
  readonly fixed: boolean;
}

/** What is planned for one attribute. */
interface CellForm {
  readonly form: number;
  readonly values?: Categories;
  readonly codes?: Float32Array;
}

/**
 * @throws DataError for a label whose values are not two opposites, or text where something is to be learned from it.
 */
export function planCells(
  scanner: Scanner,
  attributes: readonly ArffAttribute[],
  chosen: ChosenColumns,
  { wanted, missing }: ColumnOptions,
): CellPlan {
  const count = attributes.length;
  const targets = new Uint32Array(count);
  const widths = new Uint32Array(count);
  const features: (Feature | undefined)[] = [];
  let featureColumns = 0;
  chosen.features.forEach((a, i) => {
    const feature = wanted?.features[i] ?? declaredFeature(attributes[a] as ArffAttribute);
    features[a] = feature;
    targets[a] = featureColumns;
    widths[a] = width(feature);
    featureColumns += width(feature);
  });
  chosen.labels.forEach((a, i) => {
    targets[a] = i;
  });
  const forms = new Uint8Array(count);
  const digits = new Float32Array(2 * count).fill(Number.NaN);
  const leftOut = new Float32Array(count);
  const shared = new Map<readonly string[], CellForm>();
  const cells = attributes.map((attribute, a): CellForm => {
    const role = chosen.roles[a];
    if (role === SKIPPED || role === ID) return { form: role === ID ? NAME : NOTHING };
    if (attribute.text !== undefined) throw isText(scanner, attribute);
    return role === LABEL ? labelCell(scanner, attribute) : featureCell(attribute, features[a], shared);
  });
  cells.forEach((cell, a) => {
    forms[a] = cell.form;
    if (cell.form === NUMBER) digits.set([0, 1], 2 * a);
    if (cell.form === CODE && cell.values && cell.codes) {
      digits[2 * a] = cell.codes[cell.values.names.indexOf("0")] ?? Number.NaN;
      digits[2 * a + 1] = cell.codes[cell.values.names.indexOf("1")] ?? Number.NaN;
    }
    leftOut[a] = leftOutOf(attributes[a] as ArffAttribute, cell);
  });
  return {
    attributes,
    forms,
    labels: chosen.roles.map((role) => (role === LABEL ? 1 : 0)),
    targets,
    widths,
    values: cells.map((cell) => cell.values),
    codes: cells.map((cell) => cell.codes),
    digits,
    leftOut,
    featureColumns,
    labelColumns: chosen.labels.length,
    keepsMissing: missing === "keep",
    fixed: wanted !== undefined,
  };
}

export function declaredFeature({ name, categories }: ArffAttribute): Feature {
  return categories ? { name, kind: "nominal", categories: categories.names } : { name, kind: "numeric" };
}

function isText(scanner: Scanner, { name, at, text }: ArffAttribute): Error {
  const what = `${quoted(name)} is of type ${text}, which can't be learned from`;
  return scanner.error(at, `${what}: expected a number or nominal values; leave the column out (--drop-columns)`);
}

function labelCell(scanner: Scanner, { name, at, categories }: ArffAttribute): CellForm {
  if (categories === undefined) return { form: NUMBER };
  const codes = labelCodes(categories.names);
  if (codes) return { form: CODE, values: categories, codes };
  throw scanner.error(at, `the label ${quoted(name)} has the values ${listed(categories)}: expected ${labelPairs}`);
}

function featureCell(
  { categories }: ArffAttribute,
  feature: Feature | undefined,
  shared: Map<readonly string[], CellForm>,
): CellForm {
  const names = feature?.categories;
  if (feature === undefined || names === undefined) return { form: NUMBER };
  const known = shared.get(names);
  if (known) return known;
  const values = categories?.names === names ? categories : new Categories(names);
  const cell = isOneHot(feature) ? { form: ONE_HOT, values } : { form: CODE, values, codes: featureCodes(names) };
  shared.set(names, cell);
  return cell;
}

/** A sparse row leaves out 0, or the first of the values that the file itself declares. */
function leftOutOf({ categories }: ArffAttribute, { form, values, codes }: CellForm): number {
  const text = categories === undefined ? "0" : (categories.names[0] ?? "0");
  if (form === NOTHING || form === NAME) return 0;
  if (form === NUMBER) return text.trim() === "" ? Number.NaN : Number(text);
  const index = values ? values.indexOf(text) : -1;
  if (index < 0) return Number.NaN;
  return form === CODE ? (codes?.[index] ?? Number.NaN) : index;
}

/**
 * Reads the value of a nominal attribute. @returns its index, -1 for a question mark. @throws DataError for a value not
 * known.
 */
function readCategory(scanner: Scanner, plan: CellPlan, a: number): number {
  const { bytes, position: start } = scanner;
  const values = plan.values[a] as Categories;
  const quote = bytes[start] === SINGLE_QUOTE || bytes[start] === DOUBLE_QUOTE;
  const end = quote ? start : scanner.wordEnd(start);
  let index: number;
  let text: Uint8Array;
  if (quote) {
    text = new TextEncoder().encode(scanner.quoted());
    index = values.find(text, 0, text.length);
  } else {
    scanner.position = end;
    // An unquoted question mark is a missing value, even where one is declared.
    if (isMissing(scanner, start, end)) return -1;
    text = bytes.subarray(start, end);
    index = end === start ? -1 : values.find(bytes, start, end);
  }
  if (index < 0 && plan.fixed && text.length > 0) index = values.indexOf(new TextDecoder().decode(text));
  if (index >= 0 && bytes[scanner.position] !== PERCENT) return index;
  const known = plan.fixed ? `one of ${listed(values)}, as trained` : `one of ${listed(values)}`;
  throw unexpected(scanner, start, (plan.attributes[a] as ArffAttribute).name, known);
}

/** Whether an unquoted question mark is all that stands there. */
const isMissing = ({ bytes }: Scanner, start: number, end: number): boolean =>
  end === start + 1 && bytes[start] === QUESTION_MARK;

/** Reads a number where `readNumber` alone will not do: in quotes, or none at all. */
function readOtherNumber(scanner: Scanner, { name }: ArffAttribute): number {
  const { bytes, position: start } = scanner;
  const quote = bytes[start] === SINGLE_QUOTE || bytes[start] === DOUBLE_QUOTE;
  if (quote) {
    scanner.position++;
    const value = readNumber(scanner);
    if (!Number.isNaN(value) && bytes[scanner.position] === bytes[start]) {
      scanner.position++;
      return value;
    }
  }
  throw unexpected(scanner, start, name, "a number");
}

/** Passes over a cell that is left out. */
function skipCell(scanner: Scanner): void {
  const byte = scanner.bytes[scanner.position];
  if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) scanner.quoted();
  else scanner.position = scanner.wordEnd(scanner.position);
}

/**
 * Reads one cell. @returns its value in the matrix, but for ONE_HOT its index; NaN for a missing feature that is kept,
 * and 0 for what is left out. @param names takes the name of the row.
 */
export function readCell(scanner: Scanner, plan: CellPlan, a: number, names: string[]): number {
  const attribute = plan.attributes[a] as ArffAttribute;
  const form = plan.forms[a];
  const { position: start } = scanner;
  if (form === NOTHING) {
    skipCell(scanner);
    return 0;
  }
  if (form === NAME) {
    names.push(scanner.word(`a value of ${quoted(attribute.name)}`));
    return 0;
  }
  const kept = plan.keepsMissing && plan.labels[a] === 0;
  if (form !== NUMBER) {
    const index = readCategory(scanner, plan, a);
    if (index < 0 && kept) return Number.NaN;
    if (index < 0) throw unexpected(scanner, start, attribute.name, `one of ${listed(plan.values[a] as Categories)}`);
    return form === CODE ? ((plan.codes[a] as Float32Array)[index] as number) : index;
  }
  if (kept && isMissing(scanner, start, scanner.wordEnd(start))) {
    scanner.position++;
    return Number.NaN;
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
    const advice = "say how to fill gaps (--missing mean or zero), or drop the row";
    return scanner.error(at, `${quoted(name)} is missing ("?"): expected ${expected}; ${advice}`);
  }
  return scanner.error(at, `${quoted(name)} is ${found}: expected ${expected}`);
}
