/** Scores of rows by a model in evaluation mode, block by block: the program, its runs, and the whole of it from saved weights. */
import type { Backend, Values } from "./backends/backend.ts";
import type { DenseMatrix } from "./data/dataset.ts";
import { allRows } from "./data/rows.ts";
import type { Model } from "./models/model.ts";
import { gather } from "./ops/rows.ts";
import { noiseFeeds, type Program, program } from "./program.ts";
import { Random } from "./random.ts";
import { type DataLeaf, data, input } from "./tensor.ts";

/** Rows that one run predicts. */
const block = 256;
const rowsInput = "rows";

/** Scores of a block of rows of `features`; output `scores`, `[block, labels]`. */
export function predictionProgram(model: Model, features: DataLeaf): Program {
  return program({ scores: model.predict(gather(features, input(rowsInput, [block, 1]))) });
}

/**
 * `[rows.length, labels]` scores of the given rows.
 * @param run runs the program of `predictionProgram` on a device
 * @param noise what models that predict by sampling draw from; every block sees the same numbers
 */
export async function predictRows(
  { labels }: Model,
  program: Program,
  run: (feeds: Values) => Promise<Values>,
  rows: Int32Array,
  noise: Random,
): Promise<Float32Array> {
  const scores = new Float32Array(rows.length * labels);
  const drawn = noiseFeeds(program)(noise.stream("prediction"));
  const chosen = new Float32Array(block);
  for (let from = 0; from < rows.length; from += block) {
    const count = Math.min(block, rows.length - from);
    // The last block is filled up with its first row: what is predicted for those is dropped.
    for (let i = 0; i < block; i++) chosen[i] = rows[from + (i < count ? i : 0)];
    const outputs = await run({ ...drawn, [rowsInput]: chosen });
    scores.set(outputs.scores.subarray(0, count * labels), from * labels);
  }
  return scores;
}

/** `[rows, labels]` scores of every row of `features` (`[rows, features]`, scaled as in training) by the weights `values`. */
export async function predict(
  model: Model,
  values: Values,
  features: DenseMatrix,
  backend: Backend,
  noise: Random = new Random(0),
): Promise<Float32Array> {
  const table = data("features", [features.rows, features.columns], features.values);
  const scoring = predictionProgram(model, table);
  const executable = await backend.compile({ scoring });
  try {
    const used = new Set(scoring.state.map(({ name }) => name));
    await executable.write(Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name))));
    return await predictRows(
      model,
      scoring,
      (feeds) => executable.run("scoring", feeds),
      allRows(features.rows),
      noise,
    );
  } finally {
    executable.dispose();
  }
}
