/**
 * How the attributes of a file become columns of the feature and label matrices. A numeric feature is one column. A
 * nominal one with at most two values is one column of 0 and 1: the value itself where the values are the numbers 0 and
 * 1, else its place in the declaration. One with more values becomes one column a value ("one-hot"), named
 * `feature=value`.
 */

import type { Feature } from "../dataset.ts";

/** Whether the feature takes one column for each of its values. */
export function isOneHot(feature: Feature): boolean {
  return (feature.categories?.length ?? 0) > 2;
}

/** Number of columns that the feature takes. */
export function width(feature: Feature): number {
  return isOneHot(feature) ? (feature.categories?.length ?? 1) : 1;
}

/** One name for each column of the feature matrix. */
export function columnNames(features: readonly Feature[]): string[] {
  return features.flatMap((feature) =>
    isOneHot(feature) ? (feature.categories ?? []).map((value) => `${feature.name}=${value}`) : [feature.name],
  );
}

/**
 * The first two features of which one column each has the same name: a numeric `color=red` beside the value red of
 * color. Undefined where all names differ.
 */
export function sameColumnName(features: readonly Feature[]): readonly [Feature, Feature, string] | undefined {
  if (!features.some(isOneHot)) return undefined;
  const owners = new Map<string, Feature>();
  for (const feature of features) {
    for (const name of columnNames([feature])) {
      const other = owners.get(name);
      if (other) return [other, feature, name];
      owners.set(name, feature);
    }
  }
  return undefined;
}

/** What a nominal feature of at most two values is in its column, value by value. */
export function featureCodes(categories: readonly string[]): Float32Array {
  const numbers = categories.every((value) => value === "0" || value === "1");
  return Float32Array.from(categories, (value, index) => (numbers ? Number(value) : index));
}

/** The pairs of words for "has not the label" and "has it", in any case. */
const labelWords = new Map([
  ["0", "1"],
  ["-1", "1"],
  ["no", "yes"],
  ["n", "y"],
  ["false", "true"],
  ["f", "t"],
  ["off", "on"],
  ["negative", "positive"],
  ["absent", "present"],
]);

/** The pairs, for messages. */
export const labelPairs = [...labelWords].map(([without, having]) => `{${without},${having}}`).join(", ");

/** Lower case; a number without signs that say nothing, as in 1.0. */
function labelWord(text: string): string {
  return /^[+-]?\d{1,9}(\.0*)?$/.test(text) ? String(Number(text) + 0) : text.toLowerCase();
}

/** 0 or 1 for each of a label's two values, in any order; undefined where they are no pair that is known. */
export function labelCodes(categories: readonly string[]): Float32Array | undefined {
  const [first = "", second = ""] = categories.map(labelWord);
  if (categories.length !== 2) return undefined;
  if (labelWords.get(first) === second) return Float32Array.of(0, 1);
  return labelWords.get(second) === first ? Float32Array.of(1, 0) : undefined;
}

const positiveWords = new Set(labelWords.values());

/** 0 or 1 for one of the words, in any case; undefined for other text. */
export function labelCode(word: string): number | undefined {
  const text = labelWord(word);
  if (positiveWords.has(text)) return 1;
  return labelWords.has(text) ? 0 : undefined;
}
