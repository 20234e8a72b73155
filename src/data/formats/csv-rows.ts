/**
 * The rows of a CSV file as numbers: features, labels, values of a nominal column that are known from before, names of
 * rows.
 */

import { quoted } from "../../errors.ts";
import type { Allowance } from "./allowance.ts";
import { Categories, listed } from "./categories.ts";
import { type ChosenColumns, type ColumnOptions, ID, LABEL, SKIPPED } from "./chosen-columns.ts";
import { featureCodes, isOneHot, labelCode, width } from "./columns.ts";
import { atLineEnd, fieldEnd, readText, skipBlankLines, skipField, skipSpaces, unexpectedSign } from "./csv-text.ts";
import { readNumber } from "./decimal.ts";
import type { RowReader } from "./row-reader.ts";
import { DOUBLE_QUOTE, type Scanner } from "./scanner.ts";

/** A column whose text is one of the values that it was trained with. */
interface Nominal {
  readonly values: Categories;
  /** What each value is in its one column; undefined where each value has its own. */
  readonly codes?: Float32Array;
  readonly width: number;
}

export interface CsvPlan {
  readonly separator: number;
  /** Whether lines may end with a separator. */
  readonly open: boolean;
  readonly names: readonly string[];
  readonly roles: Uint8Array;
  /** (First) column in the feature or the label matrix. */
  readonly targets: Uint32Array;
  readonly nominal: readonly (Nominal | undefined)[];
  readonly featureColumns: number;
  readonly labelColumns: number;
  readonly keepsMissing: boolean;
}

export function planFields(
  names: readonly string[],
  chosen: ChosenColumns,
  { wanted, missing }: ColumnOptions,
  separator: number,
  open: boolean,
): CsvPlan {
  const targets = new Uint32Array(names.length);
  const nominal: (Nominal | undefined)[] = [];
  let featureColumns = 0;
  chosen.features.forEach((column, i) => {
    const feature = wanted?.features[i];
    targets[column] = featureColumns;
    featureColumns += feature ? width(feature) : 1;
    if (!feature?.categories) return;
    const codes = isOneHot(feature) ? undefined : featureCodes(feature.categories);
    nominal[column] = { values: new Categories(feature.categories), width: width(feature), ...(codes && { codes }) };
  });
  chosen.labels.forEach((column, i) => {
    targets[column] = i;
  });
  const labelColumns = chosen.labels.length;
  const keepsMissing = missing === "keep";
  return { separator, open, names, roles: chosen.roles, targets, nominal, featureColumns, labelColumns, keepsMissing };
}

/**
 * @param bytes of all rows. @throws DataError, while reading, at the first field or row that does not fit the header.
 */
export function csvRows(plan: CsvPlan, rows: number, bytes: number, allowance: Allowance): RowReader {
  const { separator, names, roles, targets, nominal, featureColumns, labelColumns, keepsMissing } = plan;
  const count = names.length;
  // A row takes at least two bytes a value, or one where it may be missing: files with more lines than that fail before
  // the arrays are full.
  const room = Math.min(rows, Math.floor(bytes / (keepsMissing ? count : 2 * count)) + 1);
  const values = allowance.array("the features", Float32Array, room, featureColumns);
  const labels = allowance.array("the labels", Uint8Array, room, labelColumns);
  const named = roles.includes(ID);
  const ids: string[] = [];
  let row = 0;
  const read = (scanner: Scanner): void => {
    for (; skipBlankLines(scanner); row++) {
      const valueStart = row * featureColumns;
      const labelStart = row * labelColumns;
      for (let column = 0; column < count; column++) {
        const name = names[column] as string;
        const role = roles[column];
        const target = targets[column] as number;
        skipSpaces(scanner);
        if (role === SKIPPED) skipField(scanner, separator);
        else if (role === ID) ids.push(readText(scanner, separator));
        else if (role === LABEL) labels[labelStart + target] = readLabel(scanner, separator, name);
        else if (nominal[column]) readNominal(scanner, plan, column, values, valueStart + target);
        else values[valueStart + target] = readFeature(scanner, plan, name);
        finishField(scanner, plan, column);
      }
    }
  };
  const finish: RowReader["finish"] = () => ({
    features: { kind: "dense", rows, columns: featureColumns, values },
    labels: { rows, columns: labelColumns, values: labels },
    ...(named && { ids }),
  });
  return { read, finish };
}

/** Passes over a field that says that its value is missing. */
function skippedMissing(scanner: Scanner, separator: number): boolean {
  const end = fieldEnd(scanner, separator);
  if (end - scanner.position > 16) return false;
  const text = scanner
    .text(scanner.position, end)
    .trim()
    .replace(/^"(.*)"$/, "$1");
  if (!/^(|\?|na|nan|null)$/i.test(text)) return false;
  scanner.position = end;
  return true;
}

function readFeature(scanner: Scanner, { separator, keepsMissing }: CsvPlan, name: string): number {
  const { bytes, position: start } = scanner;
  const inQuotes = bytes[start] === DOUBLE_QUOTE;
  if (inQuotes) scanner.position++;
  const value = readNumber(scanner);
  const closed = !inQuotes || bytes[scanner.position++] === DOUBLE_QUOTE;
  skipSpaces(scanner);
  const ends = atLineEnd(scanner) || bytes[scanner.position] === separator;
  if (!Number.isNaN(value) && closed && ends) return value;
  scanner.position = start;
  if (keepsMissing && skippedMissing(scanner, separator)) return Number.NaN;
  throw unexpectedField(scanner, separator, start, name, "a number");
}

function readNominal(scanner: Scanner, plan: CsvPlan, column: number, into: Float32Array, first: number): void {
  const { separator, names, nominal } = plan;
  const { values, codes, width } = nominal[column] as Nominal;
  const start = scanner.position;
  if (plan.keepsMissing && skippedMissing(scanner, separator)) {
    into.fill(Number.NaN, first, first + width);
    return;
  }
  const index = values.indexOf(readText(scanner, separator));
  if (index < 0)
    throw unexpectedField(scanner, separator, start, names[column] as string, `one of ${listed(values)}, as trained`);
  if (codes) into[first] = codes[index] as number;
  else into[first + index] = 1;
}

function readLabel(scanner: Scanner, separator: number, name: string): number {
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
  const isText = !/^[-+.\d]/.test(text) && expected === "a number";
  const advice = isText ? "; leave a column of text out (--drop-columns)" : "";
  if (/^(|\?|na|nan|null)$/i.test(text)) {
    const fault = text === "" ? "is missing" : `is missing (${quoted(text)})`;
    const fill = expected === "a number" ? "; say how to fill gaps (--missing mean or zero), or drop the row" : "";
    return scanner.error(start, `${quoted(name)} ${fault}: expected ${expected}${fill}`);
  }
  return scanner.error(start, `${quoted(name)} is ${quoted(text)}: expected ${expected}${advice}`);
}

function finishField(scanner: Scanner, { separator, open, names }: CsvPlan, column: number): void {
  const { bytes, position } = scanner;
  const count = names.length;
  const last = column + 1 === count;
  if (atLineEnd(scanner)) {
    if (!last) throw scanner.error(position, `a row of ${column + 1} values: expected ${count}`);
    scanner.skipLine();
    return;
  }
  if (bytes[position] !== separator) throw unexpectedSign(scanner, separator);
  scanner.position++;
  if (!last) return;
  skipSpaces(scanner);
  const ends = atLineEnd(scanner);
  if (open && ends) {
    scanner.skipLine();
    return;
  }
  const advice = ends ? "; delete the sign at the end of the line" : "";
  throw scanner.error(position, `expected the end of the line after ${count} values, found another${advice}`);
}
