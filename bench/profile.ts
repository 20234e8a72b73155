/**
 * Where the time of a training step on wasm goes, one thread: shares of the kernels' functions by V8's sampling
 * profiler, start-up and the first steps left out, and the rate of the innermost loops of the matrix products beside
 * the peak of a loop over registers, measured just before and after. Losses are held against js in float64 first.
 * Likewise the whole `compare` command on emotions. Explains the figures of `peers` and `compare`; compares nothing.
 *
 * Flags: --nets 72-256-512-256-6,...  widths of a net, nets with a comma between them
 *        --simd plain,relaxed         default all that run here
 *        --seconds 3                  of each
 *        --data FILE                  for `compare`, default emotions of the real data sets (`HARDBATCH_DATA`)
 *        --out FILE                   also as JSON
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hasSimd, type Simd } from "../src/backends/wasm/module.ts";
import { wasm } from "../src/backends/wasm.ts";
import { peakRate } from "./kernels/peak.ts";
import { productOperations } from "./peers/net.ts";
import { expectedLosses, hardbatchStep, lossDistance } from "./peers/problem.ts";
import { type Group, isKernels, sample, sampleItself, startSampling } from "./profile/samples.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const realData = process.env.HARDBATCH_DATA ?? join(root, "../shared/data");
const { values: flags } = parseArgs({
  options: {
    nets: { type: "string", default: "72-256-512-256-6,68-768-768-768-174,1836-512-256-159" },
    simd: { type: "string", default: "plain,relaxed" },
    seconds: { type: "string", default: "3" },
    data: { type: "string", default: join(realData, "emotions/emotions.arff") },
    out: { type: "string" },
    // What is profiled is this same file, told what to do.
    child: { type: "string" },
  },
});

export interface ProfileFigure {
  readonly what: string;
  readonly simd: Simd;
  /** Parts of the time, by group. */
  readonly shares: readonly { readonly group: Group; readonly share: number }[];
  /** For nets: GFLOP/s of the tiles in their part of the shortest step, and of the loop over registers. */
  readonly tiles?: { readonly rate: number; readonly peak: number };
}

const simds = flags.simd.split(",").flatMap((name): Simd[] => {
  if (name !== "plain" && name !== "relaxed") throw new Error(`--simd ${name}: expected plain or relaxed`);
  return hasSimd(name) ? [name] : [];
});

async function stepFor(net: string, simd: Simd): Promise<void> {
  const { step } = await hardbatchStep(wasm({ threads: 1, simd }), net.split("-").map(Number));
  let count = 0;
  while (count < 20) await step(++count);
  const stop = await startSampling();
  const end = performance.now() + 1000 * Number(flags.seconds);
  let shortest = Number.POSITIVE_INFINITY;
  for (let start = performance.now(); start < end; start = performance.now()) {
    await step(++count);
    shortest = Math.min(shortest, performance.now() - start);
  }
  await stop();
  console.log(shortest);
}

function shares(milliseconds: ReadonlyMap<Group, number>): ProfileFigure["shares"] {
  const total = [...milliseconds.values()].reduce((sum, millisecond) => sum + millisecond, 0);
  return [...milliseconds].map(([group, each]) => ({ group, share: each / total }));
}

/** @throws Error where the step that is to be profiled is another than on js in double precision */
async function checkStep(net: string, simd: Simd): Promise<void> {
  const widths = net.split("-").map(Number);
  const expected = await expectedLosses(widths);
  const { step } = await hardbatchStep(wasm({ threads: 1, simd }), widths);
  const losses: number[] = [];
  while (losses.length < expected.length) losses.push(await step(losses.length + 1));
  lossDistance(losses, expected);
}

async function profileStep(net: string, simd: Simd): Promise<ProfileFigure> {
  await checkStep(net, simd);
  const before = await peakRate(simd);
  const given = ["--child", net, "--simd", simd, "--seconds", flags.seconds];
  const { milliseconds, stdout } = sampleItself(fileURLToPath(import.meta.url), given, simd);
  const peak = Math.max(before, await peakRate(simd));
  const ofKernels = [...milliseconds].reduce((sum, [group, each]) => sum + (isKernels(group) ? each : 0), 0);
  const ofTiles = (milliseconds.get("tiles of products") ?? Number.NaN) / ofKernels;
  const rate = productOperations(net.split("-").map(Number)) / (Number(stdout) * ofTiles) / 1e6;
  return { what: net, simd, shares: shares(milliseconds), tiles: { rate, peak } };
}

function profileCompare(simd: Simd): ProfileFigure {
  const folder = mkdtempSync(join(tmpdir(), "hardbatch-profile-"));
  try {
    const settings = ["--models", "mlp", "--samplers", "uniform,adaptive", "--epochs", "20", "--jobs", "1", "--quiet"];
    const device = ["--backend", "wasm", "--threads", "1", "--out", join(folder, "results.jsonl")];
    const given = ["compare", flags.data, ...settings, ...device];
    const { milliseconds } = sample(join(root, "dist/src/cli/main.js"), given, simd);
    const cells = readFileSync(join(folder, "results.jsonl"), "utf8").trimEnd().split("\n").length;
    if (cells !== 10) throw new Error(`profile: compare left ${cells} cells, expected 2 samplers on 5 folds`);
    return { what: "compare on emotions", simd, shares: shares(milliseconds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print({ what, simd, shares, tiles }: ProfileFigure): void {
  const parts = shares
    .filter(({ share }) => share >= 0.005)
    .map(({ group, share }) => `${group} ${(100 * share).toFixed(0)}%`);
  const rate = tiles ? `; tiles at ${tiles.rate.toFixed(1)} of ${tiles.peak.toFixed(1)} GFLOP/s` : "";
  console.log(`${what}, ${simd}: ${parts.join(", ")}${rate}`);
}

if (flags.child !== undefined) await stepFor(flags.child, simds[0]);
else {
  console.log(describeMachine(machine()));
  const figures: ProfileFigure[] = [];
  const add = (figure: ProfileFigure): void => {
    figures.push(figure);
    print(figure);
  };
  for (const net of flags.nets.split(",")) for (const simd of simds) add(await profileStep(net, simd));
  if (existsSync(flags.data)) add(profileCompare(simds[simds.length - 1]));
  else console.log(`${flags.data} is not there; compare left out`);
  record(flags.out, { figures });
}
