/**
 * Cost of every registered sampler: milliseconds a batch of 128 rows (draw and observe), milliseconds of the batch that
 * ends an epoch, bytes a row; beside them numpy's shuffle and draw, and the authors' update of all entries. Processor
 * time throughout. What is timed is checked first. Run by `npm run bench -- sampler`.
 *
 * Flags: --rows 10000,100000,1000000,10000000   numbers of rows; the last takes about four minutes and 6 GB
 *        --samplers adaptive,...       default all
 *        --out FILE                    figures as JSON, for docs/benchmarks.md
 */

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { LabelMatrix } from "../src/data/dataset.ts";
import { Random } from "../src/random.ts";
import { createSampler, isSamplerName, type SamplerName, samplerNames } from "../src/samplers/create.ts";
import type { Evidence, Sampler } from "../src/samplers/sampler.ts";
import { leastEnds } from "./sampler/least.ts";
import { numpyFigures } from "./sampler/numpy.ts";
import { median } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "10000,100000,1000000,10000000" },
    samplers: { type: "string", default: samplerNames.join(",") },
    out: { type: "string" },
  },
});
const [batchSize, columns, pressure] = [128, 4, 4];

export interface SamplerFigure {
  readonly sampler: SamplerName;
  readonly rows: number;
  /** Typed arrays a row, lists of labels included. */
  readonly bytes: number;
  /** Milliseconds a batch drawn by what was observed: the mean of an epoch without its last batch, or of its first. */
  readonly batch: number;
  /** Milliseconds of the batch that ends an epoch: the median of those measured. */
  readonly end: number;
  /** Milliseconds of what of that can't be done before (`leastEnds`), where the rule hangs on all rows. */
  readonly least?: number;
}

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

function labelsOf(rows: number): LabelMatrix {
  const random = new Random(2);
  const values = new Uint8Array(rows * columns);
  for (let e = 0; e < values.length; e++) values[e] = random.integer(4) === 0 ? 1 : 0;
  return { rows, columns, values };
}

const passing: readonly SamplerName[] = ["uniform", "sequential", "balanced"];

/**
 * Options that leave out the neighbour search, which has figures of its own. The warm-up goes along the rows where there
 * are many: there it is not timed, and quick.
 */
function optionsOf(name: SamplerName, rows: number): object {
  if (passing.includes(name)) return {};
  const warmUp = { warmUp: 1, warmUpOrder: rows > 1e6 ? "sequential" : "shuffled" };
  if (["adaptive", "adaptiveChain", "reweighted"].includes(name)) return { weighting: "none", pressure, ...warmUp };
  if (name !== "d2ace") return warmUp;
  const random = new Random(6);
  const neighbours = new Int32Array(6 * rows);
  for (let e = 0; e < neighbours.length; e++) neighbours[e] = random.integer(rows);
  return { ...warmUp, neighbours };
}

const random = new Random(3);
/** Losses of exponential shape and scores, ready-made so that making them isn't timed. */
const losses = Float32Array.from({ length: 2 ** 16 }, () => -Math.log(1 - random.uniform()));
const scores = Float32Array.from({ length: 2 ** 16 }, () => random.uniform());
let from = 0;
function evidence(count: number): Evidence {
  from = (from + 4 * count) % (losses.length - batchSize * columns);
  const entries = {
    scores: scores.subarray(from, from + count * columns),
    entryLosses: losses.subarray(from, from + count * columns),
  };
  return { rowLosses: losses.subarray(from, from + count), ...entries };
}

function step(sampler: Sampler): void {
  const rows = sampler.next();
  sampler.observe(rows, evidence(rows.length));
}

/** p of `adaptive` from the formulas in O(n): z of the last loss of each row, the quantum of the time it was seen. */
function checkAdaptive(rows: number): void {
  const options = { weighting: "none", warmUp: 1, pressure } as const;
  const sampler = createSampler("adaptive", { labels: labelsOf(rows), batchSize, random: new Random(1), options });
  const z = new Float64Array(rows);
  const weights = new Float64Array(rows).fill(1);
  for (let t = 0; t < 3 * sampler.batchesPerEpoch; t++) {
    const batch = sampler.next();
    const { rowLosses = new Float32Array(0) } = evidence(batch.length);
    sampler.observe(batch, { rowLosses });
    for (const [k, row] of batch.entries()) z[row] = rowLosses[k];
    const quantum = z.reduce((most, one) => Math.max(most, one)) / rows;
    for (const row of batch) weights[row] = pressure ** (Math.min(rows, Math.ceil(z[row] / quantum)) / rows);
  }
  const total = weights.reduce((sum, weight) => sum + weight);
  const wrong = sampler.probabilities().findIndex((p, row) => Math.abs((p * total) / weights[row] - 1) > 1e-12);
  if (wrong >= 0) throw new Error(`the probability of row ${wrong} is not that of the formula`);
}

function processorTime(call: () => void): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Batches after the warm-up that stand for an epoch where an epoch takes too long. */
const sample = 10_000;

async function measure(name: SamplerName, labels: LabelMatrix): Promise<SamplerFigure> {
  const { rows } = labels;
  const options = optionsOf(name, rows);
  const before = await arrayBytes();
  const sampler = createSampler(name, { labels, batchSize, random: new Random(1), epochs: 100, options });
  const bytes = ((await arrayBytes()) - before) / rows;
  const ends: number[] = [];
  const batches: number[] = [];
  const many = rows > 1e6;
  // The first epoch is the warm-up, and what it ends with is compiled there. Beyond 10^6 rows, where smaller ones did
  // that, it is all that there is time for, but for samplers that pass over the rows.
  for (let epoch = 0; epoch < (many ? 2 : rows > 1e5 ? 4 : 12); epoch++) {
    const whole = epoch === 0 || !many || passing.includes(name);
    const count = whole ? sampler.batchesPerEpoch - 1 : sample;
    const spent = processorTime(() => {
      for (let t = 0; t < count; t++) step(sampler);
    });
    if (epoch > 0) batches.push(spent / count);
    if (!whole) break;
    const end = processorTime(() => step(sampler));
    if (epoch > 0 || !(passing.includes(name) || rows <= 1e6)) ends.push(end);
  }
  const figure = { sampler: name, rows, bytes, batch: median(batches), end: median(ends) };
  const least = rows === 1e6 ? leastEnds(rows, columns)[name] : undefined;
  return least ? { ...figure, least: median(Array.from({ length: 5 }, () => processorTime(least))) } : figure;
}

const sizes = flags.rows.split(",").map(Number);
checkAdaptive(1000);
console.log(describeMachine(machine()));
const numpy = numpyFigures(sizes);
if (typeof numpy === "string") console.log(`numpy is left out: ${numpy}`);
else
  for (const { rows, shuffle, draw, update } of numpy) {
    console.log(
      `numpy, ${rows} rows, ms a batch: shuffle ${shuffle.toPrecision(3)}, choice ${draw.toPrecision(3)}, published update ${update.toPrecision(3)}`,
    );
  }
const figures: SamplerFigure[] = [];
for (const rows of sizes) {
  const labels = labelsOf(rows);
  for (const name of flags.samplers.split(",")) {
    if (!isSamplerName(name)) throw new Error(`--samplers ${name}: expected some of ${samplerNames.join(", ")}`);
    const figure = await measure(name, labels);
    figures.push(figure);
    console.log(
      `${name.padEnd(14)} ${String(rows).padStart(9)} rows ${figure.bytes.toFixed(0).padStart(5)} bytes a row, ms: a batch ${figure.batch.toPrecision(3)}, an epoch's last ${figure.end.toPrecision(3)}`,
    );
  }
}
record(flags.out, { figures, numpy });
