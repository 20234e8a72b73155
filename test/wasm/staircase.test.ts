/** Products with staircases go over tall sides slab by slab, which no number can tell. */
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { staircaseMatmul, staircaseTransposeRight } from "../../src/engine/ops/staircase.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { identical } from "../laws/programs.ts";
import { simdHere } from "./engine.ts";

/** Three slabs, the last of which is not whole. */
const rows = 1201;
const [classes, inner, width] = [5, 12, 40];
const columns = (classes + 1) * width;
const random = new Random(11);
const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const values = { a: numbers(rows * inner), g: numbers(rows * columns), b: numbers(inner * columns) };

/** The products of rows [first, first + count). */
async function products(backend: ReturnType<typeof wasm>, first = 0, count = rows) {
  const stairs = { classes, width };
  const [a, g, b] = [input("a", [count, inner]), input("g", [count, columns]), input("b", [inner, columns])];
  const built = program({ forward: staircaseMatmul(a, b, stairs), backward: staircaseTransposeRight(g, b, stairs) });
  const executable = await backend.compile({ built });
  const { forward, backward } = await executable.run("built", {
    a: values.a.slice(first * inner, (first + count) * inner),
    g: values.g.slice(first * columns, (first + count) * columns),
    b: values.b,
  });
  executable.dispose();
  return { forward, backward };
}

describe.each(simdHere)("products of 1201 rows with a staircase, %s", (simd) => {
  test("have the same bits for one and three threads, and for each row as if it came with a few others", async () => {
    const whole = await products(wasm({ simd, threads: 1 }));
    identical("three threads", await products(wasm({ simd, threads: 3, sharing: "always" })), whole);
    for (const first of [0, 517, 1190]) {
      const few = await products(wasm({ simd, threads: 1 }), first, 11);
      identical(`rows from ${first}`, few, {
        forward: whole.forward.slice(first * columns, (first + 11) * columns),
        backward: whole.backward.slice(first * inner, (first + 11) * inner),
      });
    }
  });

  test("are those of double precision within single precision", async () => {
    const [actual, exact] = [await products(wasm({ simd, threads: 1 })), await products(js({ precision: 64 }))];
    for (const name of ["forward", "backward"] as const) {
      const worst = Array.from(exact[name]).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - actual[name][i])),
        0,
      );
      expect(worst, name).toBeLessThan(1e-4);
      expect(worst, name).toBeGreaterThan(0);
    }
  });
});
