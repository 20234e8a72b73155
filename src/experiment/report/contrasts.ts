/**
 * Which treatments are compared with which, on every data set and over them: each treatment with the baseline, and the
 * one contrast that the report leads with. Families for Holm's adjustment are made here, and nowhere else.
 */
import { asFamily, type Comparison, compareOnDataSet, compareOverDataSets, type Rules } from "./comparison.ts";
import { type Outcome, scoreOf } from "./outcomes.ts";
import { type Study, testToTrainOf } from "./studies.ts";
import type { Treatment } from "./treatments.ts";

/** A treatment against a reference in one outcome. */
export interface Contrast {
  readonly treatment: string;
  readonly reference: string;
  readonly outcome: Outcome;
  readonly perDataSet: readonly { readonly data: string; readonly comparison: Comparison }[];
  /** Null for a single data set. */
  readonly overDataSets: Comparison | null;
}

/** A study with all that is compared in it. */
export interface AnalysedStudy {
  readonly study: Study;
  /** Each treatment against the baseline. */
  readonly contrasts: readonly Contrast[];
  /** The contrast that the report leads with, by outcome; its family are the data sets. */
  readonly primary: readonly Contrast[];
}

/** Differences by (fold, seed) of pairs that have both values; never across data sets. */
export function pairedValues(treatment: Treatment, reference: Treatment, outcome: Outcome): readonly number[] {
  return [...treatment.cells].flatMap(([pair, cell]) => {
    const other = reference.cells.get(pair);
    const value = scoreOf(cell, outcome);
    const base = other ? scoreOf(other, outcome) : null;
    return value === null || base === null ? [] : [value - base];
  });
}

/** One treatment against another in a study; without adjustment. Null where no data set has both. */
export function contrast(
  { groups }: Study,
  treatment: string,
  reference: string,
  outcome: Outcome,
  rules: Rules,
): Contrast | null {
  const perDataSet = groups.flatMap((group) => {
    const [own, other] = [treatment, reference].map((name) =>
      group.treatments.find((candidate) => candidate.name === name),
    );
    if (!own || !other) return [];
    const differences = pairedValues(own, other, outcome);
    if (differences.length === 0) return [];
    return [{ data: group.data, comparison: compareOnDataSet(differences, outcome, rules, testToTrainOf(group)) }];
  });
  if (perDataSet.length === 0) return null;
  const means = perDataSet.map(({ comparison }) => comparison.mean);
  const overDataSets = means.length < 2 ? null : compareOverDataSets(means, outcome, rules);
  return { treatment, reference, outcome, perDataSet, overDataSets };
}

/**
 * Every treatment against the baseline. A family is all treatments and data sets of one study and outcome; over data
 * sets, all treatments of one study and outcome.
 */
export function againstBaseline(study: Study, outcomes: readonly Outcome[], rules: Rules): readonly Contrast[] {
  const [baseline, ...others] = study.treatments;
  return outcomes.flatMap((outcome) => {
    const contrasts = others.flatMap((name) => contrast(study, name, baseline, outcome, rules) ?? []);
    return adjusted(contrasts, rules);
  });
}

/** The contrasts with their p-values adjusted as one family. */
export function adjusted(contrasts: readonly Contrast[], { alpha }: Rules): readonly Contrast[] {
  const single = contrasts.flatMap(({ perDataSet, outcome }) =>
    perDataSet.map(({ comparison }) => ({ comparison, outcome })),
  );
  const over = contrasts.flatMap(({ overDataSets, outcome }) =>
    overDataSets ? [{ comparison: overDataSets, outcome }] : [],
  );
  const family = (members: readonly { readonly comparison: Comparison; readonly outcome: Outcome }[]) =>
    asFamily(
      members.map(({ comparison }) => comparison),
      members.map(({ outcome }) => outcome),
      alpha,
    )[Symbol.iterator]();
  const [ofSingle, ofOver] = [family(single), family(over)];
  const next = (comparisons: Iterator<Comparison>, old: Comparison): Comparison => {
    const { value, done } = comparisons.next();
    return done ? old : value;
  };
  return contrasts.map((own) => ({
    ...own,
    perDataSet: own.perDataSet.map(({ data, comparison }) => ({ data, comparison: next(ofSingle, comparison) })),
    overDataSets: own.overDataSets && next(ofOver, own.overDataSets),
  }));
}
