/** `hardbatch doctor`: what runs here and, for each backend that does not, why. */

import { availableParallelism } from "node:os";
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import { multiply } from "../ops/map.ts";
import { program } from "../program.ts";
import { input } from "../tensor.ts";
import { dataFolder } from "./data.ts";
import { aligned } from "./print.ts";

interface Finding {
  readonly backend: string;
  readonly runs: boolean;
  /** What really runs, or why it does not. */
  readonly detail: string;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Tell which backends run on this machine and, for each that does not, why.")
    .option("--json", "print one JSON object")
    .option("--quiet", "print nothing but the findings")
    .action(async (options: { readonly json?: true }) => {
      const backends: Finding[] = [];
      for (const name of backendNames) backends.push(await probe(name));
      const engine = features();
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ engine, backends })}\n`
          : [
              aligned(Object.entries(engine).map(([name, value]) => [name, String(value)])),
              "",
              aligned(backends.map(({ backend, runs, detail }) => [backend, runs ? "runs" : "does not run", detail])),
              "",
            ].join("\n"),
      );
    });
}

/** Doubles a number on the backend. */
async function probe(name: string): Promise<Finding> {
  try {
    const backend = await createBackend(name);
    const x = input("x", [1, 1]);
    const executable = await backend.compile({ double: program({ y: multiply(x, 2) }) });
    try {
      const { y } = await executable.run("double", { x: Float32Array.of(21) });
      if (y[0] !== 42) return { backend: name, runs: false, detail: `computes 2 x 21 = ${y[0]}` };
      return { backend: name, runs: true, detail: executable.description };
    } finally {
      executable.dispose();
    }
  } catch (error) {
    return { backend: name, runs: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The smallest modules that use the feature: a function of no arguments with one vector instruction. */
const simd = [0xfd, 15, 0xfd, 98]; // i8x16.splat, i8x16.popcnt
const relaxed = [0xfd, 15, 0xfd, 15, 0xfd, 15, 0xfd, 0x85, 0x02]; // three vectors, f32x4.relaxed_madd

function features(): Readonly<Record<string, string | number | boolean>> {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processors: availableParallelism(),
    "wasm SIMD": validates([0x41, 0, ...simd, 0x1a]),
    "wasm relaxed SIMD": validates([0x41, 0, 0xfd, 15, 0x41, 0, 0xfd, 15, 0x41, 0, ...relaxed.slice(4), 0x1a]),
    "shared memory": typeof SharedArrayBuffer !== "undefined",
    "data folder": dataFolder() ?? "none (HARDBATCH_DATA is not set): data sets are named by their path",
  };
}

function validates(body: readonly number[]): boolean {
  const code = [0, ...body, 0x0b];
  return WebAssembly.validate(
    Uint8Array.from([
      0,
      97,
      115,
      109,
      1,
      0,
      0,
      0,
      1,
      4,
      1,
      0x60,
      0,
      0,
      3,
      2,
      1,
      0,
      10,
      code.length + 2,
      1,
      code.length,
      ...code,
    ]),
  );
}
