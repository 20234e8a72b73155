/**
 * All metrics of rows that count several times or not at all, again and again: what does not depend on the counts
 * (sorting, rankings of single rows, decisions) is done once. For the bootstrap.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { meanDefined } from "../curves.ts";
import { decisionMetrics } from "../decisions.ts";
import { checkInput, type Scores } from "../input.ts";
import type { Metrics } from "../metrics.ts";
import { rowRankings } from "../ranking.ts";
import { descendingEntries } from "../rules/macro-f1.ts";
import { type Decide, decide } from "../rules/rule.ts";

/**
 * A function from how often each row counts, `[rows]` whole numbers that add up to the number of rows, to the metrics
 * of the matrices in which each row stands that often.
 * @throws UsageError on bad input
 */
export function resampling(labels: LabelMatrix, scores: Scores, rule: Decide): (counts: ArrayLike<number>) => Metrics {
  checkInput(labels, scores);
  const { rows, columns, values } = labels;
  const decided = decide(rule, scores, columns);
  const rankings = rowRankings(labels, scores);
  const ofLabels = Array.from({ length: columns }, (_, label) =>
    descendingEntries(
      scores,
      Uint32Array.from({ length: rows }, (_, row) => row * columns + label),
    ),
  );
  const ofAll = descendingEntries(
    scores,
    Uint32Array.from(values, (_, entry) => entry),
  );
  return (counts) => {
    const mean = (of: Float64Array): number => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += counts[row] * of[row];
      return sum / rows;
    };
    const areas = ofLabels.map((entries) => areasOf(labels, scores, entries, counts));
    const all = areasOf(labels, scores, ofAll, counts);
    const rankingLoss = mean(rankings.loss);
    return {
      macroAuc: meanDefined(areas.map(({ auc }) => auc)),
      microAuc: all.auc,
      macroAveragePrecision: meanDefined(areas.map(({ averagePrecision }) => averagePrecision)),
      microAveragePrecision: all.averagePrecision,
      macroAucPaper: areas.reduce((sum, { aucPaper }) => sum + aucPaper, 0) / columns,
      rankingLoss,
      labelRankingAveragePrecision: mean(rankings.precision),
      coverageError: mean(rankings.coverage),
      oneError: mean(rankings.wrongTop),
      rankingLossPaper: rankingLoss,
      ...decisionMetrics(labels, decided, counts),
    };
  };
}

interface Areas {
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  readonly aucPaper: number;
}

/** @param entries from the highest score to the lowest */
function areasOf(
  { columns, values }: LabelMatrix,
  scores: Scores,
  entries: Uint32Array,
  counts: ArrayLike<number>,
): Areas {
  let [positives, negatives] = [0, 0];
  for (const entry of entries) {
    const count = counts[Math.floor(entry / columns)];
    if (values[entry] === 1) positives += count;
    else negatives += count;
  }
  if (positives === 0 || negatives === 0) return { auc: null, averagePrecision: null, aucPaper: 0 };
  let [above, tied, truePositives, falsePositives, precisions] = [0, 0, 0, 0, 0];
  for (let i = 0; i < entries.length; ) {
    const score = scores[entries[i]];
    let [p, n] = [0, 0];
    for (; i < entries.length && scores[entries[i]] === score; i++) {
      const count = counts[Math.floor(entries[i] / columns)];
      if (values[entries[i]] === 1) p += count;
      else n += count;
    }
    truePositives += p;
    falsePositives += n;
    above += p * (negatives - falsePositives);
    tied += p * n;
    if (p > 0) precisions += (p * truePositives) / (truePositives + falsePositives);
  }
  const pairs = positives * negatives;
  return {
    auc: (above + tied / 2) / pairs,
    averagePrecision: precisions / positives,
    aucPaper: (above + tied) / pairs,
  };
}
