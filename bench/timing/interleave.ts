/**
 * Timing on a machine that others use as well: candidates take turns (A B C, C B A, ...), so that what slows one slows all,
 * and ratios are taken turn by turn. A turn repeats its call until it has taken long enough to be timed.
 */
import { performance } from "node:perf_hooks";

export interface Candidate {
  readonly name: string;
  /** One unit of what is timed. */
  readonly run: () => unknown;
}

/** Milliseconds a call. `mad` is the median distance from the median. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly mad: number;
  readonly turns: number;
}

/** Of one candidate: a mean a turn, in the order of the turns. */
export type Timings = Readonly<Record<string, readonly number[]>>;

export interface InterleaveOptions {
  readonly turns: number;
  /** Milliseconds that a turn takes at least. */
  readonly turn: number;
  /** Milliseconds for everything: no new turn begins after them, once each candidate has had two. Default: no end. */
  readonly budget?: number;
}

async function calls(candidate: Candidate, count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) await candidate.run();
  return performance.now() - start;
}

export async function interleave(candidates: readonly Candidate[], options: InterleaveOptions): Promise<Timings> {
  const { turns, turn, budget = Number.POSITIVE_INFINITY } = options;
  const begin = performance.now();
  const counts: number[] = [];
  for (const each of candidates) {
    await calls(each, 1);
    // Engines optimise code that has run for a while; a second estimate comes after that.
    const first = await calls(each, 1);
    const warm = first > turn ? first : (await calls(each, Math.ceil(turn / first))) / Math.ceil(turn / first);
    counts.push(Math.max(1, Math.ceil(turn / warm)));
  }
  const timings = candidates.map((): number[] => []);
  for (let round = 0; round < turns; round++) {
    if (round >= 2 && performance.now() - begin > budget) break;
    const order = candidates.map((_, i) => (round % 2 === 0 ? i : candidates.length - 1 - i));
    for (const i of order) timings[i].push((await calls(candidates[i], counts[i])) / counts[i]);
  }
  return Object.fromEntries(candidates.map(({ name }, i) => [name, timings[i]]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function summary(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    min: Math.min(...values),
    median: middle,
    mad: median(values.map((each) => Math.abs(each - middle))),
    turns: values.length,
  };
}

/** Median over the turns of time a / time b. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((each, turn) => each / b[turn]));
}
