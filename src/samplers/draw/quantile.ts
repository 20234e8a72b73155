/**
 * A quantile of many numbers while some of them change, without sorting them: how many have the same highest bits is
 * counted as they change, and only those that share these bits with it are put in order.
 */

/** Exponent and four bits of the fraction: numbers of a bucket differ by at most a sixteenth of themselves. */
const shift = 16;
const buckets = 2 ** (31 - shift);
const bucketOf = (highWord: number): number => (highWord & (2 ** 31 - 1)) >>> shift;
/** The bucket of rows that don't count. */
const nowhere = 2 ** 16 - 1;

export class Quantile {
  readonly #numbers: Float64Array;
  readonly #words: Uint32Array; // [2 rows] the same memory
  readonly #bucketOf: Uint16Array; // [rows]
  readonly #counts = new Uint32Array(buckets);
  #count = 0;

  /**
   * Of numbers, 0 or more, that others write: their bits, read as whole numbers, have the same order, -0 counts as 0.
   * None counts until `update` says that it is there, and each time that it has changed.
   */
  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
    this.#words = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
    this.#bucketOf = new Uint16Array(numbers.length).fill(nowhere);
  }

  update(row: number): void {
    const before = this.#bucketOf[row];
    if (before === nowhere) this.#count++;
    else this.#counts[before] -= 1;
    const bucket = bucketOf(this.#words[2 * row + 1]);
    this.#counts[bucket] += 1;
    this.#bucketOf[row] = bucket;
  }

  /** No number counts any more. */
  clear(): void {
    this.#bucketOf.fill(nowhere);
    this.#counts.fill(0);
    this.#count = 0;
  }

  /** The quantile of the numbers that count, by linear interpolation; 0 where there are none. */
  of(share: number): number {
    const counts = this.#counts;
    if (this.#count === 0) return 0;
    const place = share * (this.#count - 1);
    const low = Math.floor(place);
    const high = Math.min(this.#count - 1, low + 1);
    const [first, before] = this.#holding(low);
    const [last] = this.#holding(high);
    const found = new Float64Array(counts[first] + (last > first ? counts[last] : 0));
    let next = 0;
    for (let row = 0; row < this.#bucketOf.length; row++) {
      const bucket = this.#bucketOf[row];
      if (bucket === first || bucket === last) found[next++] = this.#numbers[row];
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
