/** Processes killed outright (SIGKILL) at chosen moments, and a count of those that were really cut short. */
import type { Process, Ran } from "./run.ts";

let cutShort = 0;

/** How many processes were killed before their end since the tests began. */
export const killed = (): number => cutShort;

/** Waits for the end of a process, or kills it after that many milliseconds. */
export async function killedAfter(run: Process, milliseconds: number): Promise<Ran> {
  const clock = Number.isFinite(milliseconds) ? setTimeout(() => run.child.kill("SIGKILL"), milliseconds) : undefined;
  const ended = await run.ended;
  clearTimeout(clock);
  if (run.child.signalCode === "SIGKILL") cutShort++;
  return ended;
}

/** The end of a process that is left in peace, and the milliseconds that it took. */
export async function inPeace(run: Process): Promise<Ran & { readonly milliseconds: number }> {
  const begun = performance.now();
  return { ...(await run.ended), milliseconds: performance.now() - begun };
}
