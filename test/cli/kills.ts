/** Processes killed outright (SIGKILL) at chosen moments, and a count of those that were really cut short. */
import fc from "fast-check";
import { runs } from "../arbitraries.ts";
import type { Process, Ran } from "./run.ts";

const cutShort = new Map<string, number>();

/** Whether a long campaign was asked for. */
export const long = runs(1).numRuns > 1;

/** Milliseconds that one property may take. */
export const patience = 600_000 * runs(1).numRuns;

/** Moments to kill at as shares of the time that a run takes in peace: as it begins, in the middle, at its end. */
export const moments = (least: number) =>
  fc.array(fc.double({ min: least, max: 1.1, noNaN: true }), { minLength: long ? 2 : 1, maxLength: long ? 4 : 2 });

/** Prints, after a long campaign, how many processes of which command were killed before their end. */
export function tellKills(): void {
  if (!long) return;
  const all = [...cutShort.values()].reduce((sum, count) => sum + count, 0);
  const each = [...cutShort].map(([name, count]) => `${name} ${count}`);
  console.info(`${all} processes were killed before their end: ${each.join(", ")}`);
}

/** Waits for the end of a process, or kills it after that many milliseconds. @param name what it counts as */
export async function killedAfter(name: string, run: Process, milliseconds: number): Promise<Ran> {
  const clock = Number.isFinite(milliseconds) ? setTimeout(() => run.child.kill("SIGKILL"), milliseconds) : undefined;
  const ended = await run.ended;
  clearTimeout(clock);
  if (run.child.signalCode === "SIGKILL") cutShort.set(name, (cutShort.get(name) ?? 0) + 1);
  return ended;
}

/** The end of a process that is left in peace, and the milliseconds that it took. */
export async function inPeace(run: Process): Promise<Ran & { readonly milliseconds: number }> {
  const begun = performance.now();
  return { ...(await run.ended), milliseconds: performance.now() - begun };
}
