/**
 * How exact the vector forms of the scalar functions are, in units in the last place; docs/backends.md states these
 * figures.
 */
import { describe, expect, test } from "vitest";
import { erf as erfReference } from "../../kernels/scalar.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { elu, erf, exp, log, sigmoid, softplus, tanh } from "../../src/engine/ops/map.ts";
import { program } from "../../src/engine/program.ts";
import { input, type Shape, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { simdHere } from "./engine.ts";

interface Claim {
  readonly title: string;
  readonly build: (x: Tensor) => Tensor;
  /** In float64. */
  readonly exact: (x: number) => number;
  /** Where arguments are drawn evenly; besides, they are drawn from all floats. */
  readonly range: readonly [number, number];
  readonly ulps: number;
}

const claims: readonly Claim[] = [
  { title: "exp", build: exp, exact: Math.exp, range: [-110, 92], ulps: 1 },
  { title: "log", build: log, exact: Math.log, range: [0, 4], ulps: 1 },
  { title: "expm1", build: elu, exact: (x) => (x > 0 ? x : Math.expm1(x)), range: [-20, 0], ulps: 2 },
  { title: "sigmoid", build: sigmoid, exact: (x) => 1 / (1 + Math.exp(-x)), range: [-110, 30], ulps: 3 },
  {
    title: "softplus",
    build: softplus,
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    range: [-110, 30],
    ulps: 3,
  },
  { title: "tanh", build: tanh, exact: Math.tanh, range: [-12, 12], ulps: 3 },
  { title: "erf", build: erf, exact: erfReference, range: [-6, 6], ulps: 4 },
];

const shape: Shape = [512, 256];
const count = shape[0] * shape[1];

/** Half of them evenly from the range, half any floats but NaN. */
function samples([low, high]: readonly [number, number]): Float32Array {
  const random = new Random(3);
  const bits = Uint32Array.from({ length: count }, () => random.integer(2 ** 32));
  return new Float32Array(bits.buffer).map((value, i) =>
    i % 2 === 0 || Number.isNaN(value) ? low + (high - low) * random.uniform() : value,
  );
}

/** Distance from `exact` in spacings of single precision there. */
function ulps(actual: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (!Number.isFinite(rounded) || !Number.isFinite(actual)) return Object.is(actual, rounded) ? 0 : Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(actual - exact) / 2 ** (exponent - 23);
}

function worst(values: Float32Array, result: ArrayLike<number>, exact: Claim["exact"]): { x: number; error: number } {
  return values.reduce(
    (worst, x, i) => {
      const error = ulps(result[i], exact(x));
      return error > worst.error ? { x, error } : worst;
    },
    { x: Number.NaN, error: 0 },
  );
}

describe.each(simdHere)("%s", (simd) => {
  test.each(claims)("$title is good to $ulps ulp", async ({ build, exact, range, ulps: allowed }) => {
    const executable = await wasm({ simd, threads: 1 }).compile({ it: program({ result: build(input("x", shape)) }) });
    const x = samples(range);
    const { x: at, error } = worst(x, (await executable.run("it", { x })).result, exact);
    expect(error, `at ${at}`).toBeLessThanOrEqual(allowed);
    // A wrong digit is noticed: the worst error of the function half a unit off is above half a unit.
    expect(worst(x, x.map(exact), (value) => exact(value) * (1 + 2 ** -22)).error).toBeGreaterThan(1.5);
    executable.dispose();
  });
});
