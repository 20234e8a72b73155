/**
 * The quantile of many numbers without sorting them: they are counted by their highest bits, and only those that share
 * these bits with it are put in order.
 */

/** Exponent and four bits of the fraction: numbers of a bucket differ by at most a sixteenth of themselves. */
const shift = 16;
const buckets = 2 ** (31 - shift);
const bucketOf = (highWord: number): number => (highWord & (2 ** 31 - 1)) >>> shift;

export class Quantile {
  readonly #counts = new Uint32Array(buckets);

  /**
   * The quantile of `numbers[row]` over the rows with `chosen[row]` 1, by linear interpolation; 0 where there are none.
   * The numbers are 0 or more: their bits, read as whole numbers, have the same order. -0 counts as 0.
   */
  of(numbers: Float64Array, chosen: Uint8Array, share: number): number {
    const words = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
    const counts = this.#counts.fill(0);
    let count = 0;
    for (let row = 0; row < numbers.length; row++) {
      counts[bucketOf(words[2 * row + 1])] += chosen[row];
      count += chosen[row];
    }
    if (count === 0) return 0;
    const place = share * (count - 1);
    const low = Math.floor(place);
    const high = Math.min(count - 1, low + 1);
    const [first, before] = this.#holding(low);
    const [last] = this.#holding(high);
    const found = new Float64Array(counts[first] + (last > first ? counts[last] : 0));
    let next = 0;
    for (let row = 0; row < numbers.length; row++) {
      const bucket = bucketOf(words[2 * row + 1]);
      if ((bucket === first || bucket === last) && chosen[row] === 1) found[next++] = numbers[row];
    }
    found.sort();
    const lower = found[low - before];
    return lower + (place - low) * (found[high - before] - lower);
  }

  /** The bucket with the number at that place in ascending order, and how many numbers lie in those before. */
  #holding(place: number): readonly [bucket: number, before: number] {
    let before = 0;
    let bucket = 0;
    while (before + this.#counts[bucket] <= place) before += this.#counts[bucket++];
    return [bucket, before];
  }
}
