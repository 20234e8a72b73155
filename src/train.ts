/**
 * The training loop, where the two halves of the house meet: the sampler says which rows come next, a program on some
 * device steps on them, and what it found out about them goes back to the sampler. One await a step. What happens is told
 * as a stream of events, from which terminals, files and pages are fed; nothing here prints or writes.
 */
import type { Backend, Values } from "./backends/backend.ts";
import { BestEpoch } from "./best-epoch.ts";
import { ConditionMonitor } from "./condition-monitor.ts";
import type { Conditions, EpochConditions } from "./conditions.ts";
import type { DenseMatrix, LabelMatrix } from "./data/dataset.ts";
import { selectRows } from "./data/rows.ts";
import { type Batch, DivergenceError, firstNonFinite, traceScores, traceSteps } from "./divergence.ts";
import { UsageError } from "./errors.ts";
import type { MetricName, Metrics } from "./metrics/metrics.ts";
import type { Model } from "./models/model.ts";
import type { Optimiser } from "./nn/adam.ts";
import type { Probe } from "./probe.ts";
import type { Random } from "./random.ts";
import { TrainingRun } from "./run.ts";
import type { EpochTrace, Sampler } from "./samplers/sampler.ts";
import { table } from "./step.ts";
import { turn } from "./turn.ts";

export interface TrainOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  /** Fresh, since it remembers, and made for `rows.training.length` rows: its row i is row `rows.training[i]` of the matrices. */
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
  /** Measures what proofs of convergence assume (docs/convergence.md); changes nothing of the run but its time. Default false. */
  readonly conditions?: boolean;
  /** Weights to start from, by name, instead of the model's own. */
  readonly initial?: Values;
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
  readonly conditions?: EpochConditions;
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
  /** Of all finished epochs, where they were measured. */
  readonly conditions?: Conditions;
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

    const best = new BestEpoch({ ...options, labels: selectRows(labels, rows.validation) });
    if (options.initial) await run.write(options.initial);
    let state = await run.read();
    const monitor = run.probe && watch(options, run.probe);
    const score = async (epoch: number, part: string, list: Int32Array): Promise<Float32Array> => {
      const scores = await run.predict(list);
      const unfit = scores.findIndex((each) => !Number.isFinite(each));
      if (unfit < 0) return scores;
      const row = list[Math.floor(unfit / model.labels)];
      const what = `the scores of ${part} row ${row} are not finite; ${await traceScores(run, await run.read(), row)}`;
      const good = best.epoch >= 0 ? best.values : kept(model, state);
      throw new DivergenceError(epoch, (epoch + 1) * stepsPerEpoch - 1, what, good);
    };
    // A sampler that looks at nothing lets several steps be sent at once.
    const blind = sampler.needs.length === 0 && !sampler.importanceWeights && !monitor;
    let finished = 0;
    for (; finished < epochs && !signal?.aborted; finished++) {
      await monitor?.begin(finished);
      const before = state;
      const batches: Batch[] = [];
      let total = 0;
      const fail = async (what: string, done = batches.length): Promise<never> => {
        const where = await traceSteps(run, before, finished * stepsPerEpoch, batches.slice(0, done));
        const good = best.epoch >= 0 ? best.values : kept(model, before);
        throw new DivergenceError(finished, finished * stepsPerEpoch + done - 1, `${what}; ${where}`, good);
      };
      while (batches.length < stepsPerEpoch && !signal?.aborted) {
        const step = finished * stepsPerEpoch + batches.length;
        if (blind) {
          const first = batches.length;
          const count = Math.min(run.stepsAhead, stepsPerEpoch - first);
          for (let i = 0; i < count; i++) batches.push({ rows: drawBlindly(sampler).map((row) => rows.training[row]) });
          const losses = await run.losses(
            step,
            batches.slice(first).map((batch) => batch.rows),
          );
          for (const [i, loss] of losses.entries()) {
            if (!Number.isFinite(loss)) await fail(`the loss is ${loss}`, first + i + 1);
            total += loss;
            yield { kind: "step", epoch: finished, step: step + i, loss };
          }
          await turn();
          continue;
        }
        monitor?.beforeDraw();
        const drawn = sampler.next().slice();
        const weights = sampler.importanceWeights?.(drawn);
        const batch = { rows: drawn.map((row) => rows.training[row]), ...(weights && { weights }) };
        batches.push(batch);
        const { loss, evidence: measured, figures } = await run.step(step, batch.rows, weights);
        if (!Number.isFinite(loss)) await fail(`the loss is ${loss}`);
        const evidence = single(measured);
        const kind = firstNonFinite(evidence);
        if (kind) await fail(`not all ${kind} of the batch are finite`);
        sampler.observe(drawn, evidence);
        if (figures) monitor?.afterStep(step + 1, drawn, weights, loss, figures);
        total += loss;
        yield { kind: "step", epoch: finished, step, loss };
        await turn();
      }
      if (batches.length < stepsPerEpoch) break;

      state = await run.read();
      const sick = firstNonFinite(state);
      if (sick) await fail(`${sick} is not finite`);
      const scores = await score(finished, "validation", rows.validation);
      const validation = rows.validation.length > 0 ? best.measure(scores) : undefined;
      const improved = best.offer(finished, validation, kept(model, state));
      const trace = sampler.trace();
      yield {
        kind: "epoch",
        epoch: finished,
        loss: total / stepsPerEpoch,
        ...(validation && { validation }),
        ...(improved && { best: best.values }),
        ...(trace && { trace }),
        ...(monitor && { conditions: monitor.finish() }),
      };
    }
    if (best.epoch >= 0) await run.write(best.values);
    const testScores = await score(finished - 1, "test", rows.test);
    const { epoch: bestEpoch, values } = best;
    const conditions = monitor?.conditions();
    const end = {
      kind: "end",
      bestEpoch,
      values,
      testScores,
      epochs: finished,
      interrupted: finished < epochs,
    } as const;
    yield { ...end, ...(conditions && { conditions }) };
  } finally {
    run.dispose();
  }
}

/** The next batch of a sampler that needs no evidence, which is told at once that the batch is done. */
function drawBlindly(sampler: Sampler): Int32Array {
  const drawn = sampler.next().slice();
  sampler.observe(drawn, {});
  return drawn;
}

function watch({ sampler, rows, optimiser, noise }: TrainOptions, probe: Probe): ConditionMonitor {
  const { stepSizes } = optimiser;
  const random = noise.stream("conditions");
  return new ConditionMonitor({ sampler, rows: rows.training, probe, random, ...(stepSizes && { stepSizes }) });
}

/** Row numbers travel to devices in single precision. */
const exactRows = 2 ** 24;

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
  if (features.rows > exactRows) {
    throw new UsageError(`train: ${features.rows} rows; devices count up to ${exactRows} exactly in single precision`);
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
function single(evidence: Values): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries(
    Object.entries(evidence).map(([kind, values]) => [
      kind,
      values instanceof Float32Array ? values : Float32Array.from(values),
    ]),
  );
}
