/**
 * How a command ends other than well: by Ctrl-C, of which the first asks it to finish what it is writing and stop and the
 * second ends the process at once, or by a failure that it has already explained.
 */

/** Thrown by a command that could not do all it was asked to. */
export class Failed extends Error {
  override readonly name = "Failed";
}

/** Thrown by a command that stopped early on request, once everything finished is on disk. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Runs `work`, which stops soon after the signal it is given is aborted, as the first SIGINT or SIGTERM does. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    process.stderr.write("\nhardbatch: stopping; press Ctrl-C again to stop at once\n");
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
