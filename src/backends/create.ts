/**
 * Devices by name. `auto` takes the first that runs here of gpu, wasm and js; a device asked for by name runs or is an
 * error, never something else in its stead. Devices are loaded on demand.
 */
import { meant, UsageError } from "../errors.ts";
import type { Backend } from "./backend.ts";

/** Options of `createBackend`. */
export interface BackendOptions {
  /** Threads of the wasm device; default the machine's. */
  readonly threads?: number;
  /** Where a page has the script `hardbatch/wasm-worker.js`: docs/browser.md. */
  readonly workerScript?: string | URL;
}

/** Every name that `createBackend` understands. */
export const backendNames = [
  "auto",
  "js",
  "js:float64",
  "wasm",
  "gpu",
  "gpu:webgpu",
  "gpu:webgl2",
  "gpu:headlessgl",
  "gpu:webasm",
  "gpu:cpu",
] as const;

/** The name of a device, or `auto`. */
export type BackendName = (typeof backendNames)[number];

/**
 * The device of that name.
 * @throws UsageError for an unknown name or a device that can't run here, saying why
 */
export async function createBackend(name: string, options: BackendOptions = {}): Promise<Backend> {
  switch (name) {
    case "auto":
      return firstThatRuns(options);
    case "js":
    case "js:float64": {
      const { js } = await import("./js.ts");
      return js({ precision: name === "js" ? 32 : 64 });
    }
    case "wasm": {
      const { loadedWasm } = await import("./wasm.ts");
      return loadedWasm(options);
    }
    case "gpu":
    case "gpu:webgpu":
    case "gpu:webgl2":
    case "gpu:headlessgl":
    case "gpu:webasm":
    case "gpu:cpu": {
      const { createGpu } = await import("./gpu.ts");
      return createGpu(name);
    }
    default:
      throw new UsageError(`backend ${name}${meant(name, backendNames)}: expected one of ${backendNames.join(", ")}`);
  }
}

/** Where the plain loops of `js` are all that is left, their description says why. */
async function firstThatRuns(options: BackendOptions): Promise<Backend> {
  const reasons: string[] = [];
  for (const name of ["gpu", "wasm"]) {
    try {
      // Looks at the processor first: the kernels and gpu.js are loaded only where they will be used.
      if (name === "gpu") await import("./gpu/modes.ts").then(({ bestMode }) => bestMode());
      return await createBackend(name, options);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      reasons.push(error.message);
    }
  }
  const { js } = await import("./js.ts");
  return js({ reason: reasons[reasons.length - 1] });
}
