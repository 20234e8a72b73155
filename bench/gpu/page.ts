/** The page of the benchmark: `measure` on `globalThis.hardbatch`, for the modes that need a browser. */
import type { GpuMode } from "../../src/backends/gpu/modes.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { type Measurement, type MeasureOptions, measure } from "./measure.ts";

const hardbatch = {
  measure: (mode: GpuMode, options: MeasureOptions): Promise<Measurement> => measure(gpu(mode), options),
};
export type PageFunctions = typeof hardbatch;

Object.assign(globalThis, { hardbatch });
