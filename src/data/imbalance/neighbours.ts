/**
 * Exact k nearest neighbours of chosen rows. Distances come in blocks from |a|^2 + |b|^2 - 2ab; whatever that sum could
 * have got wrong by rounding is measured again by direct differences, so the answer is that of a plain double loop.
 */
import { UsageError } from "../../errors.ts";
import type { Matrix } from "../dataset.ts";
import { allRows, checkRows } from "../rows.ts";
import { type DotProductKernel, type DotProducts, products } from "./products.ts";

/** Options of `nearestNeighbours`. */
export interface NeighbourOptions {
  /** Neighbours wanted for each row. Where there are fewer other rows, all of them are neighbours. */
  readonly k: number;
  /** The rows whose neighbours are wanted; all by default. */
  readonly queries?: ArrayLike<number>;
  /** Where the dot products come from; the float64 loops of products.ts by default. */
  readonly kernel?: DotProductKernel;
  /** Is called now and then: rows whose neighbours are found, and all that were asked about. */
  readonly progress?: (done: number, all: number) => void;
}

/** Finds neighbours: `nearestNeighbours`, or one that remembers what it found. */
export type NeighbourSearch = (features: Matrix, options: NeighbourOptions) => Neighbours;

/** The nearest neighbours of some rows. */
export interface Neighbours {
  /** The rows that were asked about. */
  readonly queries: Int32Array;
  /** Neighbours of each row: min(k, rows - 1). */
  readonly k: number;
  /**
   * `[queries, k]` nearest first; of equally near rows the one with the lower index. The row itself is never among
   * them.
   */
  readonly indices: Int32Array;
  /** `[queries, k]` squared Euclidean distances. */
  readonly squaredDistances: Float64Array;
}

/** `[rows]` sum of squares. Says on the way whether all values are whole numbers, whose sums have no rounding. */
function squaredNorms(features: Matrix): { norms: Float64Array; whole: boolean } {
  const norms = new Float64Array(features.rows);
  const { columns, values } = features;
  let whole = true;
  for (let i = 0; i < features.rows; i++) {
    const start = features.kind === "sparse" ? features.offsets[i] : i * columns;
    const end = features.kind === "sparse" ? features.offsets[i + 1] : start + columns;
    let sum = 0;
    for (let e = start; e < end; e++) {
      sum += values[e] * values[e];
      whole = whole && Number.isInteger(values[e]);
    }
    if (!Number.isFinite(sum)) {
      throw new UsageError(`row ${i} (from 0) has a feature that is not a finite number: its neighbours are undefined`);
    }
    norms[i] = sum;
  }
  return { norms, whole };
}

/** Sum of squared differences, columns ascending. Stops early, with a partial sum, once that exceeds `limit`. */
function squaredDistance(features: Matrix, a: number, b: number, limit: number): number {
  const { values } = features;
  let sum = 0;
  if (features.kind === "dense") {
    const [atA, atB] = [a * features.columns, b * features.columns];
    for (let j = 0; j < features.columns && sum <= limit; j++) {
      const difference = values[atA + j] - values[atB + j];
      sum += difference * difference;
    }
    return sum;
  }
  const { offsets, indices } = features;
  let [e, f] = [offsets[a], offsets[b]];
  const [endA, endB] = [offsets[a + 1], offsets[b + 1]];
  while ((e < endA || f < endB) && sum <= limit) {
    const columnA = e < endA ? indices[e] : features.columns;
    const columnB = f < endB ? indices[f] : features.columns;
    const valueA = columnA <= columnB ? values[e++] : 0;
    const valueB = columnB <= columnA ? values[f++] : 0;
    sum += (valueA - valueB) * (valueA - valueB);
  }
  return sum;
}

/**
 * How far |a|^2 + |b|^2 - 2ab and the directly summed distance can lie apart, as a multiple of |a|^2 + |b|^2:
 * gamma(columns) of the kernel's arithmetic for the products (Cauchy-Schwarz), of float64 for the norms and for the
 * direct sum (Higham 2002, section 3.1).
 */
function roundoffBound(columns: number, unitRoundoff: number): number {
  return 1.1 * ((columns + 4) * unitRoundoff + (3 * columns + 16) * 2 ** -53);
}

/**
 * The k nearest rows of each queried row by Euclidean distance, the row itself left out by its index: a duplicate of it
 * is a neighbour at distance 0. Ties go to the lower index. Memory beside the answer: one block of products.
 * @throws UsageError for k < 1, a query that is no row, or a feature value that is not finite.
 */
export function nearestNeighbours(features: Matrix, options: NeighbourOptions): Neighbours {
  if (!Number.isInteger(options.k) || options.k < 1) {
    throw new UsageError(`k = ${options.k} neighbours: expected a whole number of at least 1`);
  }
  const queries = options.queries ? Int32Array.from(options.queries) : allRows(features.rows);
  checkRows(queries, features.rows);
  const k = Math.max(0, Math.min(options.k, features.rows - 1));
  const indices = new Int32Array(queries.length * k).fill(-1);
  const squaredDistances = new Float64Array(queries.length * k).fill(Number.POSITIVE_INFINITY);
  const { norms, whole } = squaredNorms(features);
  if (k > 0 && queries.length > 0) {
    const dots = (options.kernel ?? products)(features);
    search(features, dots, norms, whole, queries, new Nearest(k, indices, squaredDistances), options.progress);
  }
  return { queries, k, indices, squaredDistances };
}

/** The nearest of each query so far. */
class Nearest {
  readonly #k: number;
  readonly #indices: Int32Array; // [queries, k]
  readonly #distances: Float64Array; // [queries, k]
  /** `[queries]` the largest distance of each, beyond which nothing is wanted. */
  readonly worst: Float64Array;

  constructor(k: number, indices: Int32Array, distances: Float64Array) {
    this.#k = k;
    this.#indices = indices;
    this.#distances = distances;
    this.worst = new Float64Array(distances.length / k).fill(Number.POSITIVE_INFINITY);
  }

  /** Rows come in ascending order: one as near as the worst so far has the higher index and stays out. */
  offer(place: number, row: number, distance: number): void {
    if (distance >= this.worst[place]) return;
    const indices = this.#indices;
    const distances = this.#distances;
    const first = place * this.#k;
    const last = first + this.#k - 1;
    let at = last;
    for (; at > first && distances[at - 1] > distance; at--) {
      distances[at] = distances[at - 1];
      indices[at] = indices[at - 1];
    }
    distances[at] = distance;
    indices[at] = row;
    this.worst[place] = distances[last];
  }
}

function search(
  features: Matrix,
  dots: DotProducts,
  norms: Float64Array,
  whole: boolean,
  queries: Int32Array,
  nearest: Nearest,
  progress: NeighbourOptions["progress"],
): void {
  const { rows } = features;
  const largestNorm = norms.reduce((most, norm) => Math.max(most, norm), 0);
  // Whole numbers below 1/u are added without rounding, so the distance is already exact.
  const exact = whole && 4 * largestNorm * dots.unitRoundoff < 1;
  const relative = exact ? 0 : roundoffBound(features.columns, dots.unitRoundoff);
  // Float32 products may also underflow.
  const absolute = exact ? 0 : features.columns * 2 ** -148;
  const block = new Float64Array(dots.queryBlock * dots.candidateBlock);
  const { worst } = nearest;
  if (dots.anyStart && queries.length === rows && queries.every((query, i) => query === i)) {
    // Each pair once, for both of its rows: either meets the others in ascending order, those before it first.
    for (let query = 0; query < rows; query++) {
      dots.compute(queries.subarray(query, query + 1), query + 1, rows, block);
      for (let c = query + 1; c < rows; c++) {
        const norms2 = norms[query] + norms[c];
        const estimate = norms2 - 2 * block[c - query - 1];
        const least = estimate - relative * norms2 - absolute;
        if (least > worst[query] && least > worst[c]) continue;
        const limit = Math.max(worst[query], worst[c]);
        const distance = exact ? estimate : squaredDistance(features, query, c, limit);
        nearest.offer(query, c, distance);
        nearest.offer(c, query, distance);
      }
      if (query % 64 === 63 || query === rows - 1) progress?.(query + 1, rows);
    }
    return;
  }
  for (let firstQuery = 0; firstQuery < queries.length; firstQuery += dots.queryBlock) {
    const chunk = queries.subarray(firstQuery, firstQuery + dots.queryBlock);
    for (let start = 0; start < rows; start += dots.candidateBlock) {
      const end = Math.min(rows, start + dots.candidateBlock);
      dots.compute(chunk, start, end, block);
      for (let i = 0; i < chunk.length; i++) {
        const query = chunk[i];
        const place = firstQuery + i;
        const norm = norms[query];
        for (let c = start; c < end; c++) {
          const norms2 = norm + norms[c];
          const estimate = norms2 - 2 * block[i * dots.candidateBlock + c - start];
          if (estimate - relative * norms2 - absolute > worst[place] || c === query) continue;
          nearest.offer(place, c, exact ? estimate : squaredDistance(features, query, c, worst[place]));
        }
      }
    }
    progress?.(firstQuery + chunk.length, queries.length);
  }
}
