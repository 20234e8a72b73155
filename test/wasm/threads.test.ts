/** Threads change no bit: the laws with every step cut as finely as it can be, against one thread. */
import { availableParallelism } from "node:os";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { constantsAt, controlEnd, ticketOffset } from "../../kernels/wasm/records.ts";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { startWorkers } from "../../src/backends/wasm/workers.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../src/engine/ops/matmul.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";
import { opCases } from "../laws/cases.ts";
import { contractLaw } from "../laws/contract.ts";
import { graphs } from "../laws/graphs.ts";
import { exposed, identical, programLaw } from "../laws/programs.ts";
import { register } from "../laws/register.ts";
import { simdHere, watchMemories } from "./engine.ts";

const shared = (threads: number): Backend => wasm({ threads, sharing: "always" });

register("wasm, 2 threads", [...contractLaw(shared(2)), ...programLaw(shared(2), { runs: 10 })]);

/** Outputs and states of two runs. */
async function answers(backend: Backend, built: Program, feeds: (run: number) => Values): Promise<Values[]> {
  const executable = await backend.compile({ it: built });
  try {
    const found: Values[] = [];
    for (const run of [0, 1]) {
      const outputs = await executable.run("it", feeds(run));
      found.push(Object.fromEntries(Object.entries(outputs).map(([name, each]) => [name, each.slice()])));
      found.push(await executable.read());
    }
    return found;
  } finally {
    executable.dispose();
  }
}

async function sameOn(counts: readonly number[], built: Program, feeds: (run: number) => Values): Promise<void> {
  const expected = await answers(wasm({ threads: 1 }), built, feeds);
  for (const threads of counts) {
    const actual = await answers(shared(threads), built, feeds);
    expected.forEach((each, i) => {
      identical(`${threads} threads, part ${i}`, actual[i], each);
    });
  }
}

describe("1, 2 and 3 threads give the same bits", () => {
  test.each(opCases.map((opKind) => [opKind.title, opKind] as const))("%s", async (_title, { cases }) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ operands, build }) => {
        const built = program({ result: build(operands.map(({ shape }, i) => input(`x${i}`, shape))) });
        const all = Object.fromEntries(operands.map(({ values }, i) => [`x${i}`, values]));
        const feeds = Object.fromEntries(built.inputs.map(({ name }) => [name, all[name]]));
        await sameOn([2, 3], built, () => feeds);
      }),
      runs(3),
    );
  });

  test("random programs with updates, every value looked at", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const built = exposed(program(graph.outputs, graph.updates));
        await sameOn([2, 3], built, (run) => graph.feeds(built, run));
      }),
      runs(15),
    );
  });
});

/** One product, large enough to be worth sharing. */
const large = () => program({ result: matmul(input("a", [256, 256]), input("b", [256, 256])) });

describe("threads", () => {
  test("are started where a step is worth sharing, and only there", async () => {
    const narrow = program({ result: matmul(input("a", [128, 256]), input("b", [256, 6])) });
    const small = program({ result: matmul(input("a", [32, 32]), input("b", [32, 32])) });
    for (const [built, words] of [
      [large(), "2 threads"],
      [narrow, "2 threads"],
      [small, "1 thread"],
    ] as const) {
      const executable = await wasm({ threads: 2 }).compile({ built });
      expect(executable.description).toMatch(new RegExp(`^wasm (relaxed-)?simd, ${words}$`));
      executable.dispose();
    }
  });

  test("share products of few columns to the same bits", async () => {
    const random = new Random(5);
    const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.uniform() - 0.5);
    const [x, w, g] = [input("x", [128, 256]), input("w", [256, 6]), input("g", [128, 6])];
    const built = program({
      forward: matmul(x, w),
      toInput: matmulTransposeRight(g, w),
      toWeight: matmulTransposeLeft(x, g),
    });
    const feeds = { x: numbers(128 * 256), w: numbers(256 * 6), g: numbers(128 * 6) };
    const [expected] = await answers(wasm({ threads: 1 }), built, () => feeds);
    for (const threads of [2, 3]) {
      const [actual] = await answers(wasm({ threads }), built, () => feeds);
      identical(`${threads} threads`, actual, expected);
    }
  });

  test("are as many as the machine has unless told", async () => {
    const executable = await wasm().compile({ large: large() });
    const threads = availableParallelism();
    expect(executable.description).toContain(`, ${threads} thread${threads === 1 ? "" : "s"}`);
    executable.dispose();
  });

  test.each([0, 1.5, -1, Number.NaN])("can't be %d", (threads) => {
    expect(() => wasm({ threads })).toThrow(UsageError);
  });

  test("are refused where memory can't be shared, and one is taken unless told", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    try {
      expect(() => wasm({ threads: 2 })).toThrow(/cross-origin isolated.*ask for 1/);
      const executable = await wasm().compile({ large: large() });
      expect(executable.description).toContain("1 thread");
      executable.dispose();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("that can't be started are an error that says so, and leave nothing behind", async () => {
    // No worker can reach kernels that have no such exports.
    const module = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    await expect(startWorkers([2048, 4096], module, memory)).rejects.toThrow(
      /^wasm: a thread could not be started \(.*fewer/,
    );
    const executable = await wasm({ threads: 3 }).compile({ large: large() });
    executable.dispose();
  });

  test.each(simdHere)("find an empty control block: no constant of the %s kernels lies in it", async (simd) => {
    let words = new Int32Array();
    watchMemories(({ buffer }) => {
      words = new Int32Array(buffer);
    });
    try {
      const executable = await wasm({ simd, threads: 1 }).compile({ large: large() });
      expect([...words.subarray(0, constantsAt / 4)].filter((word) => word !== 0)).toEqual([]);
      // Behind the constants there is room to spare.
      expect([...words.subarray(controlEnd / 4 - 16, controlEnd / 4)].filter((word) => word !== 0)).toEqual([]);
      expect(words.subarray(constantsAt / 4, controlEnd / 4).some((word) => word !== 0)).toBe(true);
      executable.dispose();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.each([
    ["all jobs while no wait is long", 0, 200, 200],
    ["few jobs while every wait is a hundred times as long as a job", 100, 1, 10],
  ] as const)("share %s", async (_title, wait, fewest, most) => {
    let words = new Int32Array();
    watchMemories(({ buffer }) => {
      words = new Int32Array(buffer);
    });
    const jobs = (): number => words[(controlEnd + ticketOffset) / 4 + 1];
    // Asked before a job; when its last chunk was taken, at which its number is a new one; and after the wait that
    // follows.
    let [moment, known, waiting] = [0, 0, false];
    vi.spyOn(performance, "now").mockImplementation(() => {
      moment += waiting ? wait : 1;
      waiting = jobs() !== known;
      known = jobs();
      return moment;
    });
    try {
      // A job that the other thread did alone, as this one lost its core, says nothing of waits: then another try.
      for (let attempt = 0; attempt < 5 && (attempt === 0 || jobs() > most); attempt++) {
        const executable = await wasm({ threads: 2 }).compile({ large: large() });
        [known, waiting] = [0, false];
        const ones = new Float32Array(256 * 256).fill(1);
        // Two jobs a run: packing and multiplying.
        for (let run = 0; run < 100; run++) {
          const { result } = await executable.run("large", { a: ones, b: ones.map(() => run) });
          expect(result[77]).toBe(256 * run);
        }
        executable.dispose();
      }
      expect(jobs()).toBeGreaterThanOrEqual(fewest);
      expect(jobs()).toBeLessThanOrEqual(most);
    } finally {
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    }
  });

  test("of many executables alive at once do not meet", async () => {
    const backend = wasm({ threads: 2 });
    const executables = await Promise.all([1, 2, 3, 4].map(() => backend.compile({ large: large() })));
    const ones = new Float32Array(256 * 256).fill(1);
    const results = await Promise.all(
      executables.map(
        async (executable, i) => (await executable.run("large", { a: ones, b: ones.map(() => i) })).result[77],
      ),
    );
    expect(results).toEqual([0, 256, 512, 768]);
    for (const executable of executables) executable.dispose();
  });
});
