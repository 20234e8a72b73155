/**
 * From a data set to what a training run takes: folds, then label filter, feature selection and scaling fitted as the
 * protocol says. `clean` fits everything on the training fold and takes the validation rows from it
 * (ours); `paper` fits on all rows and halves the test fold, as the published code does. Each choice can be made
 * singly.
 */
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import type { Dataset, LabelMatrix, Matrix } from "../dataset.ts";
import type { NeighbourSearch } from "../imbalance/neighbours.ts";
import { allRows } from "../rows.ts";
import { type Preprocessing, tellsRowsApart } from "./fitted.ts";
import type { Missing } from "./missing.ts";
import { applyPreprocessing, fitPreprocessing } from "./preprocess.ts";
import { type Protocol, type Split, splitFolds, splitGiven } from "./split.ts";
import type { StratificationOrder } from "./stratify.ts";

export const protocols = ["clean", "paper"] as const satisfies readonly Protocol[];

/** Options of `prepare`. */
export interface PrepareOptions {
  /** Of the folds and the validation rows. */
  readonly seed: number;
  /** Default clean. */
  readonly protocol?: Protocol;
  /** What scaler, label filter and feature selection are fitted on; default as the protocol says. */
  readonly fitOn?: "training" | "all";
  /** Where validation rows come from; default as the protocol says. */
  readonly validationFrom?: "training" | "test";
  /** Number of folds; default 5. A data set that brings its own split has the folds of that. */
  readonly folds?: number;
  /** Which of them is the test fold, from 0; default 0. */
  readonly fold?: number;
  /** Order of the stratification; default 1. */
  readonly order?: StratificationOrder;
  /** Labels with at most this many positives are dropped; default 20. */
  readonly dropLabelsAtMost?: number;
  /** Share of the features that is kept; default: the published one for data sets of these names, else all. */
  readonly featureShare?: number;
  /** What missing values become; default an error. */
  readonly missing?: Missing;
}

/** One fold of a data set, ready for training. */
export interface PreparedData {
  readonly name: string;
  /** `[rows, features]`, scaled; all rows of the data set. Sparse where the data set's are. */
  readonly features: Matrix;
  /** `[rows, labels]` without the rare ones. */
  readonly labels: LabelMatrix;
  readonly labelNames: readonly string[];
  readonly rows: Split;
  /** What was fitted, to be stored with weights. */
  readonly preprocessing: Preprocessing;
  /** What finds neighbours for samplers; default `nearestNeighbours`. */
  readonly search?: NeighbourSearch;
}

/**
 * One fold of `dataset`, ready for training.
 * @throws UsageError for a fold that is not there, where no label or feature is left, or no feature that differs among
 * the rows that scaling is fitted on
 */
export function prepare(dataset: Dataset, options: PrepareOptions): PreparedData {
  const { seed, fold = 0, order = 1, protocol = "clean" } = options;
  const folds = foldCount(dataset, options.folds);
  const { fitOn = protocol === "clean" ? "training" : "all" } = options;
  const { validationFrom = protocol === "clean" ? "training" : "test" } = options;
  if (!Number.isInteger(fold) || fold < 0 || fold >= folds) {
    throw new UsageError(`fold ${fold}: expected a whole number from 0 to ${folds - 1}`);
  }
  const { dropLabelsAtMost, featureShare, missing } = options;
  const fitted = (among: Int32Array): Preprocessing => {
    const preprocessing = fitPreprocessing(dataset, among, {
      ...(dropLabelsAtMost !== undefined && { dropLabelsAtMost }),
      ...(featureShare !== undefined && { featureShare }),
      ...(missing && { missing }),
    });
    if (tellsRowsApart(preprocessing)) return preprocessing;
    const keepsAll = preprocessing.featureIndices.length === dataset.features.columns;
    throw new UsageError(
      `every feature of ${dataset.name}${keepsAll ? "" : " that is kept"} has one value among the ${among.length} ` +
        "rows that scaling is fitted on: expected one at least that differs, or nothing can be learned" +
        (keepsAll ? "" : " (--feature-share 1 keeps all)"),
    );
  };
  const split = (labels: LabelMatrix): Split => {
    const common = {
      order,
      random: new Random(seed).stream("split"),
      protocol: validationFrom === "training" ? "clean" : "paper",
    } as const;
    return dataset.split
      ? splitGiven(labels, dataset.split.tests, fold, common)
      : splitFolds(labels, { ...common, folds })[fold];
  };
  const { name } = dataset;
  if (fitOn === "all") {
    // The published code filters labels before it makes folds.
    const preprocessing = fitted(allRows(dataset.labels.rows));
    const applied = applyPreprocessing(dataset, preprocessing);
    return { name, ...applied, rows: split(applied.labels), preprocessing };
  }
  const rows = split(dataset.labels);
  // Validation rows that were taken from the training fold belong to it.
  const preprocessing = fitted(validationFrom === "training" ? joined(rows.training, rows.validation) : rows.training);
  return { name, ...applyPreprocessing(dataset, preprocessing), rows, preprocessing };
}

/** The folds that a data set brings, else the number that was asked for. */
export function foldCount({ split }: Dataset, folds = 5): number {
  return split ? split.tests.length : folds;
}

/** Both lists of rows as one, ascending. */
function joined(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all.sort();
}
