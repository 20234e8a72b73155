/** What is measured of each epoch, against what it is defined as; and that measuring changes nothing of the run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selectRows } from "../../src/data/rows.ts";
import { metrics } from "../../src/metrics/metrics.ts";
import { Random } from "../../src/random.ts";
import { isLate, meanLoss, partLosses, selectionHistogram, tracks } from "../../src/training/tracking.ts";
import { runs } from "../arbitraries.ts";
import { data, follow, setup } from "./runs.ts";

const everything = { track: tracks };

describe("tracking", () => {
  test("changes nothing of the run", async () => {
    const [plain, measured] = [await follow(setup()), await follow(setup(everything))];
    expect(measured.losses).toEqual(plain.losses);
    expect(measured.end.values).toEqual(plain.end.values);
    expect(measured.end.testScores).toEqual(plain.end.testScores);
  });

  test("steps and rows are counted through the run; test metrics come late, or always where asked for", async () => {
    const plain = await follow(setup());
    expect(plain.epochs.map(({ steps, rowsSeen }) => [steps, rowsSeen])).toEqual([3, 6, 9, 12].map((n) => [n, 16 * n]));
    expect(plain.epochs.map((epoch) => epoch.test !== undefined)).toEqual([false, false, false, true]);
    for (const { losses, selection, validationLoss } of plain.epochs) {
      expect([losses, selection]).toEqual([undefined, undefined]);
      expect(validationLoss).toBeGreaterThan(0);
    }
    const short = await follow(setup({ samplerOptions: { lastBatch: "short", warmUp: 2 } }));
    expect(short.epochs.map(({ rowsSeen }) => rowsSeen)).toEqual([43, 86, 134, 182]);
    const measured = await follow(setup(everything));
    expect(measured.epochs.every((epoch) => epoch.test && epoch.losses && epoch.selection)).toBe(true);
  });

  test("the last epoch's test metrics are those of the weights that it ends with", async () => {
    const { epochs, end } = await follow(setup({ keep: "last" }));
    const test = metrics(selectRows(data.labels, data.rows.test), end.testScores);
    expect(epochs.at(-1)?.test).toEqual(test);
  });

  test.each([
    [1, [0]],
    [2, [1]],
    [4, [3]],
    [5, [4]],
    [8, [6, 7]],
    [10, [8, 9]],
  ])("of %d epochs, late are %j", (epochs, late) => {
    const all = Array.from({ length: epochs }, (_, epoch) => epoch);
    expect(all.filter((epoch) => isLate(epoch, epochs))).toEqual(late);
  });
});

describe("figures", () => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(),
  });

  test("the losses of parts add up to the whole", () => {
    fc.assert(
      fc.property(cases, ({ rows, columns, seed }) => {
        const random = new Random(seed);
        const values = Uint8Array.from({ length: rows * columns }, (_, e) =>
          random.uniform() < 0.8 / (1 + (e % columns)) ? 1 : 0,
        );
        const scores = Float32Array.from({ length: rows * columns }, () => random.uniform());
        const labels = { rows, columns, values };
        const { all, minorityRows, otherRows, minorityLabels, otherLabels } = partLosses(labels, scores);
        expect(all).toBeCloseTo(meanLoss(labels, scores), 10);
        const between = (first: number | null, second: number | null): void => {
          const parts = [first, second].filter((part) => part !== null);
          expect(all).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-9);
          expect(all).toBeLessThanOrEqual(Math.max(...parts) + 1e-9);
        };
        between(minorityRows, otherRows);
        between(minorityLabels, otherLabels);
      }),
      runs(100),
    );
  });

  test("by hand: two rows, one with the minority label", () => {
    const labels = { rows: 4, columns: 2, values: Uint8Array.from([1, 1, 1, 0, 1, 0, 1, 0]) };
    const scores = Float32Array.from([0.5, 0.5, 0.5, 0.75, 0.5, 0.75, 0.5, 0.75]);
    const [half, quarter] = [Math.log(2), Math.log(4)];
    const expected = {
      all: (5 * half + 3 * quarter) / 8,
      minorityRows: half,
      otherRows: (half + quarter) / 2,
      minorityLabels: (half + 3 * quarter) / 4,
      otherLabels: half,
    };
    const found = partLosses(labels, scores);
    for (const [part, loss] of Object.entries(expected))
      expect(Object.entries(found)).toContainEqual([part, expect.closeTo(loss, 6)]);
    expect(meanLoss({ rows: 1, columns: 2, values: Uint8Array.of(0, 1) }, Float32Array.of(1, 0))).toBeCloseTo(
      25 * half,
      6,
    );
  });

  test("the histogram counts every row once, in the bin that holds its n p", () => {
    const p = [0.5, 0.25, 0.125, 0.125];
    const { bounds, counts } = selectionHistogram({ probabilities: () => Float64Array.from(p), pressure: 4 });
    expect([bounds.length, counts.length]).toEqual([21, 20]);
    expect([bounds[0], bounds[10], bounds[20]]).toEqual([0.25, 1, 4]);
    expect(counts.reduce((total, count) => total + count, 0)).toBe(4);
    for (const [k, count] of counts.entries()) {
      expect(count).toBe(p.filter((chance) => 4 * chance >= bounds[k] && 4 * chance < bounds[k + 1]).length);
    }
  });
});
