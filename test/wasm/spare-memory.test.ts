/** Memory that a disposed executable leaves to the next of its size: it begins with zeros, and nobody has it twice. */
import { describe, expect, test } from "vitest";
import { wasm } from "../../src/backends/wasm.ts";
import { add } from "../../src/engine/ops/map.ts";
import { program } from "../../src/engine/program.ts";
import { input, state } from "../../src/engine/tensor.ts";
import { watchMemories } from "./engine.ts";

/** A sum that begins at zero, and what is added to it. */
function counter() {
  const sum = state("sum", [2, 3], "zeros");
  const total = add(sum, input("x", [2, 3]));
  return { count: program({ total }, [{ state: sum, value: total }]) };
}
const ones = { x: new Float32Array(6).fill(1) };
describe("memory of a disposed executable", () => {
  test("is the next one's, with zeros; of two at once each has its own", async () => {
    const backend = wasm({ threads: 1 });
    const made: WebAssembly.Memory[] = [];
    watchMemories((memory) => made.push(memory));
    const first = await backend.compile(counter());
    for (const total of [1, 2]) expect((await first.run("count", ones)).total[5]).toBe(total);
    first.dispose();
    first.dispose();
    const second = await backend.compile(counter());
    const third = await backend.compile(counter());
    // `made` keeps the first alive.
    expect(made.length).toBe(2);
    expect((await second.run("count", ones)).total[5]).toBe(1);
    expect((await third.run("count", ones)).total[5]).toBe(1);
    expect((await second.read()).sum[0]).toBe(1);
    await expect(first.run("count", ones)).rejects.toThrow("disposed of");
    for (const executable of [second, third]) executable.dispose();
  });
});
