/**
 * The same steps in PyTorch, by the modules of bench/step/torch: our initial weights in a state dict, the same rows,
 * and for the steps whose losses are compared our noise. Finds an interpreter that has PyTorch; installs nothing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelName } from "../../src/models/create.ts";
import { toPytorch } from "../../src/saved/pytorch.ts";
import { encodeSafetensors, type StoredTensor } from "../../src/saved/safetensors.ts";
import { type Peer, pytorchStepEnvironment, start } from "../peers/process.ts";
import { checkedSteps, otherElements, type Sizes, training } from "./cell.ts";

const script = fileURLToPath(new URL("../../bench/step/torch/step.py", import.meta.url));

/** The first of `candidates` that can import torch. */
export function findPython(candidates: readonly string[]): string | undefined {
  return candidates.find((candidate) => spawnSync(candidate, ["-c", "import torch"]).status === 0);
}

/** What the process reads: table, rows, weights under their PyTorch names and noise under our names, as safetensors. */
function problem(name: ModelName, sizes: Sizes, checked: Sizes): Uint8Array {
  const { model, values, targets, rows } = training(name, sizes);
  const initial = [...model.parameters, ...model.buffers].map(({ name, initial }) => [name, initial] as const);
  const small = training(name, checked);
  const matrix = (all: ArrayLike<number>, columns: number): StoredTensor => ({
    shape: [all.length / columns, columns],
    values: Float32Array.from(all),
  });
  const list = (all: ArrayLike<number>): StoredTensor => ({ shape: [all.length], values: Float32Array.from(all) });
  const tensors = new Map<string, StoredTensor>([
    ["features", matrix(values, sizes.features)],
    ["labels", matrix(targets, sizes.labels)],
    ["rows/timed", list(rows)],
    ["rows/compared", list(small.rows)],
    ["steps", { shape: [], values: Float32Array.of(checkedSteps) }],
  ]);
  for (const [name, tensor] of toPytorch(model, Object.fromEntries(initial))) tensors.set(`weight/${name}`, tensor);
  for (let count = 1; count <= checkedSteps; count++) {
    for (const [name, drawn] of Object.entries(small.noise(count))) tensors.set(`noise/${count}/${name}`, list(drawn));
  }
  return encodeSafetensors(tensors);
}

/** Bytes that can be had now, or none known. */
function availableMemory(): number {
  const known = existsSync("/proc/meminfo") ? readFileSync("/proc/meminfo", "utf8") : "";
  return 1024 * Number(/^MemAvailable:\s+(\d+) kB$/m.exec(known)?.[1] ?? Number.POSITIVE_INFINITY);
}

/**
 * The process, its losses not yet compared.
 * @throws Error where it can't run, or a step would want more memory than there is: autograd keeps what a step
 * computes, for which the elements that our steps write are the estimate
 */
export async function startPytorch(
  python: string,
  threads: number,
  name: ModelName,
  sizes: Sizes,
  checked: Sizes,
): Promise<Peer> {
  const gigabytes = (4 * otherElements(training(name, sizes).program)) / 1e9;
  const available = availableMemory() / 1e9;
  if (gigabytes > 0.8 * available) {
    throw new Error(`about ${gigabytes.toFixed(0)} GB a step, of ${available.toFixed(0)} available`);
  }
  const file = join(tmpdir(), `hardbatch-step-${process.pid}.safetensors`);
  writeFileSync(file, problem(name, sizes, checked));
  try {
    const given = [script, file, name, String(threads)];
    // The greeting comes after the file was read.
    return await start({ program: python, arguments: given, environment: pytorchStepEnvironment(threads) });
  } finally {
    rmSync(file);
  }
}
