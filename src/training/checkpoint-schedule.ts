/**
 * When a run is written down: every so many steps, epochs or minutes. The only place of a run that reads a clock, for
 * minutes alone.
 */
import { UsageError } from "../errors.ts";
import type { CheckpointEvent } from "./events.ts";
import type { RunState } from "./state.ts";

/** How often a run gives a checkpoint. */
export type CheckpointInterval =
  | { readonly steps: number }
  | { readonly epochs: number }
  | { readonly minutes: number };

/** Where a run stands. */
interface Position {
  readonly epoch: number;
  readonly step: number;
  /** Counted through all epochs. */
  readonly stepOfRun: number;
}

export class CheckpointSchedule {
  readonly #interval: CheckpointInterval | undefined;
  readonly #clock: () => number;
  #last: { readonly step: number; readonly epoch: number; readonly at: number };
  #here: Position;

  /**
   * @param clock in milliseconds @throws UsageError for an interval that is no positive number, or no whole one of
   * steps or epochs
   */
  constructor(interval: CheckpointInterval | undefined, position: Position, clock = () => performance.now()) {
    for (const [unit, count] of Object.entries(interval ?? {})) {
      if (count > 0 && (unit === "minutes" || Number.isInteger(count))) continue;
      throw new UsageError(
        `checkpoint every ${count} ${unit}: expected a number above 0, a whole one of steps or epochs`,
      );
    }
    this.#interval = interval;
    this.#clock = clock;
    this.#here = position;
    this.#last = { step: position.stepOfRun, epoch: position.epoch, at: clock() };
  }

  /**
   * Asked between two steps. Epochs are counted where one has just ended; steps that a device does together are not
   * parted.
   */
  isDue(position: Position): boolean {
    this.#here = position;
    const interval = this.#interval;
    if (!interval) return false;
    if ("steps" in interval) return position.stepOfRun - this.#last.step >= interval.steps;
    if ("epochs" in interval) return position.step === 0 && position.epoch - this.#last.epoch >= interval.epochs;
    return this.#clock() - this.#last.at >= interval.minutes * 60_000;
  }

  /** Whether a run that stops here would lose steps. */
  isMissing(position: Position): boolean {
    this.#here = position;
    return this.#interval !== undefined && this.#last.step !== position.stepOfRun;
  }

  /** The event of a checkpoint at the place last asked about. */
  take(state: RunState): CheckpointEvent {
    this.#last = { step: this.#here.stepOfRun, epoch: state.epoch, at: this.#clock() };
    return { kind: "checkpoint", state };
  }
}
