/**
 * The WebAssembly device: all values in one linear memory, programs as tables of records in it, one call a run.
 * State and data stay there; a run copies feeds in and outputs out, and allocates nothing.
 */
import { UsageError } from "../errors.ts";
import type { Program } from "../program.ts";
import { size } from "../tensor.ts";
import { type Backend, checkFeeds, checkState, type Executable, sharedLeaves, type Values } from "./backend.ts";
import { encode, encodeCopy, packedBytes, type Words } from "./wasm-encode.ts";
import { groupSteps } from "./wasm-groups.ts";
import { createMemory, type PlacedProgram, placePrograms, threadedLayout, threadScratch } from "./wasm-memory.ts";
import { chooseSimd, instantiate, type Kernels, kernelModule, type Simd } from "./wasm-module.ts";

export interface WasmOptions {
  /** Threads that share large steps, the calling one counted; results do not depend on it. Default: as many as the machine has. */
  readonly threads?: number;
  /** Plain SIMD, or relaxed SIMD with fused multiply-add. Default: relaxed where the engine has it. */
  readonly simd?: Simd;
}

/** @throws UsageError where this engine lacks what is asked for */
export function wasm({ threads = 1, simd }: WasmOptions = {}): Backend {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`wasm: threads ${threads}: expected a whole number of at least 1`);
  }
  const chosen = chooseSimd(simd);
  return {
    name: "wasm",
    compile: (programs) => compile(programs, chosen, 1),
  };
}

async function compile<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  simd: Simd,
  threads: number,
): Promise<Executable<Name>> {
  const listed = Object.values<Program>(programs);
  const shared = sharedLeaves(listed);
  const layout = threadedLayout(threads);
  const placed = placePrograms(listed, layout);
  const packed = layout.allocate(largestPacked(listed));
  const encoded = placed.map((each) => encodeProgram(each, threads, packed));
  const starts = encoded.map((words) => layout.allocate(4 * words.flat().length));

  const memory = createMemory(layout.bytes, false);
  const kernels = await instantiate(await kernelModule(simd, false), memory);
  kernels.initialize(threadScratch(0), false);
  const floats = new Float32Array(memory.buffer);
  const view = (address: number, count: number): Float32Array => floats.subarray(address / 4, address / 4 + count);
  const state = new Map<string, Float32Array>();
  for (const each of placed) {
    each.program.values.forEach((leaf, id) => {
      if (leaf.kind === "step") return;
      const values = view(each.address(id), size(leaf.shape));
      if (leaf.kind === "state") {
        values.set(leaf.initial);
        state.set(leaf.name, values);
      } else if (leaf.kind === "data" || leaf.kind === "constant") {
        values.set(leaf.values);
      }
    });
  }
  const runs = new Map(
    Object.keys(programs).map((name, i) => {
      new Int32Array(memory.buffer, starts[i]).set(encoded[i].flat());
      return [name, prepare(placed[i], view, kernels, starts[i], encoded[i])];
    }),
  );
  return {
    description: `wasm ${simd === "relaxed" ? "relaxed-simd" : "simd"}, ${threads} thread${threads === 1 ? "" : "s"}`,
    async run(name, feeds) {
      const run = runs.get(name);
      if (!run) throw new Error(`wasm: the executable was disposed of or has no program ${name}`);
      return run(feeds);
    },
    async read() {
      return Object.fromEntries([...state].map(([name, values]) => [name, values.slice()]));
    },
    async write(values) {
      checkState(shared.state, values);
      for (const [name, each] of Object.entries(values)) state.get(name)?.set(each);
    },
    dispose() {
      runs.clear();
      state.clear();
    },
  };
}

function largestPacked(programs: readonly Program[]): number {
  const sizes = programs.flatMap(({ steps, values }) =>
    steps.map((step) =>
      packedBytes(
        step,
        step.inputs.map((id) => values[id].shape),
      ),
    ),
  );
  return sizes.reduce((a, b) => Math.max(a, b), 0);
}

function encodeProgram({ program, plan, address }: PlacedProgram, threads: number, packed: number): Words[] {
  const placement = { address, shape: (id: number) => program.values[id].shape };
  const records = groupSteps(plan.steps, placement).map((group) => encode(group, { ...placement, threads, packed }));
  const copies = plan.copies.map(({ state, value }) =>
    encodeCopy(address(value), address(state), size(program.values[state].shape)),
  );
  return [...records, ...copies];
}

/** The program as a function from feeds to outputs. */
function prepare(
  { program, address }: PlacedProgram,
  view: (address: number, count: number) => Float32Array,
  kernels: Kernels,
  start: number,
  records: readonly Words[],
): (feeds: Values) => Values {
  const fed = program.values.flatMap((value, id) =>
    value.kind === "input" || value.kind === "noise"
      ? [{ name: value.name, values: view(address(id), size(value.shape)) }]
      : [],
  );
  const results = program.outputs.map(({ name, value }) => {
    const values = view(address(value), size(program.values[value].shape));
    return { name, values, copy: new Float32Array(values.length) };
  });
  const outputs = Object.fromEntries(results.map(({ name, copy }) => [name, copy]));
  return (feeds) => {
    checkFeeds(program, feeds);
    for (const { name, values } of fed) values.set(feeds[name]);
    kernels.run(start, records.length);
    for (const { values, copy } of results) copy.set(values);
    return outputs;
  };
}
