/**
 * What commands take that do next to nothing: seconds from start to exit and the most memory, beside a bare Node.
 * Run by `npm run bench -- start`.
 *
 * Flags: --turns 9          of each
 *        --out FILE         also as JSON
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Summary, summary } from "./timing/interleave.ts";
import { describeMachine, machine, record } from "./timing/record.ts";

const { values: flags } = parseArgs({
  options: { turns: { type: "string", default: "9" }, out: { type: "string" } },
});

export interface StartFigure {
  readonly command: string;
  /** Milliseconds. */
  readonly wall: Summary;
  readonly processor: Summary;
  /** MiB, the most that was resident. */
  readonly memory: number;
}

const program = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const commands: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": ["-e", "0"],
  "hardbatch --help": [program, "--help"],
  "hardbatch train --help": [program, "train", "--help"],
  "hardbatch doctor": [program, "doctor"],
};
const report =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,JSON.stringify(process.resourceUsage())))';

interface Turn {
  readonly wall: number;
  readonly processor: number;
  readonly memory: number;
}

function run(words: readonly string[]): Turn {
  const start = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ["--import", report, ...words], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  const usage: NodeJS.ResourceUsage = JSON.parse(output[3] ?? "");
  return { wall, processor: (usage.userCPUTime + usage.systemCPUTime) / 1000, memory: usage.maxRSS / 1024 };
}

console.log(describeMachine(machine()));
const turns = new Map(Object.keys(commands).map((name): [string, Turn[]] => [name, []]));
for (let turn = 0; turn < Number(flags.turns); turn++) {
  for (const [name, words] of Object.entries(commands)) turns.get(name)?.push(run(words));
}
const figures = [...turns].map(([command, all]): StartFigure => {
  const of = (clock: "wall" | "processor"): Summary => summary(all.map((turn) => turn[clock]));
  return {
    command,
    wall: of("wall"),
    processor: of("processor"),
    memory: Math.max(...all.map(({ memory }) => memory)),
  };
});
for (const { command, wall, processor, memory } of figures) {
  console.log(
    `${command.padEnd(24)} ${wall.median.toFixed(0).padStart(6)} ms (shortest ${wall.min.toFixed(0)}), processor ${processor.median.toFixed(0)} ms, ${memory.toFixed(0)} MiB`,
  );
}
record(flags.out, { figures });
