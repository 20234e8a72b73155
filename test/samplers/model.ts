/**
 * The model-based law: whatever is done to a sampler (draw ahead, observe, save, restore, finish an epoch), its batches are
 * well formed and its probabilities and traces are those of the naive formulas.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { EpochTrace, Sampler, SamplerState } from "../../src/samplers/sampler.ts";
import { seed } from "../arbitraries.ts";
import type { Candidate } from "./candidates.ts";
import { type Observation, observation } from "./naive.ts";
import { evidenceOf, type Trial } from "./trial.ts";

/** What the naive side remembers. */
interface Memory {
  readonly epoch: number;
  /** Batches drawn in the epoch. */
  readonly batches: number;
  /** All batches of the run, by epoch. */
  readonly drawn: readonly { readonly epoch: number; readonly rows: Int32Array }[];
  /** Batches observed in all: the oldest ones of `drawn`. */
  readonly observed: number;
  readonly observations: readonly Observation[];
  /** `[rows]` batches drawn in all when the row was last observed, 0 for never. */
  readonly observedAt: readonly number[];
  /** Probabilities as the epoch began. */
  readonly atBegin: readonly number[];
  readonly trace: EpochTrace | undefined;
}

export class Model {
  readonly #candidate: Candidate;
  readonly #trial: Trial;
  #memory: Memory;
  #saved: { readonly snapshot: SamplerState; readonly memory: Memory } | undefined;

  constructor(candidate: Candidate, trial: Trial) {
    this.#candidate = candidate;
    this.#trial = trial;
    const rows = trial.labels.rows;
    this.#memory = {
      epoch: 0,
      batches: 0,
      drawn: [],
      observed: 0,
      observations: [],
      observedAt: new Array<number>(rows).fill(0),
      atBegin: [],
      trace: undefined,
    };
    this.#memory = { ...this.#memory, atBegin: this.#probabilities() };
  }

  get #visitsAll(): boolean {
    return this.#candidate.kind === "pass" || this.#memory.epoch < this.#trial.warmUp;
  }

  #probabilities(): readonly number[] {
    const { epoch, observations } = this.#memory;
    const rows = this.#trial.labels.rows;
    if (this.#visitsAll) return new Array<number>(rows).fill(1 / rows);
    return this.#candidate.naive(this.#trial, observations, epoch);
  }

  get #batchesPerEpoch(): number {
    return Math.ceil(this.#trial.labels.rows / this.#trial.batchSize);
  }

  get #waiting(): number {
    return this.#memory.drawn.length - this.#memory.observed;
  }

  get #ahead(): number {
    const candidate = this.#candidate;
    if (candidate.kind === "table" && candidate.feedback && !this.#visitsAll) return 1 - this.#waiting;
    return this.#batchesPerEpoch - this.#memory.batches;
  }

  draw(sampler: Sampler): void {
    const { batchSize, labels } = this.#trial;
    if (this.#ahead === 0) {
      expect(() => sampler.next()).toThrow(expect.objectContaining({ name: "UsageError" }));
      return;
    }
    const rows = sampler.next();
    const { batches, drawn, epoch } = this.#memory;
    expect(new Set(rows).size, "distinct rows").toBe(rows.length);
    expect(rows.every((row) => row >= 0 && row < labels.rows)).toBe(true);
    expect(rows.length).toBe(this.#visitsAll ? Math.min(batchSize, labels.rows - batches * batchSize) : batchSize);
    if (this.#visitsAll) {
      const visited = drawn.filter((batch) => batch.epoch === epoch).flatMap((batch) => [...batch.rows]);
      expect(
        [...rows].some((row) => visited.includes(row)),
        "a row twice in a pass",
      ).toBe(false);
    }
    this.#memory = { ...this.#memory, batches: batches + 1, drawn: [...drawn, { epoch, rows }] };
    this.check(sampler);
  }

  /** The oldest batch that waits, if one does. */
  observe(sampler: Sampler, evidenceSeed: number, even: boolean): void {
    if (this.#waiting === 0) return;
    const { columns } = this.#trial.labels;
    const { batches, drawn } = this.#memory;
    const observed = this.#memory.observed + 1;
    const { epoch, rows } = drawn[observed - 1];
    const evidence = evidenceOf(evidenceSeed, rows.length, columns, even && this.#candidate.exactTies);
    sampler.observe(rows, evidence);
    const observedAt = this.#memory.observedAt.map((at, row) => (rows.includes(row) ? observed : at));
    const observations = [...this.#memory.observations, observation(epoch, rows, evidence, columns)];
    this.#memory = { ...this.#memory, observed, observedAt, observations };
    if (this.#waiting === 0 && batches === this.#batchesPerEpoch) this.#endEpoch();
    this.check(sampler);
  }

  check(sampler: Sampler): void {
    const { epoch, batches, trace } = this.#memory;
    expect(sampler.batchesPerEpoch).toBe(this.#batchesPerEpoch);
    expect(sampler.epoch).toBe(batches === this.#batchesPerEpoch ? epoch + 1 : epoch);
    expect(sampler.ahead).toBe(this.#ahead);
    closeTo(sampler.probabilities(), this.#probabilities(), 1e-12);
    const found = sampler.trace();
    if (found === undefined || trace === undefined) {
      expect(found).toBe(trace);
      return;
    }
    const { entropy, effectiveSampleSize, meanAge, ...counts } = found;
    const { entropy: _, effectiveSampleSize: __, meanAge: ___, ...expected } = trace;
    expect(counts).toEqual(expected);
    const figures = [trace.entropy, trace.effectiveSampleSize, trace.meanAge];
    closeTo([entropy, effectiveSampleSize, meanAge], figures, 1e-9);
  }

  save(sampler: Sampler): void {
    this.#saved = { snapshot: structuredClone(sampler.state()), memory: this.#memory };
  }

  /** A sampler made with another seed, brought to the saved point. */
  restore(sampler: Sampler): Sampler {
    if (this.#saved === undefined) return sampler;
    const twin = this.#candidate.make({ ...this.#trial, seed: this.#trial.seed ^ 1 });
    twin.restore(this.#saved.snapshot);
    this.#memory = this.#saved.memory;
    this.check(twin);
    return twin;
  }

  #endEpoch(): void {
    const trace = this.#naiveTrace();
    this.#memory = { ...this.#memory, trace, epoch: this.#memory.epoch + 1, batches: 0 };
    this.#memory = { ...this.#memory, atBegin: this.#probabilities() };
  }

  #naiveTrace(): EpochTrace {
    const { labels, minority } = this.#trial;
    const { epoch, drawn, observedAt, atBegin } = this.#memory;
    const draws = drawn.filter((batch) => batch.epoch === epoch).flatMap((batch) => [...batch.rows]);
    const has = (row: number, label: number): boolean => labels.values[row * labels.columns + label] === 1;
    const ages = observedAt.map((at) => drawn.length - at);
    const everyRow = [...observedAt.keys()];
    return {
      epoch,
      entropy: -atBegin.reduce((sum, p) => sum + p * Math.log(p), 0),
      effectiveSampleSize: 1 / atBegin.reduce((sum, p) => sum + p * p, 0),
      drawsPerRow: Uint32Array.from(everyRow, (row) => draws.filter((other) => other === row).length),
      drawsPerLabel: Uint32Array.from({ length: labels.columns }, (_, j) => draws.filter((row) => has(row, j)).length),
      minorityShare: draws.filter((row) => minority.some((label) => has(row, label))).length / draws.length,
      neverDrawn: everyRow.filter((row) => !drawn.some((batch) => batch.rows.includes(row))).length,
      meanAge: ages.reduce((sum, age) => sum + age, 0) / ages.length,
      maxAge: Math.max(...ages),
    };
  }
}

interface Real {
  sampler: Sampler;
}
type Command = fc.Command<Model, Real>;

class Draw implements Command {
  readonly #count: number;
  constructor(count: number) {
    this.#count = count;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    for (let batch = 0; batch < this.#count; batch++) model.draw(real.sampler);
  }
  toString = (): string => `draw(${this.#count})`;
}

class Observe implements Command {
  readonly #count: number;
  readonly #seed: number;
  readonly #even: boolean;
  constructor(count: number, evidenceSeed: number, even: boolean) {
    this.#count = count;
    this.#seed = evidenceSeed;
    this.#even = even;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    for (let batch = 0; batch < this.#count; batch++) model.observe(real.sampler, this.#seed + batch, this.#even);
  }
  toString = (): string => `observe(${this.#count}, evidence ${this.#seed}..., even ${this.#even})`;
}

class FinishEpoch implements Command {
  readonly #seed: number;
  constructor(evidenceSeed: number) {
    this.#seed = evidenceSeed;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    const { epoch, batchesPerEpoch } = real.sampler;
    for (let batch = 0; batch < batchesPerEpoch; batch++) model.observe(real.sampler, this.#seed + batch, false);
    for (let batch = 0; real.sampler.epoch === epoch; batch++) {
      model.draw(real.sampler);
      model.observe(real.sampler, this.#seed + batch, false);
    }
  }
  toString = (): string => `finish epoch(evidence ${this.#seed}...)`;
}

class Save implements Command {
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    model.save(real.sampler);
  }
  toString = (): string => "save";
}

class Restore implements Command {
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    real.sampler = model.restore(real.sampler);
  }
  toString = (): string => "restore";
}

export const commands = (): fc.Arbitrary<Iterable<Command>> =>
  fc.commands(
    [
      fc.integer({ min: 1, max: 4 }).map((count) => new Draw(count)),
      fc.tuple(fc.integer({ min: 1, max: 4 }), seed(), fc.boolean()).map((each) => new Observe(...each)),
      seed().map((evidenceSeed) => new FinishEpoch(evidenceSeed)),
      fc.constant(new Save()),
      fc.constant(new Restore()),
    ],
    { maxCommands: 25, size: "max" },
  );

export function runModel(candidate: Candidate, trial: Trial, list: Iterable<Command>): void {
  fc.modelRun(() => ({ model: new Model(candidate, trial), real: { sampler: candidate.make(trial) } }), list);
}

/** Every number within `tolerance` of the expected one, relative to it. */
export function closeTo(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= tolerance * Math.max(Math.abs(expected[i]), 1e-9))) {
      expect.fail(`number ${i} is ${found[i]}, expected ${expected[i]} to within ${tolerance}`);
    }
  }
}
