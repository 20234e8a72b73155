/**
 * Kernels stay within their arrays: gaps full of NaN between all arrays must be as before after a run, and no result
 * may be another than without the gaps.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { Layout } from "../../src/backends/wasm/layout.ts";
import { type WasmOptions, wasm } from "../../src/backends/wasm.ts";
import { add } from "../../src/engine/ops/map.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { data, input } from "../../src/engine/tensor.ts";
import { runs } from "../arbitraries.ts";
import { opCases } from "../laws/cases.ts";
import { graphs } from "../laws/graphs.ts";
import { identical } from "../laws/programs.ts";
import { simdHere, watchMemories } from "./engine.ts";

const gapBytes = 128;
/** A NaN that no kernel makes. */
const canary = 0x7fabcdef;

/** Remembers what it handed out and leaves a gap after each array. */
class Guarded extends Layout {
  readonly gaps: { readonly start: number; readonly end: number }[] = [];
  #last: number;

  constructor(start: number) {
    super(start);
    this.#last = start;
  }

  override allocate(bytes: number): number {
    const address = super.allocate(bytes);
    this.gaps.push({ start: this.#last, end: address });
    this.#last = address + bytes;
    super.allocate(gapBytes);
    return address;
  }

  /** Words of all gaps, the last one included. */
  *words(): Iterable<number> {
    for (const { start, end } of [...this.gaps, { start: this.#last, end: this.#last + gapBytes }]) {
      for (let at = Math.ceil(start / 4); at < end / 4; at++) yield at;
    }
  }
}

let newest: WebAssembly.Memory;
beforeEach(() =>
  watchMemories((memory) => {
    newest = memory;
  }),
);
afterEach(() => {
  vi.unstubAllGlobals();
});

/** One run; `around` is called once the program stands ready and again when it has run. */
async function outcome(
  backend: Backend,
  built: Program,
  feeds: Values,
  around: (time: "before" | "after") => void = () => {},
): Promise<Values> {
  const executable = await backend.compile({ it: built });
  try {
    around("before");
    const outputs = await executable.run("it", feeds);
    around("after");
    const states = Object.entries(await executable.read()).map(([name, each]) => [`state ${name}`, each]);
    return {
      ...Object.fromEntries(Object.entries(outputs).map(([name, each]) => [name, each.slice()])),
      ...Object.fromEntries(states),
    };
  } finally {
    executable.dispose();
  }
}

async function staysWithin(
  options: WasmOptions,
  built: Program,
  feeds: Values,
  create = (start: number): Guarded => new Guarded(start),
): Promise<void> {
  const layouts: Guarded[] = [];
  const layout = (start: number): Layout => {
    const guarded = create(start);
    layouts.push(guarded);
    return guarded;
  };
  const expected = await outcome(wasm(options), built, feeds);
  const actual = await outcome(wasm({ ...options, layout }), built, feeds, (time) => {
    const words = new Int32Array(newest.buffer);
    for (const at of layouts[layouts.length - 1].words()) {
      if (time === "before") words[at] = canary;
      else if (words[at] !== canary) throw new Error(`the word at ${4 * at}, outside of all arrays, was written`);
    }
  });
  identical("with gaps", actual, expected);
}

const settings = simdHere.flatMap((simd): [string, WasmOptions][] => [
  [`${simd}, 1 thread`, { simd, threads: 1 }],
  [`${simd}, 2 threads`, { simd, threads: 2, sharing: "always" }],
]);

describe.each(settings)("on %s", (_title, options) => {
  test.each(opCases.map((opKind) => [opKind.title, opKind] as const))(
    "%s stays within its arrays",
    async (_name, { cases }) => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ operands, build }) => {
          const built = program({ result: build(operands.map(({ shape }, i) => input(`x${i}`, shape))) });
          const all = Object.fromEntries(operands.map(({ values }, i) => [`x${i}`, values]));
          await staysWithin(options, built, Object.fromEntries(built.inputs.map(({ name }) => [name, all[name]])));
        }),
        runs(options.threads === 1 ? 8 : 2),
      );
    },
  );

  test("random programs stay within their arrays", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const built = program(graph.outputs, graph.updates);
        await staysWithin(options, built, graph.feeds(built, 0));
      }),
      runs(10),
    );
  });
});

describe("an array that is taken for longer than it is", () => {
  const table = data("table", [3, 5], new Float32Array(15).fill(2));
  const built = program({ result: add(table, 1) });
  const bytes = 4 * 3 * 5;

  /** The layout that cuts the last number off the array of so many bytes that is asked for as number `cut`. */
  class Short extends Guarded {
    readonly cut: number;
    #asked = 0;

    constructor(start: number, cut: number) {
      super(start);
      this.cut = cut;
    }

    override allocate(wanted: number): number {
      const isCut = wanted === bytes && this.#asked++ === this.cut;
      return super.allocate(isCut ? wanted - 4 : wanted);
    }
  }

  test.each([
    ["is noticed when it is read", 0, "with gaps: result[14] is NaN, expected 3"],
    ["is noticed when it is written", 1, "outside of all arrays, was written"],
  ])("%s", async (_title, cut, message) => {
    await expect(staysWithin({ threads: 1 }, built, {}, (start) => new Short(start, cut))).rejects.toThrow(message);
  });

  test("and otherwise all is well", () => staysWithin({ threads: 1 }, built, {}));
});
