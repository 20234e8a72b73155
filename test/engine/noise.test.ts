/**
 * Noise by key: the published vectors, the distributions, and the same bits on every device and for any number of
 * threads.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillNoise, philox } from "../../kernels/noise.ts";
import type { Backend, NoiseKey, Values } from "../../src/backends/backend.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { js } from "../../src/backends/js.ts";
import { leafNumbers } from "../../src/backends/leaf-numbers.ts";
import { noiseFeeds } from "../../src/backends/noise.ts";
import { noiseSource } from "../../src/backends/wasm/noise-source.ts";
import { wasm } from "../../src/backends/wasm.ts";
import { copy } from "../../src/engine/ops/map.ts";
import { type Program, program } from "../../src/engine/program.ts";
import { input, noise } from "../../src/engine/tensor.ts";
import { UsageError } from "../../src/errors.ts";
import { runs, seed } from "../arbitraries.ts";
import { identical } from "../laws/programs.ts";
import { simdHere } from "../wasm/engine.ts";

const words = (text: string): number[] => text.split(" ").map((word) => Number.parseInt(word, 16));

/** From `kat_vectors` of Random123, the authors' library: counter, key, answer. */
const vectors = [
  ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
] as const;

test.each(vectors)("Philox4x32-10 of counter %s and key %s", (counter, key, answer) => {
  const [a, b, c, d] = words(counter);
  const [first, second] = words(key);
  const found = new Uint32Array(4);
  philox(a, b, c, d, first, second, found);
  expect([...found]).toEqual(words(answer));
});

function drawn(distribution: "uniform" | "normal", count: number, key: NoiseKey, name = "leaf"): Float32Array {
  const values = new Float32Array(count);
  fillNoise(values, distribution, key, leafNumbers(name));
  return values;
}

/** Kolmogorov and Smirnov's distance, times the root of the count: beyond 2.3 in 5 of 100,000 cases. */
function distance(values: Float32Array, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  let most = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    most = Math.max(most, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return most * Math.sqrt(sorted.length);
}

/** Abramowitz and Stegun 26.2.17: within 7.5e-8. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe("distributions", () => {
  const count = 100_000;

  test.each([0, 1, 2 ** 32 - 1])("uniform numbers are uniform on [0, 1), at step %d", (step) => {
    const values = drawn("uniform", count, { seed: 7, step });
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(distance(values, (u) => u)).toBeLessThan(2.3);
  });

  test.each([0, 1, 2 ** 32 - 1])("normal numbers are normal, squares and products too, at step %d", (step) => {
    const values = drawn("normal", count, { seed: 7, step });
    expect(values.every((x) => Math.abs(x) < 6.7)).toBe(true);
    expect(distance(values, normalCdf)).toBeLessThan(2.3);
    const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / count;
    // Within 4.5 standard errors.
    expect(Math.abs(moment(1))).toBeLessThan(4.5 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4.5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4.5 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4.5 * Math.sqrt(96 / count));
  });

  test("neighbours, leaves, steps and seeds are not correlated", () => {
    const key = { seed: 3, step: 9 };
    const values = drawn("normal", count, key);
    const others = [
      ...[1, 4, 8, 16].map((lag) => values.subarray(lag)),
      drawn("normal", count, key, "leag"),
      drawn("normal", count, { ...key, step: 10 }),
      drawn("normal", count, { ...key, seed: 4 }),
    ];
    for (const other of others) {
      expect(Math.abs(correlation(values.subarray(0, other.length), other))).toBeLessThan(4.5 / Math.sqrt(count));
    }
  });

  test("a shorter leaf is the beginning of a longer one", () => {
    const long = drawn("normal", 1000, { seed: 1, step: 2 });
    for (const length of [1, 3, 15, 16, 17, 333]) {
      expect(drawn("normal", length, { seed: 1, step: 2 })).toEqual(long.subarray(0, length));
    }
  });
});

test("the kernels of wasm draw the bits of the plain loop, whatever the length", async () => {
  const source = await noiseSource();
  if (!source) throw new Error("this engine runs no kernels");
  for (const distribution of ["uniform", "normal"] as const) {
    for (const length of [1, 2, 3, 15, 16, 17, 70_001, 333]) {
      const values = new Float32Array(length);
      source(values, distribution, { seed: 2 ** 32 - 1, step: length }, leafNumbers("leaf"));
      expect(values).toEqual(drawn(distribution, length, { seed: 2 ** 32 - 1, step: length }));
      source(values, distribution, { seed: 2 ** 32 - 1, step: length + 1 }, leafNumbers("leaf"));
      expect(values).not.toEqual(drawn(distribution, length, { seed: 2 ** 32 - 1, step: length }));
    }
  }
});

const devices: readonly (readonly [string, Backend])[] = [
  ["gpu:cpu", gpu("cpu")],
  ["gpu:webasm", gpu("webasm")],
  ...simdHere.flatMap((simd): [string, Backend][] => [
    [`wasm ${simd}`, wasm({ simd, threads: 1 })],
    [`wasm ${simd}, 2 threads`, wasm({ simd, threads: 2, sharing: "always" })],
    [`wasm ${simd}, 3 threads`, wasm({ simd, threads: 3, sharing: "always" })],
  ]),
];

/** Two leaves, one of each distribution, and an input. */
const built = (rows: number, columns: number): Program =>
  program({
    uniform: copy(noise("dropout", [rows, columns], "uniform")),
    normal: copy(noise("latent", [columns, rows], "normal")),
    given: copy(input("x", [1, 1])),
  });

async function answered(backend: Backend, wanted: Program, key: NoiseKey | undefined, feeds: Values): Promise<Values> {
  const executable = await backend.compile({ it: wanted });
  try {
    const outputs = await executable.run("it", feeds, key);
    return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.slice()]));
  } finally {
    executable.dispose();
  }
}

describe("the same bits everywhere", () => {
  test.each(devices)("%s", async (_name, backend) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.nat(40), seed(), seed(), async (rows, columns, seed, step) => {
        const wanted = built(rows + 1, columns + 1);
        const key = { seed, step };
        const feeds = { x: Float32Array.of(5) };
        const expected = await answered(js(), wanted, undefined, { ...feeds, ...noiseFeeds(wanted)(key) });
        identical("on js, drawn there", await answered(js(), wanted, key, feeds), expected);
        identical("drawn there", await answered(backend, wanted, key, feeds), expected);
      }),
      runs(6),
    );
  });

  test.each(simdHere)("many numbers on wasm, %s", async (simd) => {
    const wanted = program({ y: copy(noise("latent", [500, 401], "normal")) });
    const key = { seed: 2 ** 32 - 1, step: 2 ** 32 - 1 };
    const { y } = await answered(wasm({ simd }), wanted, key, {});
    identical("on wasm", { y }, { y: drawn("normal", 500 * 401, key, "latent") });
  });
});

test("noise that is drawn can't be fed as well", async () => {
  const wanted = built(2, 2);
  const key = { seed: 1, step: 1 };
  const feeds = { x: Float32Array.of(1), ...noiseFeeds(wanted)(key) };
  for (const backend of [js(), wasm({ threads: 1 })]) {
    await expect(answered(backend, wanted, key, feeds)).rejects.toThrow(UsageError);
  }
});
