/**
 * Which cells are repetitions of the same thing: cells are grouped by data set and model, and in a group by sampler
 * and settings. What differs without being compared is noted, so that no table mixes runs in silence.
 */
import { type Cell, canonicalJson } from "../cell.ts";
import { armNames } from "./arm-names.ts";
import { besidesKey, byPair, flatten, groupBy } from "./grouping.ts";

/** A sampler with its settings, or an arm of a study. */
export interface Treatment {
  /**
   * The arm; else the sampler, with the settings that tell it apart where it ran with several: `adaptive pressure=16`.
   */
  readonly name: string;
  readonly sampler: string;
  /** By fold and seed. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface Group {
  /** The data set; with the beginning of its fingerprint where two of that name are there. */
  readonly data: string;
  readonly model: string;
  /** Settings in which cells of one arm differ, such as two budgets: `epochs=100 learningRate=0.0001`; else empty. */
  readonly condition: string;
  /** The baseline first. */
  readonly treatments: readonly Treatment[];
}

/** What a group is called. */
export const placeOf = ({ data, model, condition }: Pick<Group, "data" | "model" | "condition">): string =>
  [data, model, ...(condition === "" ? [] : [condition])].join(", ");

/**
 * @param order samplers or arms in the order wanted; the others follow by the place of their arm, then as they appear.
 */
export function groupCells(
  cells: readonly Cell[],
  order: readonly string[],
): { readonly groups: readonly Group[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const nameOfData = dataNames(cells);
  const conditionOf = conditions(cells, nameOfData);
  const models = [...groupBy(cells, (cell) => canonicalJson([nameOfData(cell), cell.key.model])).values()];
  const groups = models.flatMap((ofModel) => {
    return [...groupBy(ofModel, conditionOf)].map(([condition, own]) => {
      const { treatments, merged } = treatmentsOf(own, order);
      const group = { data: nameOfData(own[0]), model: own[0].key.model, condition, treatments };
      const place = placeOf(group);
      const kept = treatments.reduce((sum, treatment) => sum + treatment.cells.size, 0);
      if (kept < own.length)
        notes.push(`${place}: cells that ran more than once: ${own.length - kept}; the last run counts`);
      notes.push(...missingPairs(treatments, place), ...unlikeSettings(treatments, place), ...alike(treatments, place));
      notes.push(...merged.map((sentence) => `${place}: ${sentence}`));
      return group;
    });
  });
  return { groups, notes };
}

/**
 * Data sets are told apart by their fingerprints, never paired across them. A fingerprint that changes with the seed
 * alone is one data set made anew for each seed.
 */
function dataNames(cells: readonly Cell[]): (cell: Cell) => string {
  const fingerprintOf = ({ settings }: Cell): string =>
    typeof settings.fingerprint === "string" ? settings.fingerprint : "";
  const perSeed = groupBy(cells, ({ key }) => canonicalJson([key.data, key.seed]));
  const several = new Set(
    [...perSeed.values()].filter((own) => new Set(own.map(fingerprintOf)).size > 1).map(([{ key }]) => key.data),
  );
  return (cell) =>
    several.has(cell.key.data)
      ? `${cell.key.data} (fingerprint ${fingerprintOf(cell).slice(0, 8) || "unknown"})`
      : cell.key.data;
}

/**
 * For each cell the settings in which cells of one arm differ on any data set of its model. A data set that has run
 * under one of two budgets belongs with the others under that budget.
 */
function conditions(cells: readonly Cell[], nameOfData: (cell: Cell) => string): (cell: Cell) => string {
  const differing = new Map<string, Set<string>>();
  const arms = groupBy(
    cells.filter(({ arm }) => arm !== undefined),
    (cell) => canonicalJson([cell.key.model, nameOfData(cell), cell.arm?.name]),
  );
  for (const own of arms.values()) {
    const settings = own.map((cell) => new Map(flatten(besidesKey(cell))));
    const names = [...new Set(settings.flatMap((setting) => [...setting.keys()]))].filter(
      (name) => name !== "fingerprint",
    );
    const ofModel = differing.get(own[0].key.model) ?? new Set<string>();
    for (const name of names) if (new Set(settings.map((setting) => setting.get(name))).size > 1) ofModel.add(name);
    differing.set(own[0].key.model, ofModel);
  }
  return (cell) => {
    const names = [...(differing.get(cell.key.model) ?? [])].sort();
    return names.length === 0 ? "" : label(new Map(flatten(besidesKey(cell))), names, true);
  };
}

/** The treatments of a group in their order, and a sentence on each arm that goes by several names. */
function treatmentsOf(
  cells: readonly Cell[],
  order: readonly string[],
): { readonly treatments: readonly Treatment[]; readonly merged: readonly string[] } {
  const { nameOf, merged } = armNames(cells, order);
  const byName = groupBy(cells, nameOf);
  const placeOfArm = (name: string): number =>
    Math.min(...(byName.get(name) ?? []).map(({ arm }) => arm?.place ?? Number.MAX_SAFE_INTEGER));
  const rest = [...byName.keys()].sort((a, b) => placeOfArm(a) - placeOfArm(b));
  const names = [...new Set([...order.filter((name) => byName.has(name)), ...rest])];
  const treatments = names.flatMap((name) => {
    const own = byName.get(name) ?? [];
    if (own[0].arm === undefined) return variants(name, own);
    return [{ name, sampler: own[0].key.sampler, cells: byPair(own) }];
  });
  return { treatments, merged };
}

/** One treatment for each distinct settings of a sampler, in the order in which they appear. */
function variants(sampler: string, cells: readonly Cell[]): readonly Treatment[] {
  const groups = [...groupBy(cells, (cell) => canonicalJson(besidesKey(cell))).values()];
  const settings = groups.map(([first]) => new Map(flatten(besidesKey(first))));
  const names = new Set(settings.flatMap((own) => [...own.keys()]));
  const differing = [...names].filter((name) => new Set(settings.map((own) => own.get(name))).size > 1);
  const labels = settings.map((own) => label(own, differing, true));
  const distinct = new Set(labels).size === labels.length;
  return groups.map((own, index) => ({
    name: [sampler, distinct ? labels[index] : label(settings[index], differing, false)].join(" ").trim(),
    sampler,
    cells: byPair(own),
  }));
}

/** `pressure=16 refresh=batch`; not short: with the whole path and the value as JSON. */
function label(settings: ReadonlyMap<string, string>, names: readonly string[], short: boolean): string {
  const parts = names.flatMap((name) => {
    const value = settings.get(name);
    if (value === undefined) return [];
    return [short ? `${name.replace(/^.*\./, "")}=${value.replaceAll('"', "")}` : `${name}=${value}`];
  });
  return parts.length > 0 || names.length === 0 ? parts.join(" ") : "(default)";
}

function missingPairs(treatments: readonly Treatment[], place: string): readonly string[] {
  const pairs = new Set(treatments.flatMap(({ cells }) => [...cells.keys()]));
  return treatments
    .filter(({ cells }) => cells.size < pairs.size)
    .map(({ name, cells }) => `${place}: ${name} has ${cells.size} of ${pairs.size} cells; only pairs are compared`);
}

/** Settings that two samplers both have, with different values: then it isn't the samplers alone that differ. */
function unlikeSettings(treatments: readonly Treatment[], place: string): readonly string[] {
  const values = new Map<string, Map<string, Set<string>>>();
  for (const { sampler, cells } of treatments) {
    const [first] = cells.values();
    for (const [name, value] of flatten(besidesKey(first))) {
      const bySampler = values.get(name) ?? new Map<string, Set<string>>();
      values.set(name, bySampler.set(sampler, (bySampler.get(sampler) ?? new Set()).add(value)));
    }
  }
  const said = [...values].flatMap(([name, bySampler]) => {
    const sets = [...bySampler].map(([sampler, own]) => ({ sampler, text: [...own].sort().join(" or ") }));
    if (new Set(sets.map(({ text }) => text)).size < 2) return [];
    return [`${name} (${sets.map(({ sampler, text }) => `${sampler} ${text}`).join(", ")})`];
  });
  return said.length === 0 ? [] : [`${place}: the samplers differ in other settings too: ${said.join("; ")}`];
}

/**
 * Treatments whose every epoch was the baseline's: theirs was all warm-up, most likely. What differs in the threshold
 * is meant to train alike.
 */
function alike([baseline, ...others]: readonly Treatment[], place: string): readonly string[] {
  const losses = ({ history, settings }: Cell): string =>
    [String(settings.threshold), ...history.map(({ loss }) => loss)].join(" ");
  return others.flatMap(({ name, cells }) => {
    const same = [...cells].every(([pair, cell]) => {
      const other = baseline.cells.get(pair);
      return other !== undefined && cell.history.length > 0 && losses(cell) === losses(other);
    });
    if (!same) return [];
    return [`${place}: ${name} went as ${baseline.name} in every epoch; warm-up may have lasted to the end`];
  });
}
