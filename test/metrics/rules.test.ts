/** Ways to decide which labels apply, held to the laws of rule-laws.ts, to definitions and to an exhaustive search. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { f1 } from "../../src/metrics/decisions.ts";
import {
  type FitOptions,
  fitRule,
  type ThresholdName,
  thresholdDescriptions,
  thresholdNames,
} from "../../src/metrics/rules/fit.ts";
import { type DecisionRule, decide, thresholdsOf } from "../../src/metrics/rules/rule.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";
import { type Case, caseOf } from "./cases.ts";
import {
  type Decider,
  decidesRowByRow,
  type Fit,
  fittingCase,
  fittingData,
  ignoresOrderOfRowsAndLabels,
  isBestOf,
  positivesOf,
  risesWithItsScore,
} from "./rule-laws.ts";

const fitted =
  (name: ThresholdName, options?: FitOptions): Fit =>
  (data) => {
    const rule = fitRule(name, data, options);
    return (scores, columns) => decide(rule, scores, columns);
  };

const always =
  (decider: Decider): Fit =>
  () =>
    decider;

describe.each(thresholdNames)("%s", (name) => {
  test("rises with a label's own score", () => risesWithItsScore(fitted(name)));
  test("ignores the order of rows and labels", () => ignoresOrderOfRowsAndLabels(fitted(name)));
  test("decides row by row", () => decidesRowByRow(fitted(name)));
  test("survives JSON", () => {
    fc.assert(
      fc.property(fittingCase(), (given) => {
        const rule: DecisionRule = fitRule(name, fittingData(given));
        expect(JSON.parse(JSON.stringify(rule))).toEqual(rule);
      }),
      runs(50),
    );
  });
});

/** Every different way to cut the scores of one label, or of all, and the end that takes everything. */
const cutsOf = (scores: readonly number[]): readonly number[] => [...new Set(scores), -1];
const columnOf = ({ labels: { rows, columns }, scores }: Case, label: number): number[] =>
  Array.from({ length: rows }, (_, row) => scores[row * columns + label]);

const commonThresholds = (given: Case): Decider[] =>
  cutsOf([...given.scores]).map((threshold) => (scores, columns) => decide(threshold, scores, columns));

/** A threshold for each label, in all combinations. */
function ownThresholds(given: Case): Decider[] {
  const { columns } = given.labels;
  const combinations = Array.from({ length: columns }, (_, label) => cutsOf(columnOf(given, label))).reduce(
    (before: readonly (readonly number[])[], cuts) => before.flatMap((some) => cuts.map((cut) => [...some, cut])),
    [[]],
  );
  return combinations.map((thresholds) => (scores, q) => decide({ kind: "thresholds", thresholds }, scores, q));
}

const ranks = ({ labels: { columns } }: Case): Decider[] =>
  Array.from({ length: columns }, (_, i) => (scores, q) => decide({ kind: "rank", k: i + 1 }, scores, q));

const asScores = (decided: Uint8Array): Float64Array => Float64Array.from(decided);
const micro = ({ labels }: Case, decided: Uint8Array): number => f1(labels, asScores(decided), "micro");
const macro = ({ labels }: Case, decided: Uint8Array): number => f1(labels, asScores(decided), "macro");
const countOf = (decided: Uint8Array): number => decided.reduce((sum, one) => sum + one, 0);

/** How far the number of decisions is from what the training rows make expect. */
const offCardinality = (given: Case, decided: Uint8Array): number => {
  const { rows, positives } = fittingData(given).training;
  const wanted = (Array.from(positives).reduce((sum, count) => sum + count, 0) / rows) * given.labels.rows;
  return -Math.abs(countOf(decided) - wanted);
};
const offShares = (given: Case, decided: Uint8Array): number => {
  const { rows: n, columns } = given.labels;
  const { rows, positives } = fittingData(given).training;
  return -Array.from({ length: columns }, (_, j) => {
    const count = Array.from({ length: n }, (_, row) => decided[row * columns + j]).reduce((sum, one) => sum + one, 0);
    return Math.abs(count - Math.max(1, (positives[j] / rows) * n));
  }).reduce((sum, off) => sum + off, 0);
};

describe("against an exhaustive search", () => {
  test("microF1", () => isBestOf(fitted("microF1"), commonThresholds, micro));
  test("macroF1", () => isBestOf(fitted("macroF1"), commonThresholds, macro));
  test("scut without shrinkage", () => isBestOf(fitted("scut", { shrinkage: 0 }), ownThresholds, macroOfOccurring));
  test("pcut", () => isBestOf(fitted("pcut"), ownThresholds, offShares));
  test("pcut1", () => isBestOf(fitted("pcut1"), commonThresholds, offCardinality));
  test("rcut", () => isBestOf(fitted("rcut"), ranks, micro));
});

/** A label without positives has no F1 to tune. */
function macroOfOccurring({ labels }: Case, decided: Uint8Array): number {
  const { rows, columns, values } = labels;
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    if (positivesOf(labels, j) === 0) continue;
    const column = (of: Uint8Array) => Array.from({ length: rows }, (_, row) => [of[row * columns + j]]);
    const one = caseOf(column(values), column(decided));
    sum += f1(one.labels, one.scores, "micro");
  }
  return sum;
}

describe("by definition", () => {
  const row = Float64Array.of(0.9, 0.2, 0.75, 0.3);
  const decided = (rule: DecisionRule, scores = row): number[] => [...decide(rule, scores, 4)];

  test("mcut: above the widest gap, 0.75 to 0.3; nothing where all are equal", () => {
    expect(decided({ kind: "gap" })).toEqual([1, 0, 1, 0]);
    expect(decided({ kind: "gap" }, Float64Array.of(0.5, 0.5, 0.5, 0.5))).toEqual([0, 0, 0, 0]);
    expect([...decide({ kind: "gap" }, Float64Array.of(0.6, 0.4), 1)]).toEqual([1, 0]);
  });

  test("rcut: the k best, with those that tie with the last; all where k is larger than the labels are many", () => {
    expect(decided({ kind: "rank", k: 3 })).toEqual([1, 0, 1, 1]);
    expect(decided({ kind: "rank", k: 1 }, Float64Array.of(0.4, 0.4, 0.1, 0))).toEqual([1, 1, 0, 0]);
    expect(decided({ kind: "rank", k: 9 })).toEqual([1, 1, 1, 1]);
  });

  test("thresholds are half-way between scores, and the nearest to 0.5 among equals", () => {
    const { labels, scores } = caseOf([[1], [1], [0]], [[0.875], [0.625], [0.25]]);
    const data = { labels, scores, training: { rows: 10, positives: [5] } };
    expect(fitRule("microF1", data)).toEqual({ kind: "thresholds", thresholds: [0.4375] });
  });

  test("no decision stands between two neighbouring floating-point scores", () => {
    const high = 0.1 + 0.2;
    const { labels, scores } = caseOf([[1], [0]], [[high], [0.3]]);
    expect([
      ...decide(fitRule("microF1", { labels, scores, training: { rows: 2, positives: [1] } }), scores, 1),
    ]).toEqual([1, 0]);
  });

  test("scut: few positives are drawn to the common threshold by their number, none gets it", () => {
    const { labels, scores } = caseOf(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      [
        [0.2, 0.1, 0.1],
        [0.1, 0.9, 0.1],
        [0.1, 0.8, 0.1],
        [0.1, 0.7, 0.1],
      ],
    );
    const data = { labels, scores, training: { rows: 8, positives: [2, 6, 1] } };
    const [common] = thresholdsOf(fitRule("microF1", data), 3) ?? [];
    const own = thresholdsOf(fitRule("scut", data, { shrinkage: 0 }), 3) ?? [];
    const drawn = thresholdsOf(fitRule("scut", data, { shrinkage: 2 }), 3) ?? [];
    expect(drawn[0]).toBeCloseTo((own[0] + 2 * common) / 3, 12);
    expect(drawn[1]).toBeCloseTo((3 * own[1] + 2 * common) / 5, 12);
    expect(drawn[2]).toBe(common);
  });

  test("pcut finds a label of training at least once, one that never occurred never", () => {
    const { labels, scores } = caseOf([[0, 0]], [[0.2, 0.9]]);
    const rule = fitRule("pcut", { labels, scores, training: { rows: 1000, positives: [1, 0] } });
    expect([...decide(rule, scores, 2)]).toEqual([1, 0]);
  });
});

/**
 * Labels of these shares whose scores are well calibrated, as a good model's are: the logit of a positive and of a
 * negative are normal, 1.5 deviations apart.
 */
const shares = [0.4, 0.2, 0.1, 0.05, 0.02];

function simulated(seed: number, rows: number): Case {
  const random = new Random(seed);
  const cells = Array.from({ length: rows * shares.length }, (_, entry) => {
    const share = shares[entry % shares.length];
    const y = random.uniform() < share ? 1 : 0;
    const logit = Math.log(share / (1 - share)) + 1.5 * (random.normal() + (y === 1 ? 0.75 : -0.75));
    return { y, score: 1 / (1 + Math.exp(-logit)) };
  });
  const labels = { rows, columns: shares.length, values: Uint8Array.from(cells, ({ y }) => y) };
  return { labels, scores: Float64Array.from(cells, ({ score }) => score) };
}

describe("with few validation rows", () => {
  const others = simulated(99, 5000);
  /** Macro F1 on other rows, averaged over forty small validation sets. */
  const reached = (rows: number, name: ThresholdName, options?: FitOptions): number => {
    const training = { rows: 1000, positives: shares.map((share) => 1000 * share) };
    const values = Array.from({ length: 40 }, (_, i) => {
      const rule = fitRule(name, { ...simulated(1000 + i, rows), training }, options);
      return f1(others.labels, others.scores, "macro", rule);
    });
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

  test("shrinkage helps, and tuned thresholds beat 0.5", () => {
    const [plain, drawn, common] = [reached(60, "scut", { shrinkage: 0 }), reached(60, "scut"), reached(60, "microF1")];
    expect(drawn).toBeGreaterThan(plain + 0.005);
    expect(drawn).toBeGreaterThan(common);
    expect(common).toBeGreaterThan(reached(60, "fixed") + 0.02);
  });

  test("with many rows it changes little", () => {
    const [plain, drawn] = [reached(1000, "scut", { shrinkage: 0 }), reached(1000, "scut")];
    expect(Math.abs(drawn - plain)).toBeLessThan(0.005);
  });
});

describe("negative controls: the laws catch", () => {
  const caught = (law: () => void) => expect(law).toThrow();
  const firstOfTies: Decider = (scores, columns) =>
    Uint8Array.from(scores, (score, entry) => {
      const row = scores.subarray(entry - (entry % columns), entry - (entry % columns) + columns);
      return score === Math.max(...row) && row.indexOf(score) === entry % columns ? 1 : 0;
    });
  const belowMean: Decider = (scores, columns) =>
    Uint8Array.from(scores, (score, entry) => {
      const row = scores.subarray(entry - (entry % columns), entry - (entry % columns) + columns);
      return score < row.reduce((sum, value) => sum + value, 0) / columns ? 1 : 0;
    });
  const aboveMeanOfAll: Decider = (scores) => {
    const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length;
    return Uint8Array.from(scores, (score) => (score > mean ? 1 : 0));
  };

  test("a decision that falls as its score rises", () => caught(() => risesWithItsScore(always(belowMean))));
  test("ties broken by place", () => caught(() => ignoresOrderOfRowsAndLabels(always(firstOfTies))));
  test("a threshold of the rows at hand", () => caught(() => decidesRowByRow(always(aboveMeanOfAll))));
  test("a threshold that takes the score it stands at", () => {
    const atScore: Fit = (data) => {
      const [threshold] = thresholdsOf(fitRule("microF1", data), data.labels.columns) ?? [];
      const next = Math.min(...Array.from(data.scores).filter((value) => value > threshold), 1);
      return (scores, columns) => decide(next, scores, columns);
    };
    caught(() => isBestOf(atScore, commonThresholds, micro));
  });
  test("shrinkage, which is not the best on the validation rows", () =>
    caught(() => isBestOf(fitted("scut", { shrinkage: 5 }), ownThresholds, macroOfOccurring)));
  test("one threshold where each label has its own", () =>
    caught(() => isBestOf(fitted("macroF1"), ownThresholds, macro)));
});

describe("bad input", () => {
  const { labels, scores } = caseOf([[1, 0]], [[0.5, 0.5]]);
  const training = { rows: 4, positives: [1, 2] };
  test.each<[string, () => unknown, string]>([
    [
      "thresholds of other labels",
      () => decide({ kind: "thresholds", thresholds: [0.5] }, scores, 2),
      "1 thresholds for 2",
    ],
    [
      "a threshold that is NaN",
      () => decide({ kind: "thresholds", thresholds: [0.5, Number.NaN] }, scores, 2),
      "label 1",
    ],
    ["rank 0", () => decide({ kind: "rank", k: 0 }, scores, 2), "the best 0 labels"],
    ["half a row", () => decide(0.5, scores, 3), "2 scores of 3 labels"],
    [
      "no rows",
      () => fitRule("scut", { labels: { rows: 0, columns: 2, values: new Uint8Array() }, scores, training }),
      "0 rows",
    ],
    ["an infinite score", () => fitRule("scut", { labels, scores: Float64Array.of(Infinity, 1), training }), "score 0"],
    [
      "counts of other labels",
      () => fitRule("pcut", { labels, scores, training: { rows: 4, positives: [1] } }),
      "counts of 1",
    ],
    [
      "no training rows",
      () => fitRule("pcut", { labels, scores, training: { rows: 0, positives: [0, 0] } }),
      "0 training rows",
    ],
    ["negative shrinkage", () => fitRule("scut", { labels, scores, training }, { shrinkage: -1 }), "shrinkage -1"],
  ])("%s", (_, act, message) => expect(act).toThrow(message));

  test("every name has words", () => {
    for (const { name, words } of thresholdDescriptions) expect([name, words.length > 10]).toEqual([name, true]);
  });
});
