/**
 * Mutual information between the columns of a matrix with entries in [0, 1], each entry sorted into one of five equal
 * bins. Keeps the bins up to date row by row; rows can be counted before they are all known: those that change after it
 * are taken out and counted again. Holds its work space, so that measuring once an epoch allocates nothing.
 */

const bins = 5;
const cells = bins * bins;
/** Cells of the joint counts that are kept at a time, unless one column has more. */
const cellsAtOnce = 2 ** 21;

/**
 * C_jk = MI(j, k) in nats, C_jj = 1, each row divided by its maximum. Bins [0, .2), ..., [.8, 1]; MI of the empirical
 * joint distribution. Source: arXiv 2412.16521; the plug-in estimate on these bins is ours (the authors' code takes
 * histograms with automatic bins, and then does not use the result).
 *
 * Pairs of entries outside the fullest bins of their columns are counted one by one, the others follow from the column
 * totals: quick where most entries lie in one bin, O(rows columns^2) at worst. The counts are whole numbers: they are
 * the same in whatever order they are made.
 */
export class MutualInformation {
  readonly #rows: number;
  readonly #columns: number;
  readonly #binOf: Uint8Array; // [rows, columns]
  readonly #counts: Float64Array; // [columns, 5] entries in each bin
  readonly #fullest: Uint8Array; // [columns]
  /** Of one row: columns outside their fullest bins, ascending, and these bins. */
  readonly #found: Int32Array; // [columns]
  readonly #foundBins: Int32Array; // [columns]
  /** Columns j whose pairs are counted in one pass over the rows. */
  readonly #together: number;
  readonly #joint: Uint32Array; // [together, columns, 5, 5] rows by column j, other column k and bins of both
  /** Rows before this one are counted in `#joint`, by the fullest bins as they were when that began. */
  #counted = 0;

  /** Of a matrix of zeros. */
  constructor(rows: number, columns: number) {
    this.#rows = rows;
    this.#columns = columns;
    this.#binOf = new Uint8Array(rows * columns);
    this.#counts = new Float64Array(columns * bins);
    for (let j = 0; j < columns; j++) this.#counts[j * bins] = rows;
    this.#fullest = new Uint8Array(columns);
    this.#found = new Int32Array(columns);
    this.#foundBins = new Int32Array(columns);
    this.#together = Math.min(columns, Math.max(1, Math.floor(cellsAtOnce / (cells * columns))));
    this.#joint = new Uint32Array(this.#together * columns * cells);
  }

  /** A row of the matrix, `[rows, columns]`, has changed. */
  change(row: number, matrix: Float64Array): void {
    const columns = this.#columns;
    if (row < this.#counted) this.#countRow(row, 0, columns, -1);
    for (let j = 0; j < columns; j++) {
      const bin = Math.min(bins - 1, Math.floor(matrix[row * columns + j] * bins));
      this.#counts[j * bins + this.#binOf[row * columns + j]] -= 1;
      this.#counts[j * bins + bin] += 1;
      this.#binOf[row * columns + j] = bin;
    }
    if (row < this.#counted) this.#countRow(row, 0, columns, 1);
  }

  /** Counts a part of the rows for the next measure, which comes after `left` further parts. */
  prepare(left: number): void {
    if (this.#together < this.#columns) return;
    this.#countUpTo(this.#counted + Math.ceil((this.#rows - this.#counted) / (left + 1)));
  }

  /** Forgets what was counted. */
  restart(): void {
    this.#counted = 0;
  }

  /** Writes C into `target`, `[columns, columns]`. */
  measure(target: Float64Array): void {
    const columns = this.#columns;
    if (this.#together < columns) this.#measureByParts(target);
    else {
      this.#countUpTo(this.#rows);
      this.#fill(0, columns, target);
      this.restart();
    }
    for (let j = 0; j < columns; j++) {
      const line = target.subarray(j * columns, (j + 1) * columns);
      let largest = 0;
      for (const value of line) largest = Math.max(largest, value);
      for (let k = 0; k < columns; k++) line[k] = line[k] / largest;
    }
  }

  #countUpTo(end: number): void {
    if (this.#counted === 0) {
      this.#findFullest();
      this.#joint.fill(0);
    }
    for (let row = this.#counted; row < end; row++) this.#countRow(row, 0, this.#columns, 1);
    this.#counted = end;
  }

  /** As many columns in each pass over the rows as there is room for. */
  #measureByParts(target: Float64Array): void {
    this.#findFullest();
    for (let first = 0; first < this.#columns; first += this.#together) {
      const end = Math.min(this.#columns, first + this.#together);
      this.#joint.fill(0);
      for (let row = 0; row < this.#rows; row++) this.#countRow(row, first, end, 1);
      this.#fill(first, end, target);
    }
  }

  /** Writes the information of the columns from `first` to `end`, which are counted, with all later ones. */
  #fill(first: number, end: number, target: Float64Array): void {
    const columns = this.#columns;
    for (let j = first; j < end; j++) {
      target[j * columns + j] = 1;
      for (let k = j + 1; k < columns; k++) {
        const table = this.#joint.subarray(((j - first) * columns + k) * cells).subarray(0, cells);
        this.#complete(j, k, table);
        const information = this.#information(j, k, table);
        target[j * columns + k] = information;
        target[k * columns + j] = information;
      }
    }
  }

  #findFullest(): void {
    const counts = this.#counts;
    for (let j = 0; j < this.#columns; j++) {
      let best = 0;
      for (let b = 1; b < bins; b++) {
        if (counts[j * bins + b] > counts[j * bins + best]) best = b;
      }
      this.#fullest[j] = best;
    }
  }

  /**
   * Adds `sign` to the counts of a row's pairs of a column from `first` to `end` and a later one, but for their fullest
   * bins.
   */
  #countRow(row: number, first: number, end: number, sign: number): void {
    const columns = this.#columns;
    const joint = this.#joint;
    const found = this.#found;
    const foundBins = this.#foundBins;
    let count = 0;
    for (let j = first; j < columns; j++) {
      const bin = this.#binOf[row * columns + j];
      // Written in any case and overwritten by the next: a guess at a branch that often goes wrong costs more.
      found[count] = j;
      foundBins[count] = bin;
      count += bin === this.#fullest[j] ? 0 : 1;
    }
    for (let e = 0; e < count && found[e] < end; e++) {
      const line = (found[e] - first) * columns * cells + foundBins[e] * bins;
      for (let f = e + 1; f < count; f++) joint[line + found[f] * cells + foundBins[f]] += sign;
    }
  }

  /** Fills in the fullest bins of j and k from the totals of the others. */
  #complete(j: number, k: number, table: Uint32Array): void {
    const counts = this.#counts;
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
  #information(j: number, k: number, table: Uint32Array): number {
    let sum = 0;
    for (let a = 0; a < bins; a++) {
      for (let b = 0; b < bins; b++) {
        const both = table[a * bins + b];
        if (both === 0) continue;
        const apart = this.#counts[j * bins + a] * this.#counts[k * bins + b];
        sum += (both / this.#rows) * Math.log((both * this.#rows) / apart);
      }
    }
    return Math.max(0, sum);
  }
}
