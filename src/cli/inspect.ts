/** `hardbatch inspect DATA`: what a data set looks like, and what the instance weights of the method do to it. */
import { totalmem } from "node:os";
import { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { type DatasetDescription, describeDataset } from "../data/describe.ts";
import { describeWeights, type WeightDescription } from "../data/imbalance/describe-weights.ts";
import { imbalanceWeights, type Weighting, weightings } from "../data/imbalance/weights.ts";
import { dropRareLabels } from "../data/labels.ts";
import { publishedFeatureShare } from "../data/preparation/feature-selection.ts";
import { type FoldQuality, foldQuality } from "../data/preparation/fold-quality.ts";
import { cheaperInputs, filledShare } from "../data/preparation/inputs.ts";
import { countMissing, fillMissing, missingPolicies } from "../data/preparation/missing.ts";
import { applyPreprocessing, fitPreprocessing, type Preprocessed } from "../data/preparation/preprocess.ts";
import { kFolds } from "../data/preparation/split.ts";
import { allRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import { estimateRun } from "../training/estimate.ts";
import { defaultSettings } from "../training/settings.ts";
import { type DataOptions, dataArgument, dataDescription, openDataset, withDataOptions } from "./data.ts";
import { type Batches, batchFigures, printBatches } from "./inspect-batches.ts";
import { describeRow } from "./inspect-row.ts";
import { neighbourSearch } from "./neighbour-search.ts";
import { decimal, oneOf, wholeNumber } from "./options.ts";
import { aligned } from "./print.ts";
import { printOut } from "./terminal.ts";

interface InspectOptions extends DataOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly seed: number;
  readonly weighting: Weighting;
  readonly weightScale: number;
  readonly dropRare?: number;
  readonly folds?: number;
  readonly row?: number;
  readonly batchSize: number;
}

export function inspectCommand(): Command {
  return withDataOptions(new Command("inspect"))
    .argument(`<${dataArgument}>`, dataDescription)
    .option(
      "--drop-rare <n>",
      "first drop the labels with at most n positives (published: 20)",
      wholeNumber("--drop-rare", 0),
    )
    .option(
      "--weighting <name>",
      `instance weights: ${weightings.join(", ")}`,
      oneOf("--weighting", weightings),
      "imbalance",
    )
    .option("--weight-scale <x>", "multiplies the part of the weights above 1", decimal("--weight-scale", 0), 1)
    .option(
      "--missing <how>",
      `what a missing feature becomes: ${missingPolicies.join(", ")}`,
      oneOf("--missing", missingPolicies),
      "error",
    )
    .option(
      "--row <n>",
      "one row instead, from 0: its labels, neighbours, C, S and weight (docs/one-row.md)",
      wholeNumber("--row", 0),
    )
    .option("--folds <k>", "also judge k stratified folds", wholeNumber("--folds", 2))
    .option(
      "--batch-size <n>",
      "of which its last batches are judged",
      wholeNumber("--batch-size", 1),
      defaultSettings.batchSize,
    )
    .option("--seed <n>", "seed of synthetic data and of the folds", wholeNumber("--seed", 0, 2 ** 32 - 1), 1)
    .option("--json", "print one JSON object")
    .option("--quiet", "print nothing but the figures")
    .action(async (text: string, options: InspectOptions) => {
      const loaded = await openDataset(text, options, options.seed);
      const missingValues = countMissing(loaded.features);
      const filled = fillMissing(loaded, options.missing ?? "error");
      const dataset = options.dropRare === undefined ? filled : dropRareLabels(filled, options.dropRare);
      if (dataset.labelNames.length === 0) {
        const [count, most] = [loaded.labelNames.length, options.dropRare];
        throw new UsageError(`--drop-rare ${most}: all ${count} labels have at most ${most} positives; lower it`);
      }
      if (options.row !== undefined) {
        printOut(describeRow(dataset, scaled(dataset), options.row, options));
        return;
      }
      const folds = foldFigures(dataset, options);
      const found = {
        ...describeDataset(dataset),
        ...(missingValues > 0 && { missingValues }),
        featureShare: publishedFeatureShare(dataset),
        memory: memoryOf(dataset),
        weights: weightFigures(dataset, options),
        ...(folds && { folds }),
        batches: batchFigures(dataset, options),
      };
      printOut(options.json ? `${JSON.stringify(found)}\n` : print(found, options));
    });
}

/** Bytes of the tables as they were read, and of a training run on them. */
interface Memory {
  readonly tables: number;
  readonly run: number;
  readonly inputs: "dense" | "sparse";
  readonly machine: number;
}

/** The memory of a run of the MLP as published, on four fifths of the rows: the other models take more. */
function memoryOf({ features, labels }: Dataset): Memory {
  const { rows, columns } = features;
  const { modelOptions = {}, optimiser, epochs, batchSize } = defaultSettings;
  const sparse = cheaperInputs(features) === "sparse";
  const share = {
    rows,
    trainingRows: Math.max(1, Math.floor(0.8 * rows)),
    features: columns,
    labels: labels.columns,
    ...(sparse && { entries: Math.ceil(filledShare(features) * rows * columns) }),
  };
  const indices = features.kind === "sparse" ? features.indices.byteLength + features.offsets.byteLength : 0;
  return {
    tables: features.values.byteLength + indices + labels.values.byteLength,
    run: estimateRun(share, { model: defaultSettings.model, modelOptions, optimiser, epochs, batchSize }).bytes,
    inputs: sparse ? "sparse" : "dense",
    machine: totalmem(),
  };
}

function printMemory({ tables, run, inputs, machine }: Memory): string {
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const much =
    run > 0.75 * machine
      ? `; too much for this machine's ${mebibytes(machine)}: keep fewer features (--feature-share), or take fewer rows or labels (--drop-rare)`
      : "";
  return `memory: ${mebibytes(tables)} as read, about ${mebibytes(run)} for a run of the mlp with ${inputs} inputs${much}`;
}

type Found = DatasetDescription & {
  /** The share that training keeps of features that are known. */
  readonly featureShare: number;
  readonly batches: Batches;
  readonly memory: Memory;
  readonly weights: WeightDescription;
  readonly folds?: FoldQuality;
  readonly missingValues?: number;
};

function foldFigures({ labels }: Dataset, { folds, seed }: InspectOptions): FoldQuality | undefined {
  if (folds === undefined) return undefined;
  const random = new Random(seed).stream("split").stream("folds"); // the folds of train and compare
  const parts = kFolds(labels, { folds, random }).map(({ test }) => test);
  return foldQuality(labels, parts);
}

/** The weights as training would see them, on all rows: neighbours in the selected features, scaled to [0, 1]. */
function weightFigures(dataset: Dataset, options: InspectOptions): WeightDescription {
  const { weighting, weightScale } = options;
  const { features, labels } = scaled(dataset);
  const search = neighbourSearch(options);
  return describeWeights(imbalanceWeights(features, labels, { weighting, weightScale, search }).weights);
}

function scaled(dataset: Dataset): Preprocessed {
  const preprocessing = fitPreprocessing(dataset, allRows(dataset.labels.rows), { dropLabelsAtMost: -1 });
  return applyPreprocessing(dataset, preprocessing, Number.POSITIVE_INFINITY);
}

const figure = (value: number | null): string =>
  value === null ? "-" : Number.isInteger(value) ? `${value}` : value.toFixed(4);

function print(found: Found, { weighting, weightScale, missing }: InspectOptions): string {
  const minority = new Set(found.minorityLabels);
  const { weights } = found;
  const overview: (readonly [string, string])[] = [
    ["data set", found.name],
    ["rows", figure(found.rows)],
    [
      "features",
      `${found.features} (${found.numericFeatures} numeric, ${found.nominalFeatures} nominal; ${found.featureColumns} columns, ${found.storage})`,
    ],
    ["constant columns", figure(found.constantColumns)],
    ...(found.missingValues === undefined
      ? []
      : [["missing values", `${found.missingValues} (filled: ${missing})`] as const]),
    ["labels", figure(found.labels)],
    ["cardinality", figure(found.cardinality)],
    ["density", figure(found.density)],
    ["distinct label sets", `${found.distinctLabelSets} (${found.singletonLabelSets} of one row)`],
    ["rows without labels", figure(found.rowsWithoutLabels)],
    ["MeanIR", figure(found.meanIR)],
    ["CVIR", figure(found.cvIR)],
    ["ImR, largest and mean", `${figure(found.maxImR)}, ${figure(found.meanImR)}`],
    ["SCUMBLE", `${figure(found.scumble)} (CV ${figure(found.scumbleCV)})`],
    ["minority labels", `${minority.size} (IRLbl above MeanIR)`],
    ["labels of <= 20 positives", figure(found.rareLabels.length)],
    ...(found.featureShare < 1
      ? [["published share of features", `${found.featureShare} (taken by train and compare)`] as const]
      : []),
    ["inputs of a model", `${found.inputs} (${found.nonzeroValues} values are not zero)`],
  ];
  const labels = found.labelNames.map((name, j) => [
    name,
    figure(found.positives[j]),
    figure(found.irlbl[j]),
    figure(found.imr[j]),
    minority.has(j) ? "minority" : "",
  ]);
  const histogram = weights.histogram.map(({ low, high, rows }) => [
    low === high ? `= ${figure(low)}` : `<= ${figure(high)}`,
    figure(rows),
  ]);
  return [
    aligned(overview),
    printMemory(found.memory),
    ...[printBatches(found.batches)].filter((line) => line !== undefined),
    "",
    aligned([["label", "positives", "IRLbl", "ImR", ""], ...labels]),
    "",
    `instance weights (weighting ${weighting}, scale ${weightScale}): mean ${figure(weights.mean)}, largest ${figure(weights.max)}, ` +
      `${weights.raised} of ${weights.rows} rows above 1`,
    aligned([["weight", "rows"], ...histogram]),
    ...(found.folds ? ["", printFolds(found.folds)] : []),
    "",
  ].join("\n");
}

function printFolds(folds: FoldQuality): string {
  return aligned([
    ["fold sizes", folds.sizes.join(", ")],
    ["labels distribution distance", figure(folds.labelDistribution)],
    ["label pairs distribution distance", figure(folds.labelPairDistribution)],
    ["largest deviation of a label's share", figure(folds.largestDeviation)],
    ["folds that lack some label", figure(folds.partsWithEmptyLabel)],
    ["(fold, label) pairs without a positive", figure(folds.emptyPartLabels)],
  ]);
}
