/**
 * Scores of rows by a model in evaluation mode, block by block: the program, its runs, and the whole of it from saved
 * weights.
 */
import type { Backend, Values } from "../backends/backend.ts";
import { noiseFeeds } from "../backends/noise.ts";
import type { Matrix } from "../data/dataset.ts";
import { chooseInputs } from "../data/preparation/inputs.ts";
import { allRows } from "../data/rows.ts";
import { gather } from "../engine/ops/rows.ts";
import { type Program, program } from "../engine/program.ts";
import { type DataLeaf, input, type SparseLeaf } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import { Random } from "../random.ts";
import { featureLeaf } from "./step.ts";
import { turn } from "./turn.ts";

/** The most rows that one run predicts. */
const largestBlock = 256;
const rowsInput = "rows";

/**
 * Scores of a block of rows of `features`; output `scores`, `[block, labels]`. A row's scores are the same bits in a
 * block of any size.
 * @param rows how many there are to predict, most of the time: few of a block's places are left empty then
 */
export function predictionProgram(model: Model, features: DataLeaf | SparseLeaf, rows = largestBlock): Program {
  const of = (block: number): Program =>
    program({ scores: model.predict(gather(features, input(rowsInput, [block, 1]))) });
  // Whole tiles of every device's products.
  const fitting = 32 * Math.ceil(rows / Math.ceil(rows / largestBlock) / 32);
  const chosen = of(rows > 0 ? fitting : largestBlock);
  // Draws for a block are the same wherever rows are predicted, so that block is, too.
  return chosen.noise.length > 0 ? of(largestBlock) : chosen;
}

const blockOf = ({ inputs }: Program): number =>
  inputs.find(({ name }) => name === rowsInput)?.shape[0] ?? largestBlock;

/** A function that makes the feeds that predict up to a block of rows; the arrays are used again by the next call. */
export function predictionFeeds(program: Program): (rows: Int32Array) => Values {
  const block = blockOf(program);
  // Always the same draws: scores are a function of the weights, in training and from a file.
  const drawn = noiseFeeds(program)({ seed: new Random(0).stream("prediction").seed, step: 0 });
  const chosen = new Float32Array(block);
  return (rows) => {
    // What the rest of the block predicts is dropped.
    for (let i = 0; i < block; i++) chosen[i] = rows[i < rows.length ? i : 0];
    return { ...drawn, [rowsInput]: chosen };
  };
}

/**
 * `[rows.length, labels]` scores of the given rows.
 * @param run runs the program of `predictionProgram` on a device
 */
export async function predictRows(
  { labels }: Model,
  program: Program,
  run: (feeds: Values) => Promise<Values>,
  rows: Int32Array,
): Promise<Float32Array> {
  const scores = new Float32Array(rows.length * labels);
  const block = blockOf(program);
  const feeds = predictionFeeds(program);
  for (let from = 0; from < rows.length; from += block) {
    const some = rows.subarray(from, from + block);
    const outputs = await run(feeds(some));
    scores.set(outputs.scores.subarray(0, some.length * labels), from * labels);
    await turn();
  }
  return scores;
}

/**
 * `[rows, labels]` scores of every row of `features` (`[rows, features]`, scaled as in training) by the weights
 * `values`. Models that predict by sampling draw the same numbers for every block of rows, at every call.
 * @param firstRow what messages call the first row
 * @throws UsageError where scores are not finite, naming the row
 */
export async function predict(
  model: Model,
  values: Values,
  features: Matrix,
  backend: Backend,
  firstRow = 0,
): Promise<Float32Array> {
  if (features.rows === 0) return new Float32Array(0);
  const scoring = predictionProgram(model, featureLeaf(chooseInputs(features)));
  const executable = await backend.compile({ scoring });
  try {
    const used = new Set(scoring.state.map(({ name }) => name));
    await executable.write(Object.fromEntries(Object.entries(values).filter(([name]) => used.has(name))));
    const run = (feeds: Values): Promise<Values> => executable.run("scoring", feeds);
    const scores = await predictRows(model, scoring, run, allRows(features.rows));
    const unfit = scores.findIndex((score) => !Number.isFinite(score));
    if (unfit < 0) return scores;
    throw new UsageError(
      `the scores of row ${firstRow + Math.floor(unfit / model.labels)} (from 0) are not finite: its features lie too far outside those of training`,
    );
  } finally {
    executable.dispose();
  }
}
