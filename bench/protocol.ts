/**
 * What a batch of 128 of 10^5 rows costs through the protocol of samplers (docs/protocol.md), beside its parts: the
 * sampler alone, the lines of JSON alone, and a round trip of an empty request. Clock and processor time of the server,
 * which other work on the machine changes less. Run by `npm run bench -- protocol`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { platform } from "node:os";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { Random } from "../src/random.ts";
import { createSampler } from "../src/samplers/create.ts";

const [rows, columns, batchSize, batches] = [1e5, 20, 128, 2000];
const random = new Random(1);
const labels = { rows, columns, values: Uint8Array.from({ length: rows * columns }, () => +(random.integer(4) === 0)) };
const lists = Array.from({ length: rows }, (_, row) =>
  Array.from({ length: columns }, (_, j) => j).filter((j) => labels.values[row * columns + j] === 1),
);
const losses = Float32Array.from({ length: batchSize }, () => -Math.log(1 - random.uniform()));
const options = { pressure: 4, warmUp: 1, weighting: "none" } as const;

/** Asks and answers by lines: requests that are given together are sent together. */
class Talk {
  readonly #child: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];
  #left = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#left + text).split("\n");
      this.#left = lines.pop() ?? "";
      for (const line of lines) this.#waiting.shift()?.(line);
    });
  }

  ask(...requests: readonly object[]): Promise<Record<string, unknown>[]> {
    const answer = () =>
      new Promise<Record<string, unknown>>((resolve) => this.#waiting.push((line) => resolve(JSON.parse(line))));
    const answers = Promise.all(requests.map(answer));
    this.#child.stdin?.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
    return answers;
  }
}

/** Milliseconds of processor time that the process has used; NaN where the system does not say. */
function processorTime(process: number | undefined): number {
  if (platform() !== "linux") return Number.NaN;
  const fields = readFileSync(`/proc/${process}/stat`, "utf8").split(") ")[1].split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Median milliseconds of each of several calls, in turns, so that what else the machine does meets all of them. */
async function medians<Name extends string>(
  count: number,
  calls: Readonly<Record<Name, () => unknown>>,
): Promise<(name: Name) => number> {
  const [turns, spent] = [20, new Map<string, number[]>()];
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, call] of Object.entries<() => unknown>(calls)) {
      const times = spent.get(name) ?? [];
      spent.set(name, times);
      for (let k = 0; k < count / turns; k++) {
        const start = performance.now();
        await call();
        // The first turn warms up.
        if (turn > 0) times.push(performance.now() - start);
      }
    }
  }
  return (name) => {
    const sorted = (spent.get(name) ?? []).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  };
}

const program = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const child = spawn(process.execPath, [program, "sampler", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const talk = new Talk(child);
const [created] = await talk.ask({
  ...{ call: "create", protocol: 1, sampler: 1, rows, labelCount: columns, labels: lists, batchSize, seed: 1 },
  ...{ epochs: 100, options },
});
if ("error" in created) throw new Error(JSON.stringify(created));
const next = { call: "next", sampler: 1 };
const observe = (drawn: unknown) => ({ call: "observe", sampler: 1, rows: drawn, rowLosses: [...losses] });
/** Observes this batch and asks for the next one, in one write. */
const together = async (drawn: unknown) => (await talk.ask(observe(drawn), next))[1].rows;
let [{ rows: drawn }] = await talk.ask(next);
const through = await medians(batches, {
  apart: async () => {
    await talk.ask(observe(drawn));
    [{ rows: drawn }] = await talk.ask(next);
  },
  together: async () => {
    drawn = await together(drawn);
  },
  empty: () => talk.ask({}),
});
const before = processorTime(child.pid);
for (let k = 0; k < batches; k++) drawn = await together(drawn);
const processor = (processorTime(child.pid) - before) / batches;
child.stdin?.end();

const sampler = createSampler("adaptive", { labels, batchSize, random: new Random(1), epochs: 100, options });
const batch = [...sampler.next()];
sampler.observe(Int32Array.from(batch), { rowLosses: losses });
const parts = await medians(batches, {
  alone: () => sampler.observe(sampler.next(), { rowLosses: losses }),
  text: () => {
    // Each side writes and reads both lines once.
    const lines = [JSON.stringify({ rows: batch }), JSON.stringify({ rows: batch, rowLosses: [...losses] })];
    for (const line of lines) JSON.parse(line);
  },
});

const print = (what: string, milliseconds: number): void =>
  console.log(`${what.padEnd(52)} ${milliseconds.toFixed(3).padStart(8)} ms`);
console.log(`a batch of ${batchSize} of ${rows} rows, adaptive; medians of ${batches}`);
print("observe, its answer, next, its answer", through("apart"));
print("observe and next sent together, as the client does", through("together"));
print("  of it: processor time of the server", processor);
print("  of it: a round trip of an empty request", through("empty"));
print("  of it: lines of JSON, written and read", parts("text"));
print("  of it: the sampler itself", parts("alone"));
