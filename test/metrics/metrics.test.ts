import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import {
  labelAuc,
  labelAveragePrecision,
  macroAuc,
  macroAucPaper,
  macroAveragePrecision,
  microAuc,
  microAveragePrecision,
} from "../../src/metrics/curves.ts";
import {
  type Average,
  f1,
  hammingLoss,
  jaccard,
  precision,
  recall,
  subsetAccuracy,
} from "../../src/metrics/decisions.ts";
import { describeMetric, metricDescriptions, metricNames, metrics } from "../../src/metrics/metrics.ts";
import {
  coverageError,
  labelRankingAveragePrecision,
  oneError,
  rankingLoss,
  rankingLossPaper,
} from "../../src/metrics/ranking.ts";
import { describeWith, fixtures } from "../fixtures.ts";
import { caseOf } from "./cases.ts";

interface Golden {
  readonly y: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly expected: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}

/** The fixture's key, and what we return where scikit-learn refuses the case (`undefined`: see the test below). */
const goldenNames: Readonly<Record<(typeof metricNames)[number], string | undefined>> = {
  macroAuc: "macroAuc",
  microAuc: "microAuc",
  macroAveragePrecision: undefined, // from perLabelAp
  microAveragePrecision: "microAp",
  rankingLoss: "labelRankingLossSklearn",
  labelRankingAveragePrecision: "labelRankingAveragePrecision",
  coverageError: "coverageErrorSklearn",
  oneError: "oneError",
  hammingLoss: "hammingLoss",
  subsetAccuracy: "subsetAccuracy",
  microF1: "f1_micro",
  macroF1: "f1_macro",
  weightedF1: "f1_weighted",
  samplesF1: "f1_samples",
  microPrecision: "precision_micro",
  macroPrecision: "precision_macro",
  weightedPrecision: "precision_weighted",
  samplesPrecision: "precision_samples",
  microRecall: "recall_micro",
  macroRecall: "recall_macro",
  weightedRecall: "recall_weighted",
  samplesRecall: "recall_samples",
  microJaccard: "jaccard_micro",
  macroJaccard: "jaccard_macro",
  weightedJaccard: "jaccard_weighted",
  samplesJaccard: "jaccard_samples",
  macroAucPaper: "macroAucPaper",
  rankingLossPaper: "rankingLossPaper",
};

describeWith(`${fixtures}/metrics.json`, "metrics against scikit-learn and the paper's code", () => {
  const { cases } = JSON.parse(readFileSync(`${fixtures}/metrics.json`, "utf8")) as { cases: readonly Golden[] };

  test.each(cases.map((golden, index) => [index, golden] as const))("case %i", (_, { y, scores, expected }) => {
    const given = caseOf(y, scores);
    const actual = metrics(given.labels, given.scores);
    const compared = new Set<string>();
    for (const name of metricNames) {
      const key = goldenNames[name];
      if (key === undefined || !(key in expected)) continue;
      compared.add(key);
      expect(actual[name], name).toBeCloseTo(expected[key] as number, 10);
    }
    const columns = { perLabelAuc: labelAuc, perLabelAp: labelAveragePrecision };
    for (const [key, byLabel] of Object.entries(columns)) {
      const golden = expected[key];
      if (typeof golden !== "object") continue;
      compared.add(key);
      byLabel(given.labels, given.scores).forEach((value, label) => {
        if (String(label) in golden) expect(value, `${key} ${label}`).toBeCloseTo(golden[label], 10);
        else expect(value, `${key} ${label}`).toBeNull();
      });
    }
    const golden = expected.perLabelAp;
    if (typeof golden === "object") {
      const values = Object.values(golden);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(actual.macroAveragePrecision).toBeCloseTo(mean, 10);
    }
    expect([...compared].sort()).toEqual(Object.keys(expected).sort()); // no golden number is left out
  });

  test("a planted error of 1e-8 would be seen", () => {
    expect(() => expect(0.5 + 1e-8).toBeCloseTo(0.5, 10)).toThrow();
  });
});

describe("cases that scikit-learn refuses", () => {
  test("no label has a positive, or all are: areas are null, the rest is defined", () => {
    for (const value of [0, 1]) {
      const given = caseOf(
        [
          [value, value],
          [value, value],
        ],
        [
          [0.1, 0.9],
          [0.7, 0.2],
        ],
      );
      const actual = metrics(given.labels, given.scores);
      const undefinedNames = metricNames.filter((name) => actual[name] === null);
      expect(undefinedNames).toEqual(["macroAuc", "microAuc", "macroAveragePrecision", "microAveragePrecision"]);
      expect(actual.macroAucPaper).toBe(0);
      expect(actual.rankingLoss).toBe(0);
      expect(actual.coverageError).toBe(2 * value);
    }
  });

  test("a single label: the same formulas", () => {
    const given = caseOf([[1], [0], [1], [0]], [[0.9], [0.8], [0.4], [0.1]]);
    expect(metrics(given.labels, given.scores)).toMatchObject({
      macroAuc: 0.75,
      microF1: 0.5,
      samplesF1: 0.25,
      weightedJaccard: 1 / 3,
      rankingLoss: 0,
      labelRankingAveragePrecision: 1,
      coverageError: 0.5,
      oneError: 0.5,
    });
  });
});

test("each function of its own returns what `metrics` does", () => {
  const { labels, scores } = caseOf(
    [
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 0],
      [1, 1, 1],
    ],
    [
      [0.6, 0.6, 0.1],
      [0.2, 0.9, 0.2],
      [0.7, 0.3, 0.4],
      [0.3, 0.6, 0.8],
    ],
  );
  const all = metrics(labels, scores, 0.3);
  const averages: readonly Average[] = ["micro", "macro", "weighted", "samples"];
  const averaged = { F1: f1, Precision: precision, Recall: recall, Jaccard: jaccard };
  const own: Record<string, number | null> = {
    macroAuc: macroAuc(labels, scores),
    microAuc: microAuc(labels, scores),
    macroAveragePrecision: macroAveragePrecision(labels, scores),
    microAveragePrecision: microAveragePrecision(labels, scores),
    macroAucPaper: macroAucPaper(labels, scores),
    rankingLoss: rankingLoss(labels, scores),
    rankingLossPaper: rankingLossPaper(labels, scores),
    labelRankingAveragePrecision: labelRankingAveragePrecision(labels, scores),
    coverageError: coverageError(labels, scores),
    oneError: oneError(labels, scores),
    hammingLoss: hammingLoss(labels, scores, 0.3),
    subsetAccuracy: subsetAccuracy(labels, scores, 0.3),
  };
  for (const kind of averages) {
    for (const [name, measure] of Object.entries(averaged)) own[kind + name] = measure(labels, scores, kind, 0.3);
  }
  expect(own).toEqual(all);
});

test("a score equal to the threshold is not a prediction; one of 32 bits is compared as the double it is", () => {
  const labels = { rows: 1, columns: 2, values: Uint8Array.of(1, 0) };
  expect(subsetAccuracy(labels, Float64Array.of(0.5, 0.5))).toBe(0);
  expect(subsetAccuracy(labels, Float64Array.of(0.500001, 0.5))).toBe(1);
  expect(hammingLoss(labels, Float32Array.of(0.1, 0), 0.1)).toBe(0); // the nearest float to 0.1 lies above 0.1
});

test("-0 and 0 are tied, infinities are ordered", () => {
  const labels = { rows: 2, columns: 1, values: Uint8Array.of(1, 0) };
  expect(macroAuc(labels, Float64Array.of(-0, 0))).toBe(0.5);
  expect(macroAuc(labels, Float64Array.of(0, -0))).toBe(0.5);
  expect(macroAuc(labels, Float64Array.of(Number.POSITIVE_INFINITY, 1e308))).toBe(1);
  expect(macroAuc(labels, Float64Array.of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY))).toBe(0.5);
});

describe("the table", () => {
  test("names are unique, directions match, every convention is one line", () => {
    expect(new Set(metricNames).size).toBe(metricNames.length);
    for (const { name, direction, convention } of metricDescriptions) {
      expect(direction, name).toBe(/Loss|Error/.test(name) ? "lower" : "higher");
      expect(convention, name).toMatch(/^.{20,120}$/);
    }
  });

  test("an unknown name lists the known ones", () => {
    expect(describeMetric("oneError").direction).toBe("lower");
    expect(() => describeMetric("auc")).toThrow(/metric "auc" is unknown; there are macroAuc, microAuc/);
  });
});

describe("input that can't be measured", () => {
  const labels = { rows: 2, columns: 2, values: Uint8Array.of(1, 0, 0, 1) };
  const scores = Float64Array.of(0.1, 0.2, 0.3, 0.4);
  test.each([
    ["NaN score", labels, Float64Array.of(0.1, 0.2, 0.3, Number.NaN), 0.5, "row 1, label 1 has the score NaN"],
    ["too few scores", labels, Float64Array.of(0.1), 0.5, "1 scores given; 2 rows x 2 labels need 4"],
    ["no rows", { rows: 0, columns: 2, values: new Uint8Array() }, new Float64Array(), 0.5, "0 rows x 2 labels"],
    ["no labels", { rows: 2, columns: 0, values: new Uint8Array() }, new Float64Array(), 0.5, "2 rows x 0 labels"],
    ["wrong size", { ...labels, values: Uint8Array.of(1) }, scores, 0.5, "1 label entries given"],
    [
      "label 2",
      { ...labels, values: Uint8Array.of(1, 2, 0, 1) },
      scores,
      0.5,
      "row 0, label 1 is 2; labels are 0 or 1",
    ],
    ["NaN threshold", labels, scores, Number.NaN, "the threshold is NaN"],
  ])("%s", (_, givenLabels, givenScores, threshold, message) => {
    expect(() => metrics(givenLabels, givenScores, threshold)).toThrow(UsageError);
    expect(() => metrics(givenLabels, givenScores, threshold)).toThrow(message);
  });

  test.each([macroAuc, microAuc, macroAucPaper, macroAveragePrecision, microAveragePrecision])("%o", (metric) => {
    expect(() => metric(labels, Float64Array.of(Number.NaN, 0, 0, 0))).toThrow("row 0, label 0 has the score NaN");
  });
  test.each([rankingLoss, rankingLossPaper, labelRankingAveragePrecision, coverageError, oneError])("%o", (metric) => {
    expect(() => metric(labels, Float64Array.of(0, Number.NaN, 0, 0))).toThrow("row 0, label 1 has the score NaN");
  });
});
