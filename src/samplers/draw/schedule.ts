/**
 * Selection pressure s over the epochs: constant, or falling exponentially or linearly from the end of the warm-up to
 * the last epoch. A schedule is a pure function of the epoch.
 */

import { UsageError } from "../../errors.ts";

export const schedules = ["constant", "exponential", "linear"] as const;
/** How the pressure changes over the epochs. */
export type ScheduleKind = (typeof schedules)[number];

/** The value in force in an epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

export interface PressureOptions {
  /** s >= 1, the pressure at the first epoch after the warm-up. */
  readonly pressure: number;
  readonly schedule: ScheduleKind;
  /** The first epoch drawn by probability. */
  readonly warmUp: number;
  /** Epochs of the whole run; only a falling pressure and a cool-down need it. */
  readonly epochs?: number;
  /** Epochs at the end in which the pressure is 1 (ours); default 0. */
  readonly coolDown?: number;
}

/** Beyond this a row's probability would be below the resolution of the uniform numbers that draw it. */
export const largestPressure = 1e15;

/**
 * Constant: s. Exponential: s exp(ln(1/s) / (last - first))^(epoch - first). Linear: s + (1 - s)(epoch - first) / (last
 * - first). `first` is the end of the warm-up, `last` = epochs - 1, where both falling forms reach 1; before `first` s,
 * after `last` 1. Source: exponential, arXiv 2412.16521 (authors' code); linear, ours.
 *
 * @throws UsageError if s is below 1 or not finite, or a falling pressure has no number of epochs.
 */
export function pressureSchedule(options: PressureOptions): Schedule {
  const { coolDown = 0, epochs } = options;
  const before = schedulePressure(options);
  if (coolDown === 0) return before;
  if (!Number.isInteger(coolDown) || coolDown < 0 || epochs === undefined) {
    throw new UsageError(
      `cool-down ${coolDown} with epochs ${epochs}: expected a whole number, and the number of epochs of the run`,
    );
  }
  return (epoch) => (epoch >= epochs - coolDown ? 1 : before(epoch));
}

function schedulePressure(options: PressureOptions): Schedule {
  const { pressure, schedule, warmUp, epochs } = options;
  if (!(pressure >= 1 && pressure <= largestPressure)) {
    throw new UsageError(`pressure ${pressure}: expected a number from 1 (uniform) to ${largestPressure}, such as 2`);
  }
  if (schedule === "constant") return () => pressure;
  if (schedule !== "exponential" && schedule !== "linear") {
    throw new UsageError(`schedule "${schedule}": expected constant, exponential or linear`);
  }
  if (epochs === undefined || !Number.isInteger(epochs) || epochs < 1) {
    throw new UsageError(
      `schedule "${schedule}" with epochs ${epochs}: it needs the number of epochs of the run, 1 or more`,
    );
  }
  const last = epochs - 1;
  return (epoch) => {
    if (epoch <= warmUp) return pressure;
    if (epoch >= last) return 1;
    const progress = (epoch - warmUp) / (last - warmUp);
    return schedule === "linear" ? pressure + (1 - pressure) * progress : Math.exp(Math.log(pressure) * (1 - progress));
  };
}

/** From `from` at epoch `start` and before to `to` at epoch `end` and after, linear between. */
export function linear(from: number, to: number, start: number, end: number): Schedule {
  return (epoch) => {
    if (epoch <= start) return from;
    if (epoch >= end) return to;
    return from + ((to - from) * (epoch - start)) / (end - start);
  };
}
