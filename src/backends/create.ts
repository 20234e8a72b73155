/**
 * Devices by name. `auto` takes the first that runs here of gpu, wasm and js; a device asked for by name runs or is an
 * error, never something else in its stead. Devices are loaded on demand.
 */
import { UsageError } from "../errors.ts";
import type { Backend } from "./backend.ts";

export interface BackendOptions {
  /** Threads of the wasm device; default the machine's. */
  readonly threads?: number;
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

export type BackendName = (typeof backendNames)[number];

/**
 * The device of that name.
 * @throws UsageError for an unknown name or a device that can't run here, saying why
 */
export async function createBackend(name: string, options: BackendOptions = {}): Promise<Backend> {
  switch (name) {
    case "auto":
      return firstThatRuns(["gpu", "wasm", "js"], options);
    case "js":
    case "js:float64": {
      const { js } = await import("./js.ts");
      return js({ precision: name === "js" ? 32 : 64 });
    }
    case "wasm": {
      const { wasm } = await import("./wasm.ts");
      return wasm(options);
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
      throw new UsageError(`backend ${name}: expected one of ${backendNames.join(", ")}`);
  }
}

async function firstThatRuns([name, ...others]: readonly string[], options: BackendOptions): Promise<Backend> {
  try {
    return await createBackend(name, options);
  } catch (error) {
    if (error instanceof UsageError && others.length > 0) return firstThatRuns(others, options);
    throw error;
  }
}
