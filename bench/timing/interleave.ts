/**
 * Timing on a machine that others use as well: candidates take turns (A B C, C B A, ...), so that what slows one slows
 * all, and ratios are taken turn by turn. A turn repeats its call until it has taken long enough to be timed. Processor
 * time is taken beside wall time: it does not count the waiting for a core, so for one thread it is the steadier of the
 * two.
 */
import { performance } from "node:perf_hooks";

/** Milliseconds. */
export interface Elapsed {
  readonly wall: number;
  /** Of all threads of the process together. */
  readonly processor: number;
}

export interface Candidate {
  readonly name: string;
  /** What `count` calls of what is timed took. */
  readonly time: (count: number) => Promise<Elapsed>;
}

/** A candidate of this process. */
export function calling(name: string, run: () => unknown): Candidate {
  return {
    name,
    async time(count) {
      const before = process.cpuUsage();
      const start = performance.now();
      for (let i = 0; i < count; i++) await run();
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(before);
      return { wall, processor: (user + system) / 1000 };
    },
  };
}

/** Milliseconds a call. `mad` is the median distance from the median. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly mad: number;
  readonly turns: number;
}

/** Of one candidate: milliseconds a call, a mean a turn, in the order of the turns. */
export interface Timing {
  readonly wall: readonly number[];
  readonly processor: readonly number[];
}

/** Turns go on until the median distance from the median is at most this share of it, ... */
const largestSpread = 0.05;
/** ... but no longer than that many times as many. */
const patience = 3;

export interface InterleaveOptions {
  /** At least; more where their times spread too far. */
  readonly turns: number;
  /** Milliseconds that a turn takes at least. */
  readonly turn: number;
  /** Milliseconds for everything: no new turn begins after them, once each candidate has had three. Default: no end. */
  readonly budget?: number;
}

/**
 * Passes a millisecond: threads of the turn before spin for a while before they sleep, and their processor time would
 * count. Spinning as well, as a core that sleeps begins its next turn slowly.
 */
function settle(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
}

export async function interleave(
  candidates: readonly Candidate[],
  { turns, turn, budget = Number.POSITIVE_INFINITY }: InterleaveOptions,
): Promise<Readonly<Record<string, Timing>>> {
  const begin = performance.now();
  const counts: number[] = [];
  for (const candidate of candidates) {
    await candidate.time(1);
    // Engines optimise code that has run for a while; a second estimate comes after that.
    const first = (await candidate.time(1)).processor;
    const several = Math.min(1000, Math.ceil(turn / Math.max(first, 1e-3)));
    const warm = several > 1 ? (await candidate.time(several)).processor / several : first;
    counts.push(Math.max(1, Math.ceil(turn / Math.max(warm, 1e-3))));
  }
  const timings = candidates.map((): Elapsed[] => []);
  const spreadOf = (of: readonly Elapsed[]): number => {
    const { median: middle, mad } = summary(of.map(({ processor }) => processor));
    return mad / Math.max(middle, 1e-9);
  };
  for (let round = 0; round < patience * turns; round++) {
    if (round >= 3 && performance.now() - begin > budget) break;
    if (round >= turns && timings.every((of) => spreadOf(of) <= largestSpread)) break;
    const order = candidates.map((_, i) => (round % 2 === 0 ? i : candidates.length - 1 - i));
    for (const i of order) {
      settle();
      if (counts[i] > 1) await candidates[i].time(1);
      timings[i].push(await candidates[i].time(counts[i]));
    }
  }
  for (const [i, of] of timings.entries()) {
    if (spreadOf(of) <= largestSpread) continue;
    console.log(
      `gave up: after ${of.length} turns the processor times of ${candidates[i].name} spread by ${(100 * spreadOf(of)).toFixed(0)} % of their median`,
    );
  }
  const each = (i: number, clock: keyof Elapsed): number[] => timings[i].map((turn) => turn[clock] / counts[i]);
  return Object.fromEntries(
    candidates.map(({ name }, i) => [name, { wall: each(i, "wall"), processor: each(i, "processor") }]),
  );
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
    mad: median(values.map((value) => Math.abs(value - middle))),
    turns: values.length,
  };
}

/** Median over the turns of time a / time b. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((each, turn) => each / b[turn]));
}
