/**
 * How a command ends other than well: by a signal, of which the first asks it to finish what it is writing and stop and
 * the second ends the process at once, or by a failure that it has already explained.
 */
import { constants } from "node:os";
import { printError } from "./terminal.ts";

/** Thrown by a command that could not do all it was asked to. */
export class Failed extends Error {
  override readonly name = "Failed";
}

/** Thrown by a command that stopped early on request, once everything finished is on disk. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** The exit code: 128 and the number of the signal. */
  readonly code: number;

  constructor(signal: StopSignal = "SIGINT") {
    super(`stopped by ${signal}`);
    this.code = 128 + constants.signals[signal];
  }
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignal = (typeof stopSignals)[number];

/**
 * Runs `work`, which stops soon after the signal it is given is aborted, as the first SIGINT, SIGTERM or SIGHUP does.
 * @throws Interrupted, where `work` does, for the signal that came
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  const stops = stopSignals.map((name) => {
    const stop = (): void => {
      if (first) process.exit(new Interrupted(name).code);
      first = name;
      controller.abort();
      printError("\nhardbatch: stopping; press Ctrl-C again to stop at once\n");
    };
    return { name, stop };
  });
  for (const { name, stop } of stops) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(first) : error;
  } finally {
    for (const { name, stop } of stops) process.off(name, stop);
  }
}
