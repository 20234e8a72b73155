import fc from "fast-check";
import * as R from "lib-r-math.js";
import { describe, expect, test } from "vitest";
import { friedman, midRanks, nemenyi, wilcoxonSignedRank } from "../../../src/experiment/statistics/rank-tests.ts";
import { number, runs } from "../../arbitraries.ts";

/** Whole numbers, so that ties and zeros are common. */
const tied = (maxLength: number) => fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength });

describe("mid-ranks", () => {
  test("of ties", () => expect(midRanks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]));
  test("are one plus the number below plus half the number tied", () => {
    fc.assert(
      fc.property(tied(20), (values) => {
        const expected = values.map(
          (value) => 1 + values.filter((v) => v < value).length + (values.filter((v) => v === value).length - 1) / 2,
        );
        expect(midRanks(values)).toEqual(expected);
      }),
      runs(100),
    );
  });
});

/** The share of all sign choices at least as far from the middle: the definition, in 2^n steps. */
function signedRankByEnumeration(differences: readonly number[]): number {
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = midRanks(nonzero.map(Math.abs));
  const middle = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const distance = (positive: (index: number) => boolean) =>
    Math.abs(ranks.reduce((sum, rank, index) => sum + (positive(index) ? rank : 0), 0) - middle);
  const observed = distance((index) => nonzero[index] > 0);
  let extreme = 0;
  for (let signs = 0; signs < 2 ** nonzero.length; signs++) {
    if (distance((index) => ((signs >> index) & 1) === 1) >= observed - 1e-9) extreme++;
  }
  return extreme / 2 ** nonzero.length;
}

describe("Wilcoxon's signed-rank test", () => {
  test("equals the enumeration of all signs, ties and zeros included", () => {
    fc.assert(
      fc.property(tied(10), (differences) => {
        expect(wilcoxonSignedRank(differences).pValue).toBeCloseTo(signedRankByEnumeration(differences), 12);
      }),
      runs(150),
    );
  });
  test("negative control: dropping the ties' mid-ranks would be seen", () => {
    const given = [1, 1, -1, 1, 2, -2, 3, 1];
    const untied = given.map((value, index) => value + Math.sign(value) * index * 1e-6);
    expect(wilcoxonSignedRank(untied).pValue).not.toBeCloseTo(signedRankByEnumeration(given), 6);
  });
  test("equals R without ties, up to the largest exact count", () => {
    for (const count of [1, 4, 9, 25, 50]) {
      const differences = Array.from({ length: count }, (_, i) => (i + 1) * ((i * 7) % 5 < 2 ? -1 : 1));
      const { statistic, pValue, method } = wilcoxonSignedRank(differences);
      const smaller = Math.min(statistic, (count * (count + 1)) / 2 - statistic);
      expect(method).toBe("exact");
      expect(pValue).toBeCloseTo(Math.min(1, 2 * R.psignrank(smaller, count)), 10);
    }
  });
  test("equals SciPy's approximation with ties, zeros and continuity correction", () => {
    const many = wilcoxonSignedRank(Array.from({ length: 70 }, (_, i) => ((i * 7) % 13) - 4));
    expect(many).toMatchObject({ count: 65, statistic: 1619.5, method: "normal" });
    expect(many.pValue).toBeCloseTo(0.0003419299388436311, 12);
    const spread = wilcoxonSignedRank(Array.from({ length: 61 }, (_, i) => (((i * 37) % 61) - 25) / 10));
    expect(spread.pValue).toBeCloseTo(0.04141643290532803, 12);
  });
  test("the approximation meets the exact test where it takes over", () => {
    const at = (count: number) =>
      wilcoxonSignedRank(Array.from({ length: count }, (_, i) => (i % 3 === 0 ? -1 - i : 1 + i)));
    expect([at(50).method, at(51).method]).toEqual(["exact", "normal"]);
    expect(Math.abs(at(50).pValue - at(51).pValue)).toBeLessThan(0.02);
  });
  test("all differences 0: nothing to tell", () => {
    expect(wilcoxonSignedRank([0, 0])).toEqual({ count: 0, statistic: 0, pValue: 1, method: "exact" });
    expect(() => wilcoxonSignedRank([])).toThrow("no values given");
  });
});

const table = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 6 })).chain(([blocks, treatments]) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: treatments, maxLength: treatments }), {
    minLength: blocks,
    maxLength: blocks,
  }),
);

describe("Friedman's test", () => {
  const example = [
    [0.9, 0.8, 0.7],
    [0.85, 0.85, 0.6],
    [0.5, 0.7, 0.4],
    [0.6, 0.55, 0.65],
    [0.9, 0.8, 0.8],
  ];
  test("as SciPy's, with ties", () => {
    const { averageRanks, chiSquared, chiSquaredPValue } = friedman(example, "higher");
    expect(chiSquared).toBeCloseTo(2.7777777777777777, 12);
    expect(chiSquaredPValue).toBeCloseTo(0.24935220877729622, 12);
    expect(averageRanks).toEqual([1.5, 2, 2.5]);
  });
  test("ranks average to (k + 1) / 2, and turn round with the direction", () => {
    fc.assert(
      fc.property(table, (blocks) => {
        const up = friedman(blocks, "higher");
        const down = friedman(blocks, "lower");
        const k = up.treatments;
        expect(up.averageRanks.reduce((sum, rank) => sum + rank, 0) / k).toBeCloseTo((k + 1) / 2, 10);
        for (let j = 0; j < k; j++) expect(up.averageRanks[j]).toBeCloseTo(k + 1 - down.averageRanks[j], 10);
        expect(up.chiSquared).toBeCloseTo(down.chiSquared, 8);
      }),
      runs(100),
    );
  });
  test("ignores monotone transforms of any block", () => {
    fc.assert(
      fc.property(table, number(0.1, 3), (blocks, power) => {
        const bent = blocks.map((block, row) => block.map((value) => (value + 1) ** power + row));
        expect(friedman(bent, "higher").averageRanks).toEqual(friedman(blocks, "higher").averageRanks);
      }),
      runs(50),
    );
  });
  test("perfect agreement, one tie, one block", () => {
    const agree = friedman(
      [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3],
      ],
      "higher",
    );
    expect(agree).toMatchObject({ chiSquared: 6, f: Number.POSITIVE_INFINITY, fPValue: 0, averageRanks: [3, 2, 1] });
    expect(
      friedman(
        [
          [1, 1],
          [1, 1],
        ],
        "higher",
      ),
    ).toMatchObject({ chiSquared: 0, chiSquaredPValue: 1, f: 0, fPValue: 1 });
    expect(friedman([[1, 2]], "lower")).toMatchObject({ averageRanks: [1, 2], f: null, fPValue: null });
  });
  test("refuses what it can't rank", () => {
    expect(() => friedman([], "higher")).toThrow("at least 1 x 2 is needed");
    expect(() => friedman([[1, 2], [1]], "higher")).toThrow("block 1 has 1 values, not 2");
    expect(() => friedman([[1, Number.NaN]], "higher")).toThrow("value 1 is NaN");
  });

  test("Nemenyi's critical difference: Demsar's example of 4 classifiers on 14 data sets", () => {
    const blocks = Array.from({ length: 14 }, (_, i) => [i % 3, 1, 2, (i * 5) % 7]);
    const { criticalDifference, pValues } = nemenyi(friedman(blocks, "higher"));
    expect(criticalDifference).toBeCloseTo(1.25, 2); // 2.569 sqrt(4 * 5 / (6 * 14)), printed as 1.25
    pValues.forEach((row, i) => {
      expect(row[i]).toBe(1);
      expect(row).toEqual(pValues.map((other) => other[i]));
    });
  });
  test("a difference of ranks exceeds the critical one exactly where its p-value is below alpha", () => {
    fc.assert(
      fc.property(table, number(0.01, 0.5), (blocks, alpha) => {
        const ranked = friedman(blocks, "higher");
        const { criticalDifference, pValues } = nemenyi(ranked, alpha);
        ranked.averageRanks.forEach((a, i) => {
          ranked.averageRanks.forEach((b, j) => {
            if (Math.abs(Math.abs(a - b) - criticalDifference) < 1e-9) return;
            expect(pValues[i][j] < alpha).toBe(Math.abs(a - b) > criticalDifference);
          });
        });
      }),
      runs(30),
    );
    expect(() => nemenyi(friedman([[1, 2]], "higher"), 2)).toThrow("alpha 2");
  });
});
