/**
 * A training run on a device: the compiled programs of its steps and predictions, with their feeds. Knows how to do one
 * step; which rows come next, and for how long, is decided by the loop (train.ts).
 */
import type { Backend, Executable, NoiseKey, StateAtHand, Values } from "../backends/backend.ts";
import { noiseFeeds } from "../backends/noise.ts";
import type { LabelMatrix, Matrix } from "../data/dataset.ts";
import type { Program } from "../engine/program.ts";
import type { Model } from "../models/model.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { Random } from "../random.ts";
import type { EvidenceKind, Sampler } from "../samplers/sampler.ts";
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
import { datasetLeaves, rowsInput, type StepOptions, trainingProgram, weightsInput } from "./step.ts";

export interface RunOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  readonly backend: Backend;
  /** `[rows, features]` */
  readonly features: Matrix;
  /** `[rows, labels]` */
  readonly labels: LabelMatrix;
  /** What is predicted, the validation rows after each epoch; default as many as there may be. */
  readonly rows?: { readonly validation: Int32Array; readonly test: Int32Array };
  /** Says which evidence it needs, how long batches are, and whether they come with importance weights. */
  readonly sampler: Pick<Sampler, "needs" | "rows" | "batchSize" | "lastBatch" | "importanceWeights">;
  /** Whether steps answer the figures of the conditions report, and `probe` is there. */
  readonly conditions?: boolean;
  /** Whether steps answer the loss of each row, be it needed as evidence or not. */
  readonly reportRows?: boolean;
  /** Its seed and the number of a step draw the step's noise, so that a batch of another length shifts nothing. */
  readonly noise: Random;
}

const prediction = "predict";
/**
 * Enough for the answers' way to and from a device to be hidden; progress and interruptions wait no longer than that.
 */
const stepsAhead = 8;
const stepName = (batch: number): string => `step of ${batch} rows`;

/** What a step is done on. */
export interface StepBatch {
  /** Of the data set. */
  readonly rows: Int32Array;
  /** `[rows.length]` importance weights, where the run is weighted. */
  readonly weights?: Float32Array;
}

/** Of a step; the arrays of the evidence are only valid until the next steps are sent. */
export interface StepOutputs {
  readonly loss: number;
  /** What the sampler asked for, by kind, in single precision whatever the device's. */
  readonly evidence: StepEvidence;
  /** Where conditions are measured. */
  readonly figures?: StepFigures;
  /** A copy of the row losses, where they are reported. */
  readonly rowLosses?: Float32Array;
}

export type StepEvidence = Readonly<Record<string, Float32Array>>;

export class TrainingRun {
  readonly programs: Readonly<Record<string, Program>>;
  /** Looks at rows without a step, where conditions are measured. */
  readonly probe?: Probe;
  readonly #options: RunOptions;
  readonly #executable: Executable<string>;
  readonly #noise: ReadonlyMap<string, ReturnType<typeof noiseFeeds>>;

  static async compile(options: RunOptions): Promise<TrainingRun> {
    const { model, optimiser, features, labels, sampler, conditions } = options;
    const dataset = datasetLeaves(features, labels);
    const batchLengths = batchLengthsOf(sampler);
    const needs = new Set<EvidenceKind>([...sampler.needs, ...(options.reportRows ? (["rowLosses"] as const) : [])]);
    const step = { model, optimiser, dataset, needs: [...needs], weighted: sampler.importanceWeights !== undefined };
    const figures: StepOptions["figures"] = (gradients, updates) => stepFigures(gradients, updates, optimiser);
    const steps = batchLengths.map((batch) => {
      return [stepName(batch), trainingProgram({ ...step, batch, ...(conditions && { figures }) })] as const;
    });
    const block = Math.max(...batchLengths);
    const predicted = options.rows && (options.rows.validation.length || options.rows.test.length);
    const probes = conditions ? probePrograms(model, dataset, block) : undefined;
    const programs = {
      ...Object.fromEntries(steps),
      [prediction]: predictionProgram(model, dataset.features, predicted),
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

  #noiseKey(step: number): NoiseKey {
    return { seed: this.#options.noise.seed, step };
  }

  /** What step `step`, from 0, is fed besides noise. */
  #inputs(step: number, { rows, weights }: StepBatch): Values {
    const { optimiser, conditions } = this.#options;
    return {
      ...optimiser.scalars(step + 1),
      ...(conditions && stepFigureFeeds(step + 1, optimiser.stepSizes)),
      [rowsInput]: Float32Array.from(rows),
      ...(weights && { [weightsInput]: weights }),
    };
  }

  /** The program and all feeds of step `step`, from 0. Noise is filled into the same arrays for each step. */
  stepFeeds(step: number, batch: StepBatch): { readonly name: string; readonly feeds: Values } {
    const name = stepName(batch.rows.length);
    const draw = this.#noise.get(name);
    if (!draw) throw new Error(`run: no program is compiled for a ${name}`);
    return { name, feeds: { ...draw(this.#noiseKey(step)), ...this.#inputs(step, batch) } };
  }

  /** How many steps are worth sending before the first has answered. */
  get stepsAhead(): number {
    return this.#executable.runMany ? stepsAhead : 1;
  }

  /**
   * The steps from number `first` on, one for each batch, at most `stepsAhead` of them: sent together, answered
   * together.
   */
  async steps(first: number, batches: readonly StepBatch[]): Promise<StepOutputs[]> {
    const executable = this.#executable;
    const outputs: StepOutputs[] = [];
    while (outputs.length < batches.length) {
      const done = outputs.length;
      const rest = batches.slice(done);
      const { length } = rest[0].rows;
      const other = rest.findIndex(({ rows }) => rows.length !== length);
      const alike = other < 0 ? rest : rest.slice(0, other);
      const step = first + done;
      const answers = executable.runMany
        ? await executable.runMany(
            stepName(length),
            alike.map((batch, i) => copied(this.stepFeeds(step + i, batch).feeds)),
          )
        : [await executable.run(stepName(length), this.#inputs(step, alike[0]), this.#noiseKey(step))];
      outputs.push(...answers.map((answer) => this.#stepOutputs(answer)));
    }
    return outputs;
  }

  #stepOutputs(outputs: Values): StepOutputs {
    const { sampler, conditions, reportRows } = this.#options;
    const gamma = outputs[gammaFigure] && { smallestGamma: outputs[gammaFigure][0] };
    return {
      loss: outputs.loss[0],
      evidence: Object.fromEntries(sampler.needs.map((kind) => [kind, single(outputs[kind])])),
      ...(conditions && { figures: { largestGradient: outputs[gradientFigure][0], ...gamma } }),
      ...(reportRows && { rowLosses: Float32Array.from(outputs.rowLosses) }),
    };
  }

  /** `[rows.length, labels]` scores of rows of the data set, in evaluation mode. */
  predict(rows: Int32Array): Promise<Float32Array> {
    const run = (feeds: Values): Promise<Values> => this.#executable.run(prediction, feeds);
    return predictRows(this.#options.model, this.programs[prediction], run, rows);
  }

  /** The program and the feeds of predicting a few rows of the data set. */
  predictionFeeds(rows: Int32Array): { readonly name: string; readonly feeds: Values } {
    return { name: prediction, feeds: predictionFeeds(this.programs[prediction])(rows) };
  }

  /** Where the device has it; see `Executable.stateAtHand`. */
  get stateAtHand(): StateAtHand | undefined {
    return this.#executable.stateAtHand;
  }

  /** What every state begins as. The arrays are the leaves' own. */
  initialState(): Values {
    const leaves = Object.values(this.programs).flatMap(({ state }) => state);
    return Object.fromEntries(leaves.map(({ name, initial }) => [name, initial]));
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

/** The full batch and, where a pass over all rows may leave one, the remainder. */
function batchLengthsOf({ rows, batchSize, lastBatch = "short" }: RunOptions["sampler"]): number[] {
  return lastBatch !== "short" || rows % batchSize === 0 ? [batchSize] : [batchSize, rows % batchSize];
}

function single(values: Values[string]): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Feeds of their own, as noise arrays are filled anew for each step. */
function copied(feeds: Values): Values {
  return Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, values.slice()]));
}
