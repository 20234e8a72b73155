/** Noise that workers draw before its step changes no bit, whichever step comes, and is drawn for steps in a row only. */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { aheadTicketAt } from "../../kernels/wasm/records.ts";
import type { Executable, NoiseKey, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { add, copy } from "../../src/engine/ops/map.ts";
import { matmul } from "../../src/engine/ops/matmul.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { noise } from "../../src/engine/tensor.ts";
import { runs } from "../arbitraries.ts";
import { identical } from "../laws/programs.ts";
import { watchMemories } from "./engine.ts";

/** Noise itself as an output, and what reads it after other steps. */
function drawing(rows: number): Program {
  const normal = noise("normal", [rows, 20], "normal");
  const uniform = noise("uniform", [20, rows], "uniform");
  return program({ normal, sum: add(copy(uniform), 1), product: matmul(normal, uniform) });
}

const programs = { small: drawing(7), large: drawing(150) };
type Name = keyof typeof programs;

/** A run of a program: the next step, or the one with that number, drawn there or fed. */
const orders = fc.array(
  fc.record({
    name: fc.constantFrom<Name>("small", "large"),
    step: fc.option(fc.nat(3), { nil: undefined, freq: 3 }),
    seed: fc.constantFrom(1, 1, 1, 2),
    fed: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 3, maxLength: 14 },
);

async function answers(executable: Executable<Name>, wanted: Iterable<[Name, NoiseKey, boolean]>): Promise<Values[]> {
  const found: Values[] = [];
  for (const [name, key, fed] of wanted) {
    const outputs = fed
      ? await executable.run(name, noiseFeeds(programs[name])(key))
      : await executable.run(name, {}, key);
    found.push(Object.fromEntries(Object.entries(outputs).map(([output, values]) => [output, values.slice()])));
  }
  return found;
}

test.each([
  [2, "always"],
  [3, "always"],
  [2, "worthwhile"],
] as const)("the same bits with %d threads, sharing %s, in whatever order steps come", async (threads, sharing) => {
  const [expecting, alone, drawer] = await Promise.all(
    [js(), wasm({ threads: 1 }), wasm({ threads, sharing })].map((backend) => backend.compile(programs)),
  );
  await fc.assert(
    fc.asyncProperty(orders, async (given) => {
      const steps = { small: 0, large: 0 };
      const wanted = given.map(({ name, step, seed, fed }): [Name, NoiseKey, boolean] => {
        steps[name] = step ?? steps[name] + 1;
        return [name, { seed, step: steps[name] }, fed];
      });
      const [expected, actual] = [await answers(expecting, wanted), await answers(drawer, wanted)];
      expected.forEach(({ normal, sum }, i) => {
        identical(`run ${i}`, { normal: actual[i].normal, sum: actual[i].sum }, { normal, sum });
      });
      const products = await answers(alone, wanted);
      actual.forEach(({ product }, i) => {
        identical(`run ${i}`, { product }, { product: products[i].product });
      });
    }),
    runs(25),
  );
  for (const executable of [expecting, alone, drawer]) executable.dispose();
});

test("workers begin where one step follows another, and nowhere else", async () => {
  let words = new Int32Array();
  watchMemories(({ buffer }) => {
    words = new Int32Array(buffer);
  });
  try {
    const executable = await wasm({ threads: 2, sharing: "always" }).compile({ it: drawing(150) });
    const begun: number[] = [];
    for (const step of [5, 9, 10, 11, 11, 20, 21]) {
      await executable.run("it", {}, { seed: 1, step });
      begun.push(words[aheadTicketAt / 4 + 1]);
    }
    expect(begun).toEqual([0, 0, 1, 2, 2, 2, 3]);
    executable.dispose();
  } finally {
    vi.unstubAllGlobals();
  }
});
