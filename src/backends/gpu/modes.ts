/**
 * The ways gpu.js can run, by name, and for each what it needs and whether that is there. Finds out; starts nothing.
 */
import { UsageError } from "../../errors.ts";
import { hostName, inNode, whyNoBlobWorkers, whyNoFunctions, whyNoWasm } from "../host.ts";
import { loadLibrary, processorName } from "./library.ts";
import { nativePackage, reasonOf } from "./native.ts";

export const gpuModes = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"] as const;
export type GpuMode = (typeof gpuModes)[number];

/**
 * What is missing for the mode and how to get it; undefined where nothing is. Loads gpu.js only where nothing else is
 * missing.
 */
export async function missingFor(mode: GpuMode): Promise<string | undefined> {
  switch (mode) {
    case "webgpu":
      return adapter().then((found) => (typeof found === "string" ? found : undefined));
    case "webgl2":
      if (webgl2Processor() !== undefined && (await loadLibrary()).GPU.isWebGL2Supported) return undefined;
      return inNode()
        ? "WebGL2 is a thing of browsers; in Node use gpu:headlessgl, or gpu:webgpu with the webgpu package"
        : "this browser gives no WebGL2 context: turn hardware acceleration on, or update browser or graphics driver";
    case "headlessgl":
      return missingForHeadless();
    case "webasm":
      // gpu.js shares memory with workers that it makes from text.
      return whyNoWasm() ?? (await whyNoBlobWorkers());
    case "cpu":
      return whyNoFunctions();
  }
}

async function missingForHeadless(): Promise<string | undefined> {
  if (!inNode()) return "headless-gl is a thing of Node; in a browser use gpu:webgl2";
  const { exports, fault } = await nativePackage("gl");
  if (fault !== undefined) return fault;
  if (exports !== undefined && (await loadLibrary()).GPU.isHeadlessGLSupported) return undefined;
  return (
    "headless-gl gives no context: npm install gl (it compiles where libxi-dev and libgl1-mesa-dev are) and run under " +
    "an X server, such as xvfb-run node ..."
  );
}

/** The WebGPU adapter, or why there is none. */
export async function adapter(): Promise<GPUAdapter | string> {
  const fault = await offerNodeWebGpu();
  if (fault !== undefined) return fault;
  const offered = typeof navigator === "undefined" ? undefined : navigator.gpu;
  if (!offered) return noWebGpu();
  try {
    const found = await offered.requestAdapter();
    return (
      found ?? "WebGPU is there but found no adapter: the driver for Vulkan, Metal or Direct3D 12 is missing or too old"
    );
  } catch (error) {
    return `WebGPU is there but gives no adapter: ${reasonOf(error)}`;
  }
}

function noWebGpu(): string {
  if (!inNode()) {
    return "this page has no navigator.gpu: WebGPU needs https or localhost and a browser that has it, such as Chrome 113";
  }
  const driver = "and a graphics driver with Vulkan, Metal or Direct3D 12";
  return process.versions.deno === undefined
    ? `${hostName()} has no WebGPU of its own: npm install webgpu (Dawn, about 85 MB) ${driver}`
    : `${hostName()} offers WebGPU only when asked: deno run --unstable-webgpu, ${driver}`;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/**
 * The first mode that runs here on a real graphics processor, as software renderers are slower than `wasm`. headless-gl
 * does not tell the one from the other and is taken only by name. @throws UsageError saying of each why not
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

/** The processor that a mode would use, or what is missing; loads nothing. */
async function processorOf(mode: "webgpu" | "webgl2"): Promise<{ readonly found?: string; readonly missing?: string }> {
  if (mode === "webgpu") {
    const one = await adapter();
    return typeof one === "string" ? { missing: one } : { found: processorName({ adapter: one }) };
  }
  const found = webgl2Processor();
  return found === undefined ? { missing: inNode() ? "it is a thing of browsers" : "there is no context" } : { found };
}

/** What draws behind WebGL2 here, by name; undefined where there is no context with float textures to draw on. */
function webgl2Processor(): string | undefined {
  const context = webgl2Context();
  if (!context?.getExtension("EXT_color_buffer_float")) return undefined;
  const name = processorName(context);
  // Browsers give a page few contexts.
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

function webgl2Context(): WebGL2RenderingContext | null {
  if (typeof document !== "undefined") return document.createElement("canvas").getContext("webgl2");
  return typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1).getContext("webgl2");
}

/** Puts the user's own `webgpu` package on `navigator.gpu`, where gpu.js looks for it. Its answer: why that failed. */
async function offerNodeWebGpu(): Promise<string | undefined> {
  if (!inNode() || (typeof navigator !== "undefined" && navigator.gpu)) return undefined;
  const { exports, fault } = await nativePackage("webgpu");
  if (fault !== undefined) return fault;
  if (!isDawn(exports)) return undefined;
  try {
    const gpu = exports.create([]);
    Object.assign(globalThis, exports.globals);
    if (typeof navigator === "undefined") {
      Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
    }
    Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
    return undefined;
  } catch (error) {
    return `the package webgpu is installed but does not start: ${reasonOf(error)}`;
  }
}

interface Dawn {
  create(flags: readonly string[]): unknown;
  readonly globals?: object;
}

const isDawn = (exports: unknown): exports is Dawn =>
  typeof exports === "object" && exports !== null && "create" in exports && typeof exports.create === "function";
