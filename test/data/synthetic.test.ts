/** Each knob of the synthetic data does what it says, measured with the same code that describes real data. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { describeDataset } from "../../src/data/describe.ts";
import { globalImbalance, localImbalance } from "../../src/data/imbalance/weights.ts";
import { countPositives } from "../../src/data/labels.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { parseSynthetic, synthetic } from "../../src/data/synthetic.ts";
import { completeSyntheticOptions, syntheticKnobs, targetCounts } from "../../src/data/synthetic-options.ts";
import { UsageError } from "../../src/errors.ts";
import { number, runs, seed } from "../arbitraries.ts";

/**
 * Over the positives of minority labels: mean share of neighbours without the label, and the share of outliers (none
 * has it).
 */
function locality({ features, labels }: Dataset): { meanUnlike: number; outliers: number } {
  const { minority } = globalImbalance(labels);
  const { rows, values } = localImbalance(features, labels, minority);
  const found: number[] = [];
  rows.forEach((row, i) => {
    minority.forEach((label, m) => {
      if (labels.values[row * labels.columns + label] === 1) found.push(values[i * minority.length + m]);
    });
  });
  return {
    meanUnlike: found.reduce((sum, value) => sum + value, 0) / found.length,
    outliers: found.filter((value) => value === 1).length / found.length,
  };
}

const seeds = [1, 2, 3, 4, 5, 6];
const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Options that fit each other. */
const options = fc
  .record({
    rows: fc.integer({ min: 60, max: 300 }),
    features: fc.integer({ min: 1, max: 12 }),
    labels: fc.integer({ min: 2, max: 9 }),
    imbalance: number(1, 12),
    difficulty: number(0, 1),
    noise: number(0, 0.5),
    share: number(0.3, 1),
  })
  .map(({ share, ...rest }) => {
    const cardinality = share * completeSyntheticOptions({ ...rest, difficulty: 0 }).cardinality;
    // Pockets of all labels together must not want more rows than there are.
    return { ...rest, cardinality, difficulty: Math.min(rest.difficulty, 0.95 / cardinality) };
  });

/** The law: label counts are the ones on the curve, to the row, whatever the other knobs. */
function hitsItsCounts(make: typeof synthetic, given: Parameters<typeof synthetic>[0], value: number): void {
  expect([...countPositives(make(given, value).labels)]).toEqual(targetCounts(completeSyntheticOptions(given ?? {})));
}

describe("synthetic data", () => {
  it("has exactly the label counts of its curve", () => {
    fc.assert(
      fc.property(options, seed(), (given, value) => hitsItsCounts(synthetic, given, value)),
      runs(60),
    );
  });

  it("is the same for the same options and seed, and another for another seed", () => {
    const given = { rows: 80, features: 5, labels: 4, noise: 0.1 };
    expect(synthetic(given, 7)).toEqual(synthetic(given, 7));
    expect(synthetic(given, 7).features).not.toEqual(synthetic(given, 8).features);
    expect(synthetic(given, 7).labels).not.toEqual(synthetic(given, 8).labels);
  });

  it("has the imbalance and cardinality asked for", () => {
    for (const imbalance of [1, 5, 20]) {
      for (const cardinality of [0.8, 1.6]) {
        const found = describeDataset(synthetic({ rows: 2000, imbalance, cardinality }));
        expect(found.cardinality).toBeCloseTo(cardinality, 2);
        expect(Math.max(...found.irlbl.map((ratio) => ratio ?? 0)) / imbalance).toBeCloseTo(1, 1);
        const steps = found.positives.slice(1).map((count, j) => found.positives[j] / count);
        for (const step of steps) expect(step / imbalance ** (1 / 9)).toBeCloseTo(1, 1);
      }
    }
  });

  it("puts more of the minority rows among unlike neighbours as difficulty grows", () => {
    const levels = [0, 0.5, 1].map((difficulty) =>
      average(seeds.map((value) => locality(synthetic({ difficulty, noise: 0 }, value)).meanUnlike)),
    );
    expect(levels[0]).toBeLessThan(0.2);
    expect(levels[1]).toBeGreaterThan(levels[0] + 0.15);
    expect(levels[2]).toBeGreaterThan(levels[1] + 0.1);
    expect(levels[2]).toBeGreaterThan(0.45);
  });

  it("makes hard rows, not outliers, of difficulty, also in large data", () => {
    const found = locality(synthetic({ rows: 5000, difficulty: 1, noise: 0 }));
    expect(found.meanUnlike).toBeGreaterThan(0.45);
    expect(found.outliers).toBeLessThan(0.05);
  });

  it("makes outliers of noise and leaves counts alone", () => {
    const levels = [0, 0.1, 0.4].map((noise) =>
      average(seeds.map((value) => locality(synthetic({ difficulty: 0, noise }, value)).outliers)),
    );
    expect(levels[0]).toBeLessThan(0.05);
    expect(levels[1]).toBeGreaterThan(levels[0] + 0.05);
    expect(levels[2]).toBeGreaterThan(levels[1] + 0.15);
  });

  it("changes labels with noise and nothing else", () => {
    const [calm, noisy] = [0, 0.3].map((noise) => synthetic({ noise }));
    expect(noisy.features).toEqual(calm.features);
    expect(noisy.labels).not.toEqual(calm.labels);
  });

  it("keeps every label of the default through the published filter in each of five training folds", () => {
    const dataset = synthetic();
    for (let fold = 0; fold < 5; fold++) expect(prepare(dataset, { seed: 1, fold }).labels.columns).toBe(10);
  });

  it("names itself by the text that makes it again", () => {
    fc.assert(
      fc.property(options, seed(), (given, value) => {
        const made = synthetic(given, value);
        const again = parseSynthetic(made.name);
        expect(again).toEqual(made);
      }),
      runs(20),
    );
    expect(parseSynthetic("synthetic").name).toBe("synthetic");
    expect(parseSynthetic("synthetic:rows=500,labels=8").name).toBe("synthetic:rows=500,labels=8");
    expect(parseSynthetic("synthetic", 3).name).toBe("synthetic:seed=3");
    expect(parseSynthetic("synthetic:seed=4", 3).name).toBe("synthetic:seed=4");
  });

  it("refuses what it cannot make, saying what would do", () => {
    const refused: [string, string][] = [
      ["synthetic:rows", 'expected a number after "rows="'],
      ["synthetic:rows=", 'expected a number after "rows="'],
      ["synthetic:rows=many", 'expected a number after "rows="'],
      ["synthetic:rows=100,rows=200", '"rows" twice'],
      ["synthetic:colour=1", "one of the options seed, rows, features"],
      ["synthetic:", "one of the options"],
      ["synthetic:rows=2", "synthetic rows=2: expected a whole number from 10"],
      ["synthetic:rows=20.5", "a whole number"],
      ["synthetic:difficulty=1.5", "a number from 0 to 1"],
      ["synthetic:seed=1.5", "seed 1.5"],
      ["synthetic:cardinality=9", "expected a cardinality of at most about 3.68"],
      ["synthetic:rows=20,imbalance=1000", "leaves the rarest label without a row"],
      ["synthetic:rows=16777216,features=65536", "bytes: expected at most"],
      ["synthetics", "expected synthetic or synthetic:option=value"],
      ["synthetic:rows=100:labels=2", "expected synthetic or synthetic:option=value"],
    ];
    for (const [text, message] of refused) {
      expect(() => parseSynthetic(text), text).toThrow(message);
      expect(() => parseSynthetic(text), text).toThrow(UsageError);
    }
    expect(() => synthetic({ rows: 100, labels: 100, imbalance: 1.3, cardinality: 40, difficulty: 1 })).toThrow(
      "wants more than the 100 rows among unlike ones",
    );
  });

  it("takes every knob of its table", () => {
    for (const knob of syntheticKnobs) {
      expect(() =>
        parseSynthetic(`synthetic:rows=50,${knob.name}=${knob.default}`.replace("rows=50,rows=600", "rows=600")),
      ).not.toThrow();
    }
  });
});

describe("the count law catches", () => {
  it("noise that adds positives", () => {
    const adding: typeof synthetic = (given, value) => {
      const made = synthetic(given, value);
      return {
        ...made,
        labels: { ...made.labels, values: made.labels.values.map((label, e) => (e === 0 ? 1 - label : label)) },
      };
    };
    expect(() => hitsItsCounts(adding, { rows: 60, labels: 3 }, 1)).toThrow();
  });
});
