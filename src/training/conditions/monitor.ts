/**
 * Watches a training run for the conditions of the theory: every batch's probabilities and draws, the figures of every
 * step, and once an epoch, at its beginning, both risks of all training rows and the gradients of both on a sample of
 * them. Costs O(rows) a batch and about two more passes over the rows an epoch, and changes nothing of the run.
 */
import { UsageError } from "../../errors.ts";
import type { StepSizes } from "../../nn/optimiser.ts";
import type { Random } from "../../random.ts";
import type { Sampler } from "../../samplers/sampler.ts";
import {
  type Conditions,
  cosine,
  type EpochConditions,
  greatest,
  least,
  overall,
  type RunFacts,
  risks,
  shareBounds,
} from "./conditions.ts";
import type { Probe, StepFigures } from "./probe.ts";

/**
 * Rows whose gradients are compared each epoch: all where there are no more, else that many drawn uniformly, anew each
 * epoch.
 */
const sampleSize = 1024;

export interface MonitorOptions {
  readonly sampler: Sampler;
  /** Rows of the table, by the sampler's numbers. */
  readonly rows: Int32Array;
  readonly stepSizes?: StepSizes;
  readonly probe: Probe;
  /** The noise of what is looked at, and the sample of rows; give it a stream of its own. */
  readonly random: Random;
}

/** What is measured before the first step of an epoch. */
export type AtBeginning = Pick<EpochConditions, "uniformRisk" | "selectedRisk" | "cosine">;
/** What is measured over the steps of an epoch. */
export type OfSteps = Omit<EpochConditions, "uniformRisk" | "selectedRisk" | "cosine" | "fewestDraws" | "mostDraws">;

/** What the monitor remembers of a run, as plain data. */
export interface MonitorState {
  /** `[rows]` how often each row was drawn. */
  readonly draws: Uint32Array;
  /** Finished epochs. */
  readonly epochs: readonly EpochConditions[];
  /** The epoch under way: what was measured before its first step, and over its steps so far. */
  readonly atBeginning: AtBeginning;
  readonly steps: OfSteps;
}

const nothing: OfSteps = {
  smallestShare: Infinity,
  largestShare: -Infinity,
  smallestSum: 0,
  smallestLoss: Infinity,
  largestGradient: 0,
  smallestGamma: null,
  smallestGammaRising: null,
  smallestWeight: null,
  largestWeight: null,
};

export class ConditionMonitor {
  readonly #options: MonitorOptions;
  readonly #facts: RunFacts;
  readonly #draws: Uint32Array; // [rows]
  #epochs: EpochConditions[] = [];
  #atBeginning: AtBeginning = { uniformRisk: 0, selectedRisk: 0, cosine: null };
  #steps = nothing;

  constructor(options: MonitorOptions) {
    const { sampler, stepSizes } = options;
    this.#options = options;
    this.#draws = new Uint32Array(sampler.rows);
    this.#facts = {
      rows: sampler.rows,
      batchesPerEpoch: sampler.batchesPerEpoch,
      pressure: sampler.pressure ?? null,
      unbiased: sampler.importanceWeights !== undefined,
      beta2: stepSizes?.beta2 ?? null,
      sampledRows: Math.min(sampler.rows, sampleSize),
    };
  }

  /** Looks at the model and the sampler as they are before the first batch of epoch `epoch`, from 0. */
  async begin(epoch: number): Promise<void> {
    const { sampler, rows, probe, random } = this.#options;
    const stream = random.stream(`epoch ${epoch}`);
    const p = sampler.probabilities();
    const { uniform, selected } = risks(p, await probe.losses(rows, stream.stream("losses")));

    const order = Int32Array.from(rows.keys());
    if (this.#facts.sampledRows < rows.length) stream.stream("sample").shuffle(order);
    const sample = order.subarray(0, this.#facts.sampledRows);
    const slopes = (weights: Float64Array): Promise<Float64Array> =>
      probe.slopes(
        sample.map((i) => rows[i]),
        weights,
        stream.stream("slopes"),
      );
    const plain = await slopes(new Float64Array(sample.length).fill(1));
    const preferred = await slopes(Float64Array.from(sample, (i) => rows.length * p[i]));
    this.#atBeginning = { uniformRisk: uniform, selectedRisk: selected, cosine: cosine(plain, preferred) };
    this.#steps = nothing;
  }

  /** To be called before the sampler draws. */
  beforeDraw(): void {
    const p = this.#options.sampler.probabilities();
    const { smallest, largest } = shareBounds(p);
    this.#steps = {
      ...this.#steps,
      smallestShare: Math.min(this.#steps.smallestShare, smallest),
      largestShare: Math.max(this.#steps.largestShare, largest),
      smallestSum: this.#steps.smallestSum + smallest / p.length,
    };
  }

  /** @param step number of the step in the run, from 1 */
  afterStep(
    step: number,
    drawn: Int32Array,
    weights: Float32Array | undefined,
    loss: number,
    { largestGradient, smallestGamma }: StepFigures,
  ): void {
    for (const row of drawn) this.#draws[row] += 1;
    const sofar = this.#steps;
    const { stepSizes } = this.#options;
    const rose = stepSizes !== undefined && step > 1 && stepSizes.rate(step) > stepSizes.rate(step - 1);
    // At learning rate 0 nothing moves, and Gamma is not defined.
    const gamma = stepSizes?.rate(step) === 0 ? null : (smallestGamma ?? null);
    this.#steps = {
      ...sofar,
      smallestLoss: Math.min(sofar.smallestLoss, loss),
      largestGradient: Math.max(sofar.largestGradient, largestGradient),
      smallestGamma: least([sofar.smallestGamma, rose ? null : gamma]),
      smallestGammaRising: least([sofar.smallestGammaRising, rose ? gamma : null]),
      smallestWeight: least([sofar.smallestWeight, ...(weights ?? [])]),
      largestWeight: greatest([sofar.largestWeight, ...(weights ?? [])]),
    };
  }

  /** The figures of the epoch whose batches are all done. */
  finish(): EpochConditions {
    const epoch = {
      ...this.#steps,
      ...this.#atBeginning,
      fewestDraws: this.#draws.reduce((a, b) => Math.min(a, b)),
      mostDraws: this.#draws.reduce((a, b) => Math.max(a, b)),
    };
    this.#epochs.push(epoch);
    return epoch;
  }

  state(): MonitorState {
    return {
      draws: this.#draws.slice(),
      epochs: [...this.#epochs],
      atBeginning: this.#atBeginning,
      steps: this.#steps,
    };
  }

  /** @throws UsageError for the state of a run over another number of rows */
  restore({ draws, epochs, atBeginning, steps }: MonitorState): void {
    if (draws.length !== this.#draws.length) {
      throw new UsageError(`checkpoint: it counts draws of ${draws.length} rows, expected ${this.#draws.length}`);
    }
    this.#draws.set(draws);
    this.#epochs = [...epochs];
    this.#atBeginning = atBeginning;
    this.#steps = steps;
  }

  /** Of all finished epochs; undefined where there is none. */
  conditions(): Conditions | undefined {
    const { stepSizes } = this.#options;
    if (this.#epochs.length === 0) return undefined;
    return overall(this.#facts, this.#epochs, stepSizes && ((step) => stepSizes.rate(step)));
  }
}
