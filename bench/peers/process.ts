/** A contender's process: started with a problem, asked for steps by a number on a line, answered in milliseconds. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Elapsed } from "../timing/interleave.ts";

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Beside what this process has. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Peer {
  /** What really runs. */
  readonly description: string;
  /** Of the first steps. */
  readonly losses: readonly number[];
  /** What was checked in their stead, where losses can't be compared. */
  readonly checked?: string;
  time(steps: number): Promise<Elapsed>;
  stop(): void;
}

/** Milliseconds for one answer. */
const patience = 120_000;

interface Greeting {
  readonly description: string;
  readonly losses: readonly number[];
  readonly checked?: string;
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * This process's environment without what may be set on a machine and hold OpenBLAS to older instructions than it has:
 * a rival runs with its hands free.
 */
export function withoutOpenblasLimits(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...inherited } = process.env;
  return inherited;
}

/**
 * What PyTorch is given beside that. Not all of its parts go by torch.set_num_threads: OpenBLAS of the "pthread" kind
 * reads the number at its start. Threads that wait by spinning take the cores from each other as soon as anything else
 * runs; alone they are no faster for it.
 */
export const pytorchEnvironment = (threads: number): Readonly<Record<string, string>> => ({
  OPENBLAS_NUM_THREADS: String(threads),
  OMP_NUM_THREADS: String(threads),
  OMP_WAIT_POLICY: "passive",
});

/**
 * The same for steps alone: the C library would give the tensors of each step back to the system and have them zeroed
 * anew, which can take longer than the step, so it is told to keep them. Not for whole jobs, which gain nothing by it.
 */
export const pytorchStepEnvironment = (threads: number): Readonly<Record<string, string>> => ({
  ...pytorchEnvironment(threads),
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
});

/** @throws Error with the process's last words where it can't run */
export async function start({ program, arguments: given, environment }: Command): Promise<Peer> {
  const env = { ...withoutOpenblasLimits(), ...environment };
  const child = spawn(program, given, { stdio: ["pipe", "pipe", "pipe"], env });
  running.add(child);
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = (complaints + String(chunk)).slice(-4000);
  });
  const failed = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (status, signal) => {
      resolve(signal ? `no answer in ${patience / 1000} s` : `ended with ${status}: ${lastWords(complaints)}`);
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    // What does not answer is ended: one stuck contender shall not stop all.
    const watch = setTimeout(() => child.kill("SIGKILL"), patience);
    try {
      return await nextLine();
    } finally {
      clearTimeout(watch);
    }
  };
  const nextLine = async (): Promise<string> => {
    while (true) {
      const next = await Promise.race([lines.next(), failed]);
      if (typeof next === "string") throw new Error(next);
      if (next.done) throw new Error(await failed);
      // Libraries greet, too.
      if (/^[\d{]/.test(next.value)) return next.value;
    }
  };
  const greeting: Greeting = JSON.parse(await answer());
  return {
    ...greeting,
    async time(steps) {
      child.stdin.write(`${steps}\n`);
      const [wall, processor] = (await answer()).split(" ").map(Number);
      return { wall, processor };
    },
    stop() {
      child.stdin.end();
    },
  };
}

const lastWords = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /error|cannot|not found|no module/i.test(line))
    .at(-1)
    ?.trim() ?? text.trim().slice(-200);
