/**
 * The weights s^(-q/n) of the whole numbers q = 0..n at a pressure s, written down a part at a time before they are
 * needed: an exponential takes as long as the rest of what is done for a row.
 */

export class Powers {
  readonly #weights: Float64Array; // [rows + 1]
  /** Weights below this index are written down. */
  #made = 0;
  #pressure = Number.NaN;
  #rate = Number.NaN; // -ln s / n

  constructor(rows: number) {
    this.#weights = new Float64Array(rows + 1);
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
    for (let q = this.#made; q < end; q++) this.#weights[q] = Math.exp(this.#rate * q);
    this.#made = end;
  }

  /** exp(-(ln s / n) q), written down or not. */
  of(q: number): number {
    return q < this.#made ? this.#weights[q] : Math.exp(this.#rate * q);
  }
}
