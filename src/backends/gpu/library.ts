/**
 * The seam to gpu.js: the part of it that is used here, typed. Its own types lack some of it (`Input` as a class of two
 * arguments, why a kernel fell back) and are wide everywhere else. Nothing outside `gpu/` knows of it. It is bundled
 * with this package (kernels/gpu/build.mjs).
 */
import { inNode } from "../host.ts";
import { nativePackage } from "./native.ts";

/** Nested rows of numbers, as gpu.js answers them; three deep for an output of three dimensions. */
export type Rows = readonly (Float32Array | Rows)[];

/** A result that stays on the device: a buffer, a texture, or plain rows where the device is the processor. */
export type Resident = Rows | Handle;

export interface Handle {
  toArray(): Rows | Promise<Rows>;
  /** Gives it back; what the kernel itself still holds stays until the kernel is destroyed. */
  delete(): void;
  /** Of WebGPU. */
  readonly buffer?: GPUBuffer;
  /** Of a buffer: its dimensions, [columns, rows], and how many numbers one of its cells has. */
  output?: number[];
  componentCount?: number;
  /** Of a texture: [columns, rows, 1]. */
  dimensions?: ArrayLike<number>;
}

/** A gpu.js `Input`: numbers on the host, size [columns, rows]. */
export interface HostMatrix {
  readonly value: Float32Array;
  readonly size: readonly number[];
}

/** The object behind a kernel: what really runs. */
export interface RunningKernel {
  readonly constructor: object;
  readonly fallbackReason: string | null;
  /** A WebGL context, or the adapter and device of WebGPU. */
  readonly context: LibraryContext | null;
}

/** What is used of a WebGL context, or of the adapter and device of WebGPU. */
export interface LibraryContext {
  isContextLost?(): boolean;
  getExtension?(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter?(name: number): unknown;
  /** 0 where nothing went wrong since the last call. */
  getError?(): number;
  readonly RENDERER?: number;
  readonly isLost?: boolean;
  readonly adapter?: GPUAdapter;
  readonly device?: GPUDevice;
}

/**
 * What a kernel takes; it answers with a promise in WebGPU, and wherever a pipeline is being traced with a stand-in.
 */
export type Argument = Resident | HostMatrix | Promise<Resident>;

export interface LibraryKernel {
  (...inputs: readonly Argument[]): Resident | Promise<Resident>;
  build(...inputs: readonly Argument[]): unknown;
  destroy(): void;
  readonly kernel: RunningKernel;
}

export interface LibraryPipeline {
  (...inputs: readonly HostMatrix[]): Promise<readonly Rows[]>;
  readonly backend: string | null;
  readonly executorKind: string;
  readonly fallbackReason: string | null;
  destroy(): Promise<void>;
}

/** One gpu.js instance, with a context of its own in the WebGL modes. */
export interface LibraryGpu {
  /** The class of kernels that the mode means; a kernel of any other class fell back. */
  readonly Kernel: object;
  createKernel(source: string, settings: object): LibraryKernel;
  createPipeline(steps: (...inputs: Argument[]) => Argument[]): LibraryPipeline;
  destroy(): Promise<void>;
}

/** Its features are known once its support has been asked for. */
export interface TextureKernelClass {
  readonly features: { readonly maxTextureSize: number };
  readonly testContext: LibraryContext;
}

export interface Library {
  readonly GPU: {
    new (settings: { readonly mode: string }): LibraryGpu;
    readonly isWebGL2Supported: boolean;
    readonly isHeadlessGLSupported: boolean;
    readonly isWebAssemblySupported: boolean;
  };
  readonly WebGL2Kernel: TextureKernelClass;
  readonly HeadlessGLKernel: TextureKernelClass;
  readonly Input: new (value: Float32Array, size: readonly [columns: number, rows: number]) => HostMatrix;
}

/** gpu.js, half a megabyte, loaded when first needed. */
export function loadLibrary(): Promise<Library> {
  loading ??= load();
  return loading;
}

let loading: Promise<Library> | undefined;

async function load(): Promise<Library> {
  const [bundle, host] = await Promise.all([import("#gpu.js"), hostModules()]);
  return bundle.load((name) => {
    const found = host.get(name);
    // As `require` does: gpu.js then goes without.
    if (found === undefined) throw new Error(`there is no module ${name} here`);
    return found;
  });
}

/** What gpu.js takes from where it runs, by name. */
async function hostModules(): Promise<ReadonlyMap<string, unknown>> {
  if (!inNode()) return new Map();
  const [os, threads, gl] = await Promise.all([
    import("node:os"),
    import("node:worker_threads"),
    nativePackage("gl").then(({ exports }) => exports),
  ]);
  // `gl` is a CommonJS module: what it exports is its default.
  const context = typeof gl === "object" && gl !== null && "default" in gl ? gl.default : gl;
  return new Map<string, unknown>([
    ["os", os],
    ["worker_threads", threads],
    ["gl", context],
  ]);
}

export const isHandle = (resident: Resident): resident is Handle => "toArray" in resident;

/** The processor behind a context by name, as far as it tells. */
export function processorName(context: LibraryContext | null): string {
  const info = context?.adapter?.info;
  if (info)
    return [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(" ") || "unnamed";
  const name = context?.getExtension?.("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? context?.RENDERER;
  return name === undefined ? "unnamed" : String(context?.getParameter?.(name));
}

/** Rows in one array of `length` numbers; layers may have rows too many at their end. */
export function flatten(rows: Rows, length: number): Float32Array {
  const values = new Float32Array(length);
  let to = 0;
  const append = (nested: Rows): void => {
    for (const inner of nested) {
      if (!(inner instanceof Float32Array)) append(inner);
      else if (to < length) {
        values.set(to + inner.length > length ? inner.subarray(0, length - to) : inner, to);
        to += inner.length;
      }
    }
  };
  append(rows);
  return values;
}
