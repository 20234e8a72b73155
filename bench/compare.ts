/**
 * The whole `compare` command, from start to exit, on js and on wasm in turns: the same cells, whose test metrics must
 * be alike before their times count. Shows what a faster step is worth to a user, reading data and judging included.
 *
 * Flags: --data FILE       default emotions of the real data sets (`HARDBATCH_DATA`)
 *        --epochs 20       passes over the training rows
 *        --turns 2         runs of each backend
 *        --threads 2       of wasm, default as many as it takes by itself
 *        --out FILE        also as JSON
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Elapsed, ratio, type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const realData = process.env.HARDBATCH_DATA ?? join(root, "../shared/data");
const { values: flags } = parseArgs({
  options: {
    data: { type: "string", default: join(realData, "emotions/emotions.arff") },
    epochs: { type: "string", default: "20" },
    turns: { type: "string", default: "2" },
    threads: { type: "string" },
    out: { type: "string" },
  },
});

interface Cell {
  readonly key: { readonly fold: number; readonly sampler: string };
  readonly backend: string;
  readonly metrics: Readonly<Record<string, number | null>>;
}

interface Run extends Elapsed {
  readonly cells: readonly Cell[];
}

export interface CompareFigure {
  /** What really ran. */
  readonly backend: string;
  /** Milliseconds from start to exit. */
  readonly wall: Summary;
  readonly processor: Summary;
  /** Means over the cells. */
  readonly macroAuc: number;
}

const folder = mkdtempSync(join(tmpdir(), "hardbatch-compare-"));
const report =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,JSON.stringify(process.cpuUsage())))';

function run(backend: string, turn: number): Run {
  const results = join(folder, `${backend}-${turn}.jsonl`);
  const command = [
    join(root, "dist/src/cli/main.js"),
    "compare",
    flags.data,
    "--models",
    "mlp",
    "--jobs",
    "1",
    "--quiet",
  ];
  const settings = ["--samplers", "uniform,adaptive", "--epochs", flags.epochs, "--backend", backend, "--out", results];
  const threads = backend === "wasm" && flags.threads !== undefined ? ["--threads", flags.threads] : [];
  const start = performance.now();
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ["--import", report, ...command, ...settings, ...threads],
    { stdio: ["ignore", "ignore", "pipe", "pipe"], encoding: "utf8" },
  );
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`compare on ${backend} ended with ${status}: ${stderr}`);
  const { user, system }: NodeJS.CpuUsage = JSON.parse(output[3] ?? "");
  const cells: Cell[] = readFileSync(results, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { wall, processor: (user + system) / 1000, cells };
}

const macroAuc = ({ cells }: Run): number =>
  cells.reduce((total, { metrics }) => total + (metrics.macroAuc ?? Number.NaN), 0) / cells.length;

/** @throws Error where the backends' results are not alike: rounding moves single ranks, not means */
function checkAlike(a: Run, b: Run): void {
  if (a.cells.length !== b.cells.length) throw new Error(`${a.cells.length} and ${b.cells.length} cells`);
  const difference = Math.abs(macroAuc(a) - macroAuc(b));
  if (!(difference < 0.01)) throw new Error(`mean macro-AUC ${macroAuc(a)} and ${macroAuc(b)}`);
}

if (!existsSync(flags.data)) {
  console.log(`compare: ${flags.data} is not there; left out`);
} else {
  console.log(describeMachine(machine()));
  const names = ["js", "wasm"];
  const runs = new Map(names.map((name): [string, Run[]] => [name, []]));
  try {
    for (let turn = 0; turn < Number(flags.turns); turn++) {
      for (const name of turn % 2 === 0 ? names : [...names].reverse()) {
        runs.get(name)?.push(run(name, turn));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const [js, wasm] = names.map((name) => runs.get(name) ?? []);
  for (const [i, each] of js.entries()) checkAlike(each, wasm[i]);
  const times = (all: readonly Run[], clock: keyof Elapsed): number[] => all.map((each) => each[clock]);
  const figures = [js, wasm].map((all): CompareFigure => {
    const [first] = all;
    const backends = [...new Set(first.cells.map(({ backend }) => backend))].join(" and ");
    const wall = summary(times(all, "wall"));
    return { backend: backends, wall, processor: summary(times(all, "processor")), macroAuc: macroAuc(first) };
  });
  const ratios = {
    wall: ratio(times(js, "wall"), times(wasm, "wall")),
    processor: ratio(times(js, "processor"), times(wasm, "processor")),
  };
  console.log(
    `compare ${flags.data.split(/[/\\]/).at(-1)}, MLP, ${js[0].cells.length} cells of ${flags.epochs} epochs`,
  );
  for (const { backend, wall, processor, macroAuc } of figures) {
    const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;
    console.log(
      `${backend.padEnd(30)} ${seconds(wall.median)}, processor ${seconds(processor.median)}, macro-AUC ${macroAuc.toFixed(4)}`,
    );
  }
  console.log(
    `js takes ${ratios.wall.toFixed(1)} times as long, ${ratios.processor.toFixed(1)} times the processor time`,
  );
  const data = flags.data.split(/[/\\]/).at(-1);
  record(flags.out, { data, cells: js[0].cells.length, epochs: Number(flags.epochs), figures, ratios });
}
