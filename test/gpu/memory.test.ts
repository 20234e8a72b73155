/** What an executable takes it gives back, and a thousand steps take nothing. Buffers and textures: test/browser. */
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { type LibraryGpu, loadLibrary } from "../../src/backends/gpu/library.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { trainingStep } from "./step.ts";

type Watched = LibraryGpu & { readonly kernels: readonly unknown[]; readonly pipelines: readonly unknown[] };

describe("kernels that gpu.js holds", () => {
  let spy: MockInstance<(source: string, settings: object) => unknown>;
  /** Kernels and pipelines alive in all gpu.js instances since the test began. */
  const alive = (): number =>
    [...new Set(spy.mock.contexts)].reduce<number>((total, each) => {
      const { kernels, pipelines } = each as Watched;
      return total + kernels.length + pipelines.length;
    }, 0);

  beforeEach(async () => {
    const { GPU } = await loadLibrary();
    spy = vi.spyOn(GPU.prototype, "createKernel");
  });
  afterEach(() => spy.mockRestore());

  test("on gpu:cpu are as many after a thousand steps, and after compiling and disposing again and again", async () => {
    const backend = gpu("cpu");
    const { programs, feeds } = trainingStep([3, 4, 2], 4, 10);
    const executable = await backend.compile(programs);
    const before = alive();
    const first = await executable.run("train", feeds(1));
    let loss = first.loss[0];
    for (let step = 2; step <= 1000; step++)
      ({
        loss: [loss],
      } = await executable.run("train", feeds(step)));
    expect(loss).toBeLessThan(first.loss[0]);
    expect(alive()).toBe(before);
    executable.dispose();
    for (let i = 0; i < 10; i++) {
      const again = await backend.compile(programs);
      await again.run("train", feeds(1));
      await again.write(await again.read());
      again.dispose();
    }
    expect(alive()).toBe(before);
    expect(spy.mock.calls.length).toBe(before); // none was compiled a second time
  });

  test("on gpu:webasm are gone with the executable", async () => {
    const backend = gpu("webasm");
    const { programs, feeds } = trainingStep([3, 4, 2], 4, 10);
    for (let i = 0; i < 3; i++) {
      const executable = await backend.compile(programs);
      await executable.run("train", feeds(1));
      expect(alive()).toBeGreaterThan(0);
      executable.dispose();
      await expect.poll(alive).toBe(0);
    }
  });
});

test("runs that are not awaited one by one go in their order, on feeds as they were", async () => {
  for (const mode of ["cpu", "webasm"] as const) {
    const { programs, feeds } = trainingStep([3, 4, 2], 4, 10);
    const one = await gpu(mode).compile(programs);
    const other = await gpu(mode).compile(programs);
    const given = [1, 2, 3, 4].map((step) => {
      return Object.fromEntries(Object.entries(feeds(step)).map(([name, values]) => [name, values.slice()]));
    });
    const awaited: number[] = [];
    for (const each of given) awaited.push((await one.run("train", each)).loss[0]);
    const together = given.map((each) => {
      const scratch = Object.fromEntries(Object.entries(each).map(([name, values]) => [name, values.slice()]));
      const result = other.run("train", scratch);
      for (const values of Object.values(scratch)) values.fill(0); // as noise feeds are filled anew for the next step
      return result;
    });
    const state = other.read();
    expect((await Promise.all(together)).map(({ loss }) => loss[0])).toEqual(awaited);
    expect(await state).toEqual(await one.read());
    one.dispose();
    other.dispose();
  }
});
