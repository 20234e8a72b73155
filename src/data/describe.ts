/**
 * What a data set looks like before anything is learned from it: the figures of `hardbatch inspect`. Imbalance figures
 * follow the mldr package (Charte and Charte 2015; Charte et al. 2015, 2019), and so may differ in the sixth digit from
 * those the sampler uses (imbalance/weights.ts), which adds 1e-6 to every count as the authors' code does.
 */
import { UsageError } from "../errors.ts";
import { summarizeColumns } from "./column-figures.ts";
import type { Dataset, LabelMatrix } from "./dataset.ts";
import { countPositives, type LabelLists, listLabels } from "./labels.ts";
import { cheaperInputs } from "./preparation/inputs.ts";

/** Figures of a label matrix of n rows and q labels. Lists per label are in column order. */
export interface LabelDescription {
  readonly rows: number;
  readonly labels: number;
  /** Mean number of labels per row. */
  readonly cardinality: number;
  /** cardinality / q. */
  readonly density: number;
  readonly distinctLabelSets: number;
  /** Label sets that occur in exactly one row. */
  readonly singletonLabelSets: number;
  readonly rowsWithoutLabels: number;
  readonly maxLabelsPerRow: number;
  readonly positives: readonly number[];
  /** IRLbl: max_k(positives_k) / positives_j; null for a label without positives. */
  readonly irlbl: readonly (number | null)[];
  /** MeanIR: mean of IRLbl over the labels that have positives; null where none has. */
  readonly meanIR: number | null;
  /** CVIR: sample standard deviation of IRLbl / MeanIR; 0 for fewer than two labels with positives. */
  readonly cvIR: number | null;
  /** ImR: the larger of (positives, negatives) over the smaller; null for a label with one class only. */
  readonly imr: readonly (number | null)[];
  readonly maxImR: number | null;
  readonly meanImR: number | null;
  /**
   * SCUMBLE: mean over rows of 1 - geometric mean / arithmetic mean of the IRLbl of the row's labels; rows without
   * labels count 0.
   */
  readonly scumble: number;
  /** Sample standard deviation of the rows' values / SCUMBLE; null where SCUMBLE is 0. */
  readonly scumbleCV: number | null;
  /** Labels with IRLbl > MeanIR. */
  readonly minorityLabels: readonly number[];
  /** Labels with at most 20 positives: the ones the published protocol drops. */
  readonly rareLabels: readonly number[];
  readonly labelsWithoutPositives: readonly number[];
}

export interface DatasetDescription extends LabelDescription {
  readonly name: string;
  /** Features as declared; a nominal one may stand in several columns. */
  readonly features: number;
  readonly numericFeatures: number;
  readonly nominalFeatures: number;
  /** Columns of the feature matrix, one-hot columns counted singly. */
  readonly featureColumns: number;
  readonly constantColumns: number;
  readonly nonzeroValues: number;
  readonly storage: "dense" | "sparse";
  /** How a model reads them unless told. */
  readonly inputs: "dense" | "sparse";
  readonly labelNames: readonly string[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n - 1 in the denominator; 0 for fewer than two values. */
function sampleDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

function countLabelSets(lists: LabelLists, rows: number): { distinct: number; single: number } {
  const seen = new Map<string, number>();
  for (let i = 0; i < rows; i++) {
    const key = lists.items.subarray(lists.offsets[i], lists.offsets[i + 1]).join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  let single = 0;
  for (const count of seen.values()) if (count === 1) single++;
  return { distinct: seen.size, single };
}

/**
 * `[rows]` how far common and rare labels meet in a row: 1 - geometric / arithmetic mean of the IRLbl of its labels.
 */
function scumbleOfRows(lists: LabelLists, rows: number, irlbl: readonly (number | null)[]): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const carried = lists.offsets[i + 1] - lists.offsets[i];
    if (carried < 2) return 0;
    let sum = 0;
    let sumOfLogarithms = 0;
    for (let e = lists.offsets[i]; e < lists.offsets[i + 1]; e++) {
      const ratio = irlbl[lists.items[e]] ?? 1;
      sum += ratio;
      sumOfLogarithms += Math.log(ratio);
    }
    return 1 - Math.exp(sumOfLogarithms / carried) / (sum / carried);
  });
}

/** IRLbl and MeanIR, see `LabelDescription`, and which labels are rarer than the mean: those without positives, too. */
export function labelImbalance(positives: readonly number[]): {
  readonly irlbl: readonly (number | null)[];
  readonly meanIR: number | null;
  readonly isMinority: readonly boolean[];
} {
  const largest = positives.reduce((most, count) => Math.max(most, count), 0);
  const irlbl = positives.map((count) => (count === 0 ? null : largest / count));
  const ratios = irlbl.filter((ratio) => ratio !== null);
  const meanIR = ratios.length === 0 ? null : mean(ratios);
  return { irlbl, meanIR, isMinority: irlbl.map((ratio) => meanIR !== null && (ratio ?? Infinity) > meanIR) };
}

/**
 * Every figure that depends on the labels alone.
 * @throws UsageError for a matrix without rows or without labels.
 */
export function describeLabels(labels: LabelMatrix): LabelDescription {
  const { rows, columns } = labels;
  if (rows === 0 || columns === 0) {
    throw new UsageError(`a label matrix of ${rows} rows and ${columns} labels: expected at least one of each`);
  }
  const lists = listLabels(labels);
  const positives = Array.from(countPositives(labels));
  const { irlbl, meanIR } = labelImbalance(positives);
  const ratios = irlbl.filter((ratio) => ratio !== null);
  const imr = positives.map((count) => {
    const smaller = Math.min(count, rows - count);
    return smaller === 0 ? null : Math.max(count, rows - count) / smaller;
  });
  const definedImr = imr.filter((ratio) => ratio !== null);
  const sets = countLabelSets(lists, rows);
  const scumbles = scumbleOfRows(lists, rows, irlbl);
  const scumble = mean(scumbles);
  const carried = Array.from({ length: rows }, (_, i) => lists.offsets[i + 1] - lists.offsets[i]);
  const labelsWhere = (condition: (label: number) => boolean): number[] =>
    Array.from(positives.keys()).filter(condition);
  return {
    rows,
    labels: columns,
    cardinality: lists.items.length / rows,
    density: lists.items.length / rows / columns,
    distinctLabelSets: sets.distinct,
    singletonLabelSets: sets.single,
    rowsWithoutLabels: carried.filter((count) => count === 0).length,
    maxLabelsPerRow: carried.reduce((most, count) => Math.max(most, count), 0),
    positives,
    irlbl,
    meanIR,
    cvIR: meanIR === null ? null : sampleDeviation(ratios) / meanIR,
    imr,
    maxImR: definedImr.length === 0 ? null : definedImr.reduce((most, ratio) => Math.max(most, ratio)),
    meanImR: definedImr.length === 0 ? null : mean(definedImr),
    scumble,
    scumbleCV: scumble === 0 ? null : sampleDeviation(scumbles) / scumble,
    minorityLabels: labelsWhere((label) => (irlbl[label] ?? 0) > (meanIR ?? 0)),
    rareLabels: labelsWhere((label) => positives[label] <= 20),
    labelsWithoutPositives: labelsWhere((label) => positives[label] === 0),
  };
}

/**
 * All figures of `hardbatch inspect`. @throws UsageError for a data set without rows or labels, or with a value that is
 * not finite.
 */
export function describeDataset(dataset: Dataset): DatasetDescription {
  const { features, declared } = dataset;
  const columns = summarizeColumns(features);
  const numericFeatures = declared.filter((feature) => feature.kind === "numeric").length;
  let constantColumns = 0;
  for (let j = 0; j < features.columns; j++) if (columns.minimum[j] === columns.maximum[j]) constantColumns++;
  return {
    name: dataset.name,
    features: declared.length,
    numericFeatures,
    nominalFeatures: declared.length - numericFeatures,
    featureColumns: features.columns,
    constantColumns,
    nonzeroValues: columns.nonzeros.reduce((sum, count) => sum + count, 0),
    storage: features.kind,
    inputs: cheaperInputs(features),
    labelNames: dataset.labelNames,
    ...describeLabels(dataset.labels),
  };
}
