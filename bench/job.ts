/**
 * Whole jobs from the start of a process to its end: read the file, neighbours and weights, epochs of an adaptive
 * sampler, scores and metrics after each. Ours in Node on wasm beside a PyTorch loop of ours that does what the
 * published loop does (`bench/job/published.py`), from the same initial weights, on the same rows. Their results are
 * held alike before times count: the loss of the first epoch, whose batches are the same, and the test macro-AUC.
 *
 * Flags: --folder DIR       of data sets, default `HARDBATCH_DATA`, else ../shared/data
 *        --sets emotions,yeast,enron,bibtex     those that are missing are left out
 *        --models mlp,clif,dela
 *        --epochs 20        at most
 *        --budget 120       seconds that a job of ours may take: longer ones have fewer epochs, at least 1, and a job
 *                           whose only epoch takes more than a quarter of them has one turn
 *        --turns 3          of each pair
 *        --threads N        of both, default all
 *        --python FILE      an interpreter with torch, default the first of python3 and /usr/bin/python3
 *        --out FILE         also as JSON
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseSimd } from "../src/backends/wasm/module.ts";
import { type JobResult, type JobSettings, jobFiles, ourJob } from "./job/ours.ts";
import { peakRate } from "./kernels/peak.ts";
import { pytorchEnvironment, withoutOpenblasLimits } from "./peers/process.ts";
import { findPython } from "./step/pytorch.ts";
import { ratio, type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const own = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL("../../", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    folder: { type: "string", default: process.env.HARDBATCH_DATA ?? join(root, "../shared/data") },
    sets: { type: "string", default: "emotions,yeast,enron,bibtex" },
    models: { type: "string", default: "mlp,clif,dela" },
    epochs: { type: "string", default: "20" },
    budget: { type: "string", default: "120" },
    turns: { type: "string", default: "3" },
    threads: { type: "string", default: String(availableParallelism()) },
    python: { type: "string" },
    out: { type: "string" },
    // This same file, told to do one job of ours.
    child: { type: "string" },
  },
});

export interface JobFigure {
  readonly set: string;
  readonly model: string;
  readonly epochs: number;
  readonly ours: JobTimes;
  readonly pytorch: JobTimes;
  /** Ours over PyTorch's, turn by turn. */
  readonly wall: number;
  readonly processor: number;
  /** Multiplications and additions of the matrix products of all training steps. */
  readonly operations?: number;
  /** GFLOP/s of a loop of multiply-adds over registers on one core, at its best between the turns. */
  readonly peak?: number;
}

interface JobTimes {
  readonly description: string;
  /** Milliseconds from start to exit. */
  readonly wall: Summary;
  readonly processor: Summary;
  readonly firstLoss: number;
  readonly macroAuc: number;
  /** Seconds of the last turn, by part. */
  readonly spent: Readonly<Record<string, number>>;
}

interface Turn extends JobResult {
  readonly wall: number;
  readonly processor: number;
}

/** The processor time of processes that have ended and were waited for is the system's sum for all children. */
function timed(program: string, given: readonly string[]): Turn {
  // GNU time is not everywhere: a shell's own `times` prints user and system time of what it ran.
  const words = [program, ...given].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${words} && times`], {
    encoding: "utf8",
    env: { ...withoutOpenblasLimits(), ...(program === flags.python && pytorchEnvironment(Number(flags.threads))) },
    maxBuffer: 2 ** 26,
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(stderr.trim().split("\n").slice(-3).join(" "));
  const lines = stdout.trim().split("\n");
  const [, children] = lines.slice(-2);
  const processor = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + 60 * Number(m) + Number(s),
    0,
  );
  const result: JobResult = JSON.parse(lines[lines.length - 3]);
  return { ...result, wall, processor: 1000 * processor };
}

/** @throws Error where the two did not learn alike */
function checkAlike(ours: Turn, pytorch: Turn, model: string): void {
  // Dropout and samples differ: only the plain net sees the very same steps in the first epoch.
  const margin = model === "mlp" ? 1e-3 : 0.05;
  const [a, b] = [ours.losses[0], pytorch.losses[0]];
  if (!(Math.abs(a - b) <= margin * Math.abs(b))) throw new Error(`losses of the first epoch ${a} and ${b}`);
  if (!(Math.abs(ours.macroAuc - pytorch.macroAuc) < 0.05)) {
    throw new Error(`test macro-AUC ${ours.macroAuc} and ${pytorch.macroAuc}`);
  }
}

function times(turns: readonly Turn[]): JobTimes {
  const last = turns[turns.length - 1];
  const { description, macroAuc, spent, losses } = last;
  const of = (clock: "wall" | "processor"): Summary => summary(turns.map((turn) => turn[clock]));
  return { description, wall: of("wall"), processor: of("processor"), firstLoss: losses[0], macroAuc, spent };
}

const folder = mkdtempSync(join(tmpdir(), "hardbatch-job-"));

async function measure(settings: JobSettings, set: string, python: string): Promise<JobFigure> {
  const { job, operationsPerRow } = await jobFiles(settings, folder);
  const run = (epochs: number) => {
    const file = join(folder, "job.json");
    writeFileSync(file, JSON.stringify({ ...job, epochs }));
    return {
      ours: () => timed(process.execPath, [own, "--child", file]),
      pytorch: () => timed(python, [join(root, "bench/job/published.py"), file]),
    };
  };
  const short = run(1).ours();
  const seconds = short.spent.training + short.spent.scoring;
  const budget = Number(flags.budget);
  const epochs = Math.max(1, Math.min(settings.epochs, Math.floor(budget / seconds)));
  const { ours, pytorch } = run(epochs);
  const turns: { readonly ours: Turn; readonly pytorch: Turn }[] = [];
  const simd = chooseSimd(undefined);
  let peak = await peakRate(simd);
  const count = seconds > budget / 4 ? 1 : Number(flags.turns);
  for (let turn = 0; turn < count; turn++) {
    const first = turn % 2 === 0 ? ours() : undefined;
    const second = pytorch();
    turns.push({ ours: first ?? ours(), pytorch: second });
    checkAlike(turns[turn].ours, second, settings.model);
    peak = Math.max(peak, await peakRate(simd));
  }
  const of = (who: "ours" | "pytorch") => turns.map((turn) => turn[who]);
  const over = (clock: "wall" | "processor"): number =>
    ratio(
      of("ours").map((turn) => turn[clock]),
      of("pytorch").map((turn) => turn[clock]),
    );
  return {
    ...{ set, model: settings.model, epochs, ours: times(of("ours")), pytorch: times(of("pytorch")) },
    ...{ wall: over("wall"), processor: over("processor") },
    peak,
    operations: operationsPerRow * (turns[0].ours.rowsSeen ?? Number.NaN),
  };
}

function print({ set, model, epochs, ours, pytorch, wall, processor }: JobFigure): void {
  const parts = (spent: JobTimes["spent"]): string =>
    Object.entries(spent)
      .map(([part, seconds]) => `${part} ${seconds.toFixed(2)}`)
      .join(", ");
  console.log(
    `${set} ${model}, ${epochs} epochs: ours over PyTorch ${wall.toPrecision(3)} wall, ${processor.toPrecision(3)} processor`,
  );
  for (const side of [ours, pytorch]) {
    console.log(
      `  ${side.description}: ${(side.wall.median / 1000).toFixed(2)} s (${parts(side.spent)}), first loss ${side.firstLoss.toPrecision(5)}, macro-AUC ${side.macroAuc.toFixed(4)}`,
    );
  }
}

if (flags.child !== undefined) {
  console.log(JSON.stringify(await ourJob(flags.child)));
} else {
  console.log(describeMachine(machine()));
  const python = findPython(flags.python === undefined ? ["python3", "/usr/bin/python3"] : [flags.python]);
  const figures: JobFigure[] = [];
  const leftOut: string[] = [];
  try {
    for (const set of flags.sets.split(",")) {
      const place = join(flags.folder, set);
      const file =
        existsSync(place) && readdirSync(place).find((name) => [`${set}.arff`, `${set}.arff.gz`].includes(name));
      for (const model of flags.models.split(",")) {
        try {
          if (!file) throw new Error(`no ${set}.arff or .arff.gz in ${place}`);
          if (python === undefined) throw new Error("no python3 with torch; --python names another");
          const settings = {
            data: join(place, file),
            model,
            epochs: Number(flags.epochs),
            threads: Number(flags.threads),
          };
          figures.push(await measure(settings, set, python));
          print(figures[figures.length - 1]);
        } catch (error) {
          leftOut.push(`${set} ${model}: ${error instanceof Error ? error.message : error}`);
          console.log(`left out: ${leftOut[leftOut.length - 1]}`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  record(flags.out, { figures, leftOut });
}
