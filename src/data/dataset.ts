/**
 * A multi-label data set in memory: a feature matrix (dense or sparse), a dense 0/1 label matrix, and their names.
 * Knows nothing of files, folds or scaling.
 */

/** Row-major `[rows, columns]`. A missing value is NaN, where the reader was asked to keep it. */
export interface DenseMatrix {
  readonly kind: "dense";
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * Compressed sparse rows: entry e of row i, `offsets[i] <= e < offsets[i + 1]`, is `values[e]` in column `indices[e]`
 * (ascending).
 */
export interface SparseMatrix {
  readonly kind: "sparse";
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Features, with their zeros or without. */
export type Matrix = DenseMatrix | SparseMatrix;

/**
 * A feature as the file declares it. A nominal one with categories other than {0,1}-like pairs becomes several columns
 * (one-hot).
 */
export interface Feature {
  readonly name: string;
  readonly kind: "numeric" | "nominal";
  /** The declared values of a nominal feature, in order. */
  readonly categories?: readonly string[];
}

/** Dense 0/1 labels, row-major `[rows, columns]`. */
export interface LabelMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8Array;
}

/** Which rows test what is learned from all others, as others published it or as was written down before. */
export interface GivenSplit {
  /** `test file` for one fixed test set, else how the folds were made. */
  readonly method: string;
  /** Test rows of each fold, ascending. */
  readonly tests: readonly Int32Array[];
}

/** A data set as it was read: features, labels and what is known of the columns. */
export interface Dataset {
  readonly name: string;
  /** As declared in the file; one-hot expansion makes `features.columns >= declared.length`. */
  readonly declared: readonly Feature[];
  /** One name per column of `features`. */
  readonly featureNames: readonly string[];
  readonly features: Matrix;
  readonly labelNames: readonly string[];
  readonly labels: LabelMatrix;
  /** What each row is called, where a column of the file says so. */
  readonly ids?: readonly string[];
  /** Folds that come with the data; without them they are made. */
  readonly split?: GivenSplit;
}
