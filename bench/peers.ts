/**
 * One training step, side by side: layers with leaky rectifiers, batch of 128, mean binary cross-entropy, Adam, the
 * loss read back after each step. Every contender is a process of its own that starts from the same weights and data;
 * its losses must be those of js in float64 before anything is timed. Then they take turns.
 *
 * The others are installed apart: `npm ci --prefix bench/peers`; PyTorch is the system's (`apt install python3-torch
 * libopenblas0-pthread`). What is missing is named and left out.
 *
 * Flags: --nets 72-256-512-256-6,...  widths of a net, nets with a comma between them
 *        --threads 1,2                thread counts where there is a choice, default 1 and the machine's
 *        --only wasm                  contenders whose name holds this
 *        --turns 15  --turn 20        turns of each, and milliseconds of a turn
 *        --budget 60                  seconds for the turns of a net
 *        --python /usr/bin/python3
 *        --out FILE                   also as JSON
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { expectedLosses, lossDistance, problemText } from "./peers/problem.ts";
import { type Command, type Peer, pytorchStepEnvironment, start } from "./peers/process.ts";
import { interleave, ratio, type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: {
    nets: { type: "string", default: "72-256-512-256-6,68-768-768-768-174,1836-512-256-159" },
    threads: { type: "string", default: [...new Set([1, availableParallelism()])].join(",") },
    only: { type: "string", default: "" },
    turns: { type: "string", default: "15" },
    turn: { type: "string", default: "20" },
    budget: { type: "string", default: "60" },
    python: { type: "string", default: "/usr/bin/python3" },
    out: { type: "string" },
  },
});

const root = fileURLToPath(new URL("../../", import.meta.url));
const ours = join(root, "dist/bench/peers-hardbatch.js");
const folder = mkdtempSync(join(tmpdir(), "hardbatch-peers-"));

export interface PeerFigure {
  readonly backend: string;
  readonly threads: number;
  readonly wall: Summary;
  readonly processor: Summary;
  /** Largest relative distance of a loss from that of js in float64, or what was checked instead. */
  readonly checked: string;
  /**
   * Time over that of each of our own contenders with wasm: wall time as a median over the turns and shortest turn over
   * shortest, and processor time where both have one thread.
   */
  readonly ratios: Readonly<Record<string, Ratio>>;
}

export interface Ratio {
  readonly median: number;
  readonly best: number;
  readonly processor?: number;
}

export interface NetFigures {
  readonly net: string;
  readonly figures: readonly PeerFigure[];
  readonly missing: Readonly<Record<string, string>>;
}

function commands(problem: string): Record<string, Command> {
  const node = (script: string, threads: number, ...more: string[]): Command => ({
    program: process.execPath,
    arguments: [script, problem, String(threads), ...more],
  });
  const peer = (name: string): string => join(root, `bench/peers/${name}`);
  const all: Record<string, Command> = {};
  for (const threads of flags.threads.split(",").map(Number)) {
    const suffix = ` x${threads}`;
    for (const simd of ["plain", "relaxed"]) all[`hardbatch wasm ${simd}${suffix}`] = node(ours, threads, simd);
    all[`tfjs wasm${suffix}`] = node(peer("tfjs.mjs"), threads);
    const given = [peer("torch_step.py"), problem, String(threads)];
    all[`PyTorch${suffix}`] = { program: flags.python, arguments: given, environment: pytorchStepEnvironment(threads) };
  }
  all["jax-js wasm"] = node(peer("jax.mjs"), 1);
  all["hardbatch js"] = node(ours, 1, "js");
  all["brain.js"] = node(peer("brain.mjs"), 1);
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.includes(flags.only)));
}

/** @throws Error where the losses are not those of double precision */
function checkedLosses({ losses, checked }: Peer, expected: readonly number[]): string {
  if (checked !== undefined) return checked;
  return `losses of ${expected.length} steps within ${lossDistance(losses, expected).toExponential(0)}`;
}

async function measure(net: string): Promise<NetFigures> {
  const widths = net.split("-").map(Number);
  const problem = join(folder, `${net}.json`);
  writeFileSync(problem, problemText(widths));
  const expected = await expectedLosses(widths);
  const running = new Map<string, { readonly peer: Peer; readonly checked: string }>();
  const missing: Record<string, string> = {};
  for (const [name, command] of Object.entries(commands(problem))) {
    let peer: Peer | undefined;
    try {
      peer = await start(command);
      const checked = checkedLosses(peer, expected);
      await peer.time(20);
      if (running.has(peer.description)) throw new Error(`is the same as ${peer.description}`);
      running.set(peer.description, { peer, checked });
    } catch (error) {
      peer?.stop();
      missing[name] = error instanceof Error ? error.message : String(error);
    }
  }
  const timings = await interleave(
    [...running].map(([name, { peer }]) => ({ name, time: (count: number) => peer.time(count) })),
    { turns: Number(flags.turns), turn: Number(flags.turn), budget: 1000 * Number(flags.budget) },
  );
  const own = [...running.keys()].filter((name) => name.startsWith("hardbatch wasm"));
  const figures = [...running].map(([backend, { peer, checked }]): PeerFigure => {
    peer.stop();
    const turns = timings[backend];
    const threads = threadsOf(backend);
    const ratios = own.map((name): [string, Ratio] => {
      const other = timings[name];
      const alone = threads === 1 && threadsOf(name) === 1;
      return [
        name,
        {
          median: ratio(turns.wall, other.wall),
          best: Math.min(...turns.wall) / Math.min(...other.wall),
          ...(alone && { processor: ratio(turns.processor, other.processor) }),
        },
      ];
    });
    const times = { wall: summary(turns.wall), processor: summary(turns.processor) };
    return { backend, threads, ...times, checked, ratios: Object.fromEntries(ratios) };
  });
  return { net, figures, missing };
}

const threadsOf = (description: string): number => Number(/(\d+) threads?$/.exec(description)?.[1] ?? 1);

function print({ net, figures, missing }: NetFigures): void {
  console.log(`\n${net}, batch 128: ms a step`);
  for (const { backend, wall, processor, checked, ratios } of figures) {
    const number = (value: number): string => value.toPrecision(3).padStart(8);
    console.log(
      `${backend.padEnd(44)} median${number(wall.median)}  min${number(wall.min)}  MAD${number(wall.mad)}  processor${number(processor.median)}  ${checked}`,
    );
    for (const [name, { median, best, processor: own }] of Object.entries(ratios)) {
      const ofProcessor = own === undefined ? "" : `, processor${number(own)}`;
      if (name !== backend)
        console.log(`    ${number(median)} (best turns${number(best)}${ofProcessor}) times ${name}`);
    }
  }
  for (const [name, why] of Object.entries(missing)) console.log(`${name}: not here: ${why}`);
}

await build({
  entryPoints: [join(root, "bench/peers/hardbatch.ts")],
  outfile: ours,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "error",
});
console.log(describeMachine(machine()));
const nets: NetFigures[] = [];
try {
  for (const net of flags.nets.split(",")) {
    nets.push(await measure(net));
    print(nets[nets.length - 1]);
  }
} finally {
  rmSync(folder, { recursive: true });
}
record(flags.out, { nets });
