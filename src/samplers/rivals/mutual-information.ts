/**
 * Mutual information between the columns of a matrix with entries in [0, 1], each entry sorted into one of five equal
 * bins. Holds its work space, so that measuring once an epoch allocates nothing.
 */

const bins = 5;
const cells = bins * bins;

/**
 * C_jk = MI(j, k) in nats, C_jj = 1, each row divided by its maximum. Bins [0, .2), ..., [.8, 1]; MI of the empirical
 * joint distribution. Source: arXiv 2412.16521; the plug-in estimate on these bins is ours (the authors' code takes
 * histograms with automatic bins, and then does not use the result).
 *
 * Pairs of entries outside the fullest bins of their columns are counted one by one, the others follow from the column
 * totals: quick where most entries lie in one bin, O(rows columns^2) at worst.
 */
export class MutualInformation {
  readonly #rows: number;
  readonly #columns: number;
  readonly #counts: Float64Array; // [columns, 5]
  readonly #fullest: Uint8Array; // [columns]
  /** Entries outside the fullest bin of their column, row by row: 5 column + bin. */
  readonly #entries: Int32Array; // [rows columns] at most
  readonly #offsets: Uint32Array; // [rows + 1]
  readonly #cursors: Uint32Array; // [rows]
  readonly #joint: Float64Array; // [columns, 5, 5] rows by bin of the other column k and bins of j and k

  constructor(rows: number, columns: number) {
    this.#rows = rows;
    this.#columns = columns;
    this.#counts = new Float64Array(columns * bins);
    this.#fullest = new Uint8Array(columns);
    this.#entries = new Int32Array(rows * columns);
    this.#offsets = new Uint32Array(rows + 1);
    this.#cursors = new Uint32Array(rows);
    this.#joint = new Float64Array(columns * cells);
  }

  /** `values` is `[rows, columns]`; C is written into `target`, `[columns, columns]`. */
  measure(values: Float64Array, target: Float64Array): void {
    const columns = this.#columns;
    this.#countBins(values);
    this.#listEntries(values);
    for (let j = 0; j < columns; j++) {
      this.#countPairs(j);
      target[j * columns + j] = 1;
      for (let k = j + 1; k < columns; k++) {
        this.#complete(j, k);
        const information = this.#information(j, k);
        target[j * columns + k] = information;
        target[k * columns + j] = information;
      }
    }
    for (let j = 0; j < columns; j++) {
      const line = target.subarray(j * columns, (j + 1) * columns);
      let largest = 0;
      for (const value of line) largest = Math.max(largest, value);
      for (let k = 0; k < columns; k++) line[k] = line[k] / largest;
    }
  }

  #countBins(values: Float64Array): void {
    const columns = this.#columns;
    const counts = this.#counts.fill(0);
    for (let e = 0, j = 0; e < values.length; e++, j = j + 1 === columns ? 0 : j + 1) {
      const cell = j * bins + binOf(values[e]);
      counts[cell] += 1;
    }
    for (let j = 0; j < columns; j++) {
      let best = 0;
      for (let b = 1; b < bins; b++) {
        if (counts[j * bins + b] > counts[j * bins + best]) best = b;
      }
      this.#fullest[j] = best;
    }
  }

  #listEntries(values: Float64Array): void {
    let next = 0;
    for (let i = 0; i < this.#rows; i++) {
      this.#cursors[i] = next;
      for (let j = 0; j < this.#columns; j++) {
        const bin = binOf(values[i * this.#columns + j]);
        if (bin !== this.#fullest[j]) this.#entries[next++] = j * bins + bin;
      }
      this.#offsets[i + 1] = next;
    }
  }

  /** Counts column j against all later ones; the cursors stand at the first entry of column j or later. */
  #countPairs(j: number): void {
    const joint = this.#joint.fill(0);
    const entries = this.#entries;
    for (let i = 0; i < this.#rows; i++) {
      const last = this.#offsets[i + 1];
      const cursor = this.#cursors[i];
      if (cursor === last) continue;
      const bin = entries[cursor] - j * bins;
      if (bin >= bins) continue;
      this.#cursors[i] = cursor + 1;
      for (let f = cursor + 1; f < last; f++) {
        const other = entries[f];
        const k = Math.floor(other / bins);
        const cell = k * cells + bin * bins + (other - k * bins);
        joint[cell] += 1;
      }
    }
  }

  /** Fills in the fullest bins of j and k from the totals of the others. */
  #complete(j: number, k: number): void {
    const counts = this.#counts;
    const table = this.#joint.subarray(k * cells, (k + 1) * cells);
    const fullJ = this.#fullest[j];
    const fullK = this.#fullest[k];
    for (let a = 0; a < bins; a++) {
      if (a === fullJ) continue;
      let rest = counts[j * bins + a];
      for (let b = 0; b < bins; b++) if (b !== fullK) rest -= table[a * bins + b];
      table[a * bins + fullK] = rest;
    }
    for (let b = 0; b < bins; b++) {
      let rest = counts[k * bins + b];
      for (let a = 0; a < bins; a++) if (a !== fullJ) rest -= table[a * bins + b];
      table[fullJ * bins + b] = rest;
    }
  }

  /** sum_ab p_ab ln(p_ab / (p_a p_b)), at least 0. */
  #information(j: number, k: number): number {
    let sum = 0;
    for (let a = 0; a < bins; a++) {
      for (let b = 0; b < bins; b++) {
        const both = this.#joint[k * cells + a * bins + b];
        if (both === 0) continue;
        const apart = this.#counts[j * bins + a] * this.#counts[k * bins + b];
        sum += (both / this.#rows) * Math.log((both * this.#rows) / apart);
      }
    }
    return Math.max(0, sum);
  }
}

function binOf(value: number): number {
  return Math.min(bins - 1, Math.floor(value * bins));
}
