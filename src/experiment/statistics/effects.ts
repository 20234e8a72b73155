/** How large a paired difference is, free of its unit; and how often which side wins. Tests are elsewhere. */
import { midRanks } from "./rank-tests.ts";
import { checkValues, mean, standardDeviation } from "./statistics.ts";

/**
 * Matched-pairs rank-biserial correlation (Kerby 2014): (sum of ranks of the positive differences - that of the
 * negative ones) / the sum of all, zeros left out as in the signed-rank test. In [-1, 1]; 0 where all differences are
 * 0.
 * @throws UsageError for no differences or one that isn't finite
 */
export function rankBiserial(differences: readonly number[]): number {
  checkValues(differences, "rank-biserial correlation");
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = midRanks(nonzero.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const signed = ranks.reduce((sum, rank, index) => sum + Math.sign(nonzero[index]) * rank, 0);
  return total === 0 ? 0 : signed / total;
}

/**
 * Cohen's d of pairs: mean difference / standard deviation of the differences (d_z). Null for one difference, and where
 * all are the same but not 0: d has no value there. @throws UsageError as `rankBiserial`
 */
export function cohenD(differences: readonly number[]): number | null {
  checkValues(differences, "Cohen's d");
  const spread = standardDeviation(differences);
  const centre = mean(differences);
  if (spread === null || spread === 0) return spread === 0 && centre === 0 ? 0 : null;
  return centre / spread;
}

/** How often one side was ahead. */
export interface WinTieLoss {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

/**
 * @param differences positive where the first side is better; equal values are ties. @throws UsageError as
 * `rankBiserial`
 */
export function winTieLoss(differences: readonly number[]): WinTieLoss {
  checkValues(differences, "wins, ties and losses");
  const wins = differences.filter((difference) => difference > 0).length;
  const losses = differences.filter((difference) => difference < 0).length;
  return { wins, ties: differences.length - wins - losses, losses };
}
