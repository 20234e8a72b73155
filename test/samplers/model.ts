/**
 * The model-based law: whatever is done to a sampler (draw, observe or not, save, restore, finish an epoch), its batches are
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
  readonly drawn: readonly { readonly epoch: number; readonly rows: readonly number[] }[];
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

  draw(sampler: Sampler, evidenceSeed: number, even: boolean, observe: boolean): void {
    const { batchSize, labels } = this.#trial;
    if (this.#memory.batches === sampler.batchesPerEpoch) this.#endEpoch();
    const rows = sampler.next();
    const { batches, drawn, epoch } = this.#memory;
    expect(new Set(rows).size, "distinct rows").toBe(rows.length);
    expect(rows.every((row) => row >= 0 && row < labels.rows)).toBe(true);
    expect(rows.length).toBe(this.#visitsAll ? Math.min(batchSize, labels.rows - batches * batchSize) : batchSize);
    if (this.#visitsAll) {
      const visited = drawn.filter((batch) => batch.epoch === epoch).flatMap((batch) => batch.rows);
      expect(
        [...rows].some((row) => visited.includes(row)),
        "a row twice in a pass",
      ).toBe(false);
    }
    this.#memory = { ...this.#memory, batches: batches + 1, drawn: [...drawn, { epoch, rows: [...rows] }] };
    if (observe) {
      const evidence = evidenceOf(evidenceSeed, rows.length, labels.columns, even && this.#candidate.exactTies);
      sampler.observe(rows, evidence);
      const observedAt = this.#memory.observedAt.map((at, row) => (rows.includes(row) ? drawn.length + 1 : at));
      const observations = [...this.#memory.observations, observation(epoch, rows, evidence, labels.columns)];
      this.#memory = { ...this.#memory, observedAt, observations };
      if (batches + 1 === sampler.batchesPerEpoch) this.#endEpoch();
    }
    this.check(sampler);
  }

  check(sampler: Sampler): void {
    const { epoch, batches, trace } = this.#memory;
    expect(sampler.epoch).toBe(batches === sampler.batchesPerEpoch ? epoch + 1 : epoch);
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
  readonly #seed: number;
  readonly #even: boolean;
  readonly #observe: boolean;
  constructor(evidenceSeed: number, even: boolean, observe: boolean) {
    this.#seed = evidenceSeed;
    this.#even = even;
    this.#observe = observe;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    model.draw(real.sampler, this.#seed, this.#even, this.#observe);
  }
  toString = (): string => `draw(evidence ${this.#seed}, even ${this.#even}, observe ${this.#observe})`;
}

class FinishEpoch implements Command {
  readonly #seed: number;
  constructor(evidenceSeed: number) {
    this.#seed = evidenceSeed;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    const { epoch } = real.sampler;
    for (let batch = 0; real.sampler.epoch === epoch; batch++)
      model.draw(real.sampler, this.#seed + batch, false, true);
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
      fc.tuple(seed(), fc.boolean(), fc.boolean()).map((each) => new Draw(...each)),
      fc.tuple(seed(), fc.boolean()).map(([evidenceSeed, even]) => new Draw(evidenceSeed, even, true)),
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
