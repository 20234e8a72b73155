/**
 * The threshold-free metrics straight from their definitions, comparing every pair: O(n^2 q) and O(n q^2). The model
 * that the sorted versions are held against.
 */
import type { Case } from "./cases.ts";

interface Entries {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

const pick = ({ labels, scores }: Case, entries: readonly number[]): Entries => ({
  positives: entries.filter((entry) => labels.values[entry] === 1).map((entry) => scores[entry]),
  negatives: entries.filter((entry) => labels.values[entry] === 0).map((entry) => scores[entry]),
});

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const both = ({ positives, negatives }: Entries): boolean => positives.length > 0 && negatives.length > 0;

const byLabel = (given: Case): readonly Entries[] =>
  range(given.labels.columns).map((label) =>
    pick(
      given,
      range(given.labels.rows).map((row) => row * given.labels.columns + label),
    ),
  );
const byRow = (given: Case): readonly Entries[] =>
  range(given.labels.rows).map((row) =>
    pick(
      given,
      range(given.labels.columns).map((label) => row * given.labels.columns + label),
    ),
  );

/** Mean over all pairs of 1 (right order), `tie` (equal) or 0. */
const pairs = ({ positives, negatives }: Entries, tie: number): number =>
  mean(positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? tie : 0))));

const precisions = ({ positives, negatives }: Entries): number =>
  mean(
    positives.map((score) => {
      const right = positives.filter((other) => other >= score).length;
      return right / (right + negatives.filter((other) => other >= score).length);
    }),
  );

const macro = (parts: readonly Entries[], measure: (part: Entries) => number): number | null => {
  const defined = parts.filter(both);
  return defined.length === 0 ? null : mean(defined.map(measure));
};

export function naiveMetrics(given: Case) {
  const entries = pick(given, range(given.scores.length));
  const half = (part: Entries) => pairs(part, 0.5);
  const loss = mean(byRow(given).map((row) => (both(row) ? 1 - pairs(row, 0) : 0)));
  return {
    macroAuc: macro(byLabel(given), half),
    microAuc: macro([entries], half),
    macroAveragePrecision: macro(byLabel(given), precisions),
    microAveragePrecision: macro([entries], precisions),
    macroAucPaper: mean(byLabel(given).map((label) => (both(label) ? pairs(label, 1) : 0))),
    rankingLoss: loss,
    rankingLossPaper: loss,
    labelRankingAveragePrecision: mean(byRow(given).map((row) => (both(row) ? precisions(row) : 1))),
    coverageError: mean(
      byRow(given).map(({ positives, negatives }) =>
        positives.length === 0
          ? 0
          : [...positives, ...negatives].filter((score) => score >= Math.min(...positives)).length,
      ),
    ),
  };
}
