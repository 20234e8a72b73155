/**
 * Cost of the samplers: milliseconds a batch of 128 for 10^3 to 10^6 rows (`--large`: 10^7), bytes a row, tables of the
 * rivals, and beside them numpy's draw and the authors' table update where python3 has numpy. What is timed is checked
 * first. Run by `npm run bench`.
 */
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Bench } from "tinybench";
import { Random } from "../src/random.ts";
import { createSampler, type SamplerName, type SamplerOptions } from "../src/samplers/create.ts";
import type { Evidence, Sampler } from "../src/samplers/sampler.ts";

const batchSize = 128;
const pressure = 4;
const sizes = [1e3, 1e4, 1e5, 1e6, ...(process.argv.includes("--large") ? [1e7] : [])];

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Bytes of typed arrays in use; what is collected is freed a moment later. */
async function arrayBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage().arrayBuffers;
}

function labelsOf(rows: number, columns: number) {
  const random = new Random(2);
  return {
    rows,
    columns,
    values: Uint8Array.from({ length: rows * columns }, () => (random.integer(4) === 0 ? 1 : 0)),
  };
}

function make<Name extends SamplerName>(
  name: Name,
  rows: number,
  columns: number,
  options: SamplerOptions[Name],
): Sampler {
  const labels = labelsOf(rows, columns);
  return createSampler(name, { labels, batchSize, random: new Random(1), epochs: 100, options });
}

/** Losses of exponential shape, ready-made so that making them isn't timed. */
const losses = Float32Array.from(
  { length: 2 ** 16 },
  (
    (random) => () =>
      -Math.log(1 - random.uniform())
  )(new Random(3)),
);
let nextLoss = 0;
function evidence(rows: Int32Array): Evidence {
  nextLoss = (nextLoss + rows.length) % (losses.length - batchSize);
  return { rowLosses: losses.subarray(nextLoss, nextLoss + rows.length) };
}

function step(sampler: Sampler): void {
  const rows = sampler.next();
  sampler.observe(rows, evidence(rows));
}

/** p from the formulas in O(n): z of the last loss of each row, the quantum of the time it was seen. */
function checkAdaptive(rows: number): void {
  const sampler = make("adaptive", rows, 2, { weighting: "none", warmUp: 1, refresh: "batch", pressure });
  const z = new Float64Array(rows);
  const weights = new Float64Array(rows).fill(1);
  for (let t = 0; t < 3 * sampler.batchesPerEpoch; t++) {
    const batch = sampler.next();
    const { rowLosses = new Float32Array(0) } = evidence(batch);
    sampler.observe(batch, { rowLosses });
    for (const [k, row] of batch.entries()) z[row] = rowLosses[k];
    const quantum = z.reduce((most, each) => Math.max(most, each)) / rows;
    for (const row of batch) weights[row] = pressure ** (Math.min(rows, Math.ceil(z[row] / quantum)) / rows);
  }
  const total = weights.reduce((sum, weight) => sum + weight);
  const wrong = sampler.probabilities().findIndex((p, row) => Math.abs((p * total) / weights[row] - 1) > 1e-12);
  if (wrong >= 0) throw new Error(`the probability of row ${wrong} is not that of the formula`);
}

/** The sampler after its warm-up, with bytes a row of typed arrays that it holds. */
async function warmedUp<Name extends SamplerName>(name: Name, rows: number, options: SamplerOptions[Name]) {
  const labels = labelsOf(rows, 4);
  const before = await arrayBytes();
  const sampler = createSampler(name, { labels, batchSize, random: new Random(1), epochs: 100, options });
  const bytes = ((await arrayBytes()) - before) / rows;
  while (sampler.epoch < 1) step(sampler);
  return { sampler, bytes };
}

/** Median milliseconds a call. */
async function median(call: () => void, time = 300): Promise<number> {
  const bench = new Bench({ time, warmupTime: 50 });
  bench.add("", call);
  const [task] = await bench.run();
  if (!("latency" in task.result)) throw new Error("not timed");
  return task.result.latency.p50;
}

const milliseconds = (value: number | undefined): string =>
  (value === undefined ? "-" : value.toPrecision(3)).padStart(9);

interface NumpyTimes {
  readonly draw: readonly number[];
  readonly update: readonly number[];
}

/**
 * One draw of a batch, and one update of the table after it as the authors do (all n entries, kept in dicts), in
 * milliseconds.
 */
const numpyScript = `
import json, sys, time
import numpy as np
batch, pressure, sizes = 128, ${pressure}, json.loads(sys.argv[1])
def best(call, times):
    spent = []
    for _ in range(times):
        start = time.perf_counter(); call(); spent.append(time.perf_counter() - start)
    return sorted(spent)[len(spent) // 2] * 1e3
draw, update = [], []
for n in sizes:
    losses = np.random.default_rng(1).exponential(size=n)
    weights = np.exp(np.log(pressure) / n) ** np.ceil(losses / (losses.max() / n))
    p = weights / weights.sum()
    draw.append(best(lambda: np.random.choice(n, batch, replace=False, p=p), 5))
    table, chances = dict(enumerate(losses.tolist())), {}
    def renew():
        z = np.array(list(table.values()))
        new = np.exp(np.log(pressure) / n) ** np.ceil(z / (z.max() / n)).astype(int)
        every = dict(zip(table, new))
        for i in range(batch): chances[i] = every[i]
    update.append(best(renew, 3))
print(json.dumps({"draw": draw, "update": update}))
`;

function numpyTimes(asked: readonly number[]): NumpyTimes | string {
  try {
    const output = execFileSync("python3", ["-c", numpyScript, JSON.stringify(asked)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    return JSON.parse(output.toString());
  } catch (error) {
    return `python3 with numpy did not run here (${error instanceof Error ? error.message.split("\n")[0] : error}); left out`;
  }
}

checkAdaptive(1000);
console.log(
  `node ${process.version}, ${process.platform} ${process.arch}; batches of ${batchSize}, pressure ${pressure}`,
);
console.log(
  "adaptive: median ms a batch (draw and observe), and its ratio to that of 10^3 rows; longest batch with an epoch's end",
);
console.log("     rows  bytes/row    epoch  ratio    batch  ratio  unbiased    chain  longest");
const ours: number[] = [];
let smallest: { readonly epoch: number; readonly batch: number } | undefined;
for (const rows of sizes) {
  const common = { weighting: "none", warmUp: 1, pressure } as const;
  const { sampler, bytes } = await warmedUp("adaptive", rows, common);
  const epoch = await median(() => step(sampler));
  let longest = 0;
  for (let t = 0; t < Math.min(2 * sampler.batchesPerEpoch, 20_000); t++) {
    const start = performance.now();
    step(sampler);
    longest = Math.max(longest, performance.now() - start);
  }
  const of = async (other: Sampler): Promise<number> => median(() => step(other), 200);
  const batch = await of((await warmedUp("adaptive", rows, { ...common, refresh: "batch" })).sampler);
  const unbiased = await of((await warmedUp("adaptive", rows, { ...common, unbiased: true })).sampler);
  const chain = await of((await warmedUp("adaptiveChain", rows, common)).sampler);
  smallest ??= { epoch, batch };
  ours.push(epoch);
  console.log(
    `${String(rows).padStart(9)} ${bytes.toFixed(0).padStart(10)} ${milliseconds(epoch)} ${(epoch / smallest.epoch).toFixed(1).padStart(5)}` +
      ` ${milliseconds(batch)} ${(batch / smallest.batch).toFixed(1).padStart(5)} ${milliseconds(unbiased)} ${milliseconds(chain)} ${milliseconds(longest)}`,
  );
}

console.log(
  "\nnumpy: median ms of choice(n, 128, replace=False, p), and of the authors' update of all entries after each batch",
);
const times = numpyTimes(sizes.filter((rows) => rows <= 1e6));
if (typeof times === "string") console.log(times);
else {
  for (const [k, draw] of times.draw.entries()) {
    const both = draw + times.update[k];
    console.log(
      `${String(sizes[k]).padStart(9)} draw ${milliseconds(draw)}  update ${milliseconds(times.update[k])}  together ${(both / ours[k]).toFixed(0)} times the adaptive sampler here`,
    );
  }
}

const [rivalRows, rivalLabels] = [20_000, 20];
const random = new Random(4);
const scores = Float32Array.from({ length: 2 * batchSize * rivalLabels }, () => random.uniform());

type Rival = Exclude<SamplerName, "adaptive" | "adaptiveChain">;

async function rivalFigures(name: Rival): Promise<string> {
  const labels = labelsOf(rivalRows, rivalLabels);
  const values = Float32Array.from({ length: 2 * rivalRows }, () => random.uniform());
  const features = { kind: "dense" as const, rows: rivalRows, columns: 2, values };
  const options = ["uniform", "sequential", "balanced"].includes(name) ? {} : { warmUp: 1 };
  const before = await arrayBytes();
  const sampler = createSampler(name, { labels, features, batchSize, random: new Random(1), epochs: 100, options });
  const bytes = ((await arrayBytes()) - before) / rivalRows;
  const spent: number[] = [];
  for (let t = 0; t < 4 * sampler.batchesPerEpoch; t++) {
    const from = random.integer(batchSize) * rivalLabels;
    const start = performance.now();
    const rows = sampler.next();
    const entries = scores.subarray(from, from + rows.length * rivalLabels);
    sampler.observe(rows, { ...evidence(rows), scores: entries, entryLosses: entries });
    spent.push(performance.now() - start);
  }
  spent.sort((a, b) => a - b);
  const figures = `${milliseconds(spent[spent.length >> 1])} ${milliseconds(spent.at(-1))}`;
  return `${name.padEnd(12)} ${bytes.toFixed(0).padStart(6)} ${figures}`;
}

console.log(
  `\nothers: ${rivalRows} rows, ${rivalLabels} labels; bytes a row, ms a batch, ms of the longest batch (an epoch's end makes the table)`,
);
const rivals = [
  "uniform",
  "sequential",
  "balanced",
  "onlineBatch",
  "activeBias",
  "recencyBias",
  "uncertainty",
  "d2ace",
] as const;
for (const name of rivals) console.log(await rivalFigures(name));
