/** What the arms of a group are called, where cells of several studies are in one file. */
import { type Cell, canonicalJson } from "../cell.ts";
import { counted } from "./figures.ts";
import { besidesKey, byPair, groupBy } from "./grouping.ts";

/**
 * The arm of each cell. A cell keeps the name that it ran under, and a later study that asks for the same settings
 * under another name finds it done: arms of equal settings that share no pair of fold and seed are one arm. It goes by
 * the name asked for, else by the one of most cells, of the first place, of the alphabet.
 */
export function armNames(
  cells: readonly Cell[],
  order: readonly string[],
): { readonly nameOf: (cell: Cell) => string; readonly merged: readonly string[] } {
  const ownName = ({ arm, key }: Cell): string => arm?.name ?? key.sampler;
  const named = cells.filter(({ arm }) => arm !== undefined);
  const arms = [...groupBy(named, ownName)].map(([name, own]) => ({ name, own, place: own[0].arm?.place ?? 0 }));
  const asked = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = new Map<string, string>();
  const merged: string[] = [];
  for (const alike of groupBy(arms, ({ own }) => settingsOf(own)).values()) {
    const pairs = alike.flatMap(({ own }) => [...byPair(own).keys()]);
    if (alike.length < 2 || new Set(pairs).size < pairs.length) continue;
    const [first, ...others] = [...alike].sort(
      (a, b) =>
        asked(a.name) - asked(b.name) || b.own.length - a.own.length || a.place - b.place || (a.name < b.name ? -1 : 1),
    );
    for (const { name } of others) names.set(name, first.name);
    const theirs = others.map(({ name, own }) => `the ${counted(own.length, "cell")} of ${name}`).join(" and ");
    merged.push(`${first.name} has ${theirs}, too: the settings are the same, on other folds or seeds`);
  }
  return { nameOf: (cell) => names.get(ownName(cell)) ?? ownName(cell), merged };
}

/** What the cells of an arm have in common; a data set made anew for each seed has a fingerprint for each. */
function settingsOf(cells: readonly Cell[]): string {
  const own = cells.map((cell) => canonicalJson({ ...besidesKey(cell), fingerprint: undefined }));
  return canonicalJson([cells[0].key.sampler, [...new Set(own)].sort()]);
}
