/** Rows of a data set scored by saved weights, some thousand rows at a time, so that memory does not grow with them. */
import type { Backend, Values } from "../backends/backend.ts";
import type { Dataset, Matrix } from "../data/dataset.ts";
import type { Preprocessing } from "../data/preparation/fitted.ts";
import { transformFeatures } from "../data/preparation/transform.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import { predict } from "../training/prediction.ts";

/** Floats of the scaled features of one block. */
const blockSize = 2 ** 24;

/** Puts the subject before what a UsageError of its action says. */
export type Explained = <T>(action: () => T | Promise<T>) => Promise<T>;

/** A function that puts the subject before what a UsageError of its action says. */
export function explaining(subject: string): Explained {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${subject}: ${error.message}`) : error;
    }
  };
}

export interface RowBlock {
  /** The first row's number. */
  readonly from: number;
  readonly count: number;
  /** As the model sees them. */
  readonly features: Matrix;
}

/** All rows, block by block, with the features that a model takes. */
export async function* preparedBlocks(
  { features, featureNames }: Dataset,
  preprocessing: Preprocessing,
  explained: Explained,
): AsyncGenerator<RowBlock, void> {
  const rows = Math.max(256, Math.min(2 ** 16, Math.floor(blockSize / preprocessing.featureNames.length)));
  for (let from = 0; from < features.rows; from += rows) {
    const count = Math.min(rows, features.rows - from);
    const block = selectRows(
      features,
      Int32Array.from({ length: count }, (_, i) => from + i),
    );
    const scaled = await explained(() => transformFeatures(block, featureNames, preprocessing, undefined, from));
    yield { from, count, features: scaled };
  }
}

export interface Scoring {
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly model: Model;
  readonly values: Values;
  readonly backend: Backend;
}

export interface ScoredBlock {
  readonly from: number;
  readonly count: number;
  /** `[count, labels]` */
  readonly scores: Float32Array;
}

/** The scores of all rows. */
export async function* scoredBlocks(scoring: Scoring, explained: Explained): AsyncGenerator<ScoredBlock, void> {
  const { dataset, preprocessing, model, values, backend } = scoring;
  for await (const { from, count, features } of preparedBlocks(dataset, preprocessing, explained)) {
    yield { from, count, scores: await predict(model, values, features, backend, from) };
  }
}
