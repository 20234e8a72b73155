/**
 * A training run on a device: the compiled programs of its steps and predictions, with their feeds. Knows how to do one
 * step; which rows come next and for how long is the loop's affair (train.ts).
 */
import type { Backend, Executable, Values } from "./backends/backend.ts";
import type { Model } from "./models/model.ts";
import type { Optimiser } from "./nn/adam.ts";
import { predictionProgram, predictRows } from "./prediction.ts";
import { noiseFeeds, type Program } from "./program.ts";
import type { Random } from "./random.ts";
import type { EvidenceKind } from "./samplers/sampler.ts";
import { rowsInput, type Table, trainingProgram, weightsInput } from "./step.ts";
import type { Floats } from "./tensor.ts";

export interface RunOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  readonly backend: Backend;
  readonly table: Table;
  /** Every batch length that will occur: the full batch and perhaps a remainder. */
  readonly batchLengths: readonly number[];
  readonly needs: readonly EvidenceKind[];
  readonly weighted: boolean;
  /** Step t fills the noise leaves from this stream's sub-stream t, so that a batch of another length shifts nothing. */
  readonly noise: Random;
}

const prediction = "predict";
const stepName = (batch: number): string => `step of ${batch} rows`;

/** The loss and evidence of a step; the arrays are only valid until the next one. */
export type StepOutputs = Values & { readonly loss: Floats };

export class TrainingRun {
  readonly programs: Readonly<Record<string, Program>>;
  readonly #options: RunOptions;
  readonly #executable: Executable<string>;
  readonly #noise: ReadonlyMap<string, ReturnType<typeof noiseFeeds>>;

  static async compile(options: RunOptions): Promise<TrainingRun> {
    const { model, table, batchLengths } = options;
    const steps = batchLengths.map((batch) => [stepName(batch), trainingProgram({ ...options, batch })] as const);
    const programs = { ...Object.fromEntries(steps), [prediction]: predictionProgram(model, table.features) };
    return new TrainingRun(options, programs, await options.backend.compile<string>(programs));
  }

  private constructor(
    options: RunOptions,
    programs: Readonly<Record<string, Program>>,
    executable: Executable<string>,
  ) {
    this.#options = options;
    this.programs = programs;
    this.#executable = executable;
    this.#noise = new Map(Object.entries(programs).map(([name, program]) => [name, noiseFeeds(program)]));
  }

  /** What really runs. */
  get description(): string {
    return this.#executable.description;
  }

  /** The program and the feeds of step `step` (from 0) on `rows` of the table. */
  stepFeeds(step: number, rows: Int32Array, weights?: Float32Array): { readonly name: string; readonly feeds: Values } {
    const name = stepName(rows.length);
    const { noise, optimiser } = this.#options;
    const fill = this.#noise.get(name);
    if (!fill) throw new Error(`run: no program is compiled for a ${name}`);
    return {
      name,
      feeds: {
        ...fill(noise.stream(`step ${step}`)),
        ...optimiser.scalars(step + 1),
        [rowsInput]: Float32Array.from(rows),
        ...(weights && { [weightsInput]: weights }),
      },
    };
  }

  async step(step: number, rows: Int32Array, weights?: Float32Array): Promise<StepOutputs> {
    const { name, feeds } = this.stepFeeds(step, rows, weights);
    const { loss, ...evidence } = await this.#executable.run(name, feeds);
    return { loss, ...evidence };
  }

  /** `[rows.length, labels]` scores of rows of the table, in evaluation mode. */
  predict(rows: Int32Array): Promise<Float32Array> {
    const run = (feeds: Values): Promise<Values> => this.#executable.run(prediction, feeds);
    return predictRows(this.#options.model, this.programs[prediction], run, rows, this.#options.noise);
  }

  read(): Promise<Values> {
    return this.#executable.read();
  }

  write(values: Values): Promise<void> {
    return this.#executable.write(values);
  }

  dispose(): void {
    this.#executable.dispose();
  }
}
