/**
 * Devices on a page under a content security policy, as functions on `globalThis.hardbatch` that the test calls by
 * name.
 */
import { createBackend } from "../../src/backends/create.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";

/** What runs a large product under that name, or the message of the error. */
async function runs(
  name: string,
  options: { readonly threads?: number; readonly workerScript?: string } = {},
): Promise<string> {
  // What the test's own call does at once is free of the policy.
  await new Promise((resolve) => setTimeout(resolve));
  try {
    const backend = await createBackend(name, options);
    const built = program({ product: matmul(input("a", [300, 300]), input("b", [300, 300])) });
    const executable = await backend.compile({ built });
    const ones = new Float32Array(300 * 300).fill(1);
    const { product } = await executable.run("built", { a: ones, b: ones });
    executable.dispose();
    return product[7] === 300 ? executable.description : `computes ${product[7]}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const functions = { runs };
export type PolicyPage = typeof functions;
Object.assign(globalThis, { hardbatch: functions });
