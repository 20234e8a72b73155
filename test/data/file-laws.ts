/**
 * Laws of reading and writing data files: a data set is well formed, a printed one reads back as it was, and any bytes
 * give a data set or one DataError that names a place in the file.
 */

import type { Dataset } from "../../src/data/dataset.ts";
import { parseArff } from "../../src/data/formats/arff.ts";
import { isOneHot, width } from "../../src/data/formats/columns.ts";
import { printArff } from "../../src/data/formats/print-arff.ts";
import { DataError } from "../../src/errors.ts";

export const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not a well-formed data set: ${what}`);
}

/** Shapes agree, values are finite, labels 0 or 1, sparse entries ascending and not 0, one-hot columns hold one 1. */
export function isWellFormed({ declared, featureNames, features, labelNames, labels }: Dataset): void {
  const { rows, columns } = features;
  require(rows >= 1 && columns >= 1 && labels.columns >= 1, "a row, a feature and a label");
  require(labels.rows === rows, "as many rows of labels as of features");
  require(featureNames.length === columns, "one name a feature column");
  require(labelNames.length === labels.columns, "one name a label");
  require(declared.reduce((sum, feature) => sum + width(feature), 0) === columns, "columns as declared");
  require(labels.values.length === rows * labels.columns, "as many label values as rows and labels");
  require(labels.values.every((value) => value <= 1), "labels 0 or 1");
  require(features.values.every(Number.isFinite), "finite values");
  if (features.kind === "dense") {
    require(features.values.length === rows * columns, "as many values as rows and columns");
  } else {
    const { offsets, indices, values } = features;
    require(offsets.length === rows + 1 && offsets[0] === 0, "one offset a row and one more");
    require(offsets[rows] === indices.length && indices.length === values.length, "as many entries as the offsets say");
    require(values.every((value) => value !== 0), "no zeros stored");
    for (let i = 0; i < rows; i++) {
      require(offsets[i] <= offsets[i + 1], "ascending offsets");
      for (let e = offsets[i]; e < offsets[i + 1]; e++) {
        require(indices[e] < columns && (e === offsets[i] || indices[e - 1] < indices[e]), "ascending indices");
      }
    }
  }
  holdsOneValueOfEachNominal(declared, features);
}

function holdsOneValueOfEachNominal(declared: Dataset["declared"], features: Dataset["features"]): void {
  const nominal = declared.flatMap((feature) => Array<boolean>(width(feature)).fill(feature.kind === "nominal"));
  const { columns } = features;
  features.values.forEach((value, e) => {
    const column = features.kind === "dense" ? e % columns : features.indices[e];
    if (nominal[column]) require(value === 0 || value === 1, "0 and 1 for nominal features");
  });
  if (!declared.some(isOneHot)) return;
  for (let i = 0; i < features.rows; i++) {
    const row = denseRow(features, i);
    let column = 0;
    for (const feature of declared) {
      const ones = row.subarray(column, column + width(feature)).filter((value) => value === 1).length;
      if (isOneHot(feature)) require(ones === 1, "one value of a one-hot feature");
      column += width(feature);
    }
  }
}

/** Row i with its zeros. */
export function denseRow(features: Dataset["features"], i: number): Float32Array {
  const { columns } = features;
  if (features.kind === "dense") return features.values.subarray(i * columns, (i + 1) * columns);
  const row = new Float32Array(columns);
  for (let e = features.offsets[i]; e < features.offsets[i + 1]; e++) row[features.indices[e]] = features.values[e];
  return row;
}

/** What printing and reading gives. `spoil` plants an error in between, to see that it is noticed. */
export function printedAndRead(dataset: Dataset, spoil: (text: string) => string = (text) => text): Dataset {
  return parseArff(encode(spoil(printArff(dataset))), { file: "printed.arff", name: dataset.name });
}

/** Reading gives a well-formed data set, or one DataError of one line that points into the file. */
export function readsOrSaysWhere(
  bytes: Uint8Array,
  file: string,
  read: (bytes: Uint8Array) => Dataset,
): "read" | "error" {
  let dataset: Dataset;
  try {
    dataset = read(bytes);
  } catch (error) {
    if (!(error instanceof DataError)) throw new Error(`not a DataError: ${error}`, { cause: error });
    const { place, message } = error;
    if (place.file !== file || !message.startsWith(file)) throw new Error(`names another file: ${message}`);
    if (message.includes("\n") || !message.includes("expected"))
      throw new Error(`not one line that says what was expected: ${message}`);
    const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
    const { line = 1, column = 1 } = place;
    // One column behind the last character is where a line ends.
    if (line < 1 || column < 1 || line > lines.length || column > [...lines[line - 1]].length + 1) {
      throw new Error(`points outside the file: ${message}`);
    }
    return "error";
  }
  isWellFormed(dataset);
  return "read";
}
