/** Drawing ahead by example: how far, what is said to wrong calls, and snapshots with batches that wait. */
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { type AdaptiveOptions, adaptiveSampler } from "../../src/samplers/adaptive.ts";
import type { Sampler, SamplerState } from "../../src/samplers/sampler.ts";
import { uniformSampler } from "../../src/samplers/uniform.ts";

/** Ten rows in batches of 4: three an epoch. */
const setup = () => ({
  labels: { rows: 10, columns: 1, values: new Uint8Array(10) },
  batchSize: 4,
  random: new Random(3),
});
const adaptive = (options: AdaptiveOptions): Sampler => adaptiveSampler(setup(), { warmUp: 1, ...options });

function observe(sampler: Sampler, rows: Int32Array): void {
  sampler.observe(rows, { rowLosses: new Float32Array(rows.length).fill(1) });
}

/** `ahead` before each of the draws of two epochs, as many at a time as it allows. */
function heights(sampler: Sampler): number[] {
  const found: number[] = [];
  while (sampler.epoch < 2) {
    const waiting: Int32Array[] = [];
    while (sampler.ahead > 0) {
      found.push(sampler.ahead);
      waiting.push(sampler.next());
    }
    for (const rows of waiting) observe(sampler, rows);
  }
  return found;
}

describe("ahead", () => {
  test.each<[string, Sampler, number[]]>([
    ["uniform", uniformSampler(setup()), [3, 2, 1, 3, 2, 1]],
    ["adaptive, refresh epoch", adaptive({}), [3, 2, 1, 3, 2, 1]],
    ["adaptive, refresh batch, after its warm-up", adaptive({ refresh: "batch" }), [3, 2, 1, 1, 1, 1]],
    ["adaptive, refresh full, from the beginning", adaptive({ refresh: "full", warmUp: 0 }), [1, 1, 1, 1, 1, 1]],
  ])("%s", (_, sampler, expected) => expect(heights(sampler)).toEqual(expected));

  test("the epoch ends, and its trace is there, when its last batch is observed", () => {
    const sampler = adaptive({});
    const waiting = [sampler.next(), sampler.next(), sampler.next()];
    expect([sampler.epoch, sampler.ahead, sampler.trace()]).toEqual([1, 0, undefined]);
    for (const rows of waiting) observe(sampler, rows);
    expect([sampler.epoch, sampler.ahead, sampler.trace()?.epoch]).toEqual([1, 3, 0]);
    // Three batches of 4 of the 10 rows, drawn one after another: the last has 2 rows anew, which one of the others had
    // before.
    const ages = Array.from({ length: 10 }, (_, row) => 2 - waiting.findLastIndex((rows) => rows.includes(row)));
    const meanAge = ages.reduce((total, age) => total + age, 0) / 10;
    expect(sampler.trace()).toMatchObject({ meanAge: expect.closeTo(meanAge, 12), maxAge: Math.max(...ages) });
  });
});

describe("a wrong call says what was expected", () => {
  test("next, beyond ahead", () => {
    const sampler = adaptive({ refresh: "batch", warmUp: 0 });
    sampler.next();
    expect(() => sampler.next()).toThrow("the batches drawn before have to be observed first, in their order; 1 wait");
  });

  test("observe, in another order, of other rows, of none", () => {
    const sampler = adaptive({});
    expect(() => observe(sampler, Int32Array.of(1))).toThrow("observe: no batch waits to be observed; call next first");
    const [first, second] = [sampler.next(), sampler.next()];
    expect(() => observe(sampler, second)).toThrow(
      "observe: this batch is number 2 of the 2 that wait; they are observed in the order drawn",
    );
    expect(() => observe(sampler, Int32Array.of(1))).toThrow("1 rows, but the oldest batch that waits has 4");
    const other = first.map((row, k) => (k === 2 ? (row + 1) % 10 : row));
    expect(() => observe(sampler, other)).toThrow(
      `row 2 is ${other[2]}, but the oldest batch that waits has ${first[2]} there`,
    );
    observe(sampler, first);
    observe(sampler, second);
  });
});

describe("a snapshot with batches that wait", () => {
  const waiting = (options: AdaptiveOptions, draws: number): SamplerState => {
    const sampler = adaptive(options);
    for (let t = 0; t < draws; t++) sampler.next();
    return sampler.state();
  };
  const batch = { rows: Int32Array.of(1, 2, 3, 4), weights: null };

  test.each<[string, AdaptiveOptions, SamplerState, string]>([
    ["more than were drawn", {}, { ...waiting({}, 1), pending: [batch, batch] }, "a list of 0 to 1 batches"],
    [
      "two of them where each waits for the one before",
      { refresh: "batch", warmUp: 0 },
      { ...waiting({ refresh: "batch", warmUp: 0 }, 1), batchesDrawn: 2, pending: [batch, batch] },
      "a list of 0 to 1 batches, but is one of 2",
    ],
    ["none at the end of an epoch", {}, { ...waiting({}, 3), pending: [] }, "a list of 1 to 3 batches"],
    ["not a list", {}, { ...waiting({}, 1), pending: "none" }, "but is none"],
    [
      "a row twice",
      {},
      { ...waiting({}, 1), pending: [{ ...batch, rows: Int32Array.of(1, 1) }] },
      '"pending[0]" should have distinct rows',
    ],
    ["no rows", {}, { ...waiting({}, 1), pending: [{ ...batch, rows: new Int32Array(0) }] }, "a batch of 1 to 4 rows"],
    [
      "weights from nowhere",
      {},
      { ...waiting({}, 1), pending: [{ ...batch, weights: new Float32Array(4) }] },
      "which this sampler does not make",
    ],
    [
      "weights left out",
      { unbiased: true },
      { ...waiting({ unbiased: true }, 1), pending: [batch] },
      '"weights" should be a Float32Array of 4 numbers',
    ],
  ])("is refused with %s", (_, options, state, message) => {
    const sampler = adaptive(options);
    const before = sampler.state();
    expect(() => sampler.restore(state)).toThrow(
      expect.objectContaining({ name: "UsageError", message: expect.stringContaining(message) }),
    );
    expect(sampler.state()).toEqual(before);
  });
});
