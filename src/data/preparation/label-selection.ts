/**
 * Which attributes of a file are its labels: named by a Mulan XML file, counted from one end by the caller, or counted
 * by MEKA's `-C n` in the relation's name. Reads no values.
 */

import { DataError, type Place, quoted, UsageError } from "../../errors.ts";
import { hint } from "../near-match.ts";

/** A label that a file names, and where it does, worked out when asked. */
export interface NamedLabel {
  readonly name: string;
  /** Where the name stands, for messages. */
  readonly place: () => Place;
}

/** Labels by name, wherever they stand. */
export interface LabelsByName {
  readonly kind: "names";
  readonly labels: readonly NamedLabel[];
}

/** The first or the last `count` columns. */
export interface LabelsByPosition {
  readonly kind: "position";
  readonly count: number;
  readonly at: "start" | "end";
}

/** Which columns are the labels. */
export type LabelSelection = LabelsByName | LabelsByPosition;

/**
 * Reads `N`, `N:start` or `N:end`; without a side the labels are the last columns. @throws UsageError for other text.
 */
export function parseLabelPosition(text: string): LabelsByPosition {
  const match = /^(\d+)(?::(start|end))?$/.exec(text.trim());
  const count = Number(match?.[1]);
  if (!match || !(count >= 1 && count <= 2 ** 31)) {
    throw new UsageError(
      `labels ${JSON.stringify(text)}: expected their number, as in 6, 6:start or 6:end (the default side is end)`,
    );
  }
  return { kind: "position", count, at: match[2] === "start" ? "start" : "end" };
}

/** MEKA's option in the relation's name, `'Music: -C 6'`: the first n attributes, or with a minus sign the last n. */
export function mekaLabelPosition(relation: string): LabelsByPosition | undefined {
  // The options are the end of the name, so the last one counts; Weka appends the names of its filters without a blank.
  const option = [...relation.matchAll(/(?:^|[\s:])-C\s+(-?\d+)(?=\s|$|-[A-Za-z])/g)].at(-1);
  const count = Number(option?.[1] ?? 0);
  if (count === 0) return undefined;
  return { kind: "position", count: Math.abs(count), at: count < 0 ? "end" : "start" };
}

/**
 * Marks the label columns with 1. `fault` makes the error for a count that does not fit; the selection's origin decides
 * whether that is the file's mistake or the caller's.
 * @throws DataError at the XML's label that no column is named after.
 */
export function markLabels(
  selection: LabelSelection,
  columns: readonly string[],
  file: string,
  fault: (message: string) => Error,
): Uint8Array {
  const marks = new Uint8Array(columns.length);
  if (selection.kind === "position") {
    const { count, at } = selection;
    if (count >= columns.length) {
      throw fault(
        `${count} labels, but the file has ${columns.length} columns: expected at most ${columns.length - 1}, so that a feature is left`,
      );
    }
    return at === "start" ? marks.fill(1, 0, count) : marks.fill(1, columns.length - count);
  }
  const positions = new Map(columns.map((name, column) => [name, column]));
  for (const { name, place } of selection.labels) {
    const column = positions.get(name);
    if (column === undefined) {
      throw new DataError(
        place(),
        `the label ${quoted(name)} is not a column of ${file}: expected the same names${hint(name, columns)}`,
      );
    }
    marks[column] = 1;
  }
  if (!marks.includes(0)) throw fault("every column is a label: expected at least one feature");
  return marks;
}
