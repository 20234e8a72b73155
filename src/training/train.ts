/**
 * The training loop, where the two halves of the project meet. The sampler says which rows come next, a program on some
 * device steps on them, and what the step found out about them goes back to the sampler (epoch.ts); after each epoch
 * the weights are validated. What happens is a stream of events; nothing here prints or writes.
 */
import type { Backend, Values } from "../backends/backend.ts";
import type { LabelMatrix, Matrix } from "../data/dataset.ts";
import type { MetricName } from "../metrics/metrics.ts";
import type { Model } from "../models/model.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { Random } from "../random.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { admit } from "./admit.ts";
import { type CheckpointInterval, CheckpointSchedule } from "./checkpoint-schedule.ts";
import { trainEpoch, validateEpoch } from "./epoch.ts";
import type { EndEvent, StartEvent, TrainingEvent } from "./events.ts";
import { TrainingRun } from "./run.ts";
import { type RunState, Training } from "./state.ts";
import { drawsOf, type Track } from "./tracking.ts";

/** Everything that a run is made of, as `configure` makes it. */
export interface TrainOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  /**
   * Fresh, since it remembers, and made for `rows.training.length` rows: its row i is row `rows.training[i]` of the
   * matrices.
   */
  readonly sampler: Sampler;
  readonly backend: Backend;
  /** `[rows, features]`, scaled: the rows of every part. Sparse ones are multiplied without their zeros. */
  readonly features: Matrix;
  /** `[rows, labels]` */
  readonly labels: LabelMatrix;
  readonly rows: {
    readonly training: Int32Array;
    /** Their scores choose the best epoch; where there are none the last epoch is the best. */
    readonly validation: Int32Array;
    /** Scored once, at the end, with the best weights. */
    readonly test: Int32Array;
  };
  readonly epochs: number;
  /** The stream that noise leaves (dropout, sampling) are filled from. */
  readonly noise: Random;
  /** The validation metric that chooses the best epoch. Default macroAuc, as in the authors' code. */
  readonly criterion?: MetricName;
  /**
   * Which weights are tested: of the best epoch (default), or of the last, as the published code does by an aliasing
   * defect.
   */
  readonly keep?: "best" | "last";
  /**
   * Measures what proofs of convergence assume (docs/convergence.md); changes nothing of the run but its time. Default
   * false.
   */
  readonly conditions?: boolean;
  /**
   * What is measured of each epoch besides what always is. Default nothing; changes nothing of the run but its time.
   */
  readonly track?: readonly Track[];
  /** Whether each step event comes with the rows of its batch and their losses. Default false, which costs nothing. */
  readonly reportRows?: boolean;
  /**
   * Whether the event of an epoch that is the best so far comes with a copy of its weights. Default true; without, one
   * set of arrays serves all epochs of the run.
   */
  readonly epochWeights?: boolean;
  /** Weights to start from, by name, instead of the model's own. */
  readonly initial?: Values;
  /** Stops the run between two steps, after those that the device already has; what was finished stays. */
  readonly signal?: AbortSignal;
  /** The state of an earlier run of the same options, which goes on from there as if it had never stopped. */
  readonly checkpoint?: RunState;
  /**
   * How often a `checkpoint` event comes; one more comes as the run begins and where `signal` stops it. Default never.
   */
  readonly checkpointEvery?: CheckpointInterval;
  /** Whether there is one as the run begins, which copies the whole state. Default true. */
  readonly checkpointAtStart?: boolean;
}

/**
 * Trains and yields what happens; the last event is `end`.
 * @throws DivergenceError when a loss or score is NaN or infinite, naming the step and the op where it first appears
 * @throws UsageError where sampler, rows, matrices, weights or checkpoint do not fit together, or the sampler was
 * trained with before
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void> {
  admit(options);
  const run = await TrainingRun.compile(options);
  try {
    yield startEvent(options, run);
    const training = await Training.begin(options, run);
    const schedule = new CheckpointSchedule(options.checkpointEvery, training);
    const atStart = (options.checkpointAtStart ?? true) && !options.checkpoint;
    if (options.checkpointEvery && atStart) yield schedule.take(await training.state());
    while (training.goesOn) {
      yield* trainEpoch(training, schedule);
      if (!training.epochIsWhole) break;
      yield await validateEpoch(training);
      if (schedule.isDue(training)) yield schedule.take(await training.state());
    }
    if (training.epoch < options.epochs && schedule.isMissing(training)) yield schedule.take(await training.state());
    yield await endEvent(training);
  } finally {
    run.dispose();
  }
}

function startEvent(options: TrainOptions, { description }: TrainingRun): StartEvent {
  const { model, sampler, features, epochs, checkpoint } = options;
  const parameters = model.parameters.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  const resumed = checkpoint && { epoch: checkpoint.epoch, step: checkpoint.step };
  const { batchesPerEpoch: stepsPerEpoch } = sampler;
  const event = {
    kind: "start",
    backend: description,
    inputs: features.kind,
    epochs,
    stepsPerEpoch,
    parameters,
  } as const;
  return { ...event, ...(resumed && { resumed }) };
}

/** Scores test and validation rows with the weights that are kept. */
async function endEvent(training: Training): Promise<EndEvent> {
  const { options, run, best, epoch, finite, monitor } = training;
  await run.write(best.epoch >= 0 ? best.values : finite.before);
  const last = epoch * options.sampler.batchesPerEpoch - 1;
  const testScores = await finite.scores("test", options.rows.test, last);
  const validationScores = await finite.scores("validation", options.rows.validation, last);
  const conditions = monitor?.conditions();
  const draws = options.track?.includes("labels") && drawsOf(options.sampler);
  return {
    kind: "end",
    bestEpoch: best.epoch,
    values: best.values,
    testScores,
    validationScores,
    epochs: epoch,
    interrupted: epoch < options.epochs,
    ...(draws && { draws }),
    ...(conditions && { conditions }),
  };
}
