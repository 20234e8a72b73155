/**
 * ARFF, the attribute-relation file format of Weka, with the labels of Mulan and MEKA: from the bytes of a file to a data
 * set. Runs in a browser; reads no files (load.ts).
 */

import { UsageError } from "../../errors.ts";
import type { Dataset, Feature } from "../dataset.ts";
import { type LabelSelection, markLabels, mekaLabelPosition } from "../preparation/label-selection.ts";
import { planCells } from "./arff-cells.ts";
import { readDenseRows } from "./arff-dense.ts";
import { readArffHeader } from "./arff-header.ts";
import { readSparseRows } from "./arff-sparse.ts";
import { columnNames } from "./columns.ts";
import { OPEN_BRACE, Scanner } from "./scanner.ts";

export interface ArffOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Which attributes are labels; the default is MEKA's `-C n` in the relation's name. */
  readonly labels?: LabelSelection;
}

/**
 * Reads an ARFF file. Attributes: `numeric`, `real`, `integer` or nominal; nominal features become columns as columns.ts
 * says. Labels are two opposite values (`{0,1}`, `{NO,YES}`, ... in any order) or numbers 0 and 1; they come in the
 * file's column order. Rows are all dense or all sparse, and stay so. Missing values (`?`) are an error.
 *
 * Memory: at most 16 times the file and 64 MiB for the tables (allowance.ts); usually twice the file.
 * @param bytes the unpacked file, UTF-8.
 * @throws DataError with line and column of the first fault. @throws UsageError for labels that the file has no room for.
 */
export function parseArff(bytes: Uint8Array, options: ArffOptions): Dataset {
  const { file } = options;
  const scanner = new Scanner(bytes, file, "an ARFF header (@relation, @attribute, @data)");
  const { relation, attributes } = readArffHeader(scanner);
  const meka = options.labels === undefined ? mekaLabelPosition(relation.name) : undefined;
  const selection = options.labels ?? meka;
  if (selection === undefined) {
    throw scanner.error(
      relation.at,
      'no word on the labels: expected an XML file with their names, "-C n" in the relation, or their number as an option',
    );
  }
  const names = attributes.map((attribute) => attribute.name);
  const isLabel = markLabels(selection, names, file, (message) =>
    meka ? scanner.error(relation.at, `-C: ${message}`) : new UsageError(`labels of ${file}: ${message}`),
  );
  const plan = planCells(scanner, attributes, isLabel);
  const rows = countRows(scanner);
  if (rows === 0) throw scanner.error(bytes.length, "no rows: expected some after @data; the file may be cut off");
  scanner.skipToContent();
  const sparse = bytes[scanner.position] === OPEN_BRACE;
  const matrices = sparse ? readSparseRows(scanner, plan, rows) : readDenseRows(scanner, plan, rows);
  const declared = attributes
    .filter((_, a) => isLabel[a] === 0)
    .map(({ name, categories }): Feature => {
      return categories ? { name, kind: "nominal", categories: categories.names } : { name, kind: "numeric" };
    });
  return {
    name: options.name ?? file,
    declared,
    featureNames: columnNames(declared),
    labelNames: names.filter((_, a) => isLabel[a] === 1),
    ...matrices,
  };
}

/** Lines from here on that hold more than blanks and comments. */
function countRows(scanner: Scanner): number {
  const start = scanner.position;
  let rows = 0;
  for (; scanner.skipToContent(); rows++) scanner.skipLine();
  scanner.position = start;
  return rows;
}
