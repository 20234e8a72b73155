/**
 * Random streams: reproducible, restorable, independent by name, and distributed as they say. Every statistical test
 * has a fixed seed and level 1e-6, so that the whole file would fail by chance once in some 20,000 choices of seeds.
 */
import fc from "fast-check";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { describe, expect, test } from "vitest";
import { UsageError } from "../src/errors.ts";
import { Random, type RandomState } from "../src/random.ts";
import { runs, seed } from "./arbitraries.ts";
import { erf } from "./laws/elementwise.ts";

/** Standard normal quantile of 1 - 1e-6. */
const z = 4.7534;

/** Upper 1e-6 quantile of chi-square (Wilson and Hilferty's approximation). */
const chiSquareLimit = (freedom: number): number => {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + z * Math.sqrt(spread)) ** 3;
};

function chiSquare(counts: ArrayLike<number>, expected: (i: number) => number): number {
  return Array.from(counts).reduce((total, count, i) => total + (count - expected(i)) ** 2 / expected(i), 0);
}

/** Counts of `draws` outcomes in 0..bins-1 are even. */
function expectEven(bins: number, draws: number, draw: () => number): void {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < draws; i++) counts[draw()]++;
  expect(counts.reduce((a, b) => a + b, 0)).toBe(draws);
  expect(chiSquare(counts, () => draws / bins)).toBeLessThan(chiSquareLimit(bins - 1));
}

const uniforms = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uniform());

/** Some of every kind of draw. */
function assorted(random: Random): unknown[] {
  const floats = new Float32Array(5);
  random.fillNormal(floats);
  const items = [1, 2, 3, 4, 5, 6, 7];
  random.shuffle(items);
  return [random.uniform(), random.integer(1000), random.normal(), [...floats], items];
}

describe("a stream", () => {
  test("is decided by its seed", () => {
    fc.assert(
      fc.property(seed(), (seed) => {
        expect(assorted(new Random(seed))).toEqual(assorted(new Random(seed)));
        expect(uniforms(new Random(seed), 4)).not.toEqual(uniforms(new Random(seed + 1), 4));
      }),
      runs(100),
    );
  });

  test("keeps its numbers from one version to the next", () => {
    const random = new Random(1);
    expect([random.uniform(), random.uniform(), random.integer(1000), random.normal()]).toMatchInlineSnapshot(`
      [
        0.6824011357749747,
        0.620067472801155,
        0,
        0.8851608512849478,
      ]
    `);
    expect(new Random(1).stream("batches").uniform()).toMatchInlineSnapshot(`0.959392462371065`);
  });

  test("continues from its state, also after a trip through JSON", () => {
    fc.assert(
      fc.property(seed(), fc.nat(20), (seed, drawn) => {
        const random = new Random(seed);
        for (let i = 0; i < drawn; i++) random.normal();
        const state: RandomState = JSON.parse(JSON.stringify(random.state()));
        const continued = Random.fromState(state);
        expect(assorted(continued)).toEqual(assorted(random));
        expect(continued.state()).toEqual(random.state());
        expect(Random.fromState(state).stream("a").uniform()).toBe(new Random(seed).stream("a").uniform());
      }),
      runs(100),
    );
  });

  test("refuses seeds that aren't whole numbers of 32 bits", () => {
    for (const wrong of [0.5, Number.NaN, 2 ** 32, -(2 ** 31) - 1, Number.POSITIVE_INFINITY]) {
      expect(() => new Random(wrong)).toThrow(UsageError);
    }
    for (const fine of [0, -1, 2 ** 32 - 1, -(2 ** 31)]) expect(new Random(fine).uniform()).toBeLessThan(1);
  });
});

test("integers below something impossible are refused", () => {
  for (const bound of [0, -3, 1.5, Number.NaN, 2 ** 33]) expect(() => new Random(1).integer(bound)).toThrow(UsageError);
  expect(new Random(1).integer(2 ** 32)).toBeGreaterThanOrEqual(0);
});

describe("named streams", () => {
  test("depend on seed and name, not on what was drawn or split off before", () => {
    fc.assert(
      fc.property(seed(), fc.string(), fc.nat(10), (seed, name, drawn) => {
        const random = new Random(seed);
        for (let i = 0; i < drawn; i++) random.stream(`other ${i}`).uniform();
        uniforms(random, drawn);
        expect(uniforms(random.stream(name), 3)).toEqual(uniforms(new Random(seed).stream(name), 3));
      }),
      runs(100),
    );
  });

  test("differ by name, whatever the names have in common", () => {
    const names = ["", "a", "b", "aa", "ab", "ba", "a ", "batches", "batch", "fold 1", "fold 2", "fold 11", "\u0000"];
    const random = new Random(3);
    const firsts = new Set([random.uniform(), ...names.map((name) => random.stream(name).uniform())]);
    expect(firsts.size).toBe(names.length + 1);
  });

  test("are uncorrelated, as are neighbouring seeds", () => {
    const draws = 4000;
    const root = new Random(11);
    const streams = [
      ...Array.from({ length: 12 }, (_, i) => root.stream(`fold ${i}`)),
      ...Array.from({ length: 12 }, (_, i) => new Random(i)),
    ].map((random) => uniforms(random, draws).map((u) => Math.sqrt(12) * (u - 0.5)));
    for (let i = 0; i < streams.length; i++) {
      for (let j = 0; j < i; j++) {
        const correlation = streams[i].reduce((total, u, k) => total + u * streams[j][k], 0) / Math.sqrt(draws);
        expect(Math.abs(correlation), `streams ${i} and ${j}`).toBeLessThan(z + 1);
      }
    }
  });
});

describe("distributions", () => {
  test("uniform numbers fall evenly, in [0, 1)", () => {
    const random = new Random(21);
    expectEven(256, 100_000, () => Math.floor(random.uniform() * 256));
  });

  test("pairs of successive uniform numbers fill the square evenly", () => {
    const random = new Random(22);
    expectEven(16 * 16, 100_000, () => Math.floor(random.uniform() * 16) * 16 + Math.floor(random.uniform() * 16));
  });

  test("the lowest of the 53 bits are random, too", () => {
    const random = new Random(23);
    expectEven(16, 50_000, () => (random.uniform() * 2 ** 53) % 16);
  });

  test.each([1, 2, 3, 7, 100, 257])("integers below %i fall evenly", (bound) => {
    const random = new Random(24);
    if (bound === 1) expect(random.integer(1)).toBe(0);
    else expectEven(bound, 50_000, () => random.integer(bound));
  });

  test("integers of a bound just above a power of two show no modulo bias", () => {
    const random = new Random(25);
    const bound = 3 * 2 ** 29;
    expectEven(3, 30_000, () => Math.floor(random.integer(bound) / 2 ** 29));
  });

  test("fillUniform gives even multiples of 2^-24 below 1", () => {
    const values = new Float32Array(100_000);
    new Random(26).fillUniform(values);
    expect(values.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24))).toBe(true);
    let i = 0;
    expectEven(256, values.length, () => Math.floor(values[i++] * 256));
  });

  test("fillNormal is Box and Muller's transform to the last bit of single precision", () => {
    const [values, bits] = [new Float32Array(100_001), new Float32Array(100_002)];
    const random = new Random(27);
    random.fillNormal(values);
    const generator = xoroshiro128plusFromState([...new Random(27).state().generator]);
    const fraction = (): number => (generator.next() >>> 0) / 2 ** 32;
    for (let i = 0; i < bits.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - fraction()));
      const angle = 2 * Math.PI * fraction();
      bits[i] = radius * Math.cos(angle);
      bits[i + 1] = radius * Math.sin(angle);
    }
    expect(values).toEqual(bits.subarray(0, values.length));
  });

  test.each(["normal", "fillNormal"] as const)("%s has the moments and quantiles of the standard normal", (kind) => {
    const random = new Random(27);
    const draws = 100_000;
    const values = new Float32Array(draws);
    if (kind === "fillNormal") random.fillNormal(values);
    else for (let i = 0; i < draws; i++) values[i] = random.normal();
    const moment = (k: number) => values.reduce((total, x) => total + x ** k, 0) / draws;
    // Variances of the powers: E x^2k - (E x^k)^2 = 1, 2, 15, 96.
    const expected = [0, 1, 0, 3];
    [1, 2, 15, 96].forEach((variance, k) => {
      expect(Math.abs(moment(k + 1) - expected[k]) / Math.sqrt(variance / draws)).toBeLessThan(z);
    });
    const bins = 40;
    const counts = new Uint32Array(bins);
    for (const x of values) counts[Math.min(bins - 1, Math.floor(bins * 0.5 * (1 + erf(x / Math.SQRT2))))]++;
    expect(chiSquare(counts, () => draws / bins)).toBeLessThan(chiSquareLimit(bins - 1));
  });

  test("successive normal numbers, of one pair and of two, are uncorrelated", () => {
    const random = new Random(28);
    const values = Array.from({ length: 50_000 }, () => random.normal());
    for (const lag of [1, 2, 3]) {
      const correlation =
        values.slice(lag).reduce((total, x, i) => total + x * values[i], 0) / Math.sqrt(values.length);
      expect(Math.abs(correlation), `lag ${lag}`).toBeLessThan(z);
    }
  });
});

describe("shuffle", () => {
  test("only reorders", () => {
    fc.assert(
      fc.property(seed(), fc.array(fc.integer()), (seed, items) => {
        const shuffled = items.slice();
        new Random(seed).shuffle(shuffled);
        const ascending = (a: number, b: number) => a - b;
        expect(shuffled.sort(ascending)).toEqual(items.slice().sort(ascending));
      }),
      runs(100),
    );
  });

  test("gives every order of four equally often", () => {
    const random = new Random(31);
    const orders = new Map<string, number>();
    const draw = (): number => {
      const items = Uint8Array.of(0, 1, 2, 3);
      random.shuffle(items);
      const key = items.join("");
      if (!orders.has(key)) orders.set(key, orders.size);
      return orders.get(key) ?? 0;
    };
    expectEven(24, 48_000, draw);
  });

  test("the law of even counts catches the naive shuffle", () => {
    const random = new Random(32);
    const naive = (): number => {
      const items = [0, 1, 2];
      for (let i = 0; i < 3; i++) {
        const j = random.integer(3);
        [items[i], items[j]] = [items[j], items[i]];
      }
      return items[0] * 2 + (items[1] > items[2] ? 1 : 0);
    };
    expect(() => expectEven(6, 48_000, naive)).toThrow();
  });
});
