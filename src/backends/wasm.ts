/**
 * The WebAssembly device: its options, and programs laid out, encoded and started in one linear memory. State and data
 * stay there; a run is one call. What an executable then does is in wasm/executable.ts.
 */

import { threadsAt } from "../../kernels/wasm/records.ts";
import type { Program } from "../engine/program.ts";
import { size } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";
import { type Backend, type Executable, type NoiseKey, sharedLeaves } from "./backend.ts";
import type { Variant } from "./wasm/ahead.ts";
import { type SharingThreshold, shareEverything, shareLargeSteps } from "./wasm/chunks.ts";
import { encode, encodeCopy, isShared, type Words } from "./wasm/encode.ts";
import { WasmExecutable } from "./wasm/executable.ts";
import { flowBytes } from "./wasm/flow.ts";
import { groupSteps } from "./wasm/groups.ts";
import { createMemory, Layout, type PlacedProgram, placePrograms, threadScratch } from "./wasm/layout.ts";
import { likelihoodBytes } from "./wasm/likelihood.ts";
import { chooseSimd, instantiate, kernelModule, loadKernels, type Simd } from "./wasm/module.ts";
import { encodeNoise, isWorthAhead, keyBytes, withOtherNoise } from "./wasm/noise.ts";
import { packedBytes } from "./wasm/products.ts";
import { wasmRowProducts } from "./wasm/row-products.ts";
import { writeTable } from "./wasm/sparse.ts";
import { staircaseBytes } from "./wasm/staircase.ts";
import { defaultThreads, maySleep, startWorkers, type WorkerPool, whyNoSharing } from "./wasm/workers.ts";

export interface WasmOptions {
  /**
   * Threads that share large steps, the calling one counted; results do not depend on it. Programs without a large step
   * run on one. Default: as many as the machine has; 1 where memory can't be shared or no worker starts, with the
   * reason in the description.
   */
  readonly threads?: number;
  /**
   * Where a page has the script `hardbatch/wasm-worker.js`, for pages whose policy forbids workers from blobs. Default:
   * workers are made from text. Means nothing in Node.
   */
  readonly workerScript?: string | URL;
  /** Plain SIMD, or relaxed SIMD with fused multiply-add. Default: relaxed where the engine has it. */
  readonly simd?: Simd;
  /**
   * Whether the threads share steps that are large enough to be worth it, or every step that can be cut: slow, for
   * tests.
   */
  readonly sharing?: "worthwhile" | "always";
  /** Hands out the addresses; default one array after another. Tests leave guarded gaps. */
  readonly layout?: (start: number) => Layout;
}

/** How programs are to run, all settled. */
interface Arrangement {
  readonly threads: number;
  readonly simd: Simd;
  readonly threshold: SharingThreshold;
  readonly layout: (start: number) => Layout;
  readonly workerScript: string | URL | undefined;
  /** Whether the number of threads was asked for: then it is kept or is an error. */
  readonly asked: boolean;
  /** Why there is one thread only, for the description. */
  readonly reason?: string;
}

/** The device with its kernels loaded. @throws UsageError where this engine lacks what is asked for */
export async function loadedWasm(options: WasmOptions = {}): Promise<Backend> {
  const backend = wasm(options);
  await loadKernels(chooseSimd(options.simd));
  return backend;
}

/**
 * The device, whose kernels are loaded by the first `compile`; `rowProducts` needs them before.
 * @throws UsageError where this engine lacks what is asked for
 */
export function wasm(options: WasmOptions = {}): Backend {
  const { threads, simd, sharing, layout = (start) => new Layout(start), workerScript } = options;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new UsageError(`wasm: threads ${threads}: expected a whole number of at least 1`);
  }
  const reason = whyNoSharing();
  if (threads !== undefined && threads > 1 && reason !== undefined) {
    throw new UsageError(`wasm: ${threads} threads need shared memory, and ${reason}: ask for 1`);
  }
  const chosen = chooseSimd(simd);
  const threshold = sharing === "always" ? shareEverything : shareLargeSteps;
  return {
    name: "wasm",
    async compile(programs) {
      const how = { simd: chosen, threshold, layout, workerScript, asked: threads !== undefined };
      return compile(programs, { ...how, threads: threads ?? (await defaultThreads()) });
    },
    rowProducts: (rows, columns, fill) => wasmRowProducts(chosen, rows, columns, fill),
  };
}

/** Programs placed and encoded: everything but the memory. */
interface Image {
  readonly threads: number;
  readonly placed: readonly PlacedProgram[];
  /** Of each program one, or two with different places for their noise where that may be drawn ahead. */
  readonly variants: readonly (readonly Variant[])[];
  readonly bytes: number;
}

function image(programs: readonly Program[], { threads, threshold, layout: layOut }: Arrangement): Image {
  const layout = layOut(threadScratch(threads));
  const placed = placePrograms(programs, layout);
  const packed = layout.allocate(largestWorkingSpace(programs, threads));
  const variantOf = (program: PlacedProgram): Variant => {
    const key = layout.allocate(keyBytes);
    const noise = encodeNoise(program, { threads, threshold, key });
    const steps = encodeProgram(program, { threads, threshold, packed });
    const start = layout.allocate(4 * [...noise, ...steps].flat().length);
    return { placed: program, key, start, noise, steps };
  };
  const variants = placed.map((program) => [
    variantOf(program),
    ...(isWorthAhead(program.program, { threads, threshold }) ? [variantOf(withOtherNoise(program, layout))] : []),
  ]);
  return { threads, placed, variants, bytes: layout.bytes };
}

async function compile<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  settings: Arrangement,
): Promise<Executable<Name>> {
  const listed = Object.values<Program>(programs);
  const leaves = sharedLeaves(listed);
  const cut = image(listed, settings);
  // Without a step that is worth sharing no worker is started, and memory need not be shared.
  const small =
    settings.threads > 1 && !cut.variants.flat().some(({ noise, steps }) => [...noise, ...steps].some(isShared));
  const { threads, placed, variants, bytes } = small ? image(listed, { ...settings, threads: 1 }) : cut;
  const { simd } = settings;

  const memory = createMemory(bytes, threads > 1);
  const module = await kernelModule(simd, threads > 1);
  const kernels = await instantiate(module, memory);
  kernels.initialize(threadScratch(0), threads > 1 && maySleep(), settings.threshold === shareLargeSteps);
  const floats = new Float32Array(memory.buffer);
  const view = (address: number, count: number): Float32Array => floats.subarray(address / 4, address / 4 + count);
  const state = new Map<string, Float32Array>();
  for (const { program, address } of placed) {
    program.values.forEach((leaf, id) => {
      if (leaf.kind === "step") return;
      if (leaf.kind === "sparse") {
        writeTable(leaf, memory.buffer, address(id));
        return;
      }
      const values = view(address(id), size(leaf.shape));
      if (leaf.kind === "state") {
        // The memory is new, and zeros.
        if (!leaf.zeros) values.set(leaf.initial);
        state.set(leaf.name, values);
      } else if (leaf.kind === "data" || leaf.kind === "constant") {
        values.set(leaf.values);
      }
    });
  }
  const words = new Int32Array(memory.buffer);
  if (threads > 1) words[threadsAt / 4] = threads;
  for (const { start, noise, steps } of variants.flat()) words.set([...noise, ...steps].flat(), start / 4);
  const runs = Object.keys(programs).map((name, i) => [name, variants[i]] as const);
  const scratches = Array.from({ length: threads - 1 }, (_, i) => threadScratch(i + 1));
  let workers: WorkerPool | undefined;
  try {
    if (threads > 1) workers = await startWorkers(scratches, module, memory, settings.workerScript);
  } catch (error) {
    if (settings.asked || !(error instanceof UsageError)) throw error;
    return compile(programs, { ...settings, threads: 1, reason: error.message });
  }
  const kind = `wasm ${simd === "relaxed" ? "relaxed-simd" : "simd"}`;
  const alone = settings.reason === undefined ? "" : ` (${settings.reason})`;
  const description = `${kind}, ${threads} thread${threads === 1 ? "" : "s"}${alone}`;
  const setKey = (at: number, { seed, step }: NoiseKey): void => words.set([seed, step], at / 4);
  return new WasmExecutable<Name>({ description, kernels, view, setKey, runs, state, leaves: leaves.state, workers });
}

/** Where products pack and flows work, in bytes. */
function largestWorkingSpace(programs: readonly Program[], threads: number): number {
  const sizes = programs.flatMap(({ steps, values }) =>
    steps.map((step) => {
      const shapes = step.inputs.map((id) => values[id].shape);
      return Math.max(
        packedBytes(step, shapes),
        staircaseBytes(step, shapes),
        flowBytes(step, shapes, threads),
        likelihoodBytes(step, shapes, threads),
      );
    }),
  );
  return sizes.reduce((a, b) => Math.max(a, b), 0);
}

function encodeProgram(
  { program, plan, address }: PlacedProgram,
  how: { readonly threads: number; readonly threshold: SharingThreshold; readonly packed: number },
): Words[] {
  const placement = {
    address,
    shape: (id: number) => program.values[id].shape,
    entries(id: number) {
      const value = program.values[id];
      return value.kind === "sparse" ? value.values.length : size(value.shape);
    },
  };
  const records = groupSteps(plan.steps, placement).flatMap((group) => encode(group, { ...placement, ...how }));
  const copies = plan.copies.map(({ state, value }) =>
    encodeCopy(address(value), address(state), size(program.values[state].shape)),
  );
  return [...records, ...copies];
}
