/**
 * The multi-label form of LIBSVM's format, `1,3 5:0.2 7:1`: the row's labels, then ascending `index:value` pairs, with
 * `#` comments; and the same with a first line `rows features labels`, as the extreme classification repository writes
 * it.
 */

import { UsageError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { Allowance } from "./allowance.ts";
import { bounds } from "./bounds.ts";
import type { WantedColumns } from "./chosen-columns.ts";
import { countSigns, LibsvmRows, surveyRows } from "./libsvm-rows.ts";
import { mostColumns, Numbering } from "./numbering.ts";
import { type FileReader, lastLineEnd, readWhole, type Start } from "./pieces.ts";
import { isLineEnd, type Scanner } from "./scanner.ts";
import { sortRow } from "./sparse-row.ts";

/** Options of `parseLibsvm`. */
export interface LibsvmOptions {
  /** The file's path, for messages. */
  readonly file: string;
  /** The data set's name; the default is `file`. */
  readonly name?: string;
  /** Number of labels, where the last ones have no row; the default is by the largest that occurs. */
  readonly labels?: number;
  /** Only these columns are read, by the names that this reader gives; those that the file lacks are 0 everywhere. */
  readonly wanted?: WantedColumns;
}

/**
 * Reads a multi-label LIBSVM file into sparse features. Features count from 1 unless an index 0 occurs, labels likewise
 * and apart from them; both count from 0 in a file with a first line `rows features labels`. Names are `feature5` and
 * `label3`, with the file's numbers. A row without labels starts with its first pair, and a blank line before the last
 * row is a row without anything; so is one at the end that holds a blank, or that the first line counts.
 * @param bytes the unpacked file, UTF-8. @throws DataError with line and column of the first fault.
 * @throws UsageError for more labels than a file of this size may have.
 */
export function parseLibsvm(bytes: Uint8Array, options: LibsvmOptions): Dataset {
  return readWhole(bytes, options.file, libsvmReader(options));
}

/** Reads a LIBSVM file piece by piece. */
export function libsvmReader(options: LibsvmOptions): FileReader {
  const { file, wanted } = options;
  let start: Start | undefined;
  let sizes: Sizes | undefined;
  /** Blank lines that are rows only if another row follows. */
  const seen = { rows: 0, blank: 0, colons: 0, commas: 0 };
  let rows = 0;
  let read: LibsvmRows | undefined;
  let size = 0;
  return {
    expected: "LIBSVM rows such as 1,3 5:0.2 7:1",
    cut: lastLineEnd,
    longest: () => bounds.lineBytes,
    survey(piece) {
      if (!start) {
        sizes = readSizes(piece);
        start = { at: piece.position, line: piece.place(piece.position).line ?? 1 };
      }
      const signs = countSigns(piece);
      seen.colons += signs.colons;
      seen.commas += signs.commas;
      surveyRows(piece, seen);
    },
    begin(last, bytes) {
      if (options.labels !== undefined && options.labels > mostColumns(bytes))
        throw new UsageError(`labels of ${file}: expected at most ${mostColumns(bytes)} in a file of this size`);
      size = bytes;
      rows = sizes && seen.rows > 0 ? Math.max(seen.rows, Math.min(sizes.rows, seen.rows + seen.blank)) : seen.rows;
      if (rows === 0) throw last.error(last.bytes.length, "no rows: expected lines such as 1,3 5:0.2 7:1");
      if (sizes && sizes.rows !== rows)
        throw sizes.scanner.error(sizes.at, `${rows} rows in the file: expected ${sizes.rows}, as its first line says`);
      read = new LibsvmRows({
        rows,
        pairs: seen.colons,
        labelEntries: seen.commas + rows,
        features: new Numbering("feature", sizes?.features, sizes ? 0 : 1),
        labels: new Numbering("label", sizes?.labels ?? options.labels, sizes ? 0 : 1),
        allowance: new Allowance(file, bytes),
      });
      return start ?? { at: 0, line: 1 };
    },
    read: (piece) => read?.read(piece),
    finish: () => dataset(read as LibsvmRows, { ...options, bytes: size, ...(wanted && { wanted }) }),
  };
}

/** From rows of numbers to columns with names. */
function dataset(read: LibsvmRows, options: LibsvmOptions & { readonly bytes: number }): Dataset {
  const { file, wanted, bytes } = options;
  const { rows, features, labels } = read;
  // Nobody needs labels, or features that do not occur, where the columns are known from before.
  const columns = wanted ? undefined : features.finish(file);
  const entries = read.entries();
  const names = wanted
    ? byName(
        entries,
        wanted.features.map(({ name }) => name),
        (number) => `feature${number}`,
      )
    : byNumber(entries, columns ?? 0, features, bytes);
  const labelNames = wanted ? (wanted.labels ?? []) : labels.names(labels.finish(file));
  const labelPlaces = wanted && new Map(labelNames.map((name, place) => [name, place]));
  const values = read.labelMatrix(labelNames.length, (number) =>
    labelPlaces ? (labelPlaces.get(`label${number}`) ?? -1) : number - labels.base,
  );
  return {
    name: options.name ?? file,
    declared: wanted?.features ?? names.map((name) => ({ name, kind: "numeric" })),
    featureNames: names,
    features: {
      kind: "sparse",
      rows,
      columns: names.length,
      offsets: entries.offsets,
      indices: entries.indices,
      values: entries.values,
    },
    labelNames,
    labels: { rows, columns: labelNames.length, values },
  };
}

type Entries = ReturnType<LibsvmRows["entries"]>;

/** Turns the file's numbers into columns. Where there are too many, only those that occur become one. */
function byNumber(entries: Entries, columns: number, features: Numbering, bytes: number): string[] {
  const { indices } = entries;
  const { base } = features;
  if (columns <= mostColumns(bytes)) {
    if (base === 1) for (let e = 0; e < indices.length; e++) indices[e] = (indices[e] as number) - 1;
    return features.names(columns);
  }
  const occurring = Uint32Array.from(new Set(indices)).sort();
  const places = new Map([...occurring].map((number, place) => [number, place]));
  for (let e = 0; e < indices.length; e++) indices[e] = places.get(indices[e] as number) ?? 0;
  return Array.from(occurring, (number) => features.name(number - base));
}

/** Leaves of the entries those whose names are wanted, in the columns of `names`. */
function byName(entries: Entries, names: readonly string[], nameOf: (number: number) => string): string[] {
  const places = new Map(names.map((name, place) => [name, place]));
  const { indices, values, offsets } = entries;
  const known = new Map<number, number>();
  let size = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const from = row === 0 ? 0 : (entries.ends[row - 1] as number);
    const start = size;
    for (let e = from; e < (entries.ends[row] as number); e++) {
      const number = indices[e] as number;
      const place = known.get(number) ?? places.get(nameOf(number)) ?? -1;
      known.set(number, place);
      if (place < 0) continue;
      indices[size] = place;
      values[size++] = values[e] as number;
    }
    sortRow(indices, values, start, size);
    offsets[row + 1] = size;
  }
  entries.indices = indices.slice(0, size);
  entries.values = values.slice(0, size);
  return [...names];
}

interface Sizes {
  readonly scanner: Scanner;
  readonly at: number;
  readonly rows: number;
  readonly features: number;
  readonly labels: number;
}

/** A first line of three numbers, and no pair; moves behind it where there is one, else stays. */
function readSizes(scanner: Scanner): Sizes | undefined {
  const { bytes, position: start } = scanner;
  let at = start;
  while (at < bytes.length && (bytes[at] as number) <= 32) at++;
  let end = at;
  while (end < bytes.length && end < at + 64 && !isLineEnd(bytes[end] as number)) end++;
  const line = String.fromCharCode(...bytes.subarray(at, end));
  const numbers = /^(\d{1,10})[ \t]+(\d{1,10})[ \t]+(\d{1,10})[ \t]*$/.exec(line);
  if (!numbers) return undefined;
  const [rows = 0, features = 0, labels = 0] = numbers.slice(1).map(Number);
  if (features > bounds.columns || labels > bounds.labels) {
    throw scanner.error(
      at,
      `${features} features and ${labels} labels: expected at most ${bounds.columns} and ${bounds.labels}`,
    );
  }
  scanner.position = at;
  scanner.skipLine();
  return { scanner, at, rows, features, labels };
}
