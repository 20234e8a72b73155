/**
 * Counts at the browser's interfaces to the graphics processor: work done, things alive; and takes devices away.
 * Importing it wraps the prototypes, which has to happen before anything is drawn.
 */
type Method = (...values: never[]) => unknown;

const alive = new Set<WeakKey>();
const devices: GPUDevice[] = [];
const contexts = new Set<WebGL2RenderingContext>();
let dispatches = 0;
let submissions = 0;
let draws = 0;

/** Calls `after` with the receiver, the arguments and the result of each call of the method. */
function watch<T extends object, Name extends keyof T & string>(
  prototype: T | undefined,
  name: Name,
  after: (receiver: T, values: readonly unknown[], result: unknown) => void,
): void {
  const original: unknown = prototype && Reflect.get(prototype, name);
  if (!prototype || typeof original !== "function") return;
  function watched(this: T, ...values: unknown[]): unknown {
    const result: unknown = Reflect.apply(original as Method, this, values as never[]);
    after(this, values, result);
    return result;
  }
  Reflect.set(prototype, name, watched);
}

const born = (_receiver: unknown, _values: readonly unknown[], result: unknown): void => {
  if (typeof result === "object" && result !== null) alive.add(result);
};
const dead = (_receiver: unknown, [thing]: readonly unknown[]): void => {
  if (typeof thing === "object" && thing !== null) alive.delete(thing);
};

const webgpu = typeof GPUDevice !== "undefined";
watch(webgpu ? GPUDevice.prototype : undefined, "createBuffer", born);
watch(webgpu ? GPUBuffer.prototype : undefined, "destroy", (buffer) => alive.delete(buffer));
watch(webgpu ? GPUComputePassEncoder.prototype : undefined, "dispatchWorkgroups", () => dispatches++);
watch(webgpu ? GPUQueue.prototype : undefined, "submit", () => submissions++);
watch(webgpu ? GPUAdapter.prototype : undefined, "requestDevice", (_adapter, _values, result) => {
  if (result instanceof Promise) result.then((device) => devices.push(device));
});

const gl = WebGL2RenderingContext.prototype;
watch(gl, "createTexture", born);
watch(gl, "deleteTexture", dead);
watch(gl, "createBuffer", born);
watch(gl, "deleteBuffer", dead);
watch(gl, "createProgram", born);
watch(gl, "deleteProgram", dead);
watch(gl, "createFramebuffer", born);
watch(gl, "deleteFramebuffer", dead);
watch(gl, "drawArrays", (context) => {
  contexts.add(context);
  draws++;
});

export function work() {
  return {
    dispatches,
    /** To WebGPU. */
    submissions,
    draws,
    /** Buffers, textures, programs and framebuffers that were made and not destroyed. */
    alive: alive.size,
    /** Asks every WebGPU device for something that it must refuse. */
    fault(): void {
      for (const device of devices) device.createBuffer({ size: 4, usage: 0 });
    },
    lose(mode: "webgpu" | "webgl2"): void {
      if (mode === "webgpu") for (const device of devices) device.destroy();
      else for (const context of contexts) context.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}
