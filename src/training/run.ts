/**
 * A training run on a device: the compiled programs of its steps and predictions, with their feeds. Knows how to do one
 * step; which rows come next and for how long is the loop's affair (train.ts).
 */
import type { Backend, Executable, Values } from "../backends/backend.ts";
import { noiseFeeds, type Program } from "../engine/program.ts";
import type { Model } from "../models/model.ts";
import type { Optimiser } from "../nn/adam.ts";
import type { Random } from "../random.ts";
import type { EvidenceKind } from "../samplers/sampler.ts";
import {
  gammaFigure,
  gradientFigure,
  type Probe,
  probe,
  probePrograms,
  type StepFigures,
  stepFigureFeeds,
  stepFigures,
} from "./conditions/probe.ts";
import { predictionFeeds, predictionProgram, predictRows } from "./prediction.ts";
import { rowsInput, type StepOptions, type Table, trainingProgram, weightsInput } from "./step.ts";

export interface RunOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  readonly backend: Backend;
  readonly table: Table;
  /** Every batch length that will occur: the full batch and perhaps a remainder. */
  readonly batchLengths: readonly number[];
  readonly needs: readonly EvidenceKind[];
  readonly weighted: boolean;
  /** Whether steps answer the figures of the conditions report, and `probe` is there. */
  readonly conditions?: boolean;
  /** Step t fills the noise leaves from this stream's sub-stream t, so that a batch of another length shifts nothing. */
  readonly noise: Random;
}

const prediction = "predict";
/** Enough for the answers' way to and from a device to be hidden; progress is told and an interruption heard of as often. */
const stepsAhead = 8;
const stepName = (batch: number): string => `step of ${batch} rows`;

/** What a step is done on. */
export interface StepBatch {
  /** Of the table. */
  readonly rows: Int32Array;
  /** `[rows.length]` importance weights, where the run is weighted. */
  readonly weights?: Float32Array;
}

/** Of a step; the arrays are only valid until the next ones are sent. */
export interface StepOutputs {
  readonly loss: number;
  /** What the sampler wants to see. */
  readonly evidence: Values;
  /** Where conditions are measured. */
  readonly figures?: StepFigures;
}

export class TrainingRun {
  readonly programs: Readonly<Record<string, Program>>;
  /** Looks at rows without a step, where conditions are measured. */
  readonly probe?: Probe;
  readonly #options: RunOptions;
  readonly #executable: Executable<string>;
  readonly #noise: ReadonlyMap<string, ReturnType<typeof noiseFeeds>>;

  static async compile(options: RunOptions): Promise<TrainingRun> {
    const { model, optimiser, table, batchLengths, conditions } = options;
    const figures: StepOptions["figures"] = (gradients, updates) => stepFigures(gradients, updates, optimiser);
    const steps = batchLengths.map((batch) => {
      return [stepName(batch), trainingProgram({ ...options, batch, ...(conditions && { figures }) })] as const;
    });
    const block = Math.max(...batchLengths);
    const probes = conditions ? probePrograms(model, table, block) : undefined;
    const programs = {
      ...Object.fromEntries(steps),
      [prediction]: predictionProgram(model, table.features),
      ...probes,
    };
    const executable = await options.backend.compile<string>(programs);
    const look = probes && probe(probes, block, (name, feeds) => executable.run(name, feeds));
    return new TrainingRun(options, programs, executable, look);
  }

  private constructor(
    options: RunOptions,
    programs: Readonly<Record<string, Program>>,
    executable: Executable<string>,
    look: Probe | undefined,
  ) {
    this.#options = options;
    this.programs = programs;
    this.#executable = executable;
    if (look) this.probe = look;
    this.#noise = new Map(Object.entries(programs).map(([name, program]) => [name, noiseFeeds(program)]));
  }

  /** What really runs. */
  get description(): string {
    return this.#executable.description;
  }

  /** The program and the feeds of step `step`, from 0. Noise is filled into the same arrays for each step. */
  stepFeeds(step: number, { rows, weights }: StepBatch): { readonly name: string; readonly feeds: Values } {
    const name = stepName(rows.length);
    const { noise, optimiser, conditions } = this.#options;
    const fill = this.#noise.get(name);
    if (!fill) throw new Error(`run: no program is compiled for a ${name}`);
    return {
      name,
      feeds: {
        ...fill(noise.stream(`step ${step}`)),
        ...optimiser.scalars(step + 1),
        ...(conditions && stepFigureFeeds(step + 1, optimiser.stepSizes)),
        [rowsInput]: Float32Array.from(rows),
        ...(weights && { [weightsInput]: weights }),
      },
    };
  }

  /** How many steps are worth sending before the first has answered. */
  get stepsAhead(): number {
    return this.#executable.runMany ? stepsAhead : 1;
  }

  /** The steps from number `first` on, one for each batch, at most `stepsAhead` of them: sent together, answered together. */
  async steps(first: number, batches: readonly StepBatch[]): Promise<StepOutputs[]> {
    const executable = this.#executable;
    const outputs: StepOutputs[] = [];
    while (outputs.length < batches.length) {
      const done = outputs.length;
      const rest = batches.slice(done);
      const { length } = rest[0].rows;
      const other = rest.findIndex(({ rows }) => rows.length !== length);
      const alike = other < 0 ? rest : rest.slice(0, other);
      const feeds = (i: number): Values => this.stepFeeds(first + done + i, alike[i]).feeds;
      const answers = executable.runMany
        ? await executable.runMany(
            stepName(length),
            alike.map((_, i) => copied(feeds(i))),
          )
        : [await executable.run(stepName(length), feeds(0))];
      outputs.push(...answers.map(stepOutputs));
    }
    return outputs;
  }

  /** `[rows.length, labels]` scores of rows of the table, in evaluation mode. */
  predict(rows: Int32Array): Promise<Float32Array> {
    const run = (feeds: Values): Promise<Values> => this.#executable.run(prediction, feeds);
    return predictRows(this.#options.model, this.programs[prediction], run, rows);
  }

  /** The program and the feeds of predicting a few rows of the table. */
  predictionFeeds(rows: Int32Array): { readonly name: string; readonly feeds: Values } {
    return { name: prediction, feeds: predictionFeeds(this.programs[prediction])(rows) };
  }

  /** A copy of every state; see `Executable.read`. */
  read(into?: Values): Promise<Values> {
    return this.#executable.read(into);
  }

  write(values: Values): Promise<void> {
    return this.#executable.write(values);
  }

  dispose(): void {
    this.#executable.dispose();
  }
}

function stepOutputs(outputs: Values): StepOutputs {
  const { loss, [gradientFigure]: largestGradient, [gammaFigure]: smallestGamma, ...evidence } = outputs;
  const gamma = smallestGamma && { smallestGamma: smallestGamma[0] };
  return {
    loss: loss[0],
    evidence,
    ...(largestGradient && { figures: { largestGradient: largestGradient[0], ...gamma } }),
  };
}

/** Feeds of their own, as noise arrays are filled anew for each step. */
function copied(feeds: Values): Values {
  return Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, values.slice()]));
}
