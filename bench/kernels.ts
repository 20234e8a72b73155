/**
 * Rates of single kernels on js and wasm: GFLOP/s of matrix products, GB/s of elementwise ops, reductions and moved
 * rows, against what a loop over registers reaches on one core in the same turns. Results are checked against float64
 * before they are timed.
 *
 * Flags: --backends js,plain,relaxed   which of js, plain and relaxed (the two wasm modules); default all that run here
 *        --threads 1,2                 thread counts of wasm, default 1 and the machine's
 *        --turns 25                    turns of each candidate
 *        --only matmul                 kernels whose name or shape holds this
 *        --out FILE                    also as JSON
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Backend } from "../src/backends/backend.ts";
import { createBackend } from "../src/backends/create.ts";
import { wasm } from "../src/backends/wasm.ts";
import { type KernelCase, type Prepared, prepare, products, streams } from "./kernels/cases.ts";
import { moves } from "./kernels/moves.ts";
import { type Instructions, type PeakLoop, peakLoop } from "./kernels/peak.ts";
import { type Candidate, calling, interleave, ratio, type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    backends: { type: "string", default: "js,plain,relaxed" },
    threads: { type: "string", default: [...new Set([1, availableParallelism()])].join(",") },
    turns: { type: "string", default: "25" },
    only: { type: "string", default: "" },
    out: { type: "string" },
  },
});

/** A backend to be timed, with the loop over registers that it is held against. */
interface Contender {
  readonly backend: Backend;
  readonly instructions?: Instructions;
  readonly threads: number;
}

export interface KernelFigure {
  readonly kernel: string;
  readonly shape: string;
  /** What really ran. */
  readonly backend: string;
  readonly unit: KernelCase["unit"];
  readonly threads: number;
  /** Milliseconds of one kernel call. */
  readonly wall: Summary;
  readonly processor: Summary;
  /** Of the median turn, by processor time for one thread, by wall time for several. */
  readonly rate: number;
  /** Of the shortest turn, by wall time. */
  readonly best: number;
  /** Of the peak of the same instructions on as many cores: median over the turns, clock as for `rate`. */
  readonly share?: number;
}

const peaks: { readonly [K in Instructions]?: PeakLoop } = {};
for (const instructions of ["plain", "relaxed"] as const) {
  const found = await peakLoop(instructions);
  if (found) Object.assign(peaks, { [instructions]: found });
}

const contenders: Contender[] = [];
for (const name of flags.backends.split(",")) {
  if (name === "js") contenders.push({ backend: await createBackend("js"), threads: 1 });
  else if (name === "plain" || name === "relaxed") {
    if (!peaks[name]) console.log(`wasm ${name}: this engine does not have it`);
    else {
      for (const threads of flags.threads.split(",").map(Number)) {
        contenders.push({ backend: wasm({ threads, simd: name }), instructions: name, threads });
      }
    }
  } else throw new Error(`--backends ${name}: expected js, plain or relaxed`);
}

const cases = [
  ...[128, 256, 512, 1024].flatMap((n) => products(n, n, n)),
  ...products(128, 6, 256),
  ...products(128, 256, 6),
  ...products(1, 256, 256),
  ...products(17, 33, 65),
  ...streams(256, 512),
  ...streams(2048, 2048),
  ...moves(256, 512),
  ...moves(2048, 2048),
].filter(({ name, shape }) => `${name} ${shape}`.includes(flags.only));

const figures: KernelFigure[] = [];
const peakTurns: Record<string, number[]> = {};
const turns = Number(flags.turns);
console.log(describeMachine(machine()));
for (const kind of cases) await measure(kind);

async function measure(each: KernelCase): Promise<void> {
  const prepared: { readonly contender: Contender; readonly ready: Prepared }[] = [];
  for (const contender of contenders) {
    // Seconds a call on js, and nothing new in it.
    if (contender.backend.name === "js" && each.work > 3e8) continue;
    const ready = await prepare(contender.backend, each);
    if (prepared.some((other) => other.ready.description === ready.description)) ready.dispose();
    else prepared.push({ contender, ready });
  }
  const candidates: Candidate[] = prepared.map(({ ready }) => calling(ready.description, ready.run));
  const peakNames = (Object.keys(peaks) as Instructions[]).map((name) => `peak ${name}`);
  if (each.unit === "GFLOP/s") {
    for (const [name, loop] of Object.entries(peaks)) candidates.push(calling(`peak ${name}`, loop.run));
  }
  const timings = await interleave(candidates, { turns, turn: 4, budget: 8000 });
  for (const name of peakNames) peakTurns[name] = [...(peakTurns[name] ?? []), ...(timings[name]?.processor ?? [])];
  for (const { contender, ready } of prepared) {
    const { wall, processor } = timings[ready.description];
    const times = contender.threads === 1 ? processor : wall;
    const perCall = (each: readonly number[]): Summary => summary(each.map((value) => value / ready.copies));
    const work = each.work / 1e6;
    const loop = contender.instructions && each.unit === "GFLOP/s" ? peaks[contender.instructions] : undefined;
    const peakTimes = timings[`peak ${contender.instructions}`]?.processor ?? [];
    const scale = loop && (ready.copies * each.work) / loop.operations / contender.threads;
    figures.push({
      kernel: each.name,
      shape: each.shape,
      backend: ready.description,
      threads: contender.threads,
      unit: each.unit,
      wall: perCall(wall),
      processor: perCall(processor),
      rate: work / perCall(times).median,
      best: work / perCall(wall).min,
      ...(scale !== undefined && { share: scale * ratio(peakTimes, times) }),
    });
    ready.dispose();
    print(figures[figures.length - 1]);
  }
}

function print({ kernel, shape, backend, unit, rate, best, share }: KernelFigure): void {
  const number = (value: number): string => value.toFixed(2).padStart(8);
  const ofPeak = share === undefined ? "" : `  ${(100 * share).toFixed(0).padStart(3)}% of peak`;
  console.log(
    `${`${kernel} ${shape}`.padEnd(40)} ${backend.padEnd(30)} median${number(rate)}  best${number(best)} ${unit}${ofPeak}`,
  );
}

const peakFigures = Object.entries(peaks).map(([name, { operations }]) => {
  const times = summary(peakTurns[`peak ${name}`] ?? [Number.NaN]);
  return { instructions: name, best: operations / times.min / 1e6, median: operations / times.median / 1e6 };
});
for (const { instructions, best, median } of peakFigures) {
  console.log(`peak ${instructions}, one core: median ${median.toFixed(1)}, best ${best.toFixed(1)} GFLOP/s`);
}
record(flags.out, { peaks: peakFigures, figures });
