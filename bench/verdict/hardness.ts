/**
 * Whether measures of how hard a row is agree: Spearman's correlation of each with the row's cross-entropy, over the
 * training rows of a net that was trained for some epochs. Kept in docs/verdict/hardness.json.
 */
import { configure, createBackend, type LabelMatrix, prepare, selectRows, train } from "../../src/index.ts";
import { hardness, hardnesses } from "../../src/samplers/hardness.ts";
import { datasetAt } from "./data.ts";

export interface HardnessFigures {
  readonly data: string;
  readonly epochs: number;
  /** With `bce`, by measure; `labels` is how many labels the row carries. */
  readonly correlations: Readonly<Record<string, number>>;
}

export async function hardnessOf(path: string, epochs: number): Promise<HardnessFigures> {
  const dataset = await datasetAt(path);
  const data = prepare(dataset, { fold: 0, seed: 1, folds: 5 });
  const backend = await createBackend("wasm", { threads: 1 });
  const optimiser = { learningRate: 0.001 };
  const run = configure(data, backend, { model: "mlp", sampler: "uniform", epochs, optimiser, keep: "last", seed: 1 });
  const { training } = data.rows;
  for await (const event of train({ ...run, rows: { ...run.rows, test: training } })) {
    if (event.kind !== "end") continue;
    const labels = selectRows(data.labels, training);
    return { data: dataset.name, epochs, correlations: correlationsOf(labels, event.testScores) };
  }
  throw new Error("the run did not end");
}

function correlationsOf(labels: LabelMatrix, scores: Float32Array): Readonly<Record<string, number>> {
  const { rows, columns, values } = labels;
  const entryLosses = Float32Array.from(
    scores,
    (score, e) => -Math.log(Math.max(2 ** -25, values[e] ? score : 1 - score)),
  );
  const sums = (of: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += of[row * columns + j];
      return sum;
    });
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const evidence = { rowLosses: sums(entryLosses).map((sum) => sum / columns), entryLosses, scores };
  const measures = hardnesses.map((kind) => [kind, hardness(kind, labels).measure(all, evidence)] as const);
  const [[, reference]] = measures;
  return Object.fromEntries(
    [...measures.slice(1), ["labels", sums(values)] as const].map(([name, own]) => [name, spearman(own, reference)]),
  );
}

/** Correlation of the ranks; equal values share the mean of theirs. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) ** 2;
    yy += (y[i] - middle) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const found = new Float64Array(order.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) found[order[k]] = (from + to + 1) / 2;
    from = to;
  }
  return found;
}
