/** Small matrices for the properties of the data layer, as arbitraries and as plain constructors. */
import fc from "fast-check";
import type { Dataset, DenseMatrix, LabelMatrix, Matrix, SparseMatrix } from "../../src/data/dataset.ts";
import { number } from "../arbitraries.ts";

export const dense = (rows: number, columns: number, values: Iterable<number>): DenseMatrix => ({
  kind: "dense",
  rows,
  columns,
  values: Float32Array.from(values),
});

export const labelMatrix = (rows: number, columns: number, values: Iterable<number>): LabelMatrix => ({
  rows,
  columns,
  values: Uint8Array.from(values),
});

/** The same values in compressed rows. `keep` decides which zeros are stored explicitly. */
export function toSparse(matrix: DenseMatrix, keep: (entry: number) => boolean = () => false): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) {
      const entry = i * matrix.columns + j;
      if (matrix.values[entry] === 0 && !keep(entry)) continue;
      indices.push(j);
      values.push(matrix.values[entry]);
    }
    offsets.push(indices.length);
  }
  return {
    kind: "sparse",
    rows: matrix.rows,
    columns: matrix.columns,
    offsets: Uint32Array.from(offsets),
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
}

/** A dense value of a matrix of either kind. */
export function valueAt(matrix: Matrix, row: number, column: number): number {
  if (matrix.kind === "dense") return matrix.values[row * matrix.columns + column];
  for (let e = matrix.offsets[row]; e < matrix.offsets[row + 1]; e++) {
    if (matrix.indices[e] === column) return matrix.values[e];
  }
  return 0;
}

/**
 * Dense or sparse rows: whole numbers with many ties and duplicates, words (0 and 1), plain fractions, or
 * near-duplicates far from the origin.
 */
export function matrices(maximum: { rows: number; columns: number }): fc.Arbitrary<Matrix> {
  const values = fc.constantFrom(
    fc.integer({ min: -2, max: 2 }),
    fc.constantFrom(0, 0, 0, 0, 1),
    number(-1, 1),
    number(0, 1e-4).map((small) => 1 + small),
  );
  return fc
    .record({
      rows: fc.integer({ min: 1, max: maximum.rows }),
      columns: fc.integer({ min: 1, max: maximum.columns }),
      value: values,
      sparse: fc.boolean(),
    })
    .chain(({ rows, columns, value, sparse }) =>
      fc
        .array(value, { minLength: rows * columns, maxLength: rows * columns })
        .map((list) => dense(rows, columns, list))
        .map((matrix) => (sparse ? toSparse(matrix, (entry) => entry % 7 === 0) : matrix)),
    );
}

/** 0/1 labels with columns of very different frequency, rows without labels among them. */
export function labelMatrices(maximum: { rows: number; labels: number }): fc.Arbitrary<LabelMatrix> {
  return fc
    .record({
      rows: fc.integer({ min: 1, max: maximum.rows }),
      frequencies: fc.array(fc.constantFrom(0.02, 0.1, 0.3, 0.6), { minLength: 1, maxLength: maximum.labels }),
    })
    .chain(({ rows, frequencies }) =>
      fc
        .array(number(0, 1), { minLength: rows * frequencies.length, maxLength: rows * frequencies.length })
        .map((draws) =>
          labelMatrix(
            rows,
            frequencies.length,
            draws.map((draw, entry) => Number(draw < frequencies[entry % frequencies.length])),
          ),
        ),
    );
}

/** A data set around the given matrices, with plain names. */
export function datasetOf(features: Matrix, labels: LabelMatrix, name = "example"): Dataset {
  const featureNames = Array.from({ length: features.columns }, (_, j) => `f${j}`);
  return {
    name,
    declared: featureNames.map((feature) => ({ name: feature, kind: "numeric" })),
    featureNames,
    features,
    labelNames: Array.from({ length: labels.columns }, (_, j) => `l${j}`),
    labels,
  };
}
