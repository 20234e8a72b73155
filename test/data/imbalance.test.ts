/** Instance weights and label correlation: golden numbers, the formula as nested loops, and planted mistakes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  globalImbalance,
  imbalanceWeights,
  symmetricConditionalProbability,
  weightings,
} from "../../src/data/imbalance/weights.ts";
import { countPositives } from "../../src/data/labels.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { number, runs, seed } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";
import { followsTheFormula, isEquivariant, raisesMinorityRowsOnly, type Weigh } from "./imbalance-laws.ts";
import { dense, labelMatrices, labelMatrix } from "./matrices.ts";

interface Golden {
  imbalance: {
    x: number[][];
    y: number[][];
    k: number;
    irlbl: number[];
    meanIR: number;
    minority: number[];
    weights: number[];
    localImbalanceRowSums: number[];
    symmetricConditionalProbability: number[][];
    minorityInstances: number[];
  }[];
}

const file = join(fixtures, "sampler.json");

/** |a - b| <= 1e-9 max(1, |b|), entry by entry. */
function expectClose(actual: ArrayLike<number>, wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  });
}

describeWith(file, "instance weights agree with the golden numbers", () => {
  it("in every case of sampler.json", () => {
    const { imbalance: cases }: Golden = JSON.parse(readFileSync(file, "utf8"));
    expect(cases.length).toBeGreaterThan(0);
    for (const golden of cases) {
      const features = dense(golden.x.length, golden.x[0].length, golden.x.flat());
      const labels = labelMatrix(golden.y.length, golden.y[0].length, golden.y.flat());
      const found = imbalanceWeights(features, labels, { k: golden.k });
      expectClose(found.irlbl, golden.irlbl);
      expectClose([found.meanIR], [golden.meanIR]);
      expect([...found.minority]).toEqual(golden.minority);
      expectClose(found.weights, golden.weights);
      expectClose(found.localImbalanceRowSums ?? [], golden.localImbalanceRowSums);
      expectClose(symmetricConditionalProbability(labels), golden.symmetricConditionalProbability.flat());
      const carriers = golden.y.flatMap((row, i) => (golden.minority.some((label) => row[label] === 1) ? [i] : []));
      expect(carriers).toEqual(golden.minorityInstances);
    }
  });
});

/** Features without ties and labels of uneven frequency. */
const examples = labelMatrices({ rows: 40, labels: 6 }).chain((labels) =>
  fc.record({
    labels: fc.constant(labels),
    features: seed().map((value) => {
      const random = new Random(value);
      return dense(
        labels.rows,
        3,
        Array.from({ length: labels.rows * 3 }, () => random.uniform()),
      );
    }),
  }),
);

describe("instance weights", () => {
  it("follow the formula", () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: 1, max: 7 }), ({ features, labels }, k) =>
        followsTheFormula(imbalanceWeights, features, labels, k),
      ),
      runs(80),
    );
  });

  it("rise above 1 on minority rows only, with every weighting", () => {
    const options = fc.record({ weighting: fc.constantFrom(...weightings), weightScale: number(0, 50) });
    fc.assert(
      fc.property(examples, options, ({ features, labels }, chosen) =>
        raisesMinorityRowsOnly(imbalanceWeights, features, labels, chosen),
      ),
      runs(100),
    );
  });

  it("are renamed with the rows and labels", () => {
    const cases = examples.chain((example) =>
      fc.record({
        example: fc.constant(example),
        order: fc.shuffledSubarray(
          Array.from({ length: example.labels.rows }, (_, i) => i),
          {
            minLength: example.labels.rows,
          },
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ example, order }) =>
        isEquivariant(imbalanceWeights, example.features, example.labels, order),
      ),
      runs(60),
    );
  });

  // Two labels, five rows on a line. Label 1 (rows 1 and 4) is the minority: IRLbl 2 > mean 1.5.
  const line = dense(5, 1, [0, 1, 2, 3, 10]);
  const pair = labelMatrix(5, 2, [1, 0, 1, 1, 1, 0, 1, 0, 0, 1]);

  it("are what the formulas say in a case worked by hand", () => {
    // With k = 4 all others are neighbours: one of four shares label 1, so C = 3/4 for both rows and S = 1/2.
    const expected = {
      imbalance: [1, 1.5, 1, 1, 1.5],
      none: [1, 1, 1, 1, 1],
      global: [1, 1.5, 1, 1, 1.5],
      local: [1, 1.75, 1, 1, 1.75],
    };
    for (const weighting of weightings) {
      expectClose(imbalanceWeights(line, pair, { weighting, k: 4 }).weights, expected[weighting]);
    }
    expectClose(imbalanceWeights(line, pair, { k: 4, weightScale: 10 }).weights, [1, 6, 1, 1, 6]);
    // With k = 3 row 1 sees rows 0, 2, 3 (C = 1: an outlier) and row 4 sees rows 3, 2, 1 (C = 2/3, alone: S = 1).
    expectClose(imbalanceWeights(line, pair, { k: 3 }).weights, [1, 1, 1, 1, 2]);
  });

  it("need no neighbours for the weightings without a local part", () => {
    const broken = dense(5, 1, [Number.NaN, 0, 0, 0, 0]);
    for (const weighting of ["none", "global"] as const) {
      expect(imbalanceWeights(broken, pair, { weighting }).localImbalanceRowSums).toBeUndefined();
    }
    expect(() => imbalanceWeights(broken, pair)).toThrow(UsageError);
  });

  it("are 1 where nothing is a minority, nothing has a neighbour, or nothing is labelled", () => {
    expectClose(imbalanceWeights(dense(2, 1, [0, 1]), labelMatrix(2, 2, [1, 0, 0, 1])).weights, [1, 1]);
    expectClose(imbalanceWeights(dense(1, 1, [0]), labelMatrix(1, 2, [1, 0])).weights, [1]);
    expectClose(imbalanceWeights(dense(2, 1, [0, 1]), labelMatrix(2, 1, [0, 0])).weights, [1, 1]);
  });

  it("refuse options that mean nothing", () => {
    expect(() => imbalanceWeights(line, pair, { weightScale: -1 })).toThrow("weight scale -1");
    expect(() => imbalanceWeights(line, labelMatrix(1, 1, [0]))).toThrow("5 rows of features but 1 rows of labels");
    const unknown = JSON.parse('{"weighting":"strong"}');
    expect(() => imbalanceWeights(line, pair, unknown)).toThrow('weighting "strong": expected one of imbalance');
  });
});

describe("the weight laws catch", () => {
  const random = new Random(4);
  const features = dense(
    60,
    2,
    Array.from({ length: 120 }, () => random.uniform()),
  );
  const labels = labelMatrix(
    60,
    3,
    Array.from({ length: 180 }, (_, e) => Number(random.uniform() < [0.6, 0.5, 0.1][e % 3])),
  );
  const wrong: Record<string, Weigh> = {
    "weights that forget the neighbours": (x, y) => ({ ...imbalanceWeights(x, y, { weighting: "global" }) }),
    "columns that are not normalised": (x, y) => imbalanceWeights(x, y, { weighting: "local" }),
    "one neighbour too many": (x, y, options) => imbalanceWeights(x, y, { ...options, k: (options.k ?? 5) + 1 }),
  };
  for (const [name, weigh] of Object.entries(wrong)) {
    it(name, () => expect(() => followsTheFormula(weigh, features, labels, 5)).toThrow());
  }
  it("a weight on every row", () => {
    const lifted: Weigh = (x, y, options) => {
      const found = imbalanceWeights(x, y, options);
      return { ...found, weights: found.weights.map((weight) => weight + 0.1) };
    };
    expect(() => raisesMinorityRowsOnly(lifted, features, labels, {})).toThrow();
  });
  it("weights that depend on the order of the rows", () => {
    const drifting: Weigh = (x, y, options) => {
      const found = imbalanceWeights(x, y, options);
      return { ...found, weights: found.weights.map((weight, i) => weight + i) };
    };
    const reversed = Array.from({ length: 60 }, (_, i) => 59 - i);
    expect(() => isEquivariant(drifting, features, labels, reversed)).toThrow();
  });
});

describe("label correlation", () => {
  it("is symmetric, in [0, 1], 0 on the diagonal and follows its definition", () => {
    fc.assert(
      fc.property(labelMatrices({ rows: 25, labels: 6 }), (labels) => {
        const matrix = symmetricConditionalProbability(labels);
        const counts = countPositives(labels);
        const { rows, columns, values } = labels;
        for (let j = 0; j < columns; j++) {
          for (let k = 0; k < columns; k++) {
            let both = 0;
            for (let i = 0; i < rows; i++) both += values[i * columns + j] * values[i * columns + k];
            const wanted = j === k || both === 0 ? 0 : (both / counts[j] + both / counts[k]) / 2;
            expect(matrix[j * columns + k]).toBeCloseTo(wanted, 14);
            expect(matrix[j * columns + k]).toBe(matrix[k * columns + j]);
          }
        }
      }),
      runs(60),
    );
  });

  it("uses counts with 1e-6 only in the imbalance ratio", () => {
    const labels = labelMatrix(3, 2, [1, 0, 1, 1, 0, 0]);
    expectClose(globalImbalance(labels).irlbl, [2 / 2.000001, 2 / 1.000001]);
    expectClose(symmetricConditionalProbability(labels), [0, 0.75, 0.75, 0]);
  });
});
