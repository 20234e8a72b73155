/**
 * What becomes of each column of a file: a feature, a label, the rows' id, or nothing. By default every column is read,
 * and the labels are those that were selected; where columns are wanted by name, those of a trained model say, they
 * alone are read, wherever they stand. Reads no values.
 */

import { quoted, UsageError } from "../../errors.ts";
import type { Feature } from "../dataset.ts";
import { hint } from "../near-match.ts";

/** Columns as they are known from data that was read before. */
export interface WantedColumns {
  /** As declared there: a nominal one is coded by its values in this order, whatever the file at hand declares. */
  readonly features: readonly Feature[];
  /** Labels that are read; without them the rows have none, and what the file holds of them is not looked at. */
  readonly labels?: readonly string[];
}

/** Which columns of a table are labels, and which are left out. */
export interface ColumnOptions {
  /** Only these columns are read; the data set has them in this order. */
  readonly wanted?: WantedColumns;
  /** Names of columns that are left out, whatever their type. */
  readonly drop?: readonly string[];
  /** Name of the column that says what a row is called; it is no feature. */
  readonly id?: string;
  /** Missing feature values: an error that says where (default), or kept as NaN, to be filled by the preprocessing. */
  readonly missing?: "error" | "keep";
}

export const SKIPPED = 0;
export const FEATURE = 1;
export const LABEL = 2;
export const ID = 3;

export interface ChosenColumns {
  /** For each column of the file: SKIPPED, FEATURE, LABEL or ID. */
  readonly roles: Uint8Array;
  /** For each feature of the data set, its column in the file. */
  readonly features: readonly number[];
  /** For each label of the data set, its column in the file. */
  readonly labels: readonly number[];
}

/**
 * @param names the file's columns. @param select marks the labels among the given names with 1.
 * @throws UsageError for a column that is wanted, dropped or named as id and not there.
 */
export function chooseColumns(
  names: readonly string[],
  file: string,
  select: (names: readonly string[]) => Uint8Array,
  options: ColumnOptions,
): ChosenColumns {
  const { wanted, drop = [], id } = options;
  const roles = new Uint8Array(names.length);
  const places = new Map(names.map((name, column) => [name, column]));
  const placeOf = (what: string, name: string): number => {
    const column = places.get(name);
    if (column !== undefined) return column;
    throw new UsageError(`${what} ${quoted(name)}: ${file} has no such column${hint(name, names)}`);
  };
  const idColumn = id === undefined ? undefined : placeOf("id", id);
  const dropped = new Set(drop.map((name) => placeOf("drop column", name)));
  if (wanted) {
    const features = find(
      "features",
      wanted.features.map((feature) => feature.name),
      places,
      names,
    );
    const labels = find("labels", wanted.labels ?? [], places, names);
    for (const column of features) roles[column] = FEATURE;
    for (const column of labels) roles[column] = LABEL;
    if (idColumn !== undefined && roles[idColumn] === SKIPPED) roles[idColumn] = ID;
    return { roles, features, labels };
  }
  const left = [...names.keys()].filter((column) => column !== idColumn && !dropped.has(column));
  const isLabel = select(left.map((column) => names[column]));
  left.forEach((column, i) => {
    roles[column] = isLabel[i] === 1 ? LABEL : FEATURE;
  });
  if (idColumn !== undefined) roles[idColumn] = ID;
  const of = (role: number): number[] => left.filter((column) => roles[column] === role);
  return { roles, features: of(FEATURE), labels: of(LABEL) };
}

function find(
  kind: string,
  wanted: readonly string[],
  places: ReadonlyMap<string, number>,
  names: readonly string[],
): number[] {
  const missing = wanted.filter((name) => !places.has(name));
  if (missing.length === 0) return wanted.map((name) => places.get(name) ?? 0);
  const list = missing.slice(0, 3).map(quoted).join(", ") + (missing.length > 3 ? ", ..." : "");
  throw new UsageError(
    `the data lack ${missing.length} of the ${wanted.length} ${kind} wanted: ${list}${hint(missing[0], names)}`,
  );
}
