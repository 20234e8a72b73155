/** Cells put side by side: by any key, by fold and seed, and by the settings in which they differ. */
import { type Cell, canonicalJson } from "../cell.ts";

/**
 * In the order of seeds and folds, whatever that of the cells: sums then round alike. Of a pair's cells the last one
 * counts.
 */
export const byPair = (cells: readonly Cell[]): ReadonlyMap<string, Cell> =>
  new Map(
    [...cells]
      .sort((a, b) => a.key.seed - b.key.seed || a.key.fold - b.key.fold)
      .map((cell) => [`${cell.key.fold} ${cell.key.seed}`, cell]),
  );

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The settings without what the key says already: a seed among them must not set repetitions apart. */
export function besidesKey({ key, settings }: Pick<Cell, "key" | "settings">): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !Object.hasOwn(key, name)));
}

/** Settings with nested objects spelled out: `optimiser.learningRate` and so on, values as JSON. */
export function flatten(value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] {
  const object = typeof value === "object" && value !== null && !Array.isArray(value);
  if (object && (path.length === 0 || Object.keys(value).length > 0)) {
    return Object.entries(value).flatMap(([key, item]) => flatten(item, [...path, key]));
  }
  return value === undefined ? [] : [[path.join("."), canonicalJson(value)]];
}
