/** A graph's values in float64, with noise leaves filled from a seed. */
import { js } from "../../src/backends/js.ts";
import { noiseFeeds, program, type Update } from "../../src/program.ts";
import { Random } from "../../src/random.ts";
import type { Floats, Tensor } from "../../src/tensor.ts";

export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
  updates: readonly Update[] = [],
  seed = 1,
): Promise<Readonly<Record<string, Floats>>> {
  const one = program(outputs, updates);
  const executable = await js({ precision: 64 }).compile({ one });
  const noise = noiseFeeds(one)(new Random(seed));
  const given = Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, Float64Array.from(values)]));
  const results = await executable.run("one", { ...noise, ...given });
  return { ...(await executable.read()), ...results };
}
