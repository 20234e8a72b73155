/**
 * What the verdict says of the data sets themselves: rows left for the last batch, and how much the order of the file
 * says of the labels. Computed from the files once and kept, as these do not come with the project.
 */
import { readFileSync } from "node:fs";
import { type Dataset, type LabelMatrix, prepare, readDataset } from "../../src/index.ts";

export interface DataFacts {
  readonly name: string;
  readonly rows: number;
  /** As they are trained on: a share of the features where the published split keeps one, without rare labels. */
  readonly features: number;
  readonly labels: number;
  readonly batchSize: number;
  /** Of each fold of the published split. */
  readonly trainingRows: readonly number[];
  /** Rows of the short last batch, of each fold; 0 where there is none. */
  readonly remainders: readonly number[];
  /** 1 where the order says nothing of the labels; null where a batch takes all rows. */
  readonly order: number | null;
}

export async function factsOf(path: string): Promise<DataFacts> {
  const dataset = await datasetAt(path);
  const batchSize = 128;
  const folds = [0, 1, 2, 3, 4].map((fold) =>
    prepare(dataset, {
      fold,
      seed: 1,
      folds: 5,
      fitOn: "training",
      validationFrom: "test",
      dropLabelsAtMost: 20,
    }),
  );
  const trainingRows = folds.map(({ rows }) => rows.training.length);
  return {
    name: dataset.name,
    rows: dataset.features.rows,
    features: folds[0].features.columns,
    labels: folds[0].labels.columns,
    batchSize,
    trainingRows,
    remainders: trainingRows.map((rows) => rows % batchSize),
    order: fileOrder(dataset.labels, batchSize),
  };
}

export async function datasetAt(path: string): Promise<Dataset> {
  const xml = path.replace(/\.arff(\.gz)?$/, ".xml");
  return readDataset(readFileSync(path), path.replace(/^.*\//, ""), { xml: readFileSync(xml) });
}

/**
 * Over the full batches in the order of the file: the mean squared deviation of a label's count from what a random
 * order expects, divided by what a random order would show, averaged over labels. Ours (docs/paper.md).
 */
export function fileOrder({ rows, columns, values }: LabelMatrix, batchSize: number): number | null {
  if (batchSize >= rows) return null;
  const batches = Math.floor(rows / batchSize);
  const ratios: number[] = [];
  for (let j = 0; j < columns; j++) {
    let positives = 0;
    for (let i = 0; i < rows; i++) positives += values[i * columns + j];
    if (positives === 0 || positives === rows) continue;
    const share = positives / rows;
    let squares = 0;
    for (let batch = 0; batch < batches; batch++) {
      let count = 0;
      for (let i = batch * batchSize; i < (batch + 1) * batchSize; i++) count += values[i * columns + j];
      squares += (count - batchSize * share) ** 2;
    }
    ratios.push(squares / batches / ((batchSize * share * (1 - share) * (rows - batchSize)) / (rows - 1)));
  }
  return ratios.length === 0 ? null : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}
