/** A graph's values in float64, and matrices to compare them with. */
import { expect } from "vitest";
import { js } from "../../src/backends/js.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { program, type Update } from "../../src/engine/program.ts";
import type { Floats, Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";

/** Values of the outputs, with noise leaves filled from a seed, and of the state after the updates. */
export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
  updates: readonly Update[] = [],
  seed = 1,
): Promise<Readonly<Record<string, Floats>>> {
  const one = program(outputs, updates);
  const executable = await js({ precision: 64 }).compile({ one });
  const noise = noiseFeeds(one)({ seed, step: 0 });
  const given = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, Float64Array.from(values)]));
  const results = await executable.run("one", { ...noise, ...given });
  return { ...(await executable.read()), ...results };
}

/** Standard normal numbers from a seed. */
export function filled(count: number, start: number): Float64Array {
  const stream = new Random(start);
  return Float64Array.from({ length: count }, () => stream.normal());
}

/** Entry of a row-major matrix. */
export const at = (values: ArrayLike<number>, columns: number, row: number, column: number): number =>
  values[row * columns + column];

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(actual, (value, i) => Math.abs(value - expected[i])).reduce((a, b) => Math.max(a, b), 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}
