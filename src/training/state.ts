/**
 * A run as a value: everything that decides the rest of it. `Training` is the run under way; its `state()` taken
 * between two steps and given to another run of the same options goes on as if nothing had happened. checkpoint.ts
 * turns it into bytes.
 */
import type { Values } from "../backends/backend.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { Sampler, SamplerState } from "../samplers/sampler.ts";
import { BestEpoch, type BestEpochState } from "./best-epoch.ts";
import type { ConditionMonitor, MonitorState } from "./conditions/monitor.ts";
import { FiniteCheck } from "./divergence.ts";
import type { TrainingRun } from "./run.ts";
import type { TrainOptions } from "./train.ts";

/** Plain data with copies of all arrays, taken between two steps. */
export interface RunState {
  /** The epoch of the next step, and how many steps of it are done; both from 0. */
  readonly epoch: number;
  readonly step: number;
  /** Sum of the batch losses of those steps. */
  readonly lossSum: number;
  /** Rows of all steps since the run began. */
  readonly rowsSeen: number;
  /** Parameters, buffers and what the optimiser remembers, by name. */
  readonly device: Values;
  readonly sampler: SamplerState;
  readonly best: BestEpochState;
  /** Where conditions are measured. */
  readonly conditions?: MonitorState;
}

export class Training {
  readonly options: TrainOptions;
  readonly run: TrainingRun;
  readonly sampler: Sampler;
  readonly best: BestEpoch;
  readonly monitor?: ConditionMonitor;
  readonly finite: FiniteCheck;
  epoch = 0;
  step = 0;
  lossSum = 0;
  rowsSeen = 0;

  /**
   * At the start of the run, or where the checkpoint of the options says. @throws UsageError if it is of another run
   */
  static async begin(options: TrainOptions, run: TrainingRun): Promise<Training> {
    const { checkpoint, initial } = options;
    if (initial) await run.write(initial);
    const training = new Training(options, run, initial && (await run.read()), await monitorOf(options, run));
    if (checkpoint) await training.#restore(checkpoint);
    return training;
  }

  private constructor(
    options: TrainOptions,
    run: TrainingRun,
    device: Values | undefined,
    monitor: ConditionMonitor | undefined,
  ) {
    const { sampler, labels, rows } = options;
    this.options = options;
    this.run = run;
    this.sampler = sampler;
    this.best = new BestEpoch({ ...options, labels: selectRows(labels, rows.validation) });
    this.finite = new FiniteCheck({ ...options, run, best: this.best }, device);
    if (monitor) this.monitor = monitor;
  }

  /** The number of the next step, counted through all epochs from 0. */
  get stepOfRun(): number {
    return this.epoch * this.sampler.batchesPerEpoch + this.step;
  }

  /** Whether all steps of the epoch are done. */
  get epochIsWhole(): boolean {
    return this.step === this.sampler.batchesPerEpoch;
  }

  get goesOn(): boolean {
    return this.epoch < this.options.epochs && this.options.signal?.aborted !== true;
  }

  endEpoch(): void {
    this.epoch++;
    this.step = 0;
    this.lossSum = 0;
  }

  /** A copy of everything that decides the rest of the run. */
  async state(): Promise<RunState> {
    const { epoch, step, lossSum, rowsSeen, sampler, best, monitor } = this;
    return {
      epoch,
      step,
      lossSum,
      rowsSeen,
      device: await this.run.read(),
      sampler: sampler.state(),
      best: best.state(),
      ...(monitor && { conditions: monitor.state() }),
    };
  }

  async #restore(state: RunState): Promise<void> {
    const { options, sampler, monitor } = this;
    const { epoch, step } = state;
    if (epoch > options.epochs || step >= sampler.batchesPerEpoch || (epoch === options.epochs && step > 0)) {
      throw new UsageError(
        `checkpoint: it stands in epoch ${epoch + 1} after ${step} steps, ` +
          `but this run has ${options.epochs} epochs of ${sampler.batchesPerEpoch} steps`,
      );
    }
    if ((monitor === undefined) !== (state.conditions === undefined)) {
      const [saved, own] = monitor ? ["does not measure", "does"] : ["measures", "does not"];
      throw new UsageError(`checkpoint: its run ${saved} conditions, this one ${own}`);
    }
    requireStates(await this.run.read(), state.device);
    sampler.restore(state.sampler);
    if (state.conditions) monitor?.restore(state.conditions);
    this.best.restore(state.best);
    await this.run.write(state.device);
    this.finite.begin(await this.run.read(), epoch * sampler.batchesPerEpoch + step);
    this.epoch = epoch;
    this.step = step;
    this.lossSum = state.lossSum;
    this.rowsSeen = state.rowsSeen;
  }
}

/** @throws UsageError unless the states of a checkpoint are those of the device, all of them and finite */
function requireStates(device: Values, saved: Values): void {
  for (const [name, values] of Object.entries(device)) {
    if (!Object.hasOwn(saved, name)) throw new UsageError(`checkpoint: it has no state ${name}; is it of another run?`);
    if (saved[name].length === values.length) continue;
    throw new UsageError(`checkpoint: state ${name} has ${saved[name].length} values, expected ${values.length}`);
  }
  const stray = Object.keys(saved).find((name) => !Object.hasOwn(device, name));
  if (stray !== undefined) throw new UsageError(`checkpoint: this run has no state ${stray}; is it of another run?`);
}

/** What measures the conditions, where the run does: loaded only then. */
async function monitorOf(options: TrainOptions, { probe }: TrainingRun): Promise<ConditionMonitor | undefined> {
  if (!probe) return undefined;
  const { ConditionMonitor } = await import("./conditions/monitor.ts");
  const { sampler, rows, noise, optimiser } = options;
  const { stepSizes } = optimiser;
  const random = noise.stream("conditions");
  return new ConditionMonitor({ sampler, rows: rows.training, probe, random, ...(stepSizes && { stepSizes }) });
}
