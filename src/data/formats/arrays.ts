/**
 * A data set from arrays of NumPy: features `[rows, columns]` and labels `[rows, labels]` of 0 and 1, from two .npy
 * files, from one whose first or last columns are the labels, or from a .npz file with X and Y.
 */
import { DataError, quoted, UsageError } from "../../errors.ts";
import type { Dataset, Feature } from "../dataset.ts";
import { type LabelsByPosition, markLabels } from "../preparation/label-selection.ts";
import { Allowance } from "./allowance.ts";
import { bounds } from "./bounds.ts";
import { type ColumnOptions, chooseColumns } from "./chosen-columns.ts";
import { columnNames } from "./columns.ts";
import { decodeNpy, type NpyArray, type NpyNumbers } from "./npy.ts";
import { decodeNpz } from "./npz.ts";

/** A file in memory; its name is for messages. */
interface ArrayFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ArrayOptions extends ColumnOptions {
  /** The data set's name. */
  readonly name: string;
  /** Which columns are labels, where no array of labels is given. */
  readonly labels?: LabelsByPosition;
  /** Reads a file without any word on labels as features alone. */
  readonly unlabelled?: boolean;
}

/** `[rows, columns]` numbers, and the file that they stand in. */
interface NumberArray {
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: NpyNumbers["values"];
}

/**
 * Reads a .npy file of features, or of features and labels. Columns are called `feature0`, `label0` and so on.
 * @throws DataError for a file that is not read, values that are not finite (NaN is a missing value), labels other than
 * 0 and 1. @throws UsageError for options that don't fit.
 */
export function readNpy(features: ArrayFile, labels: ArrayFile | undefined, options: ArrayOptions): Dataset {
  const given = arrayOf(decodeNpy(features.bytes, features.name), features.name);
  const own = labels && arrayOf(decodeNpy(labels.bytes, labels.name), labels.name);
  return datasetOf(given, own, {}, options);
}

const featureArrays = ["X", "x", "features"];
const labelArrays = ["Y", "y", "labels"];
const nameArrays = { features: "feature_names", labels: "label_names" };

/**
 * Reads a .npz file: X and, where there are labels, Y; `feature_names` and `label_names` say what columns are called.
 * @throws as `readNpy`
 */
export async function readNpz({ name, bytes }: ArrayFile, options: ArrayOptions): Promise<Dataset> {
  const wanted = [...featureArrays, ...labelArrays, nameArrays.features, nameArrays.labels];
  const { names, arrays } = await decodeNpz(bytes, name, wanted);
  const found = (kind: string, candidates: readonly string[]): NumberArray | undefined => {
    const there = candidates.filter((candidate) => arrays.has(candidate));
    if (there.length > 1)
      throw new DataError({ file: name }, `both ${there.join(" and ")}: expected one array of ${kind}`);
    const array = there[0] === undefined ? undefined : arrays.get(there[0]);
    return array && arrayOf(array, `${name}/${there[0]}.npy`);
  };
  const features = found("features", featureArrays);
  if (!features) {
    const list = names.slice(0, 5).map((entry) => quoted(entry.slice(0, 60)));
    const sparse = names.includes("indptr") ? "; a sparse matrix of scipy: numpy.savez(file, X=matrix.toarray())" : "";
    const there = names.length === 0 ? "there is none" : `there are ${list.join(", ")}`;
    throw new DataError({ file: name }, `expected an array X of features: ${there}${sparse}`);
  }
  const texts = (array: string): readonly string[] | undefined => {
    const stored = arrays.get(array);
    if (stored === undefined || stored.kind === "texts") return stored?.values;
    throw new DataError({ file: `${name}/${array}.npy` }, "numbers: expected texts, the names of columns");
  };
  const [featureNames, labelNames] = [texts(nameArrays.features), texts(nameArrays.labels)];
  return datasetOf(
    features,
    found("labels", labelArrays),
    { ...(featureNames && { features: featureNames }), ...(labelNames && { labels: labelNames }) },
    options,
  );
}

function arrayOf(array: NpyArray, file: string): NumberArray {
  if (array.kind === "texts") throw new DataError({ file }, "texts: expected numbers");
  const { shape, values } = array;
  const [rows, columns = 1] = shape;
  if (rows === undefined || rows === 0 || columns === 0) {
    throw new DataError({ file }, `shape (${shape.join(", ")}): expected rows and columns, at least one of each`);
  }
  if (columns > bounds.columns) throw new DataError({ file }, `${columns} columns: expected at most ${bounds.columns}`);
  return { file, rows, columns, values };
}

interface Names {
  readonly features?: readonly string[];
  readonly labels?: readonly string[];
}

function datasetOf(
  features: NumberArray,
  labels: NumberArray | undefined,
  given: Names,
  options: ArrayOptions,
): Dataset {
  const { file, rows } = features;
  const { wanted, id, missing = "error", name } = options;
  if (id !== undefined) throw new UsageError(`id ${quoted(id)}: ${file} has no column of names`);
  if (labels && labels.rows !== rows) {
    throw new DataError(
      { file: labels.file },
      `${labels.rows} rows of labels: expected ${rows}, as many as of features`,
    );
  }
  if (labels && options.labels) {
    throw new UsageError(`labels of ${file}: both as an array of their own and by position: expected one of them`);
  }
  const labelNames = labels ? namesOf("label", labels, given.labels) : [];
  const names = [...namesOf("feature", features, given.features), ...labelNames];
  const ownLabels = labels && new Set(labelNames);
  requireDistinct(names, file);
  const chosen = chooseColumns(names, file, (left) => marksOf(left, ownLabels, file, options), {
    ...options,
    ...(wanted && { wanted: { ...wanted, features: columnNames(wanted.features).map(numeric) } }),
  });
  const allowance = new Allowance(file, features.values.byteLength + (labels?.values.byteLength ?? 0));
  const at = (row: number, column: number): readonly [value: number, array: NumberArray, own: number] => {
    const array = labels && column >= features.columns ? labels : features;
    const own = array === features ? column : column - features.columns;
    return [array.values[row * array.columns + own], array, own];
  };
  const values = allowance.array("the features", Float32Array, rows, chosen.features.length);
  const present = allowance.array("the labels", Uint8Array, rows, chosen.labels.length);
  const refuse = (row: number, column: number, expected: string): never => {
    const [value, table, own] = at(row, column);
    throw new DataError({ file: table.file }, `row ${row}, column ${own} (from 0) is ${value}: ${expected}`);
  };
  for (let row = 0; row < rows; row++) {
    chosen.features.forEach((column, j) => {
      const [value] = at(row, column);
      if (Number.isNaN(value) && missing === "error") refuse(row, column, "expected a number; --missing fills gaps");
      if (!Number.isNaN(value) && !Number.isFinite(Math.fround(value)))
        refuse(row, column, "expected a number of single precision");
      values[row * chosen.features.length + j] = value;
    });
    chosen.labels.forEach((column, j) => {
      const [value] = at(row, column);
      if (value !== 0 && value !== 1) refuse(row, column, "expected 0 or 1, as labels are");
      present[row * chosen.labels.length + j] = value;
    });
  }
  const declared = wanted?.features ?? chosen.features.map((column) => numeric(names[column]));
  return {
    name,
    declared,
    featureNames: columnNames(declared),
    features: { kind: "dense", rows, columns: chosen.features.length, values },
    labelNames: chosen.labels.map((column) => names[column]),
    labels: { rows, columns: chosen.labels.length, values: present },
  };
}

const numeric = (name: string): Feature => ({ name, kind: "numeric" });

function requireDistinct(names: readonly string[], file: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new DataError({ file }, `two columns are called ${quoted(name)}: expected different names`);
    seen.add(name);
  }
}

/**
 * @param left names of the columns that are not dropped
 * @param own names of the columns of an array of labels
 */
function marksOf(
  left: readonly string[],
  own: ReadonlySet<string> | undefined,
  file: string,
  options: ArrayOptions,
): Uint8Array {
  if (own) return Uint8Array.from(left, (name) => (own.has(name) ? 1 : 0));
  if (options.labels)
    return markLabels(options.labels, left, file, (message) => new UsageError(`labels of ${file}: ${message}`));
  if (options.unlabelled) return new Uint8Array(left.length);
  throw new DataError(
    { file },
    "no word on the labels: expected an array Y beside X in a .npz file, --labels-file FILE.npy, or their number, such as 6:end",
  );
}

function namesOf(
  kind: string,
  { file, columns }: NumberArray,
  given: readonly string[] | undefined,
): readonly string[] {
  if (given === undefined) return Array.from({ length: columns }, (_, column) => `${kind}${column}`);
  if (given.length !== columns)
    throw new DataError({ file }, `${given.length} names: expected ${columns}, one a column`);
  const long = given.find((name) => 4 * name.length > bounds.nameBytes);
  if (long === undefined) return given;
  throw new DataError({ file }, `a name of ${long.length} characters: expected at most ${bounds.nameBytes / 4}`);
}
