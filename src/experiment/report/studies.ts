/**
 * A study: the groups that have model and condition in common, one for each data set. What the authors of the
 * decomposition compare is found here by the names of arms: A0 to A8.
 */

import type { Cell } from "../cell.ts";
import { mean } from "../statistics/statistics.ts";
import type { Group } from "./treatments.ts";

export interface Study {
  readonly model: string;
  readonly condition: string;
  readonly groups: readonly Group[];
  /** All names, the baseline first. */
  readonly treatments: readonly string[];
}

export function studiesOf(groups: readonly Group[]): readonly Study[] {
  const studies = new Map<string, Group[]>();
  for (const group of groups) {
    const key = JSON.stringify([group.model, group.condition]);
    studies.set(key, [...(studies.get(key) ?? []), group]);
  }
  return [...studies.values()].map((own) => ({
    model: own[0].model,
    condition: own[0].condition,
    groups: own,
    treatments: [...new Set(own.flatMap(({ treatments }) => treatments.map(({ name }) => name)))],
  }));
}

export const studyName = ({ model, condition }: Pick<Study, "model" | "condition">): string =>
  condition === "" ? model : `${model}, ${condition}`;

/** The arm of the decomposition that a treatment is, by the beginning of its name: "A6", "A6 adaptive". */
export function armOf(treatment: string): number | undefined {
  const found = /^A([0-8])(?![A-Za-z0-9])/.exec(treatment);
  return found ? Number(found[1]) : undefined;
}

/** What each step of the decomposition adds; A0 to A6 add up to the whole (algorithm.md, section 8). */
export const stepNames: readonly string[] = [
  "published baseline",
  "weight decay and warm-up of the rate",
  "shuffled rows",
  "full last batch",
  "rows drawn afresh",
  "hard rows preferred",
  "imbalance weights",
];

/** The treatment of each arm A0 to A8 that the study has. */
export function armsOf({ treatments }: Pick<Study, "treatments">): ReadonlyMap<number, string> {
  return new Map(
    treatments.flatMap((name) => {
      const arm = armOf(name);
      return arm === undefined ? [] : [[arm, name] as const];
    }),
  );
}

/** The treatment and the reference that a report leads with. */
export interface LeadingPair {
  readonly treatment: string;
  readonly reference: string;
}

/**
 * The contrast that a study is about: A6 - A4 where both are there; else the first treatment of another sampler than
 * the baseline's, that with the baseline's own settings before others; else the first treatment.
 */
export function primaryOf(study: Pick<Study, "treatments" | "groups">): LeadingPair | undefined {
  const arms = armsOf(study);
  const [method, control] = [arms.get(6), arms.get(4)];
  if (method !== undefined && control !== undefined) return { treatment: method, reference: control };
  const [reference, ...others] = study.treatments;
  if (others.length === 0) return undefined;
  const samplers = new Map(
    study.groups.flatMap(({ treatments }) => treatments.map(({ name, sampler }) => [name, sampler] as const)),
  );
  const settingsOf = (name: string): string => {
    const sampler = samplers.get(name) ?? "";
    return name.startsWith(sampler) ? name.slice(sampler.length) : name;
  };
  const selecting = others.filter((name) => samplers.get(name) !== samplers.get(reference));
  const alike = selecting.find((name) => settingsOf(name) === settingsOf(reference));
  return { treatment: alike ?? selecting[0] ?? others[0], reference };
}

/** Test rows / training rows: as the cells say, else as k folds have it; 0 for a single fold. */
export function testToTrainOf({ treatments }: Pick<Group, "treatments">): number {
  const cells = treatments.flatMap((treatment) => [...treatment.cells.values()]);
  const folds = new Set(cells.map(({ key }) => key.fold)).size;
  return folds > 1 ? shareOfTestRows(cells, folds) : 0;
}

function shareOfTestRows(cells: readonly Cell[], seenFolds: number): number {
  const ratios = cells.flatMap(({ rows }) => (rows && rows.train > 0 ? rows.test / rows.train : []));
  if (ratios.length === cells.length) return mean(ratios);
  const declared = cells[0].settings.folds;
  const folds = typeof declared === "number" && declared > seenFolds ? declared : seenFolds;
  return 1 / (folds - 1);
}
