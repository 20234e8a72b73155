/** Columns of data found by their names: those that were fitted before, wherever they stand now. */
import { UsageError } from "../../errors.ts";
import type { Dataset, LabelMatrix } from "../dataset.ts";
import { selectLabelColumns } from "../labels.ts";
import { hint } from "../near-match.ts";

/** Where each wanted name stands: at its own place where it is there, else wherever the name is found. */
export function locate(
  kind: string,
  wanted: readonly string[],
  hints: readonly number[],
  present: readonly string[],
): number[] {
  if (wanted.every((name, i) => present[hints[i]] === name)) return [...hints];
  const places = new Map(present.map((name, place) => [name, place]));
  const missing = wanted.filter((name) => !places.has(name));
  if (missing.length > 0) {
    const some = missing.slice(0, 3).map((name) => JSON.stringify(name));
    const list = some.join(", ") + (missing.length > 3 ? ", ..." : "");
    // What is wanted itself was not meant by another name.
    const known = new Set(wanted);
    const near = hint(
      missing[0],
      present.filter((name) => !known.has(name)),
    );
    throw new UsageError(`the data lack ${missing.length} of the ${wanted.length} ${kind} wanted: ${list}${near}`);
  }
  return wanted.map((name) => places.get(name) ?? 0);
}

/** `[rows, names]` labels by name. @throws UsageError for a missing one */
export function labelsNamed({ labels, labelNames }: Dataset, names: readonly string[]): LabelMatrix {
  return selectLabelColumns(labels, locate("labels", names, Array.from(names.keys()), labelNames));
}
