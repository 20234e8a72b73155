/**
 * Training steps on rows with few values: a net as wide as bibtex and one as wide as rcv1subset1, ours with and without
 * the zeros, beside PyTorch with the zeros and with a bag of embeddings; and the most memory of a run at full width. The
 * same weights, rows, dense Adam and weight decay for all; losses must be those of js in float64 before anything is
 * timed. Each contender is a process. Needs no data set. Run by `npm run bench -- sparse`.
 *
 * Flags: --nets bibtex,...   default both
 *        --threads 1,2       default 1 and the machine's
 *        --turns 15  --turn 20  --budget 60   as in `bench -- peers`
 *        --python /usr/bin/python3
 *        --out FILE          also as JSON
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createBackend } from "../src/backends/create.ts";
import { wasm } from "../src/backends/wasm.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { prepare } from "../src/data/preparation/prepare.ts";
import { Random } from "../src/random.ts";
import { configure } from "../src/training/configure.ts";
import { train } from "../src/training/train.ts";
import { batch } from "./peers/net.ts";
import { comparedSteps, lossDistance } from "./peers/problem.ts";
import { type Command, type Peer, pytorchStepEnvironment, start } from "./peers/process.ts";
import { serve } from "./peers/serve.mjs";
import {
  learningRate,
  nets,
  partsOf,
  type SparseNet,
  slope,
  sparseRows,
  sparseStep,
  weightDecay,
} from "./sparse/net.ts";
import { interleave, type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    nets: { type: "string", default: nets.map(({ like }) => like).join(",") },
    threads: { type: "string", default: [...new Set([1, availableParallelism()])].join(",") },
    turns: { type: "string", default: "15" },
    turn: { type: "string", default: "20" },
    budget: { type: "string", default: "60" },
    python: { type: "string", default: "/usr/bin/python3" },
    out: { type: "string" },
    // Of the processes that this one starts.
    child: { type: "string" },
    net: { type: "string", default: "0" },
    inputs: { type: "string", default: "sparse" },
  },
});

export interface SparseFigure {
  readonly like: string;
  readonly net: string;
  readonly backend: string;
  readonly who: "hardbatch" | "PyTorch";
  readonly inputs: "sparse" | "dense";
  readonly threads: number;
  readonly wall: Summary;
  readonly processor: Summary;
  readonly checked: string;
}

/** Bytes of a process that trains at full width: with the table alone, and at most. */
export interface SparseMemory {
  readonly like: string;
  readonly rows: number;
  readonly columns: number;
  readonly weights: number;
  readonly held: number;
  readonly peak: number;
}

const script = fileURLToPath(import.meta.url);
const torch = fileURLToPath(new URL("../../bench/sparse/torch_step.py", import.meta.url));

async function ourStep(net: SparseNet, threads: number, inputs: "sparse" | "dense"): Promise<void> {
  const problem = { widths: net.widths, batch, threads, steps: comparedSteps };
  await serve({ ...(await sparseStep(wasm({ threads }), net, inputs)), problem });
}

const wide = nets[1];
const trainedRows = 6000;

/** Two epochs on as many rows as rcv1subset1 has, as `train` does it. */
async function trainWide(): Promise<void> {
  const random = new Random(1);
  const [columns, labels] = [wide.widths[0], wide.widths[3]];
  const names = (count: number, kind: string): string[] => Array.from({ length: count }, (_, i) => `${kind}${i}`);
  const marks = Uint8Array.from({ length: trainedRows * labels }, () => (random.integer(30) === 0 ? 1 : 0));
  const dataset: Dataset = {
    name: "wide",
    declared: names(columns, "word").map((name) => ({ name, kind: "numeric" })),
    featureNames: names(columns, "word"),
    features: sparseRows(trainedRows, columns, wide.perRow, random),
    labelNames: names(labels, "label"),
    labels: { rows: trainedRows, columns: labels, values: marks },
  };
  const prepared = prepare(dataset, { seed: 1 });
  const held = process.resourceUsage().maxRSS * 1024;
  const settings = {
    sampler: "adaptive",
    samplerOptions: { weighting: "none", warmUp: 1 },
    epochs: 2,
    batchSize: batch,
  };
  const options = { ...settings, modelOptions: { hidden: wide.widths.slice(1, -1) } };
  const backend = await createBackend("wasm");
  const run = configure(prepared, backend, options);
  const weights = 4 * run.model.parameters.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  for await (const event of train(run)) {
    if (event.kind === "end")
      console.log(JSON.stringify({ held, weights, peak: process.resourceUsage().maxRSS * 1024 }));
  }
}

function memory(): SparseMemory {
  const { stdout, status, stderr } = spawnSync(process.execPath, [script, "--child", "memory"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const found: { held: number; weights: number; peak: number } = JSON.parse(stdout);
  return { like: wide.like, rows: trainedRows, columns: wide.widths[0], ...found };
}

interface Contender extends Pick<SparseFigure, "who" | "inputs" | "threads"> {
  readonly command: Command;
}

function contenders(net: SparseNet, problem: string): Contender[] {
  return flags.threads.split(",").flatMap((count) => {
    const environment = pytorchStepEnvironment(Number(count));
    return (net.dense ? (["sparse", "dense"] as const) : (["sparse"] as const)).flatMap((inputs): Contender[] => {
      const ours = ["--child", "step", "--net", String(nets.indexOf(net)), "--threads", count, "--inputs", inputs];
      const theirs = [torch, problem, count, inputs === "sparse" ? "bag" : "dense"];
      const common = { inputs, threads: Number(count) };
      return [
        { ...common, who: "hardbatch", command: { program: process.execPath, arguments: [script, ...ours] } },
        { ...common, who: "PyTorch", command: { program: flags.python, arguments: theirs, environment } },
      ];
    });
  });
}

/** The problem for PyTorch: all but the weights as JSON, these as float32 in a file beside it. */
function writeProblem(net: SparseNet, folder: string): string {
  const { features, labels, model } = partsOf(net);
  const weights = join(folder, `${net.like}.f32`);
  const parameters = model.parameters.map(({ initial }) => Buffer.from(Float32Array.from(initial).buffer));
  writeFileSync(weights, Buffer.concat(parameters));
  const [offsets, indices, values] = [[...features.offsets], [...features.indices], [...features.values]];
  const step = { batch, slope, rate: learningRate, decay: weightDecay, steps: comparedSteps };
  const rows = { offsets, indices, values, labels: [...labels.values] };
  const problem = join(folder, `${net.like}.json`);
  writeFileSync(problem, JSON.stringify({ widths: net.widths, weights, ...step, ...rows }));
  return problem;
}

async function expectedLosses(net: SparseNet): Promise<number[]> {
  const { step } = await sparseStep(await createBackend("js:float64"), net, "sparse");
  const losses: number[] = [];
  for (let i = 0; i < comparedSteps; i++) losses.push(await step(i + 1));
  return losses;
}

async function measure(net: SparseNet, folder: string, missing: Record<string, string>): Promise<SparseFigure[]> {
  const problem = writeProblem(net, folder);
  const expected = await expectedLosses(net);
  const running: { contender: Contender; peer: Peer; checked: string }[] = [];
  for (const contender of contenders(net, problem)) {
    const { who, inputs, threads, command } = contender;
    let peer: Peer | undefined;
    try {
      peer = await start(command);
      const distance = lossDistance(peer.losses, expected).toExponential(0);
      running.push({ contender, peer, checked: `losses of ${expected.length} steps within ${distance}` });
    } catch (error) {
      peer?.stop();
      const why = error instanceof Error ? error.message : String(error);
      missing[`${net.like}, ${who} x${threads}, ${inputs}`] = why;
    }
  }
  const timings = await interleave(
    running.map(({ peer }) => ({ name: peer.description, time: (count: number) => peer.time(count) })),
    { turns: Number(flags.turns), turn: Number(flags.turn), budget: 1000 * Number(flags.budget) },
  );
  return running.map(({ contender: { who, inputs, threads }, peer, checked }) => {
    peer.stop();
    const { wall, processor } = timings[peer.description];
    const times = { wall: summary(wall), processor: summary(processor), checked };
    return { like: net.like, net: net.widths.join("-"), backend: peer.description, who, inputs, threads, ...times };
  });
}

if (flags.child === "step") {
  const inputs = flags.inputs === "dense" ? "dense" : "sparse";
  await ourStep(nets[Number(flags.net)], Number(flags.threads), inputs);
} else if (flags.child === "memory") await trainWide();
else {
  console.log(describeMachine(machine()));
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-sparse-"));
  const missing: Record<string, string> = {};
  const figures: SparseFigure[] = [];
  try {
    for (const net of nets.filter(({ like }) => flags.nets.split(",").includes(like))) {
      console.log(
        `\n${net.widths.join("-")}, as wide as ${net.like}, ${net.perRow} values a row, batch ${batch}: ms a step`,
      );
      for (const figure of await measure(net, folder, missing)) {
        const { backend, wall, processor, checked } = figure;
        figures.push(figure);
        const number = (value: number): string => value.toPrecision(3).padStart(8);
        console.log(
          `${backend.padEnd(60)} median${number(wall.median)}  min${number(wall.min)}  processor${number(processor.median)}  ${checked}`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [name, why] of Object.entries(missing)) console.log(`${name}: not here: ${why}`);
  const full = memory();
  console.log(
    `\ntraining on ${full.rows} rows x ${full.columns} columns: at most ${Math.round(full.peak / 2 ** 20)} MiB, ${Math.round(full.held / 2 ** 20)} MiB with the table alone; weights ${Math.round(full.weights / 2 ** 20)} MiB`,
  );
  record(flags.out, { figures, missing, memory: full });
}
