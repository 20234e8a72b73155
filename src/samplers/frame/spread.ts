/** How far a distribution over rows is from uniform, added up a part at a time: no batch goes over all rows at once. */

/** Entropy in nats and effective sample size 1 / sum p^2. */
export interface Spread {
  readonly entropy: number;
  readonly effectiveSampleSize: number;
}

/** A spread that is still being added up. */
export interface SpreadSum {
  /** Takes in that many further rows. */
  advance(rows: number): void;
  /** Of all rows; takes in those that are missing. */
  value(): Spread;
}

/** Every row with the same probability. */
export function uniformSpread(rows: number): SpreadSum {
  const spread = { entropy: Math.log(rows), effectiveSampleSize: rows };
  return { advance: () => {}, value: () => spread };
}

/**
 * Of weights that sum to `total`: entropy = ln W - (1/W) sum w ln w, effective size = W^2 / sum w^2. They have to stay
 * as they are between the calls.
 */
export function spreadOf(weights: Float64Array, total: number): SpreadSum {
  let logs = 0;
  let squares = 0;
  let next = 0;
  const advance = (rows: number): void => {
    const end = Math.min(weights.length, next + rows);
    for (; next < end; next++) {
      const p = weights[next] / total;
      if (p > 0) logs += p * Math.log(p);
      squares += p * p;
    }
  };
  return {
    advance,
    value() {
      advance(weights.length);
      return { entropy: Math.max(0, -logs), effectiveSampleSize: 1 / squares };
    },
  };
}
