/**
 * How well each row's labels are ranked by their scores, averaged over all rows; no threshold. A row without both
 * relevant and irrelevant labels can't be ranked wrongly: it stays in the average with the best value.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { checkInput, type Scores } from "./input.ts";
import { countPairs, hasBothClasses, precisionAtPositives, type Split, splitRows } from "./ordering.ts";

function rowRankingLoss(row: Split): number {
  if (!hasBothClasses(row)) return 0;
  const { above, total } = countPairs(row);
  return (total - above) / total;
}

function rowAveragePrecision(row: Split): number {
  return hasBothClasses(row) ? precisionAtPositives(row) : 1;
}

/** How many labels are scored at least as high as the lowest relevant one. */
function rowCoverage({ positives, negatives }: Split): number {
  if (positives.length === 0) return 0;
  const lowest = positives[0];
  return positives.length + negatives.reduce((count, score) => count + (score >= lowest ? 1 : 0), 0);
}

function meanOverRows(rows: readonly Split[], measure: (row: Split) => number): number {
  return rows.reduce((sum, row) => sum + measure(row), 0) / rows.length;
}

/** All averages of this file, sorting each row once. Expects checked input. */
export function rankingMetrics(labels: LabelMatrix, scores: Scores) {
  const rows = splitRows(labels, scores);
  const loss = meanOverRows(rows, rowRankingLoss);
  return {
    rankingLoss: loss,
    labelRankingAveragePrecision: meanOverRows(rows, rowAveragePrecision),
    coverageError: meanOverRows(rows, rowCoverage),
    oneError: shareOfWrongTops(labels, scores),
    rankingLossPaper: loss,
  };
}

/** What the metrics of this file are means of, row by row: `[rows]` each. Expects checked input. */
export function rowRankings(labels: LabelMatrix, scores: Scores) {
  const rows = splitRows(labels, scores);
  return {
    loss: Float64Array.from(rows, rowRankingLoss),
    precision: Float64Array.from(rows, rowAveragePrecision),
    coverage: Float64Array.from(rows, rowCoverage),
    wrongTop: wrongTops(labels, scores),
  };
}

function shareOfWrongTops(labels: LabelMatrix, scores: Scores): number {
  return wrongTops(labels, scores).reduce((sum, wrong) => sum + wrong, 0) / labels.rows;
}

/** `[rows]` 1 where the first label of largest score does not apply. */
function wrongTops({ rows, columns, values }: LabelMatrix, scores: Scores): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let top = row * columns;
    for (let entry = top + 1; entry < (row + 1) * columns; entry++) {
      if (scores[entry] > scores[top]) top = entry;
    }
    return 1 - values[top];
  });
}

/**
 * Mean over the rows of the share of (relevant, irrelevant) label pairs in the wrong order, a tie counting as wrong;
 * rows without both kinds add 0 (scikit-learn's `label_ranking_loss`). @throws UsageError on bad input.
 */
export function rankingLoss(labels: LabelMatrix, scores: Scores): number {
  checkInput(labels, scores);
  return meanOverRows(splitRows(labels, scores), rowRankingLoss);
}

/**
 * Ranking loss as the paper's code counts it: ties are errors, rows without both kinds add 0 and stay in the
 * denominator. The same number as `rankingLoss`; named apart so that tables can say whose convention they follow.
 */
export function rankingLossPaper(labels: LabelMatrix, scores: Scores): number {
  return rankingLoss(labels, scores);
}

/**
 * Mean over rows and their relevant labels of the share of relevant ones among the labels scored at least as high; rows
 * without both kinds count 1 (scikit-learn's `label_ranking_average_precision_score`). @throws UsageError on bad input.
 */
export function labelRankingAveragePrecision(labels: LabelMatrix, scores: Scores): number {
  checkInput(labels, scores);
  return meanOverRows(splitRows(labels, scores), rowAveragePrecision);
}

/**
 * Mean over the rows of how far down the ranking one must go to meet all relevant labels, in labels from 1, ties taken
 * at their worst; rows without labels add 0 (scikit-learn's `coverage_error`). @throws UsageError on bad input.
 */
export function coverageError(labels: LabelMatrix, scores: Scores): number {
  checkInput(labels, scores);
  return meanOverRows(splitRows(labels, scores), rowCoverage);
}

/**
 * Share of the rows whose top-scored label is irrelevant; among tied tops the first in label order is taken, and rows
 * without labels are errors. Source: authors' code. @throws UsageError on bad input.
 */
export function oneError(labels: LabelMatrix, scores: Scores): number {
  checkInput(labels, scores);
  return shareOfWrongTops(labels, scores);
}
