/**
 * Training, validation and test rows: k stratified folds, a stratified share of a training fold for validation, and a
 * plain random split. Says which rows go where; selectRows (rows.ts) makes data of it and foldQuality (fold-quality.ts)
 * judges it.
 */
import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import type { LabelMatrix } from "../dataset.ts";
import { allRows, checkRows } from "../rows.ts";
import { type StratificationOrder, stratify } from "./stratify.ts";

/** Training and test rows. */
export interface Fold {
  /** Ascending row indices. */
  readonly training: Int32Array;
  readonly test: Int32Array;
}

/** Training, validation and test rows. */
export interface Split extends Fold {
  readonly validation: Int32Array;
}

/** Options of `kFolds`. */
export interface FoldOptions {
  /** Number of folds; published: 5. */
  readonly folds?: number;
  /** Order of the iterative stratification; published: 1. */
  readonly order?: StratificationOrder;
  readonly random: Random;
}

/**
 * k stratified folds: each row is a test row of exactly one fold and a training row of all others; test sizes differ by
 * at most one.
 * @throws UsageError for fewer than 2 folds or more folds than rows.
 */
export function kFolds(labels: LabelMatrix, options: FoldOptions): Fold[] {
  const { folds = 5, order = 1, random } = options;
  if (!Number.isInteger(folds) || folds < 2 || folds > labels.rows) {
    throw new UsageError(`${folds} folds of ${labels.rows} rows: expected a whole number from 2 to the number of rows`);
  }
  const parts = stratify(labels, { proportions: new Array<number>(folds).fill(1 / folds), order, random });
  return parts.map((test, fold) => {
    const others = parts.filter((_, part) => part !== fold);
    const training = new Int32Array(labels.rows - test.length);
    let filled = 0;
    for (const part of others) {
      training.set(part, filled);
      filled += part.length;
    }
    return { training: training.sort(), test };
  });
}

/** Divides the given rows in two by iterative stratification; `share` of them go into the second part. */
function splitOff(
  labels: LabelMatrix,
  rows: Int32Array,
  share: number,
  options: { readonly order?: StratificationOrder; readonly random: Random },
): [Int32Array, Int32Array] {
  const { order = 1, random } = options;
  if (!(share > 0 && share < 1)) throw new UsageError(`share ${share}: expected a number between 0 and 1`);
  const [first, second] = stratify(labels, { proportions: [1 - share, share], order, random, rows });
  if (first.length === 0 || second.length === 0) {
    throw new UsageError(`${rows.length} rows leave none for one side of a split by ${share}: expected more rows`);
  }
  return [first, second];
}

/**
 * Takes a stratified share of the training rows away for validation (`clean` protocol; ours, 10%).
 * @throws UsageError for a share outside (0, 1), or one that leaves a side without rows.
 */
export function splitTraining(
  labels: LabelMatrix,
  rows: Int32Array,
  options: { readonly validation?: number; readonly order?: StratificationOrder; readonly random: Random },
): { readonly training: Int32Array; readonly validation: Int32Array } {
  const [training, validation] = splitOff(labels, rows, options.validation ?? 0.1, options);
  return { training, validation };
}

/**
 * Where the validation rows come from: `clean`, from the training fold; `paper`, as the published code does, half of
 * the test fold.
 */
export type Protocol = "clean" | "paper";

/**
 * The folds of a whole experiment, each with its validation rows, by either protocol.
 * @throws UsageError as `kFolds` and `splitTraining`.
 */
export function splitFolds(
  labels: LabelMatrix,
  options: FoldOptions & { readonly protocol?: Protocol; readonly validation?: number },
): Split[] {
  const { protocol = "clean", random } = options;
  if (protocol !== "clean" && protocol !== "paper") {
    throw new UsageError(`protocol "${protocol}": expected clean or paper`);
  }
  const folds = kFolds(labels, { ...options, random: random.stream("folds") });
  return folds.map((fold, number) => withValidation(labels, fold, number, options));
}

type ValidationOptions = Omit<FoldOptions, "folds"> & { readonly protocol?: Protocol; readonly validation?: number };

/** Takes the validation rows of fold `number` from its training or its test rows. */
function withValidation(labels: LabelMatrix, fold: Fold, number: number, options: ValidationOptions): Split {
  const own = { ...options, random: options.random.stream(`validation of fold ${number}`) };
  if (options.protocol !== "paper") return { ...splitTraining(labels, fold.training, own), test: fold.test };
  const [test, validation] = splitOff(labels, fold.test, 0.5, own);
  return { training: fold.training, validation, test };
}

/**
 * One fold of a split that others made: its test rows as given, all other rows for training, validation rows by either
 * protocol.
 * @param tests the test rows of each fold, ascending.
 * @throws UsageError as `splitTraining`, and for test rows that leave none for training.
 */
export function splitGiven(
  labels: LabelMatrix,
  tests: readonly Int32Array[],
  fold: number,
  options: ValidationOptions,
): Split {
  const test = tests[fold];
  checkRows(test, labels.rows);
  const among = new Set(test);
  const training = allRows(labels.rows).filter((row) => !among.has(row));
  if (training.length === 0)
    throw new UsageError(`fold ${fold} tests all ${labels.rows} rows: expected some for training`);
  return withValidation(labels, { training, test }, fold, options);
}
