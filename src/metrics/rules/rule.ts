/**
 * From scores to yes or no: a rule as plain data, and what it decides. A rule is made before it sees a row, and decides
 * about the labels of a row from the scores of that row alone. Making one from validation rows is in fit.ts.
 */
import { UsageError } from "../../errors.ts";
import type { Scores } from "../input.ts";
import { midpoint } from "./cuts.ts";

/** Survives JSON. */
export type DecisionRule =
  /** Label j applies where its score > thresholds[j]. */
  | { readonly kind: "thresholds"; readonly thresholds: readonly number[] }
  /** The k best-scored labels of each row apply; those that tie with the k-th, too. */
  | { readonly kind: "rank"; readonly k: number }
  /** The labels above the widest gap between neighbouring scores of the row apply. */
  | { readonly kind: "gap" };

/** One threshold for all labels, or a rule. */
export type Decide = number | DecisionRule;

/** @throws UsageError for a threshold that is NaN, another number of thresholds than labels, or a rank below 1 */
export function checkRule(rule: Decide, columns: number): void {
  if (typeof rule === "number") {
    if (Number.isNaN(rule)) throw new UsageError("the threshold is NaN; expected a number such as 0.5");
  } else if (rule.kind === "thresholds") {
    const { thresholds } = rule;
    const wrong = thresholds.findIndex((threshold) => Number.isNaN(threshold));
    if (wrong >= 0) throw new UsageError(`the threshold of label ${wrong} is NaN; expected a number such as 0.5`);
    if (thresholds.length !== columns)
      throw new UsageError(`${thresholds.length} thresholds for ${columns} labels: expected one a label`);
  } else if (rule.kind === "rank" && !(Number.isInteger(rule.k) && rule.k >= 1)) {
    throw new UsageError(`the best ${rule.k} labels of each row: expected a whole number of at least 1`);
  }
}

/**
 * `[rows, labels]` 1 where the label applies, otherwise 0.
 * @param scores `[rows, labels]`, compared in double precision
 * @throws UsageError for a rule that does not fit, or scores that are no whole number of rows
 */
export function decide(rule: Decide, scores: Scores, columns: number): Uint8Array {
  checkRule(rule, columns);
  if (columns < 1 || scores.length % columns !== 0)
    throw new UsageError(`${scores.length} scores of ${columns} labels: expected whole rows`);
  const decided = new Uint8Array(scores.length);
  if (typeof rule === "number" || rule.kind === "thresholds") {
    const thresholds = thresholdsOf(rule, columns) ?? [];
    for (let entry = 0; entry < scores.length; entry++)
      decided[entry] = scores[entry] > thresholds[entry % columns] ? 1 : 0;
    return decided;
  }
  for (let start = 0; start < scores.length; start += columns) {
    const descending = Float64Array.from(scores.subarray(start, start + columns))
      .sort()
      .reverse();
    const isIn = rule.kind === "rank" ? amongBest(descending, rule.k) : aboveGap(descending);
    for (let label = 0; label < columns; label++) decided[start + label] = isIn(scores[start + label]) ? 1 : 0;
  }
  return decided;
}

/** `[labels]` the threshold of each label; undefined where a rule has none that holds for every row. */
export function thresholdsOf(rule: Decide, columns: number): readonly number[] | undefined {
  if (typeof rule === "number") return new Array<number>(columns).fill(rule);
  return rule.kind === "thresholds" ? rule.thresholds : undefined;
}

/** @param descending the scores of a row */
function amongBest(descending: Float64Array, k: number): (score: number) => boolean {
  const last = descending[Math.min(k, descending.length) - 1];
  return (score) => score >= last;
}

/**
 * The threshold in the middle of the widest gap; of equal ones the highest. A row of one label has no gap: 0.5; of
 * equal scores nothing is above the gap.
 */
function aboveGap(descending: Float64Array): (score: number) => boolean {
  if (descending.length === 1) return (score) => score > 0.5;
  let at = 0;
  const gap = (i: number): number => (descending[i] === descending[i + 1] ? 0 : descending[i] - descending[i + 1]);
  for (let i = 1; i + 1 < descending.length; i++) if (gap(i) > gap(at)) at = i;
  const threshold = midpoint(descending[at], descending[at + 1]);
  return (score) => score > threshold;
}
