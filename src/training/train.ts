/**
 * The training loop, where the two halves of the house meet: the sampler says which rows come next, a program on some
 * device steps on them, and what it found out about them goes back to the sampler. One await a step, or for several where the
 * sampler can draw so far ahead and the device gains by it. What happens is told as a stream of events; nothing here prints or writes.
 */
import type { Backend, Values } from "../backends/backend.ts";
import type { DenseMatrix, LabelMatrix } from "../data/dataset.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { MetricName } from "../metrics/metrics.ts";
import type { Model } from "../models/model.ts";
import type { Optimiser } from "../nn/adam.ts";
import type { Random } from "../random.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { BestEpoch } from "./best-epoch.ts";
import { ConditionMonitor } from "./conditions/monitor.ts";
import type { Probe } from "./conditions/probe.ts";
import { DivergenceError, firstNonFinite, traceScores, traceSteps } from "./divergence.ts";
import type { TrainingEvent } from "./events.ts";
import { type StepBatch, TrainingRun } from "./run.ts";
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
    // A state that nobody asks for any more: the next is read into its arrays.
    let free: Values | undefined;
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
    const draw = (): Drawn => {
      monitor?.beforeDraw();
      const drawn = sampler.next();
      const weights = sampler.importanceWeights?.(drawn);
      return { drawn, rows: drawn.map((row) => rows.training[row]), ...(weights && { weights }) };
    };
    let finished = 0;
    for (; finished < epochs && !signal?.aborted; finished++) {
      await monitor?.begin(finished);
      const before = state;
      const batches: StepBatch[] = [];
      let done = 0;
      let total = 0;
      const fail = async (what: string, at = done): Promise<never> => {
        const first = finished * stepsPerEpoch;
        const where = await traceSteps(run, before, first, batches.slice(0, at + 1));
        const good = best.epoch >= 0 ? best.values : kept(model, before);
        throw new DivergenceError(finished, first + at, `${what}; ${where}`, good);
      };
      while (done < stepsPerEpoch && !signal?.aborted) {
        const count = Math.min(sampler.ahead, run.stepsAhead, stepsPerEpoch - done);
        const group = Array.from({ length: requireSome(count, sampler) }, draw);
        batches.push(...group);
        const outputs = await run.steps(finished * stepsPerEpoch + done, group);
        for (const [i, { loss, evidence: measured, figures }] of outputs.entries()) {
          const step = finished * stepsPerEpoch + done;
          const { drawn, weights } = group[i];
          if (!Number.isFinite(loss)) await fail(`the loss is ${loss}`);
          const evidence = single(measured);
          const kind = firstNonFinite(evidence);
          if (kind) await fail(`not all ${kind} of the batch are finite`);
          sampler.observe(drawn, evidence);
          if (figures) monitor?.afterStep(step + 1, drawn, weights, loss, figures);
          total += loss;
          done++;
          yield { kind: "step", epoch: finished, step, loss };
          await turn();
          if (signal?.aborted) break;
        }
      }
      if (done < stepsPerEpoch) break;

      state = await run.read(free);
      free = before;
      const sick = firstNonFinite(state);
      if (sick) await fail(`${sick} is not finite`, done - 1);
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
    await run.write(best.epoch >= 0 ? best.values : state);
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

/** A batch by the sampler's row numbers, besides those of the table. */
interface Drawn extends StepBatch {
  readonly drawn: Int32Array;
}

/** @throws UsageError where a sampler can't draw the next batch, as it waits to hear of one that was drawn before the run */
function requireSome(count: number, { name, ahead }: Sampler): number {
  if (count >= 1) return count;
  throw new UsageError(
    `train: sampler ${name} can draw ${ahead} batches ahead, expected at least 1; is it a fresh one?`,
  );
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
