/**
 * What the naive sampler remembers of a run, as plain data: everything that was drawn and observed. Its figures (trace,
 * ages, what is left to visit) are counted anew each time they are asked for.
 */
import * as v from "valibot";
import { UsageError } from "../../errors.ts";
import type { Trial } from "../subject.ts";
import { mean, upTo } from "./observations.ts";

const counts = v.array(v.number());
const batch = v.object({ epoch: v.number(), rows: counts });
const visit = v.object({ loss: v.number(), entryLosses: counts, scores: counts });
const trace = v.object({
  epoch: v.number(),
  entropy: v.number(),
  effectiveSampleSize: v.number(),
  drawsPerRow: v.instance(Uint32Array),
  drawsPerLabel: v.instance(Uint32Array),
  minorityShare: v.number(),
  neverDrawn: v.number(),
  meanAge: v.number(),
  maxAge: v.number(),
});

const memory = v.object({
  epoch: v.number(),
  /** Batches drawn in the epoch. */
  batches: v.number(),
  /** All batches of the run, by epoch. */
  drawn: v.array(batch),
  /** Batches observed in all: the oldest ones of `drawn`. */
  observed: v.number(),
  observations: v.array(v.object({ epoch: v.number(), rows: counts, visits: v.array(visit) })),
  /** `[rows]` number of the batch in which the row was last observed, 0 for never. */
  observedAt: counts,
  /** `[rows]` whether the row was ever drawn. */
  everDrawn: v.array(v.boolean()),
  /** Probabilities as the epoch began. */
  atBegin: counts,
  /** Of the last finished epoch. */
  trace: v.nullable(trace),
});

export type Memory = v.InferOutput<typeof memory>;

const random = v.object({ seed: v.number(), generator: counts, spare: v.nullable(v.number()) });
const state = v.object({ memory, random });

/** @throws UsageError for what is no state of a naive sampler */
export function readState(given: unknown): v.InferOutput<typeof state> {
  const read = v.safeParse(state, structuredClone(given));
  if (!read.success) throw new UsageError(`sampler state: ${v.getDotPath(read.issues[0])}: ${read.issues[0].message}`);
  return read.output;
}

/** Nothing drawn yet. */
export const emptyMemory = (rows: number): Memory => ({
  epoch: 0,
  batches: 0,
  drawn: [],
  observed: 0,
  observations: [],
  observedAt: new Array<number>(rows).fill(0),
  everDrawn: new Array<boolean>(rows).fill(false),
  atBegin: [],
  trace: null,
});

/** The rows drawn in the epoch under way. */
export const drawnInEpoch = ({ drawn, batches }: Memory): number[] =>
  drawn.slice(drawn.length - batches).flatMap(({ rows }) => rows);

/** The batches that wait to be observed, oldest first. */
export const waiting = ({ drawn, observed }: Memory): number[][] => drawn.slice(observed).map(({ rows }) => rows);

/** The trace of the epoch that ends. */
export function naiveTrace({ labels }: Trial, memory: Memory): NonNullable<Memory["trace"]> {
  const { epoch, drawn, observedAt, everDrawn, atBegin } = memory;
  const draws = drawnInEpoch(memory);
  const everyRow = upTo(labels.rows);
  const has = (row: number, label: number): boolean => labels.values[row * labels.columns + label] === 1;
  const positives = upTo(labels.columns).map((label) => everyRow.filter((row) => has(row, label)).length);
  const ratios = positives.map((count) => Math.max(...positives) / (count + 1e-6));
  const minority = upTo(labels.columns).filter((label) => ratios[label] > mean(ratios));
  const ages = observedAt.map((at) => drawn.length - at);
  return {
    epoch,
    entropy: -atBegin.reduce((total, p) => total + p * Math.log(p), 0),
    effectiveSampleSize: 1 / atBegin.reduce((total, p) => total + p * p, 0),
    drawsPerRow: Uint32Array.from(everyRow, (row) => draws.filter((other) => other === row).length),
    drawsPerLabel: Uint32Array.from(upTo(labels.columns), (j) => draws.filter((row) => has(row, j)).length),
    minorityShare: draws.filter((row) => minority.some((label) => has(row, label))).length / draws.length,
    neverDrawn: everDrawn.filter((ever) => !ever).length,
    meanAge: ages.reduce((total, age) => total + age, 0) / ages.length,
    maxAge: Math.max(...ages),
  };
}
