/**
 * A data set as ARFF text, dense or sparse as it is in memory. Reading the text gives the data set back: names are
 * quoted where they must be, numbers take the fewest digits that give the same float32, and `-C -n` in the relation
 * tells where the labels are.
 */

import { UsageError } from "../../errors.ts";
import type { Dataset, DenseMatrix, Feature, SparseMatrix } from "../dataset.ts";
import { featureCodes, isOneHot, width } from "./columns.ts";

/**
 * ARFF text with the features as declared and the labels, `{0,1}`, as the last columns.
 * @throws UsageError for a value that such a file can't hold: not finite, or none of a nominal feature's values (a data
 * set that was scaled, say).
 */
export function printArff(dataset: Dataset): string {
  const { name, declared, features, labelNames } = dataset;
  const lines = [`@relation ${quote(`${name}: -C -${labelNames.length}`)}`, ""];
  for (const { name, categories } of declared) {
    lines.push(`@attribute ${quote(name)} ${categories ? `{${categories.map(quote).join(",")}}` : "numeric"}`);
  }
  for (const name of labelNames) lines.push(`@attribute ${quote(name)} {0,1}`);
  lines.push("", "@data");
  const cells = cellsOf(declared);
  for (let i = 0; i < features.rows; i++) {
    lines.push(
      features.kind === "dense" ? denseRow(dataset, features, cells, i) : sparseRow(dataset, features, cells, i),
    );
  }
  return lines.join("\n") + "\n";
}

function denseRow(
  { labels }: Dataset,
  { values, columns }: DenseMatrix,
  cells: readonly PrintedFeature[],
  i: number,
): string {
  const row = values.subarray(i * columns, (i + 1) * columns);
  const printed = cells.map((cell) => cell.print(row.subarray(cell.column, cell.column + cell.width)).text);
  for (let j = 0; j < labels.columns; j++) printed.push(String(labels.values[i * labels.columns + j]));
  return printed.join(",");
}

function sparseRow({ labels }: Dataset, matrix: SparseMatrix, cells: readonly PrintedFeature[], i: number): string {
  const printed: string[] = [];
  let entry = matrix.offsets[i] as number;
  const end = matrix.offsets[i + 1] as number;
  const next = (): number => (entry < end ? (matrix.indices[entry] as number) : Number.POSITIVE_INFINITY);
  cells.forEach(({ column, width, zeroMeansFirst, print }, a) => {
    if (zeroMeansFirst && next() > column) return;
    const values = new Float32Array(width);
    for (; next() < column + width; entry++) values[next() - column] = matrix.values[entry] as number;
    const { text, first } = print(values);
    if (!first) printed.push(`${a} ${text}`);
  });
  for (let j = 0; j < labels.columns; j++) {
    if (labels.values[i * labels.columns + j] === 1) printed.push(`${cells.length + j} 1`);
  }
  return `{${printed.join(",")}}`;
}

/** How a feature's column(s) are printed; `first`: as 0 or the first value, which a sparse row leaves out. */
interface PrintedFeature {
  readonly column: number;
  readonly width: number;
  /** Whether columns of zeros stand for 0 or the first value. */
  readonly zeroMeansFirst: boolean;
  readonly print: (values: Float32Array) => { readonly text: string; readonly first: boolean };
}

function cellsOf(declared: readonly Feature[]): PrintedFeature[] {
  let column = 0;
  return declared.map((feature) => {
    const cell = cellOf(feature, column);
    column += cell.width;
    return cell;
  });
}

function cellOf(feature: Feature, column: number): PrintedFeature {
  const { name, categories } = feature;
  if (categories === undefined) {
    const print: PrintedFeature["print"] = ([value = 0]) => ({ text: printFloat32(value), first: value === 0 });
    return { column, width: 1, zeroMeansFirst: true, print };
  }
  const texts = categories.map(quote);
  const codes = isOneHot(feature) ? undefined : featureCodes(categories);
  const print: PrintedFeature["print"] = (values) => {
    const index = codes ? codes.indexOf(values[0] as number) : values.indexOf(1);
    const text = texts[index];
    if (text !== undefined) return { text, first: index === 0 };
    throw new UsageError(
      `${JSON.stringify(name)} holds none of its values in a row: expected data as read from a file`,
    );
  };
  return { column, width: width(feature), zeroMeansFirst: codes?.[0] === 0, print };
}

/** The shortest decimal that reads back as the same float32: nine digits always do. */
export function printFloat32(value: number): string {
  if (!Number.isFinite(value))
    throw new UsageError(`a data set that holds ${value} can't be written: expected finite values`);
  if (Object.is(value, -0)) return "-0";
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 24) return String(value);
  let shortest = value;
  for (let digits = 1; digits <= 9; digits++) {
    shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) break;
  }
  return String(shortest);
}

const PLAIN = /^[\p{L}\p{N}_.+\-/:;=()[\]#$&*<>^~|!]+$/u;

/**
 * A name or value as ARFF wants it: quoted unless it is plain, with escapes for quotes, backslashes and control
 * characters.
 */
function quote(text: string): string {
  if (PLAIN.test(text)) return text;
  const escaped = text.replace(/['\\]/g, "\\$&").replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, (character) => {
    return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
  });
  return `'${escaped}'`;
}
