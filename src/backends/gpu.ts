/**
 * gpu.js as a device: every op a hand-written kernel (kernels/gpu), in a browser through WebGPU or WebGL2, in Node through
 * WebGPU or headless-gl, and everywhere without a graphics processor as `webasm` and `cpu`. What was asked for is what runs, or an
 * error that says what is missing; see docs/backends.md.
 */
import { UsageError } from "../errors.ts";
import type { Program } from "../program.ts";
import type { Backend, Executable } from "./backend.ts";
import { GpuDevice } from "./gpu-device.ts";
import { compileFused } from "./gpu-fused.ts";
import { loadLibrary } from "./gpu-library.ts";
import { limitsOf } from "./gpu-limits.ts";
import { bestMode, type GpuMode, gpuModes, missingFor } from "./gpu-modes.ts";
import { compileResident } from "./gpu-resident.ts";

export { type GpuMode, gpuModes };

/**
 * @param mode one way to run, by name; left out, the best graphics processor that is here (never a software renderer)
 * @throws UsageError for an unknown mode; `compile` throws it where the mode can't run here, saying what is missing
 */
export function gpu(mode?: GpuMode): Backend {
  if (mode !== undefined && !gpuModes.includes(mode)) {
    throw new UsageError(`gpu:${mode}: expected one of ${gpuModes.map((each) => `gpu:${each}`).join(", ")}`);
  }
  let device: GpuDevice | undefined;
  const current = async (wanted: GpuMode): Promise<GpuDevice> => {
    const limits = await limitsOf(wanted);
    const library = await loadLibrary();
    if (!device || device.lost) device = new GpuDevice(library, wanted, limits);
    return device;
  };
  return {
    name: mode ? `gpu:${mode}` : "gpu",
    async compile<Name extends string>(programs: Readonly<Record<Name, Program>>): Promise<Executable<Name>> {
      const wanted = mode ?? (await bestMode());
      const missing = await missingFor(wanted);
      if (missing) throw new UsageError(`gpu:${wanted} can't run here: ${missing}`);
      if (wanted === "webasm") return compileFused(await loadLibrary(), programs);
      return compileResident(await current(wanted), programs);
    },
  };
}
