/**
 * The noise leaves of a program, drawn by key: a pure function of seed, step, the leaf's name and the place in it, with
 * the same bits on every device and for any number of threads (kernels/noise.ts).
 */
import { fillNoise } from "../../kernels/noise.ts";
import type { Program } from "../engine/program.ts";
import { size } from "../engine/tensor.ts";
import type { NoiseKey, Values } from "./backend.ts";
import { leafNumbers } from "./leaf-numbers.ts";

/** What draws: the plain loop, until the kernels of wasm stand ready. */
let fill: typeof fillNoise = fillNoise;
let ready: Promise<void> | undefined;

/**
 * From now on noise comes from the kernels of wasm, where this engine runs them: the same bits, several times faster.
 */
export function readyNoise(): Promise<void> {
  ready ??= import("./wasm/noise-source.ts").then(async ({ noiseSource }) => {
    fill = (await noiseSource()) ?? fillNoise;
  });
  return ready;
}

/**
 * A function that fills the program's noise leaves by key, and answers them by name. The arrays are used again by the
 * next call.
 */
export function noiseFeeds(program: Program): (key: NoiseKey) => Readonly<Record<string, Float32Array>> {
  const leaves = program.noise.map((leaf) => ({
    ...leaf,
    numbers: leafNumbers(leaf.name),
    values: new Float32Array(size(leaf.shape)),
  }));
  const feeds = Object.fromEntries(leaves.map(({ name, values }) => [name, values]));
  return (key) => {
    for (const { values, distribution, numbers } of leaves) fill(values, distribution, key, numbers);
    return feeds;
  };
}

/** The feeds with the noise that a key draws, if there is one. */
export function withNoise(draw: ReturnType<typeof noiseFeeds>, feeds: Values, key: NoiseKey | undefined): Values {
  return key ? { ...feeds, ...draw(key) } : feeds;
}
