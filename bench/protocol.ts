/**
 * What a batch of 128 of 10^5 rows costs through the protocol of samplers (docs/protocol.md), beside its parts: the
 * sampler alone, the lines of JSON alone, and a round trip of an empty request. Run by `npm run bench -- protocol`.
 */
import { type ChildProcess, spawn } from "node:child_process";
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

/** Asks and answers by lines, one after another. */
class Talk {
  readonly #child: ChildProcess;
  #left = "";
  #waiting: ((line: string) => void) | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#left += text;
      const end = this.#left.indexOf("\n");
      if (end < 0) return;
      const line = this.#left.slice(0, end);
      this.#left = this.#left.slice(end + 1);
      this.#waiting?.(line);
    });
  }

  ask(request: object): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      this.#waiting = (line) => resolve(JSON.parse(line));
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }
}

/** Median milliseconds of a call, after a tenth of them. */
async function median(count: number, call: () => unknown): Promise<number> {
  const spent: number[] = [];
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    await call();
    if (k >= count / 10) spent.push(performance.now() - start);
  }
  return spent.sort((a, b) => a - b)[Math.floor(spent.length / 2)];
}

const program = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const child = spawn(process.execPath, [program, "sampler", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const talk = new Talk(child);
const created = await talk.ask({
  ...{ call: "create", protocol: 1, sampler: 1, rows, labelCount: columns, labels: lists, batchSize, seed: 1 },
  ...{ epochs: 100, options },
});
if ("error" in created) throw new Error(JSON.stringify(created));
const through = await median(batches, async () => {
  const answer = await talk.ask({ call: "next", sampler: 1 });
  await talk.ask({ call: "observe", sampler: 1, rows: answer.rows, rowLosses: [...losses] });
});
const refused = await median(batches, () => talk.ask({}));
child.stdin?.end();

const sampler = createSampler("adaptive", { labels, batchSize, random: new Random(1), epochs: 100, options });
const alone = await median(batches, () => {
  const batch = sampler.next();
  sampler.observe(batch, { rowLosses: losses });
});
const batch = [...sampler.next()];
const text = await median(batches, () => {
  // Each side writes and reads both lines once.
  const lines = [JSON.stringify({ rows: batch }), JSON.stringify({ rows: batch, rowLosses: [...losses] })];
  for (const line of lines) JSON.parse(line);
});

const print = (what: string, milliseconds: number): void =>
  console.log(`${what.padEnd(46)} ${milliseconds.toFixed(3).padStart(8)} ms`);
console.log(`a batch of ${batchSize} of ${rows} rows, adaptive; medians of ${batches}`);
print("next and observe through the protocol", through);
print("  of it: two round trips of an empty request", 2 * refused);
print("  of it: lines of JSON, written and read", text);
print("  of it: the sampler itself", alone);
