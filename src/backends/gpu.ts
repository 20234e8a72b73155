/**
 * gpu.js as a device: every op a hand-written kernel (kernels/gpu), in a browser through WebGPU or WebGL2, in Node
 * through WebGPU or headless-gl, and everywhere without a graphics processor as `webasm` and `cpu`. What was asked for
 * is what runs, or an error that says what is missing; see docs/backends.md.
 */

import type { Program } from "../engine/program.ts";
import { UsageError } from "../errors.ts";
import type { Backend, Executable } from "./backend.ts";
import { GpuDevice } from "./gpu/device.ts";
import { compileFused } from "./gpu/fused.ts";
import { loadLibrary } from "./gpu/library.ts";
import { limitsOf } from "./gpu/limits.ts";
import { allLowered } from "./gpu/lower.ts";
import { bestMode, type GpuMode, gpuModes, missingFor } from "./gpu/modes.ts";
import { compileResident } from "./gpu/resident.ts";
import { readyNoise } from "./noise.ts";

/**
 * The gpu device by its name: "gpu", the best graphics processor that is here (never a software renderer), or one way
 * to run, such as "gpu:webgpu".
 * @throws UsageError for an unknown name, or where that way can't run here, saying what is missing
 */
export async function createGpu(name: string): Promise<Backend> {
  const mode = gpuModes.find((candidate) => name === `gpu:${candidate}`);
  if (name !== "gpu" && !mode) {
    throw new UsageError(`backend ${name}: expected gpu or one of ${gpuModes.map((mode) => `gpu:${mode}`).join(", ")}`);
  }
  const wanted = mode ?? (await bestMode());
  const missing = await missingFor(wanted);
  if (missing) throw new UsageError(`gpu:${wanted} can't run here: ${missing}`);
  return gpu(wanted, name);
}

/** The device in one mode, which `compile` finds missing where it is. */
export function gpu(mode: GpuMode, name = `gpu:${mode}`): Backend {
  let device: GpuDevice | undefined;
  return {
    name,
    async compile<Name extends string>(programs: Readonly<Record<Name, Program>>): Promise<Executable<Name>> {
      const missing = await missingFor(mode);
      if (missing) throw new UsageError(`gpu:${mode} can't run here: ${missing}`);
      const library = await loadLibrary();
      if (Object.values<Program>(programs).some(({ noise }) => noise.length > 0)) await readyNoise();
      const dense = allLowered(programs);
      if (mode === "webasm") return compileFused(library, dense);
      const limits = await limitsOf(mode);
      if (!device || device.lost) device = new GpuDevice(library, mode, limits);
      return compileResident(device, dense);
    },
  };
}
