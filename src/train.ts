/**
 * The training loop, where the two halves of the house meet: the sampler says which rows come next, a program on some
 * device steps on them, and what it found out about them goes back to the sampler. One await a step. What happens is told
 * as a stream of events, from which terminals, files and pages are fed; nothing here prints or writes.
 */
import type { Backend, Values } from "./backends/backend.ts";
import type { DenseMatrix, LabelMatrix } from "./data/dataset.ts";
import { selectRows } from "./data/rows.ts";
import { type Batch, DivergenceError, traceDivergence } from "./divergence.ts";
import { UsageError } from "./errors.ts";
import { describeMetric, type MetricName, type Metrics, metrics } from "./metrics/metrics.ts";
import type { Model } from "./models/model.ts";
import type { Optimiser } from "./nn/adam.ts";
import type { Random } from "./random.ts";
import { TrainingRun } from "./run.ts";
import type { EpochTrace, Evidence, Sampler } from "./samplers/sampler.ts";
import { table } from "./step.ts";

export interface TrainOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  /** Made for `rows.training.length` rows: its row i is row `rows.training[i]` of the matrices. */
  readonly sampler: Sampler;
  readonly backend: Backend;
  /** `[rows, features]`, scaled: the rows of every part. */
  readonly features: DenseMatrix;
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
  /** Which weights are tested: of the best epoch (default), or of the last, as the published code does by an aliasing defect. */
  readonly keep?: "best" | "last";
  /** Stops the run between two steps; what was finished stays. */
  readonly signal?: AbortSignal;
}

export interface StartEvent {
  readonly kind: "start";
  /** What really runs. */
  readonly backend: string;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** How many numbers are trained. */
  readonly parameters: number;
}

export interface StepEvent {
  readonly kind: "step";
  /** Both from 0. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
}

export interface EpochEvent {
  readonly kind: "epoch";
  readonly epoch: number;
  /** Mean of the batch losses. */
  readonly loss: number;
  /** Metrics on the validation rows, where there are any. */
  readonly validation?: Metrics;
  /** A copy of the weights, where this epoch is the best so far. */
  readonly best?: Values;
  readonly trace?: EpochTrace;
}

export interface EndEvent {
  readonly kind: "end";
  /** The epoch whose weights are kept; -1 where none was finished. */
  readonly bestEpoch: number;
  /** A copy of its weights: parameters and buffers by name. */
  readonly values: Values;
  /** `[test rows, labels]` scores of the test rows by those weights. */
  readonly testScores: Float32Array;
  /** How many epochs were finished. */
  readonly epochs: number;
  /** Whether `signal` stopped the run before its last epoch. */
  readonly interrupted: boolean;
}

export type TrainingEvent = StartEvent | StepEvent | EpochEvent | EndEvent;

/**
 * Trains and yields what happens; the last event is `end`.
 * @throws DivergenceError when a loss or score is NaN or infinite, naming the step and the op where it first appears
 * @throws UsageError where sampler, rows and matrices do not fit together
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void> {
  checkOptions(options);
  const { model, sampler, features, labels, rows, epochs, signal } = options;
  const run = await TrainingRun.compile({
    ...options,
    table: table(features, labels),
    batchLengths: batchLengths(sampler),
    needs: sampler.needs,
    weighted: sampler.importanceWeights !== undefined,
  });
  try {
    const stepsPerEpoch = sampler.batchesPerEpoch;
    const parameters = model.parameters.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
    yield { kind: "start", backend: run.description, epochs, stepsPerEpoch, parameters };

    const best = new BestEpoch(options);
    let finished = 0;
    for (; finished < epochs && !signal?.aborted; finished++) {
      const before = await run.read();
      const batches: Batch[] = [];
      let total = 0;
      const fail = async (what: string): Promise<DivergenceError> => {
        const where = await traceDivergence(run, before, finished * stepsPerEpoch, batches);
        const good = best.epoch >= 0 ? best.values : kept(model, before);
        return new DivergenceError(finished, finished * stepsPerEpoch + batches.length - 1, `${what}; ${where}`, good);
      };
      while (batches.length < stepsPerEpoch && !signal?.aborted) {
        const step = finished * stepsPerEpoch + batches.length;
        const drawn = sampler.next().slice();
        const weights = sampler.importanceWeights?.(drawn);
        const batch = { rows: drawn.map((row) => rows.training[row]), ...(weights && { weights }) };
        batches.push(batch);
        const { loss: lossValue, ...evidence } = await run.step(step, batch.rows, weights);
        const loss = lossValue[0];
        if (!Number.isFinite(loss)) throw await fail(`the loss is ${loss}`);
        sampler.observe(drawn, single(evidence));
        total += loss;
        yield { kind: "step", epoch: finished, step, loss };
      }
      if (batches.length < stepsPerEpoch) break;

      const scores = await run.predict(rows.validation);
      if (!scores.every(Number.isFinite)) throw await fail("the validation scores are not finite");
      const validation = rows.validation.length > 0 ? best.measure(scores) : undefined;
      const improved = best.offer(finished, validation, kept(model, await run.read()));
      const trace = sampler.trace();
      yield {
        kind: "epoch",
        epoch: finished,
        loss: total / stepsPerEpoch,
        ...(validation && { validation }),
        ...(improved && { best: best.values }),
        ...(trace && { trace }),
      };
    }
    if (best.epoch >= 0) await run.write(best.values);
    const testScores = await run.predict(rows.test);
    const { epoch: bestEpoch, values } = best;
    yield { kind: "end", bestEpoch, values, testScores, epochs: finished, interrupted: finished < epochs };
  } finally {
    run.dispose();
  }
}

/** The weights of the best epoch so far: a copy, so that training on does not move them. */
class BestEpoch {
  epoch = -1;
  values: Values = {};
  #score = Number.NaN;
  readonly #criterion: ReturnType<typeof describeMetric>;
  readonly #labels: LabelMatrix;
  readonly #keep: "best" | "last";

  constructor({ criterion = "macroAuc", keep = "best", labels, rows }: TrainOptions) {
    this.#keep = keep;
    this.#criterion = describeMetric(criterion);
    this.#labels = selectRows(labels, rows.validation);
  }

  measure(scores: Float32Array): Metrics {
    return metrics(this.#labels, scores);
  }

  /** Keeps the epoch if it is the best so far, the last one where there is nothing to tell them apart. */
  offer(epoch: number, validation: Metrics | undefined, values: Values): boolean {
    const score = validation?.[this.#criterion.name] ?? Number.NaN;
    const gain = this.#criterion.direction === "higher" ? score - this.#score : this.#score - score;
    const worse = gain <= 0 || (Number.isNaN(score) && !Number.isNaN(this.#score));
    if (this.#keep === "best" && worse) return false;
    this.epoch = epoch;
    this.values = values;
    this.#score = score;
    return true;
  }
}

function checkOptions({ sampler, features, labels, rows, epochs }: TrainOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new UsageError(`epochs ${epochs}: expected a whole number of at least 1`);
  if (features.rows !== labels.rows) {
    throw new UsageError(`train: ${features.rows} rows of features, but ${labels.rows} rows of labels`);
  }
  if (sampler.rows !== rows.training.length) {
    throw new UsageError(
      `train: the sampler is for ${sampler.rows} rows, but there are ${rows.training.length} training rows`,
    );
  }
  for (const [part, list] of Object.entries(rows)) {
    const wrong = list.find((row: number) => row < 0 || row >= features.rows);
    if (wrong !== undefined) throw new UsageError(`train: ${part} row ${wrong} is not in 0..${features.rows - 1}`);
  }
}

/** The full batch and, where an epoch of every row once leaves one, the remainder. */
function batchLengths({ rows, batchSize }: Sampler): number[] {
  return rows % batchSize === 0 ? [batchSize] : [batchSize, rows % batchSize];
}

function kept({ parameters, buffers }: Model, state: Values): Values {
  return Object.fromEntries([...parameters, ...buffers].map(({ name }) => [name, state[name]]));
}

/** Evidence in single precision, which is what samplers take from every device. */
function single(evidence: Values): Evidence {
  return Object.fromEntries(
    Object.entries(evidence).map(([kind, values]) => [
      kind,
      values instanceof Float32Array ? values : Float32Array.from(values),
    ]),
  );
}
