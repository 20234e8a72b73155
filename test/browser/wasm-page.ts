/** The wasm device inside a browser, as functions on `globalThis.hardbatch` that the test calls by name. */
import { wasm } from "../../src/backends/wasm.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { programLaw } from "../laws/programs.ts";
import { backendLaw } from "../laws.ts";

/** What went wrong with the laws of a device; all steps that can be are shared where there is more than one thread. */
async function laws(threads: number, runs: number): Promise<string[]> {
  const backend = wasm({ threads, sharing: "always" });
  const failures: string[] = [];
  for (const { title, check } of [...backendLaw(backend, { runs }), ...programLaw(backend, { runs })]) {
    await check().catch((error) => {
      failures.push(`${title}: ${error.message}`.slice(0, 2000));
    });
  }
  return failures;
}

/** What runs a large product when nothing is asked for, and one number of it. */
async function product(): Promise<{ isolated: boolean; threads: number; description: string; result: number }> {
  const built = program({ product: matmul(input("a", [300, 300]), input("b", [300, 300])) });
  const executable = await wasm().compile({ built });
  const ones = new Float32Array(300 * 300).fill(1);
  const { product } = await executable.run("built", { a: ones, b: ones });
  executable.dispose();
  const { crossOriginIsolated: isolated, navigator } = globalThis;
  return { isolated, threads: navigator.hardwareConcurrency, description: executable.description, result: product[7] };
}

/** The error of asking for two threads; undefined where there is none. */
function refusal(): string | undefined {
  try {
    wasm({ threads: 2 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const functions = { laws, product, refusal };
export type WasmPage = typeof functions;
Object.assign(globalThis, { hardbatch: functions });
