/** `hardbatch doctor`: what runs here and, for each backend that does not, why. */

import { availableParallelism } from "node:os";
import { Command } from "commander";
import { backendNames, createBackend } from "../backends/create.ts";
import { gpuModes } from "../backends/gpu/modes.ts";
import { probeGpu } from "../backends/gpu/self-test.ts";
import { hostName } from "../backends/host.ts";
import { hasSimd } from "../backends/wasm/module.ts";
import { multiply } from "../engine/ops/map.ts";
import { program } from "../engine/program.ts";
import { input } from "../engine/tensor.ts";
import { dataFolder } from "../files/data-folder.ts";
import { wrapped } from "./print.ts";
import { printOut } from "./terminal.ts";

interface Finding {
  readonly backend: string;
  readonly runs: boolean;
  /** What really runs, or why it does not. */
  readonly detail: string;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .option("--json", "print one JSON object")
    .option("--quiet", "print nothing but the findings")
    .action(async (options: { readonly json?: true }) => {
      // Side by side: most of them wait for a module to compile or for their workers to start.
      const backends = await Promise.all(backendNames.map(probe));
      const engine = features();
      printOut(
        options.json
          ? `${JSON.stringify({ engine, backends })}\n`
          : [
              ...wrapped(Object.entries(engine).map(([name, value]) => [name, String(value)])),
              "",
              ...wrapped(
                backends.map(({ backend, runs, detail }) => [backend, runs ? "runs" : "does not run", detail]),
              ),
              "",
            ].join("\n"),
      );
    });
}

/** Modes of gpu.js run their whole self-test, the others double a number. */
async function probe(name: string): Promise<Finding> {
  const mode = gpuModes.find((candidate) => `gpu:${candidate}` === name);
  if (mode) {
    const { ok, reason, facts } = await probeGpu(mode);
    const found = Object.entries(facts).map(([fact, value]) => `${fact}: ${value}`);
    return { backend: name, runs: ok, detail: [...(reason === "" ? [] : [reason]), ...found].join("; ") };
  }
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

function features(): Readonly<Record<string, string | number | boolean>> {
  return {
    runtime: hostName(),
    platform: `${process.platform} ${process.arch}`,
    processors: availableParallelism(),
    "wasm SIMD": hasSimd("plain"),
    "wasm relaxed SIMD": hasSimd("relaxed"),
    "shared memory": typeof SharedArrayBuffer !== "undefined",
    "data folder": dataFolder(),
  };
}
