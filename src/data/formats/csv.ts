/**
 * Tables of numbers as CSV: a header line of column names, then rows of numbers, fields in double quotes or not. The
 * separator is the first of comma, semicolon and tab in the header. Text is read where it is wanted: as the values of a
 * nominal column of data that were read before, or as the rows' names. There are no other nominal columns: ARFF can
 * declare them.
 */

import { UsageError } from "../../errors.ts";
import type { Dataset, Feature } from "../dataset.ts";
import { type LabelSelection, markLabels } from "../preparation/label-selection.ts";
import { Allowance } from "./allowance.ts";
import { bounds } from "./bounds.ts";
import { type ChosenColumns, type ColumnOptions, chooseColumns } from "./chosen-columns.ts";
import { columnNames } from "./columns.ts";
import { type CsvPlan, csvRows, planFields } from "./csv-rows.ts";
import { countCsvRows, findSeparator, lastRowEnd, readHeader } from "./csv-text.ts";
import { type FileReader, readWhole, type Start } from "./pieces.ts";
import type { RowReader } from "./row-reader.ts";
import type { Scanner } from "./scanner.ts";

/** Options of `parseCsv`. */
export interface CsvOptions extends ColumnOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Which columns are labels; needed where no columns are wanted by name. */
  readonly labels?: LabelSelection;
  /** Whether the first line holds names (default); else the columns are called column1, column2, ... */
  readonly header?: boolean;
}

/**
 * Reads a CSV file into dense features. Labels are 0 or 1, or words such as `true` and `no` in any case. Blank lines
 * are skipped; missing features are an error, or NaN where `missing` says so.
 * @param bytes the unpacked file, UTF-8.
 * @throws DataError with line and column of the first fault. @throws UsageError for labels that the file has no room
 * for.
 */
export function parseCsv(bytes: Uint8Array, options: CsvOptions): Dataset {
  return readWhole(bytes, options.file, csvReader(options));
}

interface Header {
  readonly start: Start;
  readonly names: readonly string[];
  readonly chosen: ChosenColumns;
  readonly plan: CsvPlan;
}

/** Reads a CSV file piece by piece; the first piece holds the header. */
export function csvReader(options: CsvOptions): FileReader {
  const { file } = options;
  let header: Header | undefined;
  let rows = 0;
  let reader: RowReader | undefined;
  return {
    expected: "a header line with the names of the columns",
    cut: (bytes) => lastRowEnd(bytes, header?.plan.separator),
    longest: () => bounds.lineBytes,
    survey(piece) {
      header ??= surveyHeader(piece, options);
      rows += countCsvRows(piece, header.plan.separator);
    },
    begin(last, bytes) {
      if (rows === 0)
        throw last.error(last.bytes.length, "no rows: expected some after the header; the file may be cut off");
      const { plan, start } = header as Header;
      reader = csvRows(plan, rows, bytes - start.at, new Allowance(file, bytes));
      return start;
    },
    read: (piece) => reader?.read(piece),
    finish() {
      const { chosen, names } = header as Header;
      const numeric = (column: number): Feature => ({ name: names[column] as string, kind: "numeric" });
      const declared = options.wanted?.features ?? chosen.features.map(numeric);
      return {
        name: options.name ?? file,
        declared,
        featureNames: columnNames(declared),
        labelNames: chosen.labels.map((column) => names[column] as string),
        ...(reader as RowReader).finish(),
      };
    },
  };
}

function surveyHeader(piece: Scanner, options: CsvOptions): Header {
  const { file, labels } = options;
  const separator = findSeparator(piece);
  const { names, open } = readHeader(piece, separator, options.header !== false);
  const select = (left: readonly string[]): Uint8Array => {
    if (labels === undefined) throw new UsageError(`labels of ${file}: expected their number, as in 6:end`);
    return markLabels(labels, left, file, (message) => new UsageError(`labels of ${file}: ${message}`));
  };
  const chosen = chooseColumns(names, file, select, options);
  const { line = 1 } = piece.place(piece.position);
  return {
    start: { at: piece.position, line },
    names,
    chosen,
    plan: planFields(names, chosen, options, separator, open),
  };
}
