/** Features as a model sees them: the kept columns, filled and scaled by what was fitted. */
import { UsageError } from "../../errors.ts";
import type { DenseMatrix, Matrix, SparseMatrix } from "../dataset.ts";
import type { Preprocessing } from "./fitted.ts";
import { locate } from "./locate.ts";

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
