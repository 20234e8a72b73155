/**
 * ARFF, the attribute-relation file format of Weka, with the labels of Mulan and MEKA: from the bytes of a file, whole
 * or in pieces, to a data set. Runs in a browser; reads no files (load.ts).
 */

import { quoted, UsageError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { type LabelSelection, markLabels, mekaLabelPosition } from "../preparation/label-selection.ts";
import { Allowance } from "./allowance.ts";
import { type CellPlan, declaredFeature, planCells } from "./arff-cells.ts";
import { denseRows } from "./arff-dense.ts";
import { type ArffAttribute, type ArffHeader, readArffHeader } from "./arff-header.ts";
import { countEntries, sparseRows } from "./arff-sparse.ts";
import { bounds } from "./bounds.ts";
import { type ChosenColumns, type ColumnOptions, chooseColumns } from "./chosen-columns.ts";
import { columnNames, sameColumnName } from "./columns.ts";
import { type FileReader, lastLineEnd, readWhole, type Start } from "./pieces.ts";
import type { RowReader } from "./row-reader.ts";
import { isLineEnd, OPEN_BRACE, type Scanner } from "./scanner.ts";

/** Options of `parseArff`. */
export interface ArffOptions extends ColumnOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Which attributes are labels; the default is MEKA's `-C n` in the relation's name. */
  readonly labels?: LabelSelection;
}

/**
 * Reads an ARFF file. Attributes: `numeric`, `real`, `integer` or nominal; nominal features become columns as
 * columns.ts says. Labels are two opposite values (`{0,1}`, `{NO,YES}`, ... in any order) or numbers 0 and 1; they come
 * in the file's column order. Rows are all dense or all sparse, and stay so. Missing features (`?`) are an error, or
 * NaN where `missing` says so.
 *
 * Memory: at most 16 times the file and 64 MiB for the tables (allowance.ts); usually twice the file.
 * @param bytes the unpacked file, UTF-8.
 * @throws DataError with line and column of the first fault. @throws UsageError for labels that the file has no room
 * for.
 */
export function parseArff(bytes: Uint8Array, options: ArffOptions): Dataset {
  return readWhole(bytes, options.file, arffReader(options));
}

/** Reads an ARFF file piece by piece; the first piece holds the header. */
export function arffReader(options: ArffOptions): FileReader {
  const { file } = options;
  let header: { readonly start: Start; readonly plan: CellPlan; readonly chosen: ChosenColumns } | undefined;
  let attributes: readonly ArffAttribute[] = [];
  let rows = 0;
  let entries = 0;
  let sparse = false;
  let reader: RowReader | undefined;
  return {
    expected: "an ARFF header (@relation, @attribute, @data)",
    cut: (bytes) => {
      const end = lastLineEnd(bytes);
      // The line of @data itself may be cut off still.
      return header || hasData(bytes.subarray(0, end)) ? end : 0;
    },
    longest: () => (header ? bounds.lineBytes : bounds.headerBytes),
    survey(piece) {
      if (!header) {
        const read = readArffHeader(piece);
        attributes = read.attributes;
        const chosen = choose(piece, read, options);
        const { line = 1 } = piece.place(piece.position);
        header = { start: { at: piece.position, line }, plan: planCells(piece, attributes, chosen, options), chosen };
      }
      const start = piece.position;
      const before = rows;
      for (; piece.skipToContent(); rows++) {
        if (rows === 0) sparse = piece.bytes[piece.position] === OPEN_BRACE;
        piece.skipLine();
      }
      piece.position = start;
      if (sparse) entries += countEntries(piece, rows - before, header.plan);
    },
    begin(end, bytes) {
      if (rows === 0) throw end.error(end.bytes.length, "no rows: expected some after @data; the file may be cut off");
      const { plan, start } = header as NonNullable<typeof header>;
      const allowance = new Allowance(file, bytes);
      reader = sparse ? sparseRows(plan, rows, entries, allowance) : denseRows(plan, rows, bytes - start.at, allowance);
      return start;
    },
    read: (piece) => reader?.read(piece),
    finish() {
      const { chosen } = header as NonNullable<typeof header>;
      const { wanted } = options;
      const declared = wanted?.features ?? chosen.features.map((a) => declaredFeature(attributes[a] as ArffAttribute));
      return {
        name: options.name ?? file,
        declared,
        featureNames: columnNames(declared),
        labelNames: chosen.labels.map((a) => (attributes[a] as ArffAttribute).name),
        ...(reader as RowReader).finish(),
      };
    },
  };
}

function choose(scanner: Scanner, { relation, attributes }: ArffHeader, options: ArffOptions): ChosenColumns {
  const { file } = options;
  const names = attributes.map((attribute) => attribute.name);
  const meka = options.labels === undefined ? mekaLabelPosition(relation.name) : undefined;
  const atRelation = (message: string): Error => scanner.error(relation.at, `-C: ${message}`);
  // MEKA counts all attributes of the file, also those that are left out.
  const mekaMarks = meka && !options.wanted ? markLabels(meka, names, file, atRelation) : undefined;
  const select = (left: readonly string[]): Uint8Array => {
    if (mekaMarks) {
      const marked = new Set(names.filter((_, a) => mekaMarks[a] === 1));
      return Uint8Array.from(left, (name) => (marked.has(name) ? 1 : 0));
    }
    if (options.labels === undefined) {
      const expected = 'an XML file with their names, "-C n" in the relation, or their number as an option';
      throw scanner.error(relation.at, `no word on the labels: expected ${expected}`);
    }
    return markLabels(options.labels, left, file, (message) => new UsageError(`labels of ${file}: ${message}`));
  };
  const chosen = chooseColumns(names, file, select, options);
  const same = sameColumnName(chosen.features.map((a) => declaredFeature(attributes[a] as ArffAttribute)));
  if (!same || options.wanted) return chosen;
  const [first, second] = same.map((feature) =>
    attributes.find(({ name }) => typeof feature !== "string" && name === feature.name),
  );
  const line = scanner.place(first?.at ?? 0).line;
  throw scanner.error(
    second?.at ?? 0,
    `${quoted(second?.name ?? "")} and ${quoted(first?.name ?? "")} of line ${line} both make a column named ${quoted(same[2])}: expected distinct names; rename one of them`,
  );
}

/** Whether a line of the bytes begins with `@data`. */
function hasData(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(AT); at >= 0; at = bytes.indexOf(AT, at + 1)) {
    const word = String.fromCharCode(...bytes.subarray(at, at + 5)).toLowerCase();
    if (word !== "@data") continue;
    let before = at - 1;
    while (before >= 0 && (bytes[before] === 32 || bytes[before] === 9)) before--;
    if (before < 0 || isLineEnd(bytes[before] as number) || before === 2) return true;
  }
  return false;
}

const AT = 64;
