/**
 * `compare --jobs N`: the same command in N processes of its own, which share the results file: each claims the cells
 * that it runs. This process only looks on, and passes a signal to stop on to them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { worthwhileJobs } from "../experiment/cost.ts";
import type { PlannedCell } from "../experiment/grid.ts";
import { Failed } from "./endings.ts";
import { wholeNumber } from "./options.ts";

export const parseJobs = (text: string): number | "auto" =>
  text === "auto" ? text : wholeNumber("--jobs", 1, 1024)(text);

interface JobOptions {
  readonly jobs?: number | "auto";
  readonly shard?: object;
  readonly times: boolean;
}

/**
 * How many processes, by default as many as are worthwhile. A part of a grid shares its machine as its engine says, and
 * without times the order of the lines is to be the same, too: both are one process. So is a graphics processor.
 */
export function jobsFor(
  { jobs, shard, times }: JobOptions,
  backend: string,
  missing: readonly PlannedCell[],
  memory: number,
): number {
  if (typeof jobs === "number") return jobs;
  const one = backend.startsWith("gpu") || (jobs === undefined && (shard !== undefined || !times));
  return one ? 1 : worthwhileJobs(missing, availableParallelism(), memory);
}

/** How often it is looked at how far they are, in milliseconds. */
const look = 500;

/**
 * @param words the command line of one process, after the program
 * @param onLook is called now and then, and once more at the end
 * @throws Failed with what a process said that ended other than by having failed cells (1) or none (0)
 */
export async function runJobs(
  words: readonly string[],
  count: number,
  signal: AbortSignal,
  onLook: () => Promise<void>,
): Promise<void> {
  const children = Array.from({ length: count }, () => start(words));
  const stop = (): void => {
    for (const { child } of children) child.kill("SIGTERM");
  };
  signal.addEventListener("abort", stop);
  try {
    let running = true;
    const all = Promise.all(children.map(({ ended }) => ended)).finally(() => {
      running = false;
    });
    while (running) {
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, look))]);
      await onLook();
    }
    const ends = await all;
    const bad = ends.find(({ code }) => code !== 0 && code !== 1 && !signal.aborted);
    if (bad)
      throw new Failed(`a process of --jobs ended with ${bad.code ?? "a signal"}: ${bad.said.trim() || "no word"}`);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

interface Child {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

function start(words: readonly string[]): Child {
  const program = process.argv[1];
  // In a group of its own, so that Ctrl-C reaches it once, from here.
  const child = spawn(process.execPath, [...process.execArgv, program, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32",
  });
  let said = "";
  child.stderr.on("data", (piece) => {
    said = `${said}${piece}`.slice(-2000);
  });
  const ended = new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
  return { child, ended };
}
