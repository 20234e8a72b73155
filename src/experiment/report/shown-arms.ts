/**
 * Figures of many arms draw some of them: no eye tells forty lines apart, and a page with all of them is too large to
 * be sent. The baseline and the arms of the leading contrast are always there, then those of the best mean score. What
 * is left out stands in the tables of section 8 and in the CSV and JSON forms.
 */
import { mean } from "../statistics/statistics.ts";
import { counted } from "./figures.ts";
import { firstMoments, type Outcome, outcomeText, scoreOf } from "./outcomes.ts";
import { primaryOf, type Study } from "./studies.ts";
import type { Group } from "./treatments.ts";

/** As many as there are colours, dashes and shapes. */
export const mostLines = 8;
/** Rows of a matrix that a page has room for. */
export const mostRows = 12;

export interface ShownArms {
  /** In their own order. */
  readonly names: readonly string[];
  /** What is left out and where it is; empty where nothing is. */
  readonly note: string;
}

export function shownArms(study: Study, outcomes: readonly Outcome[], most: number): ShownArms {
  const { treatments, groups } = study;
  const [outcome] = firstMoments(outcomes);
  if (treatments.length <= most || !outcome) return { names: treatments, note: "" };
  const contrast = primaryOf(study);
  const always = [treatments[0], ...(contrast ? [contrast.reference, contrast.treatment] : [])];
  const sign = outcome.direction === "higher" ? 1 : -1;
  const scores = new Map(treatments.map((name) => [name, sign * scoreOver(groups, name, outcome)]));
  const rank = (name: string): number =>
    always.includes(name) ? Number.POSITIVE_INFINITY : (scores.get(name) ?? Number.NEGATIVE_INFINITY);
  const best = [...treatments].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a))).slice(0, most);
  return {
    names: treatments.filter((name) => best.includes(name)),
    note: ` ${most} of ${counted(treatments.length, "arm")} are shown: the baseline, the leading contrast, and the best by ${outcomeText(outcome)}; all are in section 8 and in the CSV and JSON forms.`,
  };
}

/** Mean over the data sets that have the arm. */
function scoreOver(groups: readonly Group[], name: string, outcome: Outcome): number {
  const means = groups.flatMap(({ treatments }) => {
    const cells = [...(treatments.find((own) => own.name === name)?.cells.values() ?? [])];
    const values = cells.flatMap((cell) => scoreOf(cell, outcome) ?? []);
    return values.length === 0 ? [] : [mean(values)];
  });
  return means.length === 0 ? Number.NEGATIVE_INFINITY : mean(means);
}

/** The group with those arms alone. */
export const groupWith = (group: Group, { names }: ShownArms): Group => ({
  ...group,
  treatments: group.treatments.filter(({ name }) => names.includes(name)),
});
