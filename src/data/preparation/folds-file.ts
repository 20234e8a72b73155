/**
 * Folds as a file that other people and programs can use: one JSON object with the test rows of each fold, how they
 * were made, and the fingerprint of the data that they are of. Plain lists of rows, as other libraries write them, are
 * read as well.
 */

import * as v from "valibot";
import { DataError, quoted } from "../../errors.ts";
import type { Dataset, GivenSplit } from "../dataset.ts";
import { fingerprint } from "../fingerprint.ts";

const format = "hardbatch folds 1";

export interface FoldsFile {
  /** Name of the data set, for people. */
  readonly data: string;
  readonly rows: number;
  readonly fingerprint: string;
  /** How the folds were made, in words. */
  readonly method: string;
  readonly seed: number;
  /** Test rows of each fold, from 0. */
  readonly folds: readonly (readonly number[])[];
}

/** JSON with one line for each fold. */
export function printFolds({ folds, ...facts }: FoldsFile): string {
  const head = Object.entries({ format, ...facts }).map(
    ([key, value]) => `  ${quoted(key)}: ${JSON.stringify(value)},\n`,
  );
  const lines = folds.map((test) => `    ${JSON.stringify({ test })}`);
  return `{\n${head.join("")}  "folds": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

const rowList = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const foldSchema = v.union([rowList, v.object({ test: rowList, train: v.exactOptional(rowList) })]);
const foldsSchema = v.union([
  v.array(foldSchema),
  v.object({
    folds: v.array(foldSchema),
    method: v.exactOptional(v.string()),
    rows: v.exactOptional(v.number()),
    fingerprint: v.exactOptional(v.string()),
  }),
]);

/**
 * The folds of a file for `dataset`: what `printFolds` wrote, `{"folds": [{"train": [...], "test": [...]}, ...]}`, or a
 * list of lists of test rows. All other rows of a fold are for training.
 * @param whole whether `dataset` has all columns of its file, so that its fingerprint can be compared; default true
 * @throws DataError for anything else, rows that are not there or there twice, a fold without rows on a side, and other
 * data.
 */
export function parseFolds(text: string, file: string, dataset: Dataset, whole = true): GivenSplit {
  const fault = (message: string): DataError => new DataError({ file }, message);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault('not JSON: expected {"folds": [{"test": [0, 4, ...]}, ...]}');
  }
  const parsed = v.safeParse(foldsSchema, json);
  if (!parsed.success) throw fault('expected {"folds": [{"test": [0, 4, ...]}, ...]} with numbers of rows from 0');
  const given = parsed.output;
  const { folds, method = "folds of a file", rows, fingerprint: of } = Array.isArray(given) ? { folds: given } : given;
  const count = dataset.labels.rows;
  if (rows !== undefined && rows !== count)
    throw fault(`folds of ${rows} rows: expected those of ${dataset.name}, which has ${count}`);
  if (whole && of !== undefined && of !== fingerprint(withoutSplit(dataset)))
    throw fault(
      `folds of other data (fingerprint ${quoted(of)}): expected those of ${dataset.name}, made with the same options`,
    );
  if (folds.length === 0) throw fault("no folds: expected at least one");
  const tests = folds.map((fold, number): Int32Array => {
    const { test, train } = Array.isArray(fold) ? { test: fold } : fold;
    const seen = new Uint8Array(count);
    for (const row of [...test, ...(train ?? [])]) {
      if (row >= count) throw fault(`fold ${number}: row ${row}: expected numbers from 0 to ${count - 1}`);
      if (seen[row] === 1) throw fault(`fold ${number}: row ${row} is there twice: expected each once`);
      seen[row] = 1;
    }
    if (test.length === 0 || test.length === count)
      throw fault(
        `fold ${number} has ${test.length} test rows of ${count}: expected some for training and some for the test`,
      );
    if (train && test.length + train.length !== count)
      throw fault(
        `fold ${number} leaves out ${count - test.length - train.length} rows: expected all rows in train or test`,
      );
    return Int32Array.from(test).sort();
  });
  return { method, tests };
}

/** The data set as its file holds it. */
function withoutSplit({ split: _, ...dataset }: Dataset): Dataset {
  return dataset;
}
