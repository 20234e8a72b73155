/**
 * When each row was last observed, and the oldest and the mean of these times. They only rise, so the smallest of a
 * block of rows, looked up at any time, bounds it from below for good: the oldest is found in the few blocks where that
 * is too low, without a pass over all rows.
 */

/** Rows of a block. */
const blockRows = 1024;

export class Observations {
  /** `[rows]` batches drawn when the row was last observed, 0 for never; to be written by `restart` alone. */
  readonly times: Uint32Array;
  readonly #smallest: Uint32Array; // [blocks] or less
  #sum = 0;
  /** The block that is looked up next. */
  #next = 0;
  /** Rows since the last look. */
  #due = 0;

  constructor(rows: number) {
    this.times = new Uint32Array(rows);
    this.#smallest = new Uint32Array(Math.ceil(rows / blockRows));
  }

  get mean(): number {
    return this.#sum / this.times.length;
  }

  /** The rows are observed now; an epoch's worth of them looks up every block once. */
  observed(batch: Int32Array, time: number): void {
    for (const row of batch) {
      this.#sum += time - this.times[row];
      this.times[row] = time;
    }
    for (this.#due += batch.length; this.#due >= blockRows; this.#due -= blockRows) {
      this.#look(this.#next);
      this.#next = (this.#next + 1) % this.#smallest.length;
    }
  }

  /** The smallest of all times. */
  oldest(): number {
    let likely = 0;
    for (let block = 1; block < this.#smallest.length; block++) {
      if (this.#smallest[block] < this.#smallest[likely]) likely = block;
    }
    this.#look(likely);
    let oldest = this.#smallest[likely];
    for (let block = 0; block < this.#smallest.length; block++) {
      if (this.#smallest[block] >= oldest) continue;
      this.#look(block);
      oldest = Math.min(oldest, this.#smallest[block]);
    }
    return oldest;
  }

  /** Others have written the times. */
  restart(): void {
    this.#sum = 0;
    for (const time of this.times) this.#sum += time;
    this.#smallest.fill(0);
  }

  #look(block: number): void {
    const end = Math.min(this.times.length, (block + 1) * blockRows);
    let smallest = this.times[block * blockRows];
    for (let row = block * blockRows + 1; row < end; row++) smallest = Math.min(smallest, this.times[row]);
    this.#smallest[block] = smallest;
  }
}
