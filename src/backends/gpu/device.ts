/**
 * One gpu.js instance in one mode: compiles kernels whose results stay on the device, brings matrices there and back,
 * and checks that what runs is what was asked for. Kernels that an executable gave back are kept for the next, up to a
 * limit, as compiling them is slow. What they compute is not known here.
 */
import { type Floats, type Shape, size } from "../../engine/tensor.ts";
import { copyOf, type ShapedKernel, settingsOf } from "./kernels.ts";
import {
  type Argument,
  flatten,
  type HostMatrix,
  isHandle,
  type Library,
  type LibraryContext,
  type LibraryGpu,
  type LibraryKernel,
  processorName,
  type Resident,
} from "./library.ts";
import type { Limits } from "./limits.ts";
import type { GpuMode } from "./modes.ts";
import { type Reading, Submitter } from "./submission.ts";

/** Numbers held by kernels that no executable uses at present; beyond, those unused longest are destroyed. 64 MB. */
const spareLimit = 2 ** 24;

/** Up to this many numbers it does not matter that a kernel holds what it copied as well as the copy. */
const smallMatrix = 2 ** 14;

/** Frozen numbers on the device. */
export interface Kept {
  readonly resident: Resident;
  free(): void;
}

/** Numbers on the device that are to be read. */
export interface Result {
  readonly resident: Resident;
  readonly shape: Shape;
}

/** A compiled kernel with the one place of its result, which each run rewrites. */
export interface ResidentKernel {
  readonly shaped: ShapedKernel;
  readonly library: LibraryKernel;
  /** Known once it has run. */
  output?: Resident;
}

export class GpuDevice {
  readonly mode: GpuMode;
  readonly limits: Limits;
  readonly #library: Library;
  readonly #gpu: LibraryGpu;
  /** Longest unused first. */
  readonly #spare = new Set<ResidentKernel>();
  /** What WebGPU still owes an answer for. */
  #pending: Promise<Resident>[] = [];
  #context: LibraryContext | null = null;
  #submitter: Submitter | undefined;
  /** What went wrong on a WebGPU device, which tells it to nobody in particular and goes on with zeros. */
  #fault: string | undefined;

  constructor(library: Library, mode: GpuMode, limits: Limits) {
    this.mode = mode;
    this.limits = limits;
    this.#library = library;
    this.#gpu = new library.GPU({ mode });
  }

  /** Kernels of these descriptions, spare ones where there are; WebGPU compiles the others side by side. */
  async take(wanted: readonly ShapedKernel[]): Promise<ResidentKernel[]> {
    const taken = wanted.map((shaped) => this.#takeSpare(shaped.key) ?? this.#create(shaped));
    if (this.mode === "webgpu") {
      // Settled, not all: a failure must not leave others compiling behind its back.
      const built = await Promise.allSettled(
        taken.map(
          ({ library, shaped, output }) => output ?? library.build(...shaped.inputs.map((shape) => this.#zeros(shape))),
        ),
      );
      const failed = built.find((answer) => answer.status === "rejected");
      if (failed) {
        for (const kernel of taken) this.destroy(kernel);
        throw failed.reason;
      }
    }
    return taken;
  }

  #takeSpare(key: string): ResidentKernel | undefined {
    for (const kernel of this.#spare) {
      if (kernel.shaped.key !== key) continue;
      this.#spare.delete(kernel);
      return kernel;
    }
    return undefined;
  }

  #create(shaped: ShapedKernel, immutable = false): ResidentKernel {
    const [source, settings] = settingsOf(shaped, this.limits.side);
    return { shaped, library: this.#gpu.createKernel(source, { ...settings, pipeline: true, immutable }) };
  }

  /** The first run of a kernel, which fixes the place of its result and shows what really runs. */
  async first(kernel: ResidentKernel, inputs: readonly Argument[]): Promise<Resident> {
    if (kernel.output) return this.run(kernel, inputs);
    const result = await kernel.library(...inputs);
    const { kernel: running } = kernel.library;
    if (running.constructor !== this.#gpu.Kernel) {
      throw new Error(
        `gpu:${this.mode}: gpu.js fell back to another mode for ${kernel.shaped.key}: ${running.fallbackReason ?? "no reason given"}`,
      );
    }
    this.#see(running.context);
    kernel.output = seenAs(result, kernel.shaped.output);
    return kernel.output;
  }

  #see(context: LibraryContext | null): void {
    if (context === this.#context) return;
    this.#context = context;
    this.#submitter = context?.device && new Submitter(context.device);
    context?.device?.addEventListener("uncapturederror", ({ error }) => {
      this.#fault ??= error.message;
    });
  }

  /** Hands the work to the device; `settle` awaits what comes of it. The kernel has run before. */
  run(kernel: ResidentKernel, inputs: readonly Argument[]): Resident {
    if (!kernel.output) throw new Error(`gpu: ${kernel.shaped.key} has not run before`);
    const result = kernel.library(...inputs);
    if (result instanceof Promise) this.#pending.push(result);
    return kernel.output;
  }

  /**
   * Does `runs`, which only call `run` and say which results to read, one after the other: in WebGPU as one submission,
   * of which nothing is read before the end. Of each the numbers as they were after it.
   */
  together(runs: readonly (() => readonly Result[])[]): Promise<Float32Array[]>[] {
    const submitter = this.#submitter;
    if (submitter) return submitter.submit(runs.map((run) => () => run().map(readingOf)));
    return runs.map((run) => Promise.all(run().map(({ resident, shape }) => this.read(resident, shape))));
  }

  /** Awaits what `run` started. @throws the first failure, once all have answered */
  async settle(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    const answers = await Promise.allSettled(pending);
    for (const answer of answers) if (answer.status === "fulfilled") release(answer.value);
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed) throw failed.reason;
    this.#checkFault();
  }

  #checkFault(): void {
    if (this.#fault === undefined) return;
    const fault = this.#fault;
    this.#fault = undefined;
    throw new Error(
      `gpu:${this.mode}: the device refused some work (often memory: try a smaller batch or model): ${fault}`,
    );
  }

  /** Awaits all work so far. @throws Error where the device refused some of it, such as a buffer for want of memory */
  async finish(): Promise<void> {
    await this.settle();
    await this.#context?.device?.queue.onSubmittedWorkDone();
    const code = this.#context?.getError?.() ?? 0;
    if (code !== 0 && !this.lost) this.#fault ??= `WebGL error ${code}`;
    this.#checkFault();
  }

  /** Numbers on the host as an argument for `first` or `run`. */
  matrix(values: Floats | Uint8Array, [rows, columns]: Shape): HostMatrix {
    const single = values instanceof Float32Array ? values : Float32Array.from(values);
    return new this.#library.Input(single, [columns, rows]);
  }

  #zeros(shape: Shape): HostMatrix {
    return this.matrix(new Float32Array(size(shape)), shape);
  }

  async keep(values: Floats | Uint8Array, shape: Shape): Promise<Kept> {
    const matrix = this.matrix(values, shape);
    if (this.mode !== "webgpu" || size(shape) <= smallMatrix) {
      const [kernel] = await this.take([copyOf(shape)]);
      return { resident: await this.first(kernel, [matrix]), free: () => this.release(kernel) };
    }
    // A buffer outlives the kernel that filled it, and so the kernel's own copy of the numbers need not stay.
    const kernel = this.#create(copyOf(shape), true);
    const resident = await this.first(kernel, [matrix]);
    kernel.library.destroy();
    return { resident, free: () => release(resident) };
  }

  /** The values of a resident matrix, copied at once and there when the promise resolves. */
  async read(resident: Resident, shape: Shape): Promise<Float32Array> {
    return flatten(isHandle(resident) ? await resident.toArray() : resident, size(shape));
  }

  /** The kernel is free for others, its result no longer needed. */
  release(kernel: ResidentKernel): void {
    if (!kernel.output || this.lost) {
      this.destroy(kernel);
      return;
    }
    this.#spare.add(kernel);
    let held = 0;
    for (const kernel of this.#spare) held += footprint(kernel);
    for (const kernel of this.#spare) {
      if (held <= spareLimit) return;
      held -= footprint(kernel);
      this.#spare.delete(kernel);
      this.destroy(kernel);
    }
  }

  destroy({ library, output }: ResidentKernel): void {
    if (output) release(output);
    library.destroy();
  }

  /** Whether the device is known to be gone. */
  get lost(): boolean {
    return this.#context?.isLost === true || this.#context?.isContextLost?.() === true;
  }

  /** As `lost`, after a failure: WebGPU tells of a loss a moment later, on a busy machine up to a second. */
  async wasLost(): Promise<boolean> {
    for (let look = 0; look < 50 && !this.lost; look++) await new Promise((resolve) => setTimeout(resolve, 20));
    return this.lost;
  }

  /** The processor by name, as far as the mode tells. */
  get name(): string {
    return this.mode === "cpu" ? "JavaScript" : processorName(this.#context);
  }
}

/** A result under its matrix's own shape, where the kernel computed it four cells a thread or in layers. */
function seenAs(result: Resident, [rows, columns]: Shape): Resident {
  if (!isHandle(result)) return result;
  if (result.dimensions) result.dimensions = new Int32Array([columns, rows, 1]);
  else if (result.output) {
    result.output = [columns, rows];
    result.componentCount = 1;
  }
  return result;
}

function readingOf({ resident, shape }: Result): Reading {
  const buffer = isHandle(resident) ? resident.buffer : undefined;
  if (!buffer) throw new Error("gpu: a result of WebGPU is in no buffer");
  return { buffer, length: size(shape) };
}

const release = (resident: Resident): void => {
  if (isHandle(resident)) resident.delete();
};

const footprint = ({ shaped: { output } }: ResidentKernel): number => size(output);
