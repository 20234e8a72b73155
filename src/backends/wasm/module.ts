/**
 * Which of the two compiled modules runs here, and one instance of it over a given memory. The module is compiled once
 * a process; its declaration of shared or plain memory is one byte, set to what the memory is.
 */
import { kinds } from "../../../kernels/wasm/generated/module.ts";
import { UsageError } from "../../errors.ts";
import { whyNoWasm } from "../host.ts";

export type Simd = "plain" | "relaxed";

/** What the kernels offer to the host. Addresses are in bytes. */
export interface Kernels {
  /**
   * Gives the calling thread its own memory, and says whether it may sleep, and go on alone where other threads hold it
   * up.
   */
  initialize(scratch: number, maySleep: boolean, mayBeAlone: boolean): void;
  /** Runs `count` records from `program`. */
  run(program: number, count: number): void;
  /** Lets idle workers draw the noise of the records from `first` on, `chunks` chunks in all. */
  drawAhead(first: number, chunks: number): void;
  /** Returns when nobody draws ahead any more, and where it is wanted everything is drawn. */
  finishAhead(wanted: boolean): void;
  /** A worker's whole life. */
  work(): void;
  /** Not 0 where `count` numbers from an address on are all finite. */
  allFinite(from: number, count: number): number;
}

/** A piece of a bundle each: only the one that is used is fetched. */
const modules = {
  plain: () => import("../../../kernels/wasm/generated/plain.ts"),
  relaxed: () => import("../../../kernels/wasm/generated/relaxed.ts"),
} satisfies Record<Simd, unknown>;

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

async function unpack(simd: Simd): Promise<Uint8Array<ArrayBuffer>> {
  const { packed } = await modules[simd]();
  // Read piece by piece: a `Response` would do it in one call, but Node loads all of `fetch` for it.
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = writer.write(fromBase64(packed)).then(() => writer.close());
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
  await written;
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

const unpacking = new Map<Simd, Promise<Uint8Array<ArrayBuffer>>>();
const unpacked = new Map<Simd, Uint8Array<ArrayBuffer>>();

/** Loads the bytes of a module, once a process: `instantiateAtOnce` needs them. */
export async function loadKernels(simd: Simd): Promise<void> {
  const bytes = unpacking.get(simd) ?? unpack(simd);
  unpacking.set(simd, bytes);
  unpacked.set(simd, await bytes);
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();
/** Those for plain memory that could not be waited for: what the engine learnt of one is not lost with its instance. */
const compiledAtOnce = new Map<Simd, WebAssembly.Module>();

/** The bytes of a module that was loaded, for plain or shared memory. */
function moduleBytes(simd: Simd, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = unpacked.get(simd)?.slice();
  if (!bytes) throw new Error(`wasm: the ${simd} kernels are used before they are loaded`);
  bytes[kinds[simd].memoryFlagAt] = shared ? 3 : 1;
  return bytes;
}

/** The kernels' module, for plain or shared memory. */
export async function kernelModule(simd: Simd, shared: boolean): Promise<WebAssembly.Module> {
  await loadKernels(simd);
  const key = `${simd} ${shared}`;
  const atOnce = shared ? undefined : compiledAtOnce.get(simd);
  const module =
    compiled.get(key) ?? (atOnce ? Promise.resolve(atOnce) : WebAssembly.compile(moduleBytes(simd, shared)));
  compiled.set(key, module);
  return module;
}

/** Whether this engine runs the module of that kind. */
export function hasSimd(simd: Simd): boolean {
  return typeof WebAssembly !== "undefined" && WebAssembly.validate(fromBase64(kinds[simd].probe));
}

/** The fastest kind of SIMD that this engine has, or the one asked for. @throws UsageError where the engine lacks it */
export function chooseSimd(wanted: Simd | undefined): Simd {
  const missing = whyNoWasm();
  if (missing !== undefined) throw new UsageError(`wasm: ${missing}; or use js`);
  if (wanted === undefined && hasSimd("relaxed")) return "relaxed";
  const simd = wanted ?? "plain";
  if (hasSimd(simd)) return simd;
  throw new UsageError(
    simd === "relaxed"
      ? "wasm: this engine has no relaxed SIMD (Node 22 or newer has it); use simd: plain"
      : "wasm: this engine has no WebAssembly SIMD with atomics; use js",
  );
}

/** What the kernels ask of the host. */
const clock = { now: () => performance.now() };

export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, clock });
  return kernelsOf(exports);
}

/**
 * Likewise without waiting, over plain memory: for use where nothing else may happen meanwhile. The kernels have to be
 * loaded.
 */
export function instantiateAtOnce(simd: Simd, memory: WebAssembly.Memory): Kernels {
  const module = compiledAtOnce.get(simd) ?? new WebAssembly.Module(moduleBytes(simd, false));
  compiledAtOnce.set(simd, module);
  return kernelsOf(new WebAssembly.Instance(module, { env: { memory }, clock }).exports);
}

function kernelsOf(exports: WebAssembly.Exports): Kernels {
  const named = (name: string): ((...values: unknown[]) => number) => {
    const value = exports[name];
    if (typeof value !== "function") throw new Error(`wasm: the module does not export ${name}`);
    return (...values) => value(...values);
  };
  return {
    initialize: named("initialize"),
    run: named("run"),
    work: named("work"),
    allFinite: named("allFinite"),
    drawAhead: named("drawAhead"),
    finishAhead: named("finishAhead"),
  };
}
