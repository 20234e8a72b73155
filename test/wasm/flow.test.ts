/** Sigmoidal flows of many rows: several segments whose sums come to the same bits on any number of threads. */
import { describe, expect, test } from "vitest";
import type { Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { sigmoidalFlowGradientOp, sigmoidalFlowOp } from "../../src/engine/ops/flow.ts";
import { program } from "../../src/engine/program.ts";
import { apply, input, type Shape, size } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { identical } from "../laws/programs.ts";
import { simdHere } from "./engine.ts";

const [rows, outputs, units] = [3001, 21, 16];
const shapes: readonly Shape[] = [
  [rows, outputs],
  [rows, 1],
  ...[0, 1, 2].flatMap((): Shape[] => [
    [units, outputs],
    [units, 1],
  ]),
  [2, rows],
];
const random = new Random(4);
const feeds: Values = Object.fromEntries(
  shapes.map((shape, i) => [
    `x${i}`,
    Float32Array.from({ length: size(shape) }, () => random.normal() * (i < 2 ? 1 : 0.3)),
  ]),
);
const leaves = shapes.map((shape, i) => input(`x${i}`, shape));
const both = {
  values: program({ result: apply(sigmoidalFlowOp, leaves.slice(0, -1)) }),
  adjoints: program({ result: apply(sigmoidalFlowGradientOp, leaves) }),
};

async function resultsOf(backend: ReturnType<typeof wasm>) {
  const executable = await backend.compile(both);
  const { x8, ...others } = feeds;
  const values = (await executable.run("values", others)).result.slice();
  const adjoints = (await executable.run("adjoints", { ...others, x8 })).result.slice();
  executable.dispose();
  return { values, adjoints };
}

describe.each(simdHere)("flows of 3001 rows, %s", (simd) => {
  test("have the same bits for one, two and three threads", async () => {
    const expected = await resultsOf(wasm({ simd, threads: 1 }));
    for (const threads of [2, 3]) {
      identical(`${threads} threads`, await resultsOf(wasm({ simd, threads, sharing: "always" })), expected);
    }
  });

  test("are within 4e-6 of the largest value in double precision, and the sums of their gradient within 2e-5", async () => {
    const [actual, exact] = [await resultsOf(wasm({ simd, threads: 1 })), await resultsOf(js({ precision: 64 }))];
    for (const [name, bound] of [
      ["values", 4e-6],
      ["adjoints", 2e-5],
    ] as const) {
      const values = Array.from(exact[name]);
      const largest = Math.max(...values.map(Math.abs));
      const worst = Math.max(...values.map((value, i) => Math.abs(value - actual[name][i])));
      expect(worst / largest, name).toBeLessThan(bound);
      expect(worst, name).toBeGreaterThan(0);
    }
  });

  test("far tails keep their logarithms: slopes far below what floats multiply to", async () => {
    const far: Values = { ...feeds, x1: Float32Array.from(feeds.x1, (_, i) => (i % 2 === 0 ? 400 : -700)) };
    const run = async (backend: ReturnType<typeof wasm>) => {
      const executable = await backend.compile(both);
      const { x8, ...others } = far;
      const { result } = await executable.run("values", others);
      const found = result.slice();
      executable.dispose();
      return found;
    };
    const [actual, exact] = [await run(wasm({ simd, threads: 1 })), await run(js({ precision: 64 }))];
    const logSlopes = exact.slice(rows);
    expect(logSlopes.some((logSlope) => logSlope < -80)).toBe(true);
    logSlopes.forEach((logSlope, i) => {
      // 1 - m' is at least 5e-7, of which floats near 1 know a third at worst.
      expect(Math.abs(actual[rows + i] - logSlope)).toBeLessThan(0.5 + 1e-4 * Math.abs(logSlope));
    });
  });
});
