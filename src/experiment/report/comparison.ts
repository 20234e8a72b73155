/**
 * One treatment against another on one outcome: the paired differences on one data set (folds and seeds) or over
 * several (a mean each), every figure that reviewers ask for, and the word that the rules give.
 */
import { Random } from "../../random.ts";
import { bayesSignedRank, correlatedBayesT, type Posterior } from "../statistics/bayes.ts";
import { cohenD, rankBiserial, type WinTieLoss, winTieLoss } from "../statistics/effects.ts";
import { tooFewDataSets } from "../statistics/enough.ts";
import { equivalence } from "../statistics/equivalence.ts";
import { holm } from "../statistics/holm.ts";
import { wilcoxonSignedRank } from "../statistics/rank-tests.ts";
import { type Interval, pairedTTest } from "../statistics/statistics.ts";
import type { Outcome } from "./outcomes.ts";

/** What a comparison comes to. */
export type Word = "better" | "worse" | "equivalent" | "undecided";

/** A treatment against a reference, over pairs. */
export interface Comparison {
  /** Pairs of (fold, seed), or data sets. */
  readonly pairs: number;
  /** Treatment minus reference, in the metric's unit. */
  readonly mean: number;
  readonly interval: Interval | null;
  /** Two-sided; of the corrected resampled t-test on one data set, of the exact signed-rank test over data sets. */
  readonly pValue: number | null;
  /** Adjusted for the family that the report names. */
  readonly holmPValue: number | null;
  /** Of the two one-sided tests against the outcome's margin. */
  readonly equivalencePValue: number | null;
  readonly rankBiserial: number;
  readonly cohenD: number | null;
  /** A win is a pair in which the treatment is better, whichever way the metric goes. */
  readonly winTieLoss: WinTieLoss;
  /** With the margin as region of equivalence. */
  readonly posterior: Posterior | null;
  readonly word: Word;
  /** Why nothing can be decided, where numbers are too few. */
  readonly warning?: string;
}

/** What decides which word a comparison gets. */
export interface Rules {
  readonly confidence: number;
  /** Of Holm's adjusted p. */
  readonly alpha: number;
  /** Of the Bayesian signed-rank test. */
  readonly seed: number;
}

/**
 * The word for a comparison, by the rules in their order: "equivalent" if the interval lies inside the margin; "better"
 * or "worse" if Holm's p is below alpha; "undecided" else.
 */
export function wordOf(
  { mean, interval, holmPValue }: Pick<Comparison, "mean" | "interval" | "holmPValue">,
  { margin, direction }: Outcome,
  alpha: number,
): Word {
  if (interval && interval.low > -margin && interval.high < margin) return "equivalent";
  if (holmPValue !== null && holmPValue < alpha) return mean > 0 === (direction === "higher") ? "better" : "worse";
  return "undecided";
}

/** On one data set. @param testToTrain what the corrected test needs: rows of test / training fold */
export function compareOnDataSet(
  differences: readonly number[],
  outcome: Outcome,
  rules: Rules,
  testToTrain: number,
): Comparison {
  const test = pairedTTest(differences, { confidence: rules.confidence, testToTrain });
  const figures = {
    ...effects(differences, outcome),
    pairs: test.count,
    mean: test.mean,
    interval: test.interval,
    pValue: test.pValue,
    holmPValue: test.pValue,
    equivalencePValue: equivalence(test, outcome.margin).pValue,
    posterior: oriented(correlatedBayesT(test, outcome.margin), outcome),
  };
  return { ...figures, word: wordOf(figures, outcome, rules.alpha) };
}

/**
 * Over data sets, one mean difference each. The interval is Student's over data sets: they are independent, folds are
 * not.
 */
export function compareOverDataSets(differences: readonly number[], outcome: Outcome, rules: Rules): Comparison {
  const test = pairedTTest(differences, { confidence: rules.confidence });
  const warning = tooFewDataSets(differences.length, rules.alpha);
  const pValue = wilcoxonSignedRank(differences).pValue;
  const random = new Random(rules.seed).stream(`signed-rank ${outcome.metric} ${outcome.moment}`);
  const figures = {
    ...effects(differences, outcome),
    pairs: differences.length,
    mean: test.mean,
    interval: test.interval,
    pValue,
    holmPValue: pValue,
    equivalencePValue: equivalence(test, outcome.margin).pValue,
    posterior: oriented(bayesSignedRank(differences, { rope: outcome.margin, random }), outcome),
  };
  if (warning === undefined) return { ...figures, word: wordOf(figures, outcome, rules.alpha) };
  return { ...figures, word: "undecided", warning };
}

function effects(differences: readonly number[], { direction }: Outcome) {
  const better = differences.map((difference) => (direction === "higher" ? difference : -difference));
  return {
    rankBiserial: rankBiserial(differences),
    cohenD: cohenD(differences),
    winTieLoss: winTieLoss(better),
  };
}

const oriented = (posterior: Posterior | null, { direction }: Outcome): Posterior | null =>
  posterior === null || direction === "higher"
    ? posterior
    : { better: posterior.worse, equivalent: posterior.equivalent, worse: posterior.better };

/** The comparisons with their p-values adjusted as one family (Holm), and the words that follow. */
export function asFamily(
  comparisons: readonly Comparison[],
  outcomes: readonly Outcome[],
  alpha: number,
): readonly Comparison[] {
  const tested = comparisons.flatMap(({ pValue }, index) => (pValue === null ? [] : [{ pValue, index }]));
  const adjusted = holm(tested.map(({ pValue }) => pValue));
  const byIndex = new Map(tested.map(({ index }, place) => [index, adjusted[place]]));
  return comparisons.map((comparison, index) => {
    const figures = { ...comparison, holmPValue: byIndex.get(index) ?? null };
    return comparison.warning !== undefined ? figures : { ...figures, word: wordOf(figures, outcomes[index], alpha) };
  });
}
