/**
 * Gaps filled, rare labels dropped, features selected and scaled to [0, 1]: fitted on some rows, applied to any. Fitted
 * on the training fold it is the `clean` protocol, on all rows the `paper` one. What was fitted is plain data and
 * travels with saved weights.
 */
import * as v from "valibot";
import { UsageError } from "../../errors.ts";
import { summarizeColumns } from "../column-figures.ts";
import type { Dataset, DenseMatrix, LabelMatrix, Matrix, SparseMatrix } from "../dataset.ts";
import { commonLabels } from "../labels.ts";
import { checkCoding, keptNominal } from "./coding.ts";
import { largestColumns, publishedFeatureShare } from "./feature-selection.ts";
import { labelsNamed, locate } from "./locate.ts";
import { fillValues, type Missing } from "./missing.ts";

/** Options of `fitPreprocessing`. */
export interface PreprocessingOptions {
  /** Labels with at most this many positives among the fitted rows are dropped; 20 as published, -1 keeps all. */
  readonly dropLabelsAtMost?: number;
  /**
   * int(columns * share) columns of largest sum are kept; by default what `publishedFeatureShare` says of these
   * features.
   */
  readonly featureShare?: number;
  /**
   * `minmax` (default): (x - minimum) / (maximum - minimum), columns that are constant among the fitted rows become 0.
   */
  readonly scaling?: "minmax" | "none";
  /**
   * What becomes of rows outside the fitted range: `extend` (default) leaves them below 0 or above 1, as far as they
   * are; `clip` moves them to the border.
   */
  readonly outside?: "extend" | "clip";
  /** What missing values become: `mean` of the column among the fitted rows, `zero`, or an error (default). */
  readonly missing?: Missing;
}

const names = v.array(v.string());
const numbers = v.array(v.pipe(v.number(), v.finite()));
const indices = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** What a stored `Preprocessing` looks like. */
export const preprocessingSchema = v.pipe(
  v.object({
    featureIndices: indices,
    columns: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    featureNames: names,
    labelNames: names,
    scaling: v.picklist(["minmax", "none"]),
    outside: v.picklist(["extend", "clip"]),
    minimum: numbers,
    maximum: numbers,
    nominal: v.exactOptional(v.array(v.object({ name: v.string(), categories: names }))),
    fill: v.exactOptional(numbers),
  }),
  v.check(
    ({ featureIndices, featureNames, minimum, maximum, fill = minimum }) =>
      [featureNames, minimum, maximum, fill].every((list) => list.length === featureIndices.length),
    "expected lists of one entry a feature",
  ),
  v.check(
    ({ featureIndices, columns = Infinity }) => featureIndices.every((place) => place < columns),
    "a feature stands beyond the last column",
  ),
  v.check(({ minimum, maximum }) => minimum.every((low, i) => low <= maximum[i]), "a minimum is above its maximum"),
  v.check(({ featureIndices }) => new Set(featureIndices).size === featureIndices.length, "a feature is named twice"),
  v.check(({ labelNames }) => new Set(labelNames).size === labelNames.length, "a label is named twice"),
);

/** What was fitted; survives JSON. Lists are one entry a kept feature (in column order) or a kept label. */
export interface Preprocessing {
  /** Where the kept features stood among the columns of the fitted data. */
  readonly featureIndices: readonly number[];
  /** How many columns the fitted data had. */
  readonly columns?: number;
  readonly featureNames: readonly string[];
  readonly labelNames: readonly string[];
  readonly scaling: "minmax" | "none";
  readonly outside: "extend" | "clip";
  readonly minimum: readonly number[];
  readonly maximum: readonly number[];
  /** The nominal features of which a column is kept, with their values in the order that codes them. */
  readonly nominal?: readonly { readonly name: string; readonly categories: readonly string[] }[];
  /** What a missing value of each feature becomes before it is scaled; without it a missing value is an error. */
  readonly fill?: readonly number[];
}

/** Ready for a model: `features` `[rows, kept features]`, `labels` `[rows, kept labels]`. */
export interface Preprocessed {
  readonly features: Matrix;
  readonly labels: LabelMatrix;
  readonly labelNames: readonly string[];
}

/**
 * Finds out from the given rows which labels and features to keep and how to scale them (published protocol, authors'
 * code).
 * @throws UsageError where no label or no feature would be left, without rows, or for a value that is not finite.
 */
export function fitPreprocessing(
  dataset: Dataset,
  rows: ArrayLike<number>,
  options: PreprocessingOptions = {},
): Preprocessing {
  const { dropLabelsAtMost = 20, scaling = "minmax", outside = "extend", missing = "error" } = options;
  if (rows.length === 0) throw new UsageError("preprocessing fitted on no rows: expected at least one");
  const keptLabels = commonLabels(dataset.labels, dropLabelsAtMost, rows);
  if (keptLabels.length === 0) {
    const count = `${dataset.labels.columns} labels of ${dataset.name}`;
    throw new UsageError(
      `all ${count} have at most ${dropLabelsAtMost} positives among the ${rows.length} rows: lower the limit (dropLabelsAtMost, --drop-rare)`,
    );
  }
  const figures = summarizeColumns(dataset.features, rows, missing !== "error");
  const { fill, ...columns } = fillValues(figures, rows.length, missing);
  const kept = largestColumns(columns.sum, options.featureShare ?? publishedFeatureShare(dataset));
  const featureNames = kept.map((column) => dataset.featureNames[column]);
  const nominal = keptNominal(dataset.declared, featureNames);
  return {
    featureIndices: kept,
    columns: dataset.features.columns,
    featureNames,
    labelNames: keptLabels.map((label) => dataset.labelNames[label]),
    scaling,
    outside,
    minimum: kept.map((column) => columns.minimum[column] + 0),
    maximum: kept.map((column) => columns.maximum[column] + 0),
    ...(nominal.length > 0 && { nominal }),
    ...(fill && { fill: kept.map((column) => fill[column] + 0) }),
  };
}

/**
 * Checks that stored plain data is what `fitPreprocessing` made.
 * @throws UsageError saying which part is not.
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  const result = v.safeParse(preprocessingSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new UsageError(`stored preprocessing${where ? `, ${where}` : ""}: ${issue.message}`);
}

/** The value of a column, by its place among the kept ones, as a model sees it; NaN for one that is not finite. */
type Scale = (column: number, value: number) => number;

function scaleOf({ minimum, maximum, scaling, outside, fill }: Preprocessing): Scale {
  return (column, given) => {
    const value = fill && Number.isNaN(given) ? fill[column] : given;
    if (!Number.isFinite(value)) return Number.NaN;
    const range = maximum[column] - minimum[column];
    let place = value;
    if (scaling === "minmax") place = range > 0 ? (value - minimum[column]) / range : 0;
    if (scaling === "minmax" && outside === "clip") place = Math.min(1, Math.max(0, place));
    // Makes 0 of -0, which JSON would not keep.
    return place + 0;
  };
}

/**
 * The kept features of any rows, scaled: `[rows, kept features]`, sparse where the given ones are; needs no labels.
 * Features are found by name. A column whose smallest fitted value is 0 keeps its zeros; of any other, every row of a
 * sparse matrix gets an entry.
 * @param maximumBytes refuses a larger matrix; 1 GiB by default. @param firstRow what messages call the first row.
 * @throws UsageError for a missing feature, a value that is not finite, or a matrix beyond `maximumBytes`, with the
 * bytes it needs.
 */
export function transformFeatures(
  features: Matrix,
  featureNames: readonly string[],
  preprocessing: Preprocessing,
  maximumBytes = 2 ** 30,
  firstRow = 0,
): Matrix {
  const wanted = preprocessing.featureNames;
  const places = locate("features", wanted, preprocessing.featureIndices, featureNames);
  const scale = scaleOf(preprocessing);
  const scaled =
    features.kind === "dense"
      ? transformDense(features, places, scale, maximumBytes)
      : transformSparse(features, places, scale, maximumBytes);
  const unfit = scaled.values.findIndex((value) => !Number.isFinite(value));
  if (unfit === -1) return scaled;
  const [row, column] = positionOf(scaled, unfit);
  const where = `feature "${wanted[column]}" of row ${firstRow + row} (from 0)`;
  throw new UsageError(
    Number.isNaN(scaled.values[unfit])
      ? `${where} is not a finite number`
      : `${where} lies too far outside the fitted range for float32: clip such values (outside)`,
  );
}

/** Row and column of the value number `entry`. */
function positionOf(matrix: Matrix, entry: number): readonly [row: number, column: number] {
  if (matrix.kind === "dense") return [Math.floor(entry / matrix.columns), entry % matrix.columns];
  return [matrix.offsets.findIndex((offset) => offset > entry) - 1, matrix.indices[entry]];
}

function checkBytes(what: string, bytes: number, maximumBytes: number): void {
  if (bytes <= maximumBytes) return;
  throw new UsageError(
    `${what} needs ${bytes} bytes, more than the ${maximumBytes} allowed: keep fewer features (featureShare, --feature-share)`,
  );
}

function transformDense(
  features: DenseMatrix,
  places: readonly number[],
  scale: Scale,
  maximumBytes: number,
): DenseMatrix {
  const { rows } = features;
  const columns = places.length;
  checkBytes(`a dense matrix of ${rows} rows and ${columns} features`, rows * columns * 4, maximumBytes);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const start = i * features.columns;
    for (let j = 0; j < columns; j++) values[i * columns + j] = scale(j, features.values[start + places[j]]);
  }
  return { kind: "dense", rows, columns, values };
}

function transformSparse(
  features: SparseMatrix,
  places: readonly number[],
  scale: Scale,
  maximumBytes: number,
): SparseMatrix {
  const { rows } = features;
  const columns = places.length;
  const position = new Int32Array(features.columns).fill(-1);
  places.forEach((place, j) => {
    position[place] = j;
  });
  const shifted = places.flatMap((_, j) => (scale(j, 0) === 0 ? [] : [j]));
  const most = features.values.length + rows * shifted.length;
  const what = `a sparse matrix of ${rows} rows with ${shifted.length} features that have no zeros after scaling`;
  checkBytes(what, most * 8, maximumBytes);
  const offsets = new Uint32Array(rows + 1);
  const indices = new Uint32Array(most);
  const values = new Float32Array(most);
  /** The row that last had an entry in the column. */
  const seen = new Int32Array(columns).fill(-1);
  let entries = 0;
  for (let i = 0; i < rows; i++) {
    const row: { readonly column: number; readonly value: number }[] = [];
    const take = (column: number, value: number): void => {
      const place = Math.fround(scale(column, value));
      if (place !== 0) row.push({ column, value: place });
    };
    for (let e = features.offsets[i]; e < features.offsets[i + 1]; e++) {
      const j = position[features.indices[e]];
      if (j < 0) continue;
      seen[j] = i;
      take(j, features.values[e]);
    }
    for (const j of shifted) if (seen[j] !== i) take(j, 0);
    row.sort((a, b) => a.column - b.column);
    for (const { column, value } of row) {
      indices[entries] = column;
      values[entries++] = value;
    }
    offsets[i + 1] = entries;
  }
  return {
    kind: "sparse",
    rows,
    columns,
    offsets,
    indices: indices.slice(0, entries),
    values: values.slice(0, entries),
  };
}

/**
 * Applies what was fitted to all rows of a data set, the fitted one or another with the same features and labels (by
 * name).
 * @throws UsageError as `transformFeatures`, for a missing label, and for a nominal feature that is coded otherwise.
 */
export function applyPreprocessing(
  dataset: Dataset,
  preprocessing: Preprocessing,
  maximumBytes?: number,
): Preprocessed {
  checkCoding(dataset.declared, preprocessing.nominal ?? []);
  return {
    features: transformFeatures(dataset.features, dataset.featureNames, preprocessing, maximumBytes),
    labels: labelsNamed(dataset, preprocessing.labelNames),
    labelNames: preprocessing.labelNames,
  };
}
