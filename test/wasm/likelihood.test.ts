/**
 * Sums of likelihoods have the bits of the ops that they stand for, on any number of threads and for rows of any length;
 * how far they are from double precision.
 */
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import {
  composedSums,
  composedSumsGradient,
  likelihoodSumsGradientOp,
  likelihoodSumsOp,
} from "../../src/engine/ops/likelihood.ts";
import { program } from "../../src/engine/program.ts";
import { apply, input, size } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { identical } from "../laws/programs.ts";
import { simdHere } from "./engine.ts";

function caseOf(draws: number, batch: number, labels: number) {
  const random = new Random(7);
  const r = input("r", [draws, batch * labels]);
  const y = input("y", [batch, labels]);
  const g = input("g", [3, draws * batch]);
  const numbers = (length: number, number: () => number) => Float32Array.from({ length }, number);
  const feeds = {
    r: numbers(size(r.shape), () => Math.max(5e-7, random.uniform() ** 3)),
    y: numbers(size(y.shape), () => random.integer(2)),
    g: numbers(size(g.shape), () => random.normal()),
  };
  const fused = program({
    sums: apply(likelihoodSumsOp, [r, y]),
    adjoints: apply(likelihoodSumsGradientOp, [r, y, g]),
  });
  const [logs, present, absent] = composedSums(r, y);
  const composed = program({ logs, present, absent, adjoints: composedSumsGradient(r, y, g) });
  return {
    feeds,
    async run(backend: Backend) {
      const executable = await backend.compile({ fused });
      const { sums, adjoints } = await executable.run("fused", feeds);
      executable.dispose();
      return { sums, adjoints };
    },
    async runComposed(backend: Backend) {
      const executable = await backend.compile({ composed });
      const { logs, present, absent, adjoints } = await executable.run("composed", feeds);
      executable.dispose();
      return { sums: Float32Array.from([...logs, ...present, ...absent]), adjoints };
    },
  };
}

const shapes = [
  [3, 5, 1],
  [4, 7, 6],
  [2, 9, 174],
  [2, 3, 2051],
] as const;

describe.each(shapes)("%i draws of %i instances of %i labels", (...shape) => {
  const { run, runComposed } = caseOf(...shape);

  test.each(simdHere)(
    "have the bits of the ops that they stand for, on one, two and three threads, %s",
    async (simd) => {
      const expected = await runComposed(wasm({ simd, threads: 1 }));
      identical("one thread", await run(wasm({ simd, threads: 1 })), expected);
      for (const threads of [2, 3]) {
        identical(`${threads} threads`, await run(wasm({ simd, threads, sharing: "always" })), expected);
      }
    },
  );

  test("have them on js", async () => {
    identical("js", await run(js()), await runComposed(js()));
  });
});

test.each(simdHere)(
  "sums are within 2e-7 of the largest in double precision, adjoints within 3e-7, %s",
  async (simd) => {
    const { run } = caseOf(5, 31, 174);
    const [actual, exact] = [await run(wasm({ simd, threads: 1 })), await run(js({ precision: 64 }))];
    for (const [name, bound] of [
      ["sums", 2e-7],
      ["adjoints", 3e-7],
    ] as const) {
      const values = Array.from(exact[name]);
      const largest = Math.max(...values.map(Math.abs));
      const worst = Math.max(...values.map((value, i) => Math.abs(value - actual[name][i])));
      expect(worst / largest, name).toBeLessThan(bound);
      expect(worst, name).toBeGreaterThan(0);
    }
  },
);
