/**
 * A run of `hardbatch train`, from its beginning or from a checkpoint: what happens goes to the folder and to people.
 */
import type { EndEvent } from "../training/events.ts";
import { train } from "../training/train.ts";
import { printConditions } from "./conditions.ts";
import { aboutRule } from "./decisions.ts";
import { Failed, Interrupted, interruptible } from "./endings.ts";
import { type PreparedRun, prepareRun, type TrainJob } from "./prepared-run.ts";
import { wrapped } from "./print.ts";
import { printEvaluation } from "./print-evaluation.ts";
import { type Progress, startProgress } from "./progress.ts";
import { rowLogOf } from "./row-log.ts";
import { RunFolder } from "./run-folder.ts";
import { type RunResult, RunWriter } from "./run-writer.ts";
import { printOut } from "./terminal.ts";

export async function trainInFolder(job: TrainJob): Promise<void> {
  const { options, from, out } = job;
  const run = await prepareRun(job);
  const rowLog = rowLogOf(run, options);
  const progress = startProgress(options);
  const folder = from?.folder ?? (await RunFolder.open(out, true, (note) => progress.note(note)));
  let print: () => void;
  try {
    if (!from) await folder.begin(options.force === true);
    print = await follow(run, job, new RunWriter(run, job, folder, rowLog), progress);
  } finally {
    progress.end();
    if (!from) await folder.release();
  }
  print();
}

/** Follows the run to its end; what it answers prints the result. */
async function follow(run: PreparedRun, job: TrainJob, writer: RunWriter, progress: Progress): Promise<() => void> {
  try {
    return await interruptible((signal) => followEvents(run, job, writer, progress, signal));
  } catch (error) {
    const last = await writer.afterFailure(error);
    if (last === undefined) throw error;
    throw new Failed(`${error instanceof Error ? error.message : error}; ${last}`);
  }
}

async function followEvents(
  run: PreparedRun,
  { options, from, out }: TrainJob,
  writer: RunWriter,
  progress: Progress,
  signal: AbortSignal,
): Promise<() => void> {
  const { setup, initial, settings, name, columns } = run;
  const { checkpointEvery, conditions } = options;
  const events = train({
    ...setup,
    ...(initial && { initial }),
    ...(from && { checkpoint: from.checkpoint.state }),
    ...(checkpointEvery !== "never" && { checkpointEvery }),
    signal,
    conditions: conditions === true,
  });
  for await (const event of events) {
    if (event.kind === "start") {
      const { epochs, stepsPerEpoch, resumed = { epoch: 0, step: 0 } } = event;
      for (const note of await writer.begin(event.backend)) progress.note(note);
      const done = resumed.epoch * stepsPerEpoch + resumed.step;
      const inputs = event.inputs === "sparse" ? ", sparse inputs" : "";
      const title = `${settings.model}, ${settings.sampler}, ${name}, ${event.backend}${inputs}`;
      const where = done > 0 ? `, going on after ${resumed.epoch} epochs and ${resumed.step} steps` : "";
      if (columns.kept < columns.all)
        progress.note(
          `features: ${columns.kept} of ${columns.all}, those of largest sum (--feature-share 1 keeps all)`,
        );
      progress.begin(title + where, epochs * stepsPerEpoch - done);
    } else if (event.kind === "step") {
      progress.advance();
    } else if (event.kind === "checkpoint") {
      await writer.saveCheckpoint(event.state);
    } else if (event.kind === "epoch") {
      await writer.saveEpoch(event);
      const { criterion } = settings;
      const score = event.validation?.[criterion]?.toFixed(4) ?? "-";
      progress.note(`epoch ${event.epoch + 1}, loss ${event.loss.toFixed(4)}, ${criterion} ${score}`);
    } else {
      progress.end();
      if (event.interrupted) {
        if (checkpointEvery !== "never") progress.note(`hardbatch train --resume ${out} goes on from here`);
        throw new Interrupted();
      }
      const result = await writer.finish(event);
      return () => {
        printOut(options.json ? `${JSON.stringify(result)}\n` : summary(result, event, out));
        if (event.conditions && !options.json) printOut(`\n${printConditions(event.conditions)}`);
      };
    }
  }
  throw new Error("train: the run has no end");
}

function summary({ metrics, evaluation, decisions }: RunResult, { bestEpoch, epochs }: EndEvent, out: string): string {
  const width = Math.max(80, process.stdout.columns ?? 80);
  return (
    `test fold, weights of epoch ${bestEpoch + 1} of ${epochs}\n` +
    `${wrapped([[`decisions: ${aboutRule(decisions)}`]], width).join("\n")}\n\n` +
    printEvaluation({ metrics, ...evaluation }, { width, conventions: false }) +
    `\nwritten to ${out}: history.jsonl, weights.safetensors, card.md, result.json, run.json\n`
  );
}
