/** When a number of data sets can't decide, whatever they show. */

/** The smallest p-value that n differences without ties can give to the exact two-sided signed-rank test. */
export const smallestSignedRankP = (count: number): number => Math.min(1, 2 / 2 ** count);

/** A plain warning where there are too few data sets to decide at level alpha; undefined where there are enough. */
export function tooFewDataSets(count: number, alpha = 0.05): string | undefined {
  const smallest = smallestSignedRankP(count);
  if (smallest <= alpha) return undefined;
  const least = `p can't go below ${Number(smallest.toFixed(4))}, ${neededDataSets(alpha)} are needed at alpha ${alpha}`;
  return `${count === 1 ? "1 data set is" : `${count} data sets are`} too few to decide: ${least}`;
}

/** The smallest number of data sets with which the signed-rank test can reach alpha. */
export const neededDataSets = (alpha: number): number => Math.ceil(Math.log2(2 / alpha));
