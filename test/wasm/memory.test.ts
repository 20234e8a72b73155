/**
 * What an executable takes it gives back, steps take nothing that lasts and little that does not, and the modules are
 * small.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { packed as plain } from "../../kernels/wasm/generated/plain.ts";
import { packed as relaxed } from "../../kernels/wasm/generated/relaxed.ts";
import type { Executable, Values } from "../../src/backends/backend.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { sparseInputs } from "../../src/data/preparation/inputs.ts";
import { exp } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { mean } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { input, state } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { createModel } from "../../src/models/create.ts";
import { adam } from "../../src/nn/adam.ts";
import { Random } from "../../src/random.ts";
import { datasetLeaves, rowsInput, trainingProgram } from "../../src/training/step.ts";
import { runs } from "../arbitraries.ts";
import { trainingStep } from "../gpu/step.ts";
import { watchMemories } from "./engine.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/**
 * Bytes that each of `steps` calls leaves to the garbage collector, and how much memory stays taken after it has run.
 */
async function taken(step: (count: number) => Promise<unknown>, steps: number) {
  for (let i = 1; i <= 2000; i++) await step(i);
  collect();
  const before = { heap: getHeapStatistics(), arrays: process.memoryUsage().arrayBuffers };
  for (let i = 1; i <= 500; i++) await step(i);
  const garbage = (getHeapStatistics().used_heap_size - before.heap.used_heap_size) / 500;
  for (let i = 501; i <= steps; i++) await step(i);
  collect();
  const after = { heap: getHeapStatistics(), arrays: process.memoryUsage().arrayBuffers };
  return {
    garbage,
    kept: after.heap.used_heap_size - before.heap.used_heap_size,
    arrays: after.arrays - before.arrays,
    malloced: after.heap.malloced_memory - before.heap.malloced_memory,
  };
}

async function steady(executable: Executable<"train">, feeds: Values, steps: number) {
  return taken(() => executable.run("train", feeds), steps);
}

describe("a hundred thousand steps", () => {
  test("take no memory, and what each leaves to the collector does not depend on its sizes", async () => {
    const small = trainingStep([3, 4, 2], 4, 10);
    const large = trainingStep([30, 64, 20], 64, 100);
    const garbage: number[] = [];
    for (const [{ programs, feeds }, steps] of [
      [small, 100_000],
      [large, 3000],
    ] as const) {
      const executable = await wasm({ threads: 1 }).compile(programs);
      const found = await steady(executable, feeds(1), steps);
      // What the test runner does meanwhile aside: a byte a step.
      expect(found.arrays).toBeLessThan(100_000);
      // Compiled code aside: eight bytes a step, less than any object has.
      expect(found.kept).toBeLessThan(800_000);
      garbage.push(found.garbage);
      executable.dispose();
    }
    expect(garbage[0]).toBeLessThan(4000);
    expect(garbage[1]).toBeLessThan(4000);
  });

  test("that kept an array each would be noticed", async () => {
    const { programs } = trainingStep([30, 64, 20], 64, 100);
    const executable = await wasm({ threads: 1 }).compile(programs);
    const kept: Values[] = [];
    const lists: number[][] = [];
    const step = async (count: number): Promise<void> => {
      kept.push(await executable.read());
      // What is still held is counted also where the collector ran meanwhile.
      lists.push(Array.from({ length: 1000 }, () => count));
    };
    const found = await taken(step, 1000);
    expect(found.arrays).toBeGreaterThan(100_000);
    expect(found.garbage).toBeGreaterThan(4000);
    executable.dispose();
  });
});

/** 2000 steps, 10^5 with HARDBATCH_RUNS=50. */
const longSteps = runs(2000).numRuns;

describe("steps on a sparse table with noise", () => {
  afterEach(() => void vi.unstubAllGlobals());

  /** The feeds of an MLP's steps on rows with few values, with dropout and Adam. */
  function sparseTraining() {
    const [rows, columns, labels] = [40, 50, 3];
    const random = new Random(1);
    const table = sparseInputs({
      kind: "dense",
      rows,
      columns,
      values: Float32Array.from({ length: rows * columns }, () => (random.integer(9) === 0 ? random.uniform() : 0)),
    });
    const targets = Uint8Array.from({ length: rows * labels }, () => random.integer(2));
    const options = { hidden: [8], dropout: 0.2 };
    const model = createModel("mlp", { features: columns, labels, random, options });
    const optimiser = adam(model.parameters);
    const train = trainingProgram({
      model,
      optimiser,
      dataset: datasetLeaves(table, { rows, columns: labels, values: targets }),
      batch: 8,
      needs: ["rowLosses"],
      weighted: false,
    });
    const noise = noiseFeeds(train);
    const feeds = (step: number): Values => ({
      [rowsInput]: Float32Array.from({ length: 8 }, () => random.integer(rows)),
      ...noise({ seed: 1, step }),
      ...optimiser.scalars(step),
    });
    return { programs: { train }, feeds };
  }

  test.each([1, 2])("take no page, no array and no object that lasts, %d threads", async (threads) => {
    const memories: WebAssembly.Memory[] = [];
    watchMemories((memory) => memories.push(memory));
    const { programs, feeds } = sparseTraining();
    expect(programs.train.noise.length).toBeGreaterThan(0);
    const executable = await wasm({ threads, sharing: "always" }).compile(programs);
    const bytes = (): number[] => memories.map(({ buffer }) => buffer.byteLength);
    await executable.run("train", feeds(1));
    const before = bytes();
    const found = await taken((step) => executable.run("train", feeds(step)), longSteps);
    expect(bytes()).toEqual(before);
    expect(found.arrays).toBeLessThan(100_000);
    expect(found.kept).toBeLessThan(800_000);
    executable.dispose();
  });
});

describe("memory", () => {
  afterEach(() => void vi.unstubAllGlobals());

  test.each([1, 2])(
    "of an executable with %d threads is given back when it is disposed of, whoever still holds it",
    async (threads) => {
      const alive: WeakRef<ArrayBufferLike>[] = [];
      watchMemories(({ buffer }) => {
        alive.push(new WeakRef(buffer));
      });
      const backend = wasm({ threads });
      const side = 1024;
      const built = program({
        mean: mean(matmul(input("a", [side, side]), state("b", [side, side], new Float32Array(side ** 2)))),
      });
      const held: Executable<"built">[] = [];
      const a = new Float32Array(side ** 2);
      for (let i = 0; i < 3; i++) {
        const executable = await backend.compile({ built });
        held.push(executable);
        await executable.run("built", { a });
        expect(executable.description).toContain(`${threads} thread`);
      }
      collect();
      expect(alive.filter((each) => each.deref()).length).toBe(3);
      for (const each of held) each.dispose();
      const left = (): number => {
        collect();
        return alive.filter((each) => each.deref()).length;
      };
      await expect.poll(left).toBe(0);
      await expect(held[0].run("built", { a })).rejects.toThrow("disposed of");
    },
  );

  test("that no address can name is refused before it is asked for, saying what to do", async () => {
    const column = input("a", [70_000, 1]);
    const built = program({ mean: mean(exp(matmul(column, input("b", [1, 20_000])))) });
    const refused = wasm({ threads: 1 }).compile({ built });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/need \d+ MiB of memory, more than the 4096 MiB.*smaller batches/);
  });

  test("that the system refuses is an error that says how much it was and what to do", async () => {
    watchMemories(() => {
      throw new RangeError("could not allocate memory");
    });
    const built = program({ mean: mean(input("a", [512, 512])) });
    const refused = wasm({ threads: 1 }).compile({ built });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/need 2 MiB of memory.*could not allocate memory.*smaller batches/);
  });
});

test("both modules together are less than 32,000 bytes in gzip", () => {
  const sizes = [plain, relaxed].map((text) => gzipSync(Buffer.from(text, "base64")).length);
  expect(sizes[0] + sizes[1]).toBeLessThan(32_000);
});
