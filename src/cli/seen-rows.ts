/**
 * Which rows of data a saved model has seen in training, and which of them are to be scored: by what the model's file
 * remembers of its rows, never by their number alone.
 */
import type { Dataset, LabelMatrix } from "../data/dataset.ts";
import { RowDigest } from "../data/fingerprint.ts";
import type { Preprocessing } from "../data/preparation/fitted.ts";
import { allRows, selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { TrainingRecord } from "../saved/training-record.ts";
import { type Explained, preparedBlocks } from "./scoring.ts";

/** What the weights know of the rows of some data. */
export interface Acquaintance {
  /**
   * `same`: the rows of training, in their order; `tested`: the tested ones alone; `other`: none that the weights know;
   * `unknown`: the file of the weights does not say what they have seen.
   */
  readonly kind: "same" | "tested" | "other" | "unknown";
  /** One letter for each row: t, v or .; none where that is not known. */
  readonly parts: string;
}

/** @param labels the kept labels of all rows */
export async function acquaintance(
  dataset: Dataset,
  labels: LabelMatrix,
  preprocessing: Preprocessing,
  record: TrainingRecord | undefined,
  explained: Explained,
): Promise<Acquaintance> {
  if (!record) return { kind: "unknown", parts: "" };
  const digest = new RowDigest();
  for await (const { from, count, features } of preparedBlocks(dataset, preprocessing, explained)) {
    digest.add(
      features,
      selectRows(
        labels,
        Int32Array.from({ length: count }, (_, i) => from + i),
      ),
    );
  }
  if (digest.digits === record.digest) return { kind: "same", parts: record.parts };
  if (digest.digits === record.testDigest) return { kind: "tested", parts: ".".repeat(labels.rows) };
  return { kind: "other", parts: "" };
}

export interface RowChoice {
  readonly rows: "all" | "test";
  /** With --folds-file: which fold is the test fold. */
  readonly fold: number;
  /** DATA and the weights, for messages. */
  readonly data: string;
  readonly file: string;
}

/**
 * The rows to score, ascending.
 * @throws UsageError where test rows are asked for that the weights don't know, or have seen
 */
export function rowsToScore(
  { labels, split }: Dataset,
  { kind, parts }: Acquaintance,
  { rows, fold, data, file }: RowChoice,
): Int32Array {
  if (rows === "all") return allRows(labels.rows);
  if (kind === "unknown")
    throw new UsageError(
      `--rows test: ${file} does not say which rows it was trained on (a state dict, or a file of an earlier version); ` +
        "expected --rows all, with a data file of test rows alone",
    );
  if (kind === "other")
    throw new UsageError(
      `--rows test: ${data} has other rows than the data that ${file} was trained on, so it can't be known which of ` +
        "them training has not seen; expected the same data (with the same --test), or --rows all",
    );
  const chosen = split ? testRows(split.tests, fold) : allRows(labels.rows);
  if (split) {
    const seen = chosen.filter((row) => parts[row] === "t").length;
    if (seen > 0)
      throw new UsageError(
        `--rows test: ${file} was trained on ${seen} of the ${chosen.length} test rows of fold ${fold}; expected the ` +
          "folds and the fold (--fold) that it was trained with",
      );
  }
  const unseen = chosen.filter((row) => parts[row] === ".");
  if (unseen.length > 0) return unseen;
  throw new UsageError(`--rows test: training has seen all rows of ${data}; expected --rows all`);
}

function testRows(tests: readonly Int32Array[], fold: number): Int32Array {
  if (fold < tests.length) return tests[fold];
  throw new UsageError(`--fold ${fold}: expected a whole number from 0 to ${tests.length - 1}`);
}

/** How many of the scored rows were used in training; undefined where that is not known. */
export function seenAmong(
  { parts }: Acquaintance,
  rows: Int32Array,
): { readonly training: number; readonly validation: number } | undefined {
  if (parts === "") return undefined;
  const count = (letter: string): number => rows.filter((row) => parts[row] === letter).length;
  return { training: count("t"), validation: count("v") };
}
