/**
 * One epoch: next, step, observe until every batch had its turn, then a look at the validation rows. One await a step,
 * or for several where the sampler can draw so far ahead and the device gains by it.
 */
import { UsageError } from "../errors.ts";
import type { CheckpointSchedule } from "./checkpoint-schedule.ts";
import type { CheckpointEvent, EpochEvent, StepEvent } from "./events.ts";
import type { StepBatch } from "./run.ts";
import type { Training } from "./state.ts";
import { tracked } from "./tracking.ts";
import { turn } from "./turn.ts";

/** The rest of the epoch's steps; fewer where the run is asked to stop. */
export async function* trainEpoch(
  training: Training,
  schedule: CheckpointSchedule,
): AsyncGenerator<StepEvent | CheckpointEvent, void> {
  const { run, sampler, finite, monitor } = training;
  if (training.step === 0) await monitor?.begin(training.epoch);
  while (!training.epochIsWhole && training.goesOn) {
    const batches = drawAhead(training); // next
    const answers = await run.steps(training.stepOfRun, batches); // step
    for (const [i, { loss, evidence, figures, rowLosses }] of answers.entries()) {
      const { drawn: rows, weights } = batches[i];
      await finite.check(batches[i], loss, evidence);
      sampler.observe(rows, evidence); // observe
      if (figures) monitor?.afterStep(training.stepOfRun + 1, rows, weights, loss, figures);
      const { epoch, stepOfRun: step } = training;
      training.step++;
      training.rowsSeen += rows.length;
      training.lossSum += loss;
      yield { kind: "step", epoch, step, loss, ...(rowLosses && { batch: { rows, losses: rowLosses } }) };
      await turn();
    }
    if (!training.epochIsWhole && schedule.isDue(training)) yield schedule.take(await training.state());
  }
}

/** Ends an epoch whose steps are all done: validates its weights and keeps them if they are the best so far. */
export async function validateEpoch(training: Training): Promise<EpochEvent> {
  const { options, sampler, best, finite, monitor, epoch, stepOfRun } = training;
  await finite.checkState();
  const scores = await finite.scores("validation", options.rows.validation, stepOfRun - 1);
  const validation = options.rows.validation.length > 0 ? best.measure(scores) : undefined;
  const improved = best.isBeaten(validation);
  const { epochWeights = true } = options;
  if (improved) best.keep(epoch, validation, finite.modelValues(epochWeights ? undefined : best.kept));
  await finite.endEpoch(stepOfRun);
  const loss = training.lossSum / sampler.batchesPerEpoch;
  const figures = await tracked(training, scores);
  training.endEpoch();
  const trace = sampler.trace();
  return {
    kind: "epoch",
    epoch,
    loss,
    ...figures,
    ...(validation && { validation }),
    ...(improved && epochWeights && { best: best.values }),
    ...(trace && { trace }),
    ...(monitor && { conditions: monitor.finish() }),
  };
}

/** A batch by the sampler's row numbers, besides those of the data set. */
interface DrawnBatch extends StepBatch {
  readonly drawn: Int32Array;
}

/**
 * The next batch, or several where the sampler can draw them ahead.
 * @throws UsageError where it can draw none, as it waits to observe one that was drawn before the run
 */
function drawAhead({ options, run, sampler, monitor, step }: Training): DrawnBatch[] {
  const count = Math.min(sampler.ahead, run.stepsAhead, sampler.batchesPerEpoch - step);
  if (count < 1) {
    throw new UsageError(
      `train: sampler ${sampler.name} can draw ${sampler.ahead} batches ahead, expected at least 1; is it a fresh one?`,
    );
  }
  return Array.from({ length: count }, () => {
    monitor?.beforeDraw();
    const drawn = sampler.next();
    const weights = sampler.importanceWeights?.(drawn);
    return { drawn, rows: drawn.map((row) => options.rows.training[row]), ...(weights && { weights }) };
  });
}
