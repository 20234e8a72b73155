/**
 * Programs for gpu.js's `webasm` mode: each becomes one gpu.js pipeline, all steps over one WebAssembly memory, with
 * worker threads of its own where it is large enough. A pipeline keeps nothing between calls, so state lives on the
 * host and travels in and out; data and constants are part of the pipeline.
 */
import type { Program } from "../../engine/program.ts";
import { type Leaf, type Shape, type StateLeaf, size } from "../../engine/tensor.ts";
import {
  checkFeeds,
  checkState,
  copyState,
  type Executable,
  type NoiseKey,
  sharedLeaves,
  type Values,
} from "../backend.ts";
import { noiseFeeds, withNoise } from "../noise.ts";
import { kernelOf, type ShapedKernel, settingsOf } from "./kernels.ts";
import {
  type Argument,
  flatten,
  type HostMatrix,
  type Library,
  type LibraryGpu,
  type LibraryKernel,
  type Rows,
} from "./library.ts";
import { checkLimits, limitsOf } from "./limits.ts";

export async function compileFused<Name extends string>(
  library: Library,
  programs: Readonly<Record<Name, Program>>,
): Promise<Executable<Name>> {
  const shared = sharedLeaves(Object.values(programs));
  const steps = Object.values<Program>(programs).flatMap((program) => {
    return program.steps.map((step) => kernelOf(program, step, 1));
  });
  checkLimits("webasm", await limitsOf("webasm"), steps);
  const compiler = new Compiler(library);
  const runs = new Map<string, FusedProgram>();
  for (const [name, program] of Object.entries<Program>(programs)) runs.set(name, compiler.fuse(program));
  const state = new HostState(shared.state);
  try {
    for (const run of runs.values()) await run.rehearse(state);
  } catch (error) {
    compiler.destroy();
    throw error;
  }
  // A run needs the state that the one before leaves behind: they go one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const afterwards = <T>(work: () => T | Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  return {
    description: `gpu.js webasm, ${[...new Set([...runs.values()].map(({ kind }) => kind))].join(" and ")}`,
    async run(name, feeds, noise) {
      const wanted = runs.get(name);
      if (!wanted) throw new Error(`gpu: the executable was disposed of or has no program ${name}`);
      const inputs = wanted.inputs(feeds, noise);
      return afterwards(() => wanted.run(inputs, state));
    },
    read: (into) => afterwards(() => state.copy(into)),
    async write(values) {
      checkState(shared.state, values);
      const copies = Object.entries(values).map(([name, each]): [string, Float32Array] => [
        name,
        Float32Array.from(each),
      ]);
      return afterwards(() => {
        for (const [name, each] of copies) state.set(name, each);
      });
    },
    dispose() {
      runs.clear();
      compiler.destroy();
    },
  };
}

class HostState {
  readonly #values: Map<string, Float32Array>;

  constructor(leaves: ReadonlyMap<string, StateLeaf>) {
    this.#values = new Map([...leaves].map(([name, { initial }]) => [name, Float32Array.from(initial)]));
  }

  get(name: string): Float32Array {
    const values = this.#values.get(name);
    if (!values) throw new Error(`gpu: there is no state ${name}`);
    return values;
  }

  set(name: string, values: Float32Array): void {
    this.#values.set(name, values);
  }

  copy(into?: Values): Values {
    return copyState(this.#values, into);
  }
}

/** One gpu.js instance, in which equal kernels of several programs are created once. */
class Compiler {
  readonly #library: Library;
  readonly #gpu: LibraryGpu;
  readonly #kernels = new Map<string, LibraryKernel>();

  constructor(library: Library) {
    this.#library = library;
    this.#gpu = new library.GPU({ mode: "webasm" });
  }

  matrix(values: Float32Array, [rows, columns]: Shape): HostMatrix {
    return new this.#library.Input(values, [columns, rows]);
  }

  kernel(shaped: ShapedKernel): LibraryKernel {
    const known = this.#kernels.get(shaped.key);
    if (known) return known;
    const kernel = this.#gpu.createKernel(...settingsOf(shaped));
    this.#kernels.set(shaped.key, kernel);
    return kernel;
  }

  fuse(program: Program): FusedProgram {
    return new FusedProgram(this, this.#gpu, program);
  }

  destroy(): void {
    this.#gpu.destroy().catch(() => {}); // a run in flight is rejected; there is nobody left to tell
  }
}

class FusedProgram {
  readonly #program: Program;
  readonly #compiler: Compiler;
  readonly #pipeline: ReturnType<LibraryGpu["createPipeline"]>;
  readonly #draw: ReturnType<typeof noiseFeeds>;

  constructor(compiler: Compiler, gpu: LibraryGpu, program: Program) {
    this.#program = program;
    this.#compiler = compiler;
    this.#draw = noiseFeeds(program);
    const sent: readonly Leaf[] = [...program.inputs, ...program.noise, ...program.state];
    const trace = (...handles: Argument[]): Argument[] => {
      const values = program.values.map((value): Argument => {
        if (value.kind === "step") return []; // computed below
        if (value.kind === "data" || value.kind === "constant") {
          return compiler.matrix(Float32Array.from(value.values), value.shape);
        }
        return handles[sent.indexOf(value)];
      });
      for (const step of program.steps) {
        const kernel = compiler.kernel(kernelOf(program, step, 1));
        values[step.output] = kernel(...step.inputs.map((id) => values[id]));
      }
      return [...program.outputs, ...program.updates].map(({ value }) => values[value]);
    };
    // gpu.js reads off a function how many arguments its pipeline has.
    Object.defineProperty(trace, "length", { value: sent.length });
    this.#pipeline = gpu.createPipeline(trace);
  }

  /** "fused-sync" or "fused-threaded". */
  get kind(): string {
    return this.#pipeline.executorKind;
  }

  /** The feeds as gpu.js takes them, copied: the arrays may be written to again before their run. */
  inputs(given: Values, noise?: NoiseKey): HostMatrix[] {
    checkFeeds(this.#program, given, noise !== undefined);
    const feeds = withNoise(this.#draw, given, noise);
    const leaves = [...this.#program.inputs, ...this.#program.noise];
    return leaves.map(({ name, shape }) => this.#compiler.matrix(Float32Array.from(feeds[name]), shape));
  }

  async run(inputs: readonly HostMatrix[], state: HostState): Promise<Values> {
    const results = await this.#call(inputs, state);
    const { outputs, updates, values } = this.#program;
    updates.forEach(({ state: id, value }, i) => {
      const leaf = values[id];
      if (leaf.kind === "state") state.set(leaf.name, flatten(results[outputs.length + i], size(values[value].shape)));
    });
    return Object.fromEntries(
      outputs.map(({ name, value }, i) => [name, flatten(results[i], size(values[value].shape))]),
    );
  }

  /** One call that changes nothing: gpu.js compiles in it and shows what really runs. */
  async rehearse(state: HostState): Promise<void> {
    const leaves = [...this.#program.inputs, ...this.#program.noise];
    await this.#call(
      leaves.map(({ shape }) => this.#compiler.matrix(new Float32Array(size(shape)), shape)),
      state,
    );
    const { backend, executorKind, fallbackReason } = this.#pipeline;
    if (backend !== "webasm" || !executorKind.startsWith("fused")) {
      throw new Error(
        `gpu:webasm: gpu.js fell back to ${backend} ${executorKind}: ${fallbackReason ?? "no reason given"}`,
      );
    }
  }

  #call(inputs: readonly HostMatrix[], state: HostState): Promise<readonly Rows[]> {
    const states = this.#program.state.map(({ name, shape }) => this.#compiler.matrix(state.get(name), shape));
    return this.#pipeline(...inputs, ...states);
  }
}
