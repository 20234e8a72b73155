/** Stratified folds: partitions, sizes, spread, determinism, better than chance; and divisions that break each law. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import { countPositives } from "../../src/data/labels.ts";
import { loadDataset } from "../../src/data/load.ts";
import { foldQuality } from "../../src/data/preparation/fold-quality.ts";
import { kFolds, splitFolds, splitTraining } from "../../src/data/preparation/split.ts";
import { partSizes, stratify } from "../../src/data/preparation/stratify.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import { describeWith, realData } from "../fixtures.ts";
import { labelMatrices, labelMatrix } from "./matrices.ts";
import {
  type Divide,
  hasBalancedSizes,
  isDeterministic,
  isPartition,
  spreadsSingleLabels,
  spreadsTheRarest,
} from "./split-laws.ts";

const order1: Divide = (labels, proportions, value) => stratify(labels, { proportions, random: new Random(value) });
const order2: Divide = (labels, proportions, value) =>
  stratify(labels, { proportions, random: new Random(value), order: 2 });
/** A plain random split, blind to labels. */
const plain: Divide = (labels, proportions, value) => {
  const random = new Random(value);
  const order = Int32Array.from({ length: labels.rows }, (_, row) => row);
  const sizes = partSizes(labels.rows, proportions, random);
  random.shuffle(order);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return order.slice(start - size, start).sort();
  });
};

/** Shares of 2 to 6 parts, equal or not. */
const shares = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 })
  .map((weights) => weights.map((weight) => weight / weights.reduce((sum, other) => sum + other, 0)));

const cases = fc
  .record({ labels: labelMatrices({ rows: 60, labels: 6 }), proportions: shares, seed: seed() })
  .filter(({ labels, proportions }) => labels.rows >= proportions.length);

const equal = (parts: number): number[] => new Array<number>(parts).fill(1 / parts);

/** Rows with correlated labels of very different frequency: label j + 1 mostly where label j is. */
function chainOfLabels(rows: number, columns: number, value: number): LabelMatrix {
  const random = new Random(value);
  const values = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const chance = j > 0 && values[i * columns + j - 1] === 1 ? 0.5 : 0.15 / (j + 1);
      values[i * columns + j] = Number(random.uniform() < chance);
    }
  }
  return { rows, columns, values };
}

for (const [name, divide] of Object.entries({ "order 1": order1, "order 2": order2, "a plain shuffle": plain })) {
  describe(`division by ${name}`, () => {
    it("is a partition of the rows, of the sizes asked for, the same for the same seed", () => {
      fc.assert(
        fc.property(cases, ({ labels, proportions, seed: value }) => {
          isPartition(divide, labels, proportions, value);
          hasBalancedSizes(divide, labels, proportions, value);
          isDeterministic(divide, labels, proportions, value);
        }),
        runs(100),
      );
    });

    it("differs from seed to seed", () => {
      const labels = chainOfLabels(60, 4, 3);
      expect(divide(labels, equal(5), 1)).not.toEqual(divide(labels, equal(5), 2));
    });
  });
}

describe("stratification", () => {
  it("spreads the rarest label as evenly as whole rows allow", () => {
    fc.assert(
      fc.property(cases, ({ labels, proportions, seed: value }) =>
        spreadsTheRarest(
          order1,
          labels,
          proportions.map(() => 1 / proportions.length),
          value,
        ),
      ),
      runs(150),
    );
  });

  it("spreads every label so where no row has two", () => {
    const single = fc.record({
      parts: fc.integer({ min: 2, max: 6 }),
      perPart: fc.integer({ min: 1, max: 9 }),
      labels: fc.integer({ min: 1, max: 6 }),
      seed: seed(),
    });
    fc.assert(
      fc.property(single, ({ parts, perPart, labels, seed: value }) => {
        const random = new Random(value);
        const values = new Uint8Array(parts * perPart * labels);
        for (let i = 0; i < parts * perPart; i++) {
          const label = random.integer(labels + 1);
          if (label < labels) values[i * labels + label] = 1;
        }
        const matrix = { rows: parts * perPart, columns: labels, values };
        spreadsSingleLabels(order1, matrix, parts, value);
        spreadsSingleLabels(order2, matrix, parts, value);
      }),
      runs(150),
    );
  });

  it("gives a label with fewer positives than folds one each, and rows without labels to all", () => {
    const values = new Uint8Array(40);
    values[0] = values[2] = values[4] = 1;
    const { positives, sizes } = foldQuality(
      labelMatrix(20, 2, values),
      order1(labelMatrix(20, 2, values), equal(5), 1),
    );
    expect(positives.map((counts) => counts[0]).sort()).toEqual([0, 0, 1, 1, 1]);
    expect(sizes).toEqual([4, 4, 4, 4, 4]);
  });

  it("is better than chance, order 2 on pairs more so", () => {
    const sums = { order1: [0, 0], order2: [0, 0], plain: [0, 0] };
    for (let value = 0; value < 12; value++) {
      const labels = chainOfLabels(300, 8, value);
      for (const [name, divide] of Object.entries({ order1, order2, plain })) {
        const quality = foldQuality(labels, divide(labels, equal(5), value));
        const sum = name === "order1" ? sums.order1 : name === "order2" ? sums.order2 : sums.plain;
        sum[0] += quality.labelDistribution;
        sum[1] += quality.labelPairDistribution;
      }
    }
    expect(sums.order1[0]).toBeLessThan(0.4 * sums.plain[0]);
    expect(sums.order2[0]).toBeLessThan(0.6 * sums.plain[0]);
    expect(sums.order2[1]).toBeLessThan(0.8 * sums.order1[1]);
  });

  it("divides only the rows it is given", () => {
    const parts = stratify(chainOfLabels(20, 3, 1), {
      proportions: [0.5, 0.5],
      random: new Random(1),
      rows: [3, 5, 7, 19],
    });
    expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([3, 5, 7, 19]);
  });

  it("refuses what cannot be divided", () => {
    const labels = chainOfLabels(4, 2, 1);
    expect(() => order1(labels, [0.5, 0.6], 1)).toThrow("expected positive numbers that add up to 1");
    expect(() => order1(labels, equal(5), 1)).toThrow("4 rows cannot fill 5 parts");
    const third = JSON.parse("3");
    expect(() => stratify(labels, { proportions: [1], random: new Random(1), order: third })).toThrow(UsageError);
  });
});

describeWith(join(realData, "enron/enron.arff"), "stratification of enron", () => {
  it("leaves no label out of a fold that could have it", async () => {
    const { labels } = await loadDataset(join(realData, "enron/enron.arff"));
    const unavoidable = countPositives(labels).reduce((sum, count) => sum + Math.max(0, 5 - count), 0);
    for (const value of [1, 2, 3]) {
      const stratified = foldQuality(labels, order1(labels, equal(5), value));
      const random = foldQuality(labels, plain(labels, equal(5), value));
      expect(stratified.emptyPartLabels).toBe(unavoidable);
      expect(random.emptyPartLabels).toBeGreaterThan(unavoidable);
      expect(stratified.labelDistribution).toBeLessThan(0.3 * random.labelDistribution);
    }
  });
});

describe("part sizes", () => {
  it("are rows times proportion, rounded so that none is lost", () => {
    expect(partSizes(10, [0.7, 0.3], new Random(1))).toEqual([7, 3]);
    expect(partSizes(11, [0.9, 0.1], new Random(1))).toEqual([10, 1]);
    expect(partSizes(12, equal(5), new Random(1)).sort()).toEqual([2, 2, 2, 3, 3]);
  });
});

describe("folds of an experiment", () => {
  const labels = chainOfLabels(203, 5, 9);

  it("test every row once, train on the others", () => {
    const folds = kFolds(labels, { folds: 4, random: new Random(2) });
    expect(folds.flatMap((fold) => [...fold.test]).sort((a, b) => a - b)).toEqual([...Array(203).keys()]);
    for (const fold of folds) {
      expect([...fold.training, ...fold.test].sort((a, b) => a - b)).toEqual([...Array(203).keys()]);
    }
    expect(() => kFolds(labels, { folds: 1, random: new Random(2) })).toThrow("1 folds of 203 rows");
    expect(() => kFolds(labels, { folds: 204, random: new Random(2) })).toThrow(UsageError);
  });

  it("take validation rows from the training fold (clean) or from the test fold (paper)", () => {
    const folds = kFolds(labels, { random: new Random(2).stream("folds") });
    for (const protocol of ["clean", "paper"] as const) {
      splitFolds(labels, { protocol, random: new Random(2) }).forEach((split, number) => {
        const rows = [...split.training, ...split.validation, ...split.test];
        expect(rows.sort((a, b) => a - b)).toEqual([...Array(203).keys()]);
        if (protocol === "clean") {
          expect([...split.test]).toEqual([...folds[number].test]);
          expect(Math.abs(split.validation.length - folds[number].training.length / 10)).toBeLessThan(1);
        } else {
          expect([...split.training]).toEqual([...folds[number].training]);
          expect(Math.abs(split.validation.length - split.test.length)).toBeLessThanOrEqual(1);
        }
      });
    }
  });

  it("refuse a share that leaves no rows", () => {
    const rows = Int32Array.from([0, 1, 2]);
    expect(() => splitTraining(labels, rows, { validation: 0.01, random: new Random(1) })).toThrow("leave none");
    expect(() => splitTraining(labels, rows, { validation: 1, random: new Random(1) })).toThrow("between 0 and 1");
  });
});

describe("fold quality", () => {
  it("is what its formulas say in a case worked by hand", () => {
    // Label 0: rows 0, 1; label 1: row 0. Parts {0, 2} and {1, 3}.
    const quality = foldQuality(labelMatrix(4, 2, [1, 1, 1, 0, 0, 0, 0, 0]), [
      [0, 2],
      [1, 3],
    ]);
    expect(quality).toEqual({
      sizes: [2, 2],
      positives: [
        [1, 1],
        [1, 0],
      ],
      // Odds of label 0 are 1 everywhere; of label 1 they are 1/3, against 1 and 0: (0 + 0 + 2/3 + 1/3) / 4.
      labelDistribution: 0.25,
      labelPairDistribution: 0.5,
      examplesDistribution: 0,
      largestDeviation: 0.25,
      emptyPartsPerLabel: [0, 1],
      partsWithEmptyLabel: 1,
      emptyPartLabels: 1,
    });
  });

  it("is perfect for parts that are copies", () => {
    const quality = foldQuality(labelMatrix(4, 1, [1, 0, 1, 0]), [
      [0, 1],
      [2, 3],
    ]);
    expect([quality.labelDistribution, quality.largestDeviation, quality.emptyPartLabels]).toEqual([0, 0, 0]);
  });
});

describe("the division laws catch", () => {
  const sorted = labelMatrix(
    40,
    1,
    Array.from({ length: 40 }, (_, i) => Number(i < 10)),
  );
  const blocks: Divide = (labels, proportions) => {
    const size = labels.rows / proportions.length;
    return proportions.map((_, p) => Int32Array.from({ length: size }, (_row, i) => p * size + i));
  };
  it("a split that does not look at labels", () => {
    expect(() => spreadsTheRarest(blocks, sorted, equal(4), 1)).toThrow();
    expect(() => spreadsSingleLabels(blocks, sorted, 4, 1)).toThrow();
  });
  it("a row lost and a row twice", () => {
    const losing: Divide = (...call) => order1(...call).map((part) => part.slice(1));
    const doubling: Divide = (...call) => order1(...call).map((part) => part.map((row) => row - (row % 2)));
    expect(() => isPartition(losing, sorted, equal(4), 1)).toThrow();
    expect(() => isPartition(doubling, sorted, equal(4), 1)).toThrow();
  });
  it("parts of the wrong size", () => {
    const lopsided: Divide = (labels, proportions, value) =>
      order1(labels, [0.6, ...proportions.slice(1).map(() => 0.4 / (proportions.length - 1))], value);
    expect(() => hasBalancedSizes(lopsided, sorted, equal(4), 1)).toThrow();
  });
  it("parts that depend on more than the seed", () => {
    let calls = 0;
    const drifting: Divide = (labels, proportions) => order1(labels, proportions, calls++);
    expect(() => isDeterministic(drifting, sorted, equal(4), 1)).toThrow();
  });
});
