/** Names, what is missing, limits, and the self-test. */
import { describe, expect, test } from "vitest";
import { GpuDevice } from "../../src/backends/gpu/device.ts";
import { copyOf, kernelOf, type ShapedKernel } from "../../src/backends/gpu/kernels.ts";
import { type LibraryKernel, loadLibrary } from "../../src/backends/gpu/library.ts";
import { checkLimits, limitsOf } from "../../src/backends/gpu/limits.ts";
import { missingFor } from "../../src/backends/gpu/modes.ts";
import { probeGpu } from "../../src/backends/gpu/self-test.ts";
import { createGpu, gpu } from "../../src/backends/gpu.ts";
import { copy, relu } from "../../src/engine/ops/map.ts";
import { gather, repeat, scatter } from "../../src/engine/ops/rows.ts";
import { program } from "../../src/engine/program.ts";
import { input, type Tensor } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";

describe("a mode of gpu.js", () => {
  test("runs under its name", async () => {
    expect((await createGpu("gpu:cpu")).name).toBe("gpu:cpu");
    expect((await createGpu("gpu:webasm")).name).toBe("gpu:webasm");
  });

  test("of another name is refused with the names there are", async () => {
    await expect(createGpu("gpu:cuda")).rejects.toThrow(UsageError);
    await expect(createGpu("gpu:cuda")).rejects.toThrow("gpu:webgpu, gpu:webgl2, gpu:headlessgl, gpu:webasm, gpu:cpu");
  });

  test("that is a thing of browsers says so in Node, when it is named and when it compiles", async () => {
    await expect(createGpu("gpu:webgl2")).rejects.toThrow("gpu:webgl2 can't run here: WebGL2 is a thing of browsers");
    await expect(gpu("webgl2").compile({})).rejects.toThrow("WebGL2 is a thing of browsers");
  });

  test("that needs a package names it, where the package is not there", async () => {
    const [webgpu, headless] = [await missingFor("webgpu"), await missingFor("headlessgl")];
    if (webgpu) expect(webgpu).toMatch(/npm install webgpu|driver/);
    if (headless) expect(headless).toContain("npm install gl");
  });

  test("is not chosen by itself where there is no real graphics processor: the error tells of each why", async () => {
    await createGpu("gpu").then(
      ({ name }) => expect(name).toBe("gpu"),
      (error) => {
        expect(error).toBeInstanceOf(UsageError);
        expect(error.message).toMatch(/no graphics processor.*gpu:webgpu: .*gpu:webgl2: /s);
      },
    );
  });

  test("that gpu.js leaves for another kernel is an error, not a slower run", async () => {
    const library = await loadLibrary();
    class Leaving extends library.GPU {
      override createKernel(source: string, settings: object): LibraryKernel {
        const kernel = super.createKernel(source, settings);
        Object.defineProperty(this, "Kernel", { value: class Wanted {} });
        return kernel;
      }
    }
    const device = new GpuDevice({ ...library, GPU: Leaving }, "cpu", await limitsOf("cpu"));
    const [kernel] = await device.take([copyOf([1, 1])]);
    const given = device.matrix(Float32Array.of(1), [1, 1]);
    await expect(device.first(kernel, [given])).rejects.toThrow(
      "gpu:cpu: gpu.js fell back to another mode for copy 1,1",
    );
  });

  test("that gpu.js leaves for another executor is an error, with its reason", async () => {
    const { Memory } = WebAssembly;
    let refusals = 1;
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.initial > 1 && refusals-- > 0) throw new RangeError("no memory today");
        super(descriptor);
      }
    };
    try {
      const compiled = gpu("webasm").compile({ it: program({ y: relu(input("x", [1, 1])) }) });
      await expect(compiled).rejects.toThrow("gpu:webasm: gpu.js fell back to webasm generic: no memory today");
    } finally {
      WebAssembly.Memory = Memory;
    }
  });
});

describe("the self-test", () => {
  test.each(["cpu", "webasm"] as const)("of gpu:%s finds nothing wrong", async (mode) => {
    const { ok, reason, facts } = await probeGpu(mode);
    expect(reason).toBe("");
    expect(ok).toBe(true);
    expect(facts.runs).toContain(`gpu.js ${mode}`);
    expect(facts["NaN of arithmetic kept"]).toBe(true);
  });

  test("of a mode that is not here says why instead of throwing", async () => {
    const { ok, reason } = await probeGpu("webgl2");
    expect(ok).toBe(false);
    expect(reason).toContain("browsers");
  });
});

describe("a limit is named before it bites:", () => {
  const kernelsOf = (result: Tensor): ShapedKernel[] => {
    const built = program({ result });
    return built.steps.map((step) => kernelOf(built, step, 1));
  };
  const textures = {
    side: 8192,
    columns: Number.POSITIVE_INFINITY,
    cells: 8192 * 8192,
    because: "its textures are 8192 x 8192",
  };

  test("numbers in a matrix", () => {
    const kernels = kernelsOf(relu(input("x", [20_000, 5000])));
    expect(() => checkLimits("webgl2", textures, kernels)).toThrow(
      "gpu:webgl2: map relu {} 20000,5000 -> 20000,5000: a matrix of shape [20000, 5000] has 100000000 numbers, " +
        "at most 67108864 fit here (its textures are 8192 x 8192): use a smaller batch or model, or another device",
    );
    expect(() => checkLimits("webgl2", textures, kernelsOf(relu(input("x", [20_000, 3000]))))).not.toThrow();
  });

  test("threads in one direction", () => {
    const dispatch = { side: 524_280, columns: 524_280, cells: 2 ** 28, because: "its buffers" };
    const kernels = kernelsOf(copy(input("x", [1, 600_000])));
    expect(() => checkLimits("webgpu", dispatch, kernels)).toThrow("600000 columns, at most 524280 threads");
  });

  test("row numbers in float32", async () => {
    const table = input("table", [2 ** 24 + 1, 1]);
    const rows = input("rows", [4, 1]);
    const limits = await limitsOf("cpu");
    expect(() => checkLimits("cpu", limits, kernelsOf(gather(table, rows)))).toThrow("exact up to 16777216 only");
    const added = scatter(input("x", [4, 1]), rows, 2 ** 24 + 1);
    expect(() => checkLimits("cpu", limits, kernelsOf(added))).toThrow("exact up to 16777216 only");
    expect(() => checkLimits("cpu", limits, kernelsOf(gather(input("table", [2 ** 24, 1]), rows)))).not.toThrow();
  });

  test("division in float32, where there is one", async () => {
    const kernels = kernelsOf(repeat(input("x", [2 ** 18, 1]), 4));
    const limits = await limitsOf("webasm");
    expect(() => checkLimits("webasm", limits, kernels)).toThrow("exact below 1048576 rows");
    expect(() => checkLimits("cpu", limits, kernels)).not.toThrow();
  });
});
