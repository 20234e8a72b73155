/**
 * The weights of the whole numbers q = 0..n at a pressure s, written down a part at a time before they are needed: an
 * exponential takes as long as the rest of what is done for a row.
 */

/** The weight of q; n is the largest q. */
export type PowerRule = (pressure: number, q: number, n: number) => number;

export class Powers {
  readonly #weights: Float64Array; // [rows + 1]
  readonly #rule: PowerRule | undefined;
  /** Weights below this index are written down. */
  #made = 0;
  #pressure = Number.NaN;
  #rate = Number.NaN; // -ln s / n

  /** exp(-(ln s / n) q), or what another rule says. */
  constructor(largest: number, rule?: PowerRule) {
    this.#weights = new Float64Array(largest + 1);
    this.#rule = rule;
  }

  get pressure(): number {
    return this.#pressure;
  }

  /** From now on at this pressure. */
  expect(pressure: number): void {
    if (pressure === this.#pressure) return;
    this.#pressure = pressure;
    this.#rate = -Math.log(pressure) / (this.#weights.length - 1);
    this.#made = 0;
  }

  /** Writes down the next `count` weights. */
  advance(count: number): void {
    const end = Math.min(this.#weights.length, this.#made + count);
    for (let q = this.#made; q < end; q++) this.#weights[q] = this.#make(q);
    this.#made = end;
  }

  /** The weight of q, written down or not. */
  of(q: number): number {
    return q < this.#made ? this.#weights[q] : this.#make(q);
  }

  /** `[n + 1]` the weights of all q, those that were missing written down now. */
  all(): Float64Array {
    this.advance(this.#weights.length);
    return this.#weights;
  }

  #make(q: number): number {
    if (this.#rule !== undefined) return this.#rule(this.#pressure, q, this.#weights.length - 1);
    return Math.exp(this.#rate * q);
  }
}
