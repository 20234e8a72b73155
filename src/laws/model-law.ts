/**
 * The model-based law: whatever is done to a sampler (draw ahead, observe, save, restore, finish an epoch), its batches
 * could have come from the naive model, and its probabilities and traces are the model's.
 */
import type { Arbitrary, AsyncCommand } from "fast-check";
import type { EpochTrace, SamplerState } from "../samplers/sampler.ts";
import { broken, close, same } from "./broken.ts";
import { refused, requireSaving } from "./call-laws.ts";
import type { FC } from "./explore.ts";
import type { Law } from "./law.ts";
import { type NaiveModel, naiveModel } from "./naive/model.ts";
import { NaiveSampler } from "./naive/sampler.ts";
import { probabilitiesOf } from "./probability-laws.ts";
import type { Subject, TestedSampler, Trial } from "./subject.ts";
import { evidenceOf, seeds, smallTrials } from "./trial.ts";

/** The sampler under test. */
interface Real {
  sampler: TestedSampler;
}

/** The naive sampler beside it, with the batches that wait and the point last saved. */
class Model {
  readonly #subject: Subject;
  readonly #trial: Trial;
  readonly #naive: NaiveSampler;
  #waiting: Int32Array[] = [];
  #observed = 0;
  #saved: { readonly real: SamplerState; readonly naive: SamplerState; readonly waiting: Int32Array[] } | undefined;

  constructor(subject: Subject, trial: Trial, model: NaiveModel) {
    this.#subject = subject;
    this.#trial = trial;
    this.#naive = new NaiveSampler(trial, model);
  }

  get epoch(): number {
    return this.#naive.epoch;
  }

  get batchesPerEpoch(): number {
    return this.#naive.batchesPerEpoch;
  }

  async draw({ sampler }: Real): Promise<void> {
    const { laws } = this.#subject.claims;
    if (sampler.ahead === 0) {
      if (laws.includes("refusal")) await refused("next beyond ahead", sampler, () => sampler.next());
      return;
    }
    const rows = await sampler.next();
    this.#naive.accept(rows);
    this.#waiting.push(rows);
    await this.check(sampler);
  }

  /** The oldest batch that waits, if one does. */
  async observe({ sampler }: Real, evidenceSeed: number, even: boolean): Promise<void> {
    const [rows] = this.#waiting;
    if (rows === undefined) return;
    const { exactTies } = this.#subject.claims;
    // Evidence that comes twice can make scores that are equal but for the order of their sums.
    const seed = exactTies ? evidenceSeed : (evidenceSeed + 1_000_003 * this.#observed++) >>> 0;
    const evidence = evidenceOf(seed, rows.length, this.#trial.labels.columns, even && exactTies);
    await sampler.observe(rows, evidence);
    this.#naive.observe(rows, evidence);
    this.#waiting.shift();
    await this.check(sampler);
  }

  async check(sampler: TestedSampler): Promise<void> {
    const { epoch, batchesPerEpoch, ahead } = this.#naive;
    same("epoch", sampler.epoch, epoch);
    same("batchesPerEpoch", sampler.batchesPerEpoch, batchesPerEpoch);
    if (this.#subject.claims.laws.includes("ahead")) same("ahead", sampler.ahead, ahead);
    close("p", await probabilitiesOf(sampler), this.#naive.probabilities(), 1e-12);
    if (sampler.trace === undefined) return;
    compareTraces(await sampler.trace(), this.#naive.trace());
  }

  async save({ sampler }: Real): Promise<void> {
    if (sampler.state === undefined || !this.#subject.claims.laws.includes("snapshots")) return;
    const real = structuredClone(await sampler.state());
    this.#saved = { real, naive: this.#naive.state(), waiting: [...this.#waiting] };
  }

  /** A sampler made with another seed, brought to the saved point. */
  async restore(real: Real): Promise<void> {
    if (this.#saved === undefined) return;
    const twin = await this.#subject.make({ ...this.#trial, seed: this.#trial.seed ^ 1 });
    requireSaving(twin);
    await twin.restore(this.#saved.real);
    await real.sampler.end?.();
    real.sampler = twin;
    this.#naive.restore(this.#saved.naive);
    this.#waiting = [...this.#saved.waiting];
    await this.check(twin);
  }
}

function compareTraces(found: EpochTrace | undefined, expected: EpochTrace | undefined): void {
  if (found === undefined || expected === undefined) {
    same("the trace", found, expected);
    return;
  }
  const { entropy, effectiveSampleSize, meanAge, ...counts } = found;
  const { entropy: _, effectiveSampleSize: __, meanAge: ___, ...expectedCounts } = expected;
  same("the trace", counts, expectedCounts);
  const figures = [expected.entropy, expected.effectiveSampleSize, expected.meanAge];
  close("the trace's entropy, effective size, mean age", [entropy, effectiveSampleSize, meanAge], figures, 1e-9);
}

type Command = AsyncCommand<Model, Real>;

/** A command with its name; every one may come at any point. */
const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

const draw = (count: number): Command =>
  command(`draw(${count})`, async (model, real) => {
    for (let batch = 0; batch < count; batch++) await model.draw(real);
  });

const observe = (count: number, seed: number, even: boolean): Command =>
  command(`observe(${count}, evidence ${seed}..., even ${even})`, async (model, real) => {
    for (let batch = 0; batch < count; batch++) await model.observe(real, seed + batch, even);
  });

const finishEpoch = (seed: number): Command =>
  command(`finish epoch(evidence ${seed}...)`, async (model, real) => {
    const { epoch, batchesPerEpoch } = model;
    for (let batch = 0; batch < batchesPerEpoch; batch++) await model.observe(real, seed + batch, false);
    for (let batch = 0; model.epoch === epoch; batch++) {
      await model.draw(real);
      await model.observe(real, seed + batch, false);
    }
  });

const save = command("save", (model, real) => model.save(real));
const restore = command("restore", (model, real) => model.restore(real));

function commands(fc: FC): Arbitrary<Iterable<Command>> {
  const few = fc.integer({ min: 1, max: 4 });
  return fc.commands(
    [
      few.map(draw),
      fc.tuple(few, seeds(fc), fc.boolean()).map((drawn) => observe(...drawn)),
      seeds(fc).map(finishEpoch),
      fc.constant(save),
      fc.constant(restore),
    ],
    { maxCommands: 25, size: "max" },
  );
}

export const model: Law = {
  level: "formula",
  says: "probabilities, batches and traces are those of the naive model, through any sequence of draws, saves and restores",
  run({ fc, holds }, subject) {
    const { formula } = subject.claims;
    if (formula === undefined) broken("it claims to equal a naive model, but does not name one");
    const naive = naiveModel(formula);
    return holds(
      fc.asyncProperty(smallTrials(fc), commands(fc), async (given, list) => {
        const trial = subject.seen?.(given) ?? given;
        const real: Real = { sampler: await subject.make(trial) };
        const start = () => ({ model: new Model(subject, trial, naive), real });
        await fc.asyncModelRun(start, list);
        await real.sampler.end?.();
      }),
      40,
    );
  },
};
