/**
 * The order of rows by their numbers, made in one go and over the batches before, against a sort by comparison; and
 * samplers carried on from within these batches.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { adaptiveSampler } from "../../src/samplers/adaptive.ts";
import { quantizations } from "../../src/samplers/draw/quantize.ts";
import { RowOrder } from "../../src/samplers/draw/row-order.ts";
import { SortedRows } from "../../src/samplers/draw/sorted-rows.ts";
import { onlineBatchSampler } from "../../src/samplers/rivals/online-batch.ts";
import type { Sampler, SamplerState } from "../../src/samplers/sampler.ts";
import { runs, seed } from "../arbitraries.ts";

describe("rows by radix", () => {
  /** What numbers may be: ties, zeros of both signs, the smallest and the largest. */
  const numbers = (largest: number) =>
    fc.array(
      fc.oneof(
        fc.constantFrom(0, -0, 1, 0.5, largest, 2 ** -149, 2 ** -1074),
        fc.double({ min: 0, max: largest, noNaN: true }),
      ),
      { minLength: 1, maxLength: 200 },
    );
  const plain = (values: ArrayLike<number>): number[] =>
    Array.from(values, (_, row) => row).sort((a, b) => values[a] - values[b] || a - b);

  test("are those of a sort by comparison, float32 and float64", () => {
    fc.assert(
      fc.property(numbers(3e38), numbers(Number.MAX_VALUE), (singles, doubles) => {
        const short = Float32Array.from(singles);
        expect([...new RowOrder(short.length).ascending(short)]).toEqual(plain(short));
        const long = Float64Array.from(doubles);
        expect([...new RowOrder(long.length).ascending(long)]).toEqual(plain(long));
      }),
      runs(200),
    );
  });

  test("again with other numbers in the same work space", () => {
    const order = new RowOrder(4);
    expect([...order.ascending(Float32Array.of(3, 1, 2, 1))]).toEqual([1, 3, 2, 0]);
    expect([...order.ascending(Float32Array.of(0, -0, 9, 0))]).toEqual([0, 1, 3, 2]);
  });
});

describe("rows sorted over the batches before", () => {
  /** Epochs of 200 batches, small blocks that split and empty; the order found and that of a sort at the end. */
  function sortedAhead(start: number, rows: number, levels: number, double: boolean, forgetful: boolean) {
    const random = new Random(start);
    const numbers = double ? new Float64Array(rows) : new Float32Array(rows);
    const sorted = new SortedRows(numbers, 4);
    const found: number[][] = [];
    const expected: number[][] = [];
    const size = Math.ceil(rows / 200);
    for (let epoch = 0; epoch < 3; epoch++) {
      const restart = random.integer(3) === 0 ? random.integer(12) : -1;
      for (let left = 199; left >= 0; left--) {
        const batch = Int32Array.from({ length: size }, () => random.integer(rows));
        // Late in the epoch numbers crowd where few were: blocks overflow there, and others run empty.
        for (const row of batch) numbers[row] = (random.integer(levels) + (left < 6 ? 0.5 : 0)) / levels;
        if (!forgetful || left !== 1) sorted.update(batch, left);
        if (left === restart) sorted.restart();
      }
      const inOrder = sorted.finish();
      found.push([...inOrder.rows], [...inOrder.numbers]);
      const rowsAtLast = [...new RowOrder(rows).ascending(numbers)];
      expected.push(
        rowsAtLast,
        rowsAtLast.map((row) => numbers[row]),
      );
    }
    return { found, expected };
  }

  test("are in the order of the numbers as they stand, float32 and float64", () => {
    fc.assert(
      fc.property(
        seed(),
        fc.integer({ min: 1, max: 700 }),
        fc.constantFrom(1, 5, 1000),
        fc.boolean(),
        (start, rows, levels, double) => {
          const { found, expected } = sortedAhead(start, rows, levels, double, false);
          expect(found).toEqual(expected);
        },
      ),
      runs(40),
    );
  });

  test("a batch that they do not hear of is seen", () => {
    const { found, expected } = sortedAhead(3, 600, 1000, false, true);
    expect(found).not.toEqual(expected);
  });
});

describe("a snapshot of the last batches of an epoch, taken while rows are sorted or weights made", () => {
  const [rows, batchSize, columns] = [800, 5, 2];
  const labels = {
    rows,
    columns,
    values: Uint8Array.from({ length: rows * columns }, (_, e) => (e % 3 === 0 ? 1 : 0)),
  };
  /** Evidence of a batch: a function of its rows and the batch's number alone, with ties. */
  const evidence = (batch: Int32Array, t: number) => ({
    rowLosses: Float32Array.from(batch, (row) => ((row * 7919 + t * 104_729) % 97) / 16),
  });
  const samplers: readonly [string, (random: Random) => Sampler][] = [
    ["onlineBatch", (random) => onlineBatchSampler({ labels, batchSize, random, epochs: 9 }, { warmUp: 1 })],
    ...quantizations.map((quantization): [string, (random: Random) => Sampler] => [
      `adaptive, ${quantization}, falling`,
      (random) =>
        adaptiveSampler({ labels, batchSize, random, epochs: 9 }, { warmUp: 1, quantization, schedule: "linear" }),
    ]),
    [
      "adaptive, refreshed by batch, falling",
      (random) =>
        adaptiveSampler({ labels, batchSize, random, epochs: 9 }, { warmUp: 1, refresh: "batch", schedule: "linear" }),
    ],
  ];

  test.each(samplers)("%s: carried on from each of them, draws are the same", (_, make) => {
    const sampler = make(new Random(5));
    const perEpoch = sampler.batchesPerEpoch;
    const snapshots: [number, SamplerState][] = [];
    const drawn: number[][] = [];
    for (let t = 0; t < 3 * perEpoch; t++) {
      if (t > 2 * perEpoch - 13 && t < 2 * perEpoch + 3 && t % 3 === 0) snapshots.push([t, sampler.state()]);
      const batch = sampler.next();
      drawn.push([...batch]);
      sampler.observe(batch, evidence(batch, t));
    }
    expect(snapshots.length).toBeGreaterThan(3);
    for (const [start, state] of snapshots) {
      const other = make(new Random(6));
      other.restore(state);
      for (let t = start; t < 3 * perEpoch; t++) {
        const batch = other.next();
        expect([...batch]).toEqual(drawn[t]);
        other.observe(batch, evidence(batch, t));
      }
    }
  });
});
