/**
 * Tests that use only the order of measurements: Wilcoxon's for two treatments, Friedman's with Nemenyi's follow-up for
 * several over several data sets (Demsar 2006). Ties get mid-ranks and are accounted for everywhere.
 */
import { UsageError } from "../../errors.ts";
import { chiSquaredTail, fTail, normalTail, studentizedRangeQuantile, studentizedRangeTail } from "./distributions.ts";
import { checkValues } from "./statistics.ts";

/** Ranks from 1 for the smallest; equal values share the mean of their ranks. */
export function midRanks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const ranks = values.map(() => 0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks[order[at]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Sum over groups of equal ranks of t^3 - t, what every tie correction is made of. */
function tieSum(ranks: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + size ** 3 - size, 0);
}

/** What the signed-rank test answers. */
export interface SignedRankTest {
  /** Differences that aren't 0; zeros are dropped (Wilcoxon's treatment). */
  readonly count: number;
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number;
  /** Two-sided; 1 where every difference is 0. */
  readonly pValue: number;
  readonly method: "exact" | "normal";
}

/** Up to here the null distribution is counted out, with the ties as they are. */
const largestExactCount = 50;

/**
 * Wilcoxon's signed-rank test of paired differences against a distribution symmetric about 0. Up to 50 differences all
 * 2^n signs are counted, given the mid-ranks; above, the normal approximation with tie and continuity correction.
 * @throws UsageError for no differences or one that isn't finite.
 */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRankTest {
  checkValues(differences, "signed-rank test");
  const nonzero = differences.filter((difference) => difference !== 0);
  const count = nonzero.length;
  const ranks = midRanks(nonzero.map(Math.abs));
  const statistic = ranks.reduce((sum, rank, index) => sum + (nonzero[index] > 0 ? rank : 0), 0);
  if (count <= largestExactCount) {
    return { count, statistic, pValue: exactSignedRank(ranks, statistic), method: "exact" };
  }
  const variance = (count * (count + 1) * (2 * count + 1)) / 24 - tieSum(ranks) / 48;
  const distance = Math.max(0, Math.abs(statistic - (count * (count + 1)) / 4) - 0.5);
  const pValue = Math.min(1, 2 * normalTail(distance / Math.sqrt(variance)));
  return { count, statistic, pValue, method: "normal" };
}

function exactSignedRank(ranks: readonly number[], statistic: number): number {
  // Twice the ranks are whole. ways[s] = number of sign choices whose positive doubled ranks sum to s; exact, at most
  // 2^50.
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= rank; sum--) ways[sum] += ways[sum - rank];
  }
  const observed = Math.round(2 * statistic);
  const tail = Math.min(observed, total - observed); // the distribution is symmetric about total / 2
  let extreme = 0;
  for (let sum = 0; sum <= tail; sum++) extreme += ways[sum];
  return Math.min(1, (2 * extreme) / 2 ** ranks.length);
}

/** What `friedmanTest` answers. */
export interface FriedmanTest {
  readonly blocks: number;
  readonly treatments: number;
  /** Mean rank of each treatment; 1 is best. */
  readonly averageRanks: readonly number[];
  /** Friedman's chi-squared with tie correction, treatments - 1 degrees of freedom; 0 where every block is one tie. */
  readonly chiSquared: number;
  readonly chiSquaredPValue: number;
  /** Iman and Davenport's F, (treatments - 1, (treatments - 1)(blocks - 1)) degrees of freedom; null for one block. */
  readonly f: number | null;
  readonly fPValue: number | null;
}

/**
 * Do the treatments differ over the blocks (data sets)?
 * @param blocks `[blocks][treatments]` one value each.
 * @throws UsageError for fewer than two treatments, blocks of different lengths, or values that aren't finite.
 */
export function friedman(blocks: readonly (readonly number[])[], direction: "higher" | "lower"): FriedmanTest {
  const n = blocks.length;
  const k = blocks[0]?.length ?? 0;
  if (k < 2) throw new UsageError(`Friedman's test of ${n} blocks x ${k} treatments: at least 1 x 2 is needed`);
  blocks.forEach((block, index) => {
    if (block.length !== k)
      throw new UsageError(`Friedman's test: block ${index} has ${block.length} values, not ${k}`);
    checkValues(block, `Friedman's test, block ${index}`);
  });
  const ranks = blocks.map((block) => midRanks(direction === "lower" ? block : block.map((value) => -value)));
  const averageRanks = Array.from({ length: k }, (_, j) => ranks.reduce((sum, row) => sum + row[j], 0) / n);
  const between = averageRanks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0) * n * n;
  const within = (n * k * (k + 1)) / 12 - ranks.reduce((sum, row) => sum + tieSum(row), 0) / (12 * (k - 1));
  const chiSquared = within <= 0 ? 0 : between / within;
  const chiSquaredPValue = chiSquaredTail(chiSquared, k - 1);
  if (n < 2) return { blocks: n, treatments: k, averageRanks, chiSquared, chiSquaredPValue, f: null, fPValue: null };
  const rest = n * (k - 1) - chiSquared;
  // Rounding can leave a trace of what is exactly 0 when all blocks agree.
  const f = rest <= 1e-12 * n * k ? Number.POSITIVE_INFINITY : ((n - 1) * chiSquared) / rest;
  const fPValue = fTail(f, k - 1, (k - 1) * (n - 1));
  return { blocks: n, treatments: k, averageRanks, chiSquared, chiSquaredPValue, f, fPValue };
}

/** What `nemenyiTest` answers. */
export interface NemenyiTest {
  /** Two treatments whose average ranks differ by more than this differ at level `alpha`. */
  readonly criticalDifference: number;
  /** `[treatments][treatments]` two-sided p-values adjusted for all pairs; 1 on the diagonal. */
  readonly pValues: readonly (readonly number[])[];
}

/** Nemenyi's comparison of all pairs after Friedman's test. @throws UsageError for an alpha outside (0, 1). */
export function nemenyi({ averageRanks, blocks, treatments }: FriedmanTest, alpha = 0.05): NemenyiTest {
  if (!(alpha > 0 && alpha < 1))
    throw new UsageError(`alpha ${alpha}: expected a number between 0 and 1, such as 0.05`);
  // The range of mean ranks behaves like that of normals of this standard deviation.
  const scale = Math.sqrt((treatments * (treatments + 1)) / (12 * blocks));
  return {
    criticalDifference: studentizedRangeQuantile(alpha, treatments) * scale,
    pValues: averageRanks.map((a) =>
      averageRanks.map((b) => studentizedRangeTail(Math.abs(a - b) / scale, treatments)),
    ),
  };
}
