/** The row that is explained and the rows that its model learned from: read as the model sees them, and the nearest. */
import type { Dataset, LabelMatrix, Matrix } from "../data/dataset.ts";
import { nearestRows } from "../data/imbalance/nearest-rows.ts";
import { fittedFeatures } from "../data/preparation/coding.ts";
import { denseInputs } from "../data/preparation/inputs.ts";
import { labelsNamed } from "../data/preparation/locate.ts";
import { transformFeatures } from "../data/preparation/transform.ts";
import { allRows, selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { SavedModel } from "../saved/model.ts";
import { type DataOptions, openDataset } from "./data.ts";
import type { Explanation } from "./print-explanation.ts";
import { type Explained, explaining } from "./scoring.ts";
import { acquaintance } from "./seen-rows.ts";

/** Which row of DATA, and where the training rows are. */
export interface ChosenRow extends DataOptions {
  readonly row: number;
  readonly training?: string;
  readonly seed: number;
}

/** Rows of a file as a model sees them, with their labels where the file has them. */
export interface Prepared {
  readonly dataset: Dataset;
  readonly features: Matrix;
  readonly labels: LabelMatrix | undefined;
  /** Why there are none. */
  readonly without?: string;
}

/** The data as the model sees them; without labels where the file has none of these names. */
export async function opened(text: string, options: ChosenRow, { preprocessing, file }: Opened): Promise<Prepared> {
  const explained = explaining(`${text} does not fit ${file}`);
  const features = fittedFeatures(preprocessing);
  const missing = preprocessing.fill ? "keep" : "error";
  const open = (labels?: readonly string[]): Promise<Dataset> =>
    openDataset(text, options, options.seed, { wanted: { features, ...(labels && { labels }) }, missing });
  try {
    const dataset = await open(preprocessing.labelNames);
    return {
      dataset,
      features: await scaled(dataset, explained, preprocessing),
      labels: labelsNamed(dataset, preprocessing.labelNames),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // Perhaps it is the labels alone that are missing; if not, this fails likewise.
    const dataset = await explained(() => open());
    return {
      dataset,
      features: await scaled(dataset, explained, preprocessing),
      labels: undefined,
      without: error.message,
    };
  }
}

/** Weights, and what messages call them. */
export type Opened = SavedModel & { readonly file: string };

const scaled = (
  { features, featureNames }: Dataset,
  explained: Explained,
  preprocessing: SavedModel["preprocessing"],
): Promise<Matrix> => explained(() => transformFeatures(features, featureNames, preprocessing));

interface TrainingRows {
  /** For people: which rows these are, or why there are none. */
  readonly about: string;
  readonly rows: Matrix | undefined;
  /** The number of each in its file. */
  readonly numbers: Int32Array;
  readonly labels: LabelMatrix | undefined;
}

/** The rows that the model learned from, but for the row itself, as far as they are known. */
export async function trainingRows(
  text: string,
  data: Prepared,
  options: ChosenRow,
  saved: Opened,
): Promise<TrainingRows> {
  const { training: record, preprocessing } = saved;
  const from = options.training === undefined ? data : await opened(options.training, options, saved);
  const name = options.training ?? text;
  const all = from.labels ?? { rows: from.features.rows, columns: 0, values: new Uint8Array(0) };
  const explained = explaining(`${name} does not fit ${saved.file}`);
  const { kind, parts } = await acquaintance(from.dataset, all, preprocessing, record, explained);
  const same = kind === "same";
  if (!same && options.training === undefined) {
    return {
      about: `${text} does not hold the rows that the weights were trained on: --training FILE names them`,
      rows: undefined,
      numbers: new Int32Array(0),
      labels: undefined,
    };
  }
  const isRow = (number: number): boolean => from === data && number === options.row;
  const numbers = allRows(from.features.rows).filter((number) => (!same || parts[number] === "t") && !isRow(number));
  const self = from === data && parts[options.row] === "t" ? ", without the row itself, which is one of them" : "";
  return {
    about: same
      ? `training rows of ${name}${self}`
      : `all rows of ${name}, which are not known to be those of training`,
    rows: selectRows(from.features, numbers),
    numbers,
    labels: from.labels && selectRows(from.labels, numbers),
  };
}

export function neighboursOf(
  row: Matrix,
  { rows, numbers, labels }: TrainingRows,
  labelNames: readonly string[],
  k: number,
): Explanation["neighbours"] {
  if (rows === undefined || rows.rows === 0 || k === 0) return [];
  return nearestRows(row, rows, k).map((near) => ({
    row: numbers[near.row],
    distance: near.distance,
    ...(labels && { labels: labelNames.filter((_, label) => labels.values[near.row * labels.columns + label] === 1) }),
  }));
}

export function meanOf(rows: Matrix | undefined): Float32Array {
  if (rows === undefined || rows.rows === 0) {
    throw new UsageError("--baseline mean: the training rows are not known; expected zero, or --training FILE");
  }
  const sums = new Float64Array(rows.columns);
  const { values, rows: count, columns } = denseInputs(rows);
  for (let i = 0; i < values.length; i++) sums[i % columns] += values[i];
  return Float32Array.from(sums, (sum) => sum / count);
}
