/**
 * Gaps filled, rare labels dropped, features selected and scaled to [0, 1]: fitted on some rows, applied to any. Fitted
 * on the training fold it is the `clean` protocol, on all rows the `paper` one. What was fitted is plain data and
 * travels with saved weights.
 */
import { UsageError } from "../../errors.ts";
import { summarizeColumns } from "../column-figures.ts";
import type { Dataset, LabelMatrix, Matrix } from "../dataset.ts";
import { commonLabels } from "../labels.ts";
import { checkCoding, keptNominal } from "./coding.ts";
import { largestColumns, publishedFeatureShare } from "./feature-selection.ts";
import type { Preprocessing } from "./fitted.ts";
import { labelsNamed } from "./locate.ts";
import { fillValues, type Missing } from "./missing.ts";
import { transformFeatures } from "./transform.ts";

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
