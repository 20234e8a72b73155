/**
 * The ways gpu.js can run, by name, and for each what it needs and whether that is there. Finds out; starts nothing.
 */
import { UsageError } from "../../errors.ts";
import { loadLibrary, processorName } from "./library.ts";

export const gpuModes = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"] as const;
export type GpuMode = (typeof gpuModes)[number];

const inNode = (): boolean => typeof process !== "undefined" && process.versions?.node !== undefined;

/** What is missing for the mode and how to get it; undefined where nothing is. */
export async function missingFor(mode: GpuMode): Promise<string | undefined> {
  const { GPU } = await loadLibrary();
  switch (mode) {
    case "webgpu":
      return adapter().then((found) => (typeof found === "string" ? found : undefined));
    case "webgl2":
      if (GPU.isWebGL2Supported) return undefined;
      return inNode()
        ? "WebGL2 is a thing of browsers; in Node use gpu:headlessgl, or gpu:webgpu with the webgpu package"
        : "this browser gives no WebGL2 context: turn hardware acceleration on, or update browser or graphics driver";
    case "headlessgl":
      if (GPU.isHeadlessGLSupported) return undefined;
      return inNode()
        ? "headless-gl gives no context: npm install gl (it compiles where libxi-dev and libgl1-mesa-dev are) and run under " +
            "an X server, such as xvfb-run node ..."
        : "headless-gl is a thing of Node; in a browser use gpu:webgl2";
    case "webasm":
      return GPU.isWebAssemblySupported ? undefined : "there is no WebAssembly here";
    case "cpu":
      return undefined;
  }
}

/** The WebGPU adapter, or why there is none. */
export async function adapter(): Promise<GPUAdapter | string> {
  if (inNode()) await offerNodeWebGpu();
  const offered = typeof navigator === "undefined" ? undefined : navigator.gpu;
  if (!offered) {
    return inNode()
      ? "Node has no WebGPU of its own: npm install webgpu (Dawn, about 85 MB) and a graphics driver with Vulkan, Metal or Direct3D 12"
      : "this page has no navigator.gpu: WebGPU needs https or localhost and a browser that has it, such as Chrome 113";
  }
  const found = await offered.requestAdapter();
  return (
    found ?? "WebGPU is there but found no adapter: the driver for Vulkan, Metal or Direct3D 12 is missing or too old"
  );
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/**
 * The first mode that runs here on a real graphics processor, as software renderers are slower than `wasm`. headless-gl does not
 * tell the one from the other and is taken only by name. @throws UsageError saying of each why not
 */
export async function bestMode(): Promise<GpuMode> {
  const reasons: string[] = [];
  for (const mode of ["webgpu", "webgl2"] as const) {
    const { found, missing } = await processorOf(mode);
    if (found !== undefined && !softwareNames.test(found)) return mode;
    reasons.push(`gpu:${mode}: ${missing ?? `only a software renderer (${found}); ask for it by name to use it`}`);
  }
  throw new UsageError(`gpu: no graphics processor can be used here. ${reasons.join(". ")}`);
}

async function processorOf(mode: "webgpu" | "webgl2"): Promise<{ readonly found?: string; readonly missing?: string }> {
  if (mode === "webgpu") {
    const one = await adapter();
    return typeof one === "string" ? { missing: one } : { found: processorName({ adapter: one }) };
  }
  const missing = await missingFor(mode);
  return missing ? { missing } : { found: processorName((await loadLibrary()).WebGL2Kernel.testContext) };
}

/** Puts the user's own `webgpu` package on `navigator.gpu`, where gpu.js looks for it. */
async function offerNodeWebGpu(): Promise<void> {
  if (typeof navigator !== "undefined" && navigator.gpu) return;
  const name = "webgpu"; // not a literal: bundlers and the compiler need not find it
  let dawn: { create?: (flags: string[]) => unknown; globals?: object };
  try {
    dawn = await import(name);
  } catch {
    return;
  }
  if (typeof dawn.create !== "function") return;
  Object.assign(globalThis, dawn.globals);
  if (typeof navigator === "undefined") {
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(navigator, "gpu", { value: dawn.create([]), configurable: true });
}
