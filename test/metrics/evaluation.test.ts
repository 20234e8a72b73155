/**
 * The label report, calibration and intervals: against scikit-learn's figures and counts taken here, and the metrics of
 * rows that count several times against those of rows that are there several times.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selectRows } from "../../src/data/rows.ts";
import { metricIntervals } from "../../src/metrics/evaluation/bootstrap.ts";
import { calibration } from "../../src/metrics/evaluation/calibration.ts";
import { evaluate } from "../../src/metrics/evaluation/evaluate.ts";
import { labelGroups, labelReport } from "../../src/metrics/evaluation/label-report.ts";
import { resampling } from "../../src/metrics/evaluation/resample.ts";
import { type MetricName, type Metrics, metricNames, metrics } from "../../src/metrics/metrics.ts";
import { decide } from "../../src/metrics/rules/rule.ts";
import { Random } from "../../src/random.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";
import { anyCase, type Case, caseOf } from "./cases.ts";
import { expectSame } from "./laws.ts";
import { fittingCase, positivesOf } from "./rule-laws.ts";

const namesOf = ({ labels }: Case): string[] => Array.from({ length: labels.columns }, (_, j) => `label ${j}`);

interface Golden {
  readonly y: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly expected: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}

describeWith(`${fixtures}/metrics.json`, "the label report against scikit-learn", () => {
  const { cases }: { cases: readonly Golden[] } = JSON.parse(readFileSync(`${fixtures}/metrics.json`, "utf8"));

  test.each(cases.map((golden, index) => [index, golden] as const))("case %i", (_, { y, scores, expected }) => {
    const given = caseOf(y, scores);
    const report = labelReport(given.labels, given.scores, namesOf(given));
    const figures = { perLabelAuc: "auc", perLabelAp: "averagePrecision" } as const;
    let compared = 0;
    for (const [key, figure] of Object.entries(figures)) {
      const golden = expected[key];
      if (typeof golden !== "object") continue;
      for (const { label, [figure]: value, auc } of report) {
        if (auc === null || !(label in golden)) continue;
        expect(value, `${figure} of label ${label}`).toBeCloseTo(golden[label], 10);
        compared++;
      }
    }
    for (const figure of ["precision", "recall", "f1"] as const) {
      const golden = expected[`${figure}_macro`];
      if (typeof golden !== "number") continue;
      expect(report.reduce((sum, label) => sum + label[figure], 0) / report.length).toBeCloseTo(golden, 10);
      compared++;
    }
    const { confusion } = evaluate(given.labels, bounded(given), { labelNames: namesOf(given), draws: 0 });
    const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = confusion;
    if (typeof expected.f1_micro === "number" && tp + fp + fn > 0)
      expect((2 * tp) / (2 * tp + fp + fn)).toBeCloseTo(expected.f1_micro, 10);
    if (report.length > 1) expect(compared).toBeGreaterThan(2);
  });
});

/** Scores in [0, 1] with the same decisions at 0.5. */
const bounded = ({ scores }: Case): Float64Array => scores.map((score) => Math.min(1, Math.max(0, score)));

describe("the label report", () => {
  test("counts, Brier score and imbalance are those of the definition; the rarest label stands first", () => {
    fc.assert(
      fc.property(fittingCase(), fc.boolean(), (given, known) => {
        const { labels, scores } = given;
        const { rows, columns, values } = labels;
        const training = { rows: 50, positives: Array.from({ length: columns }, (_, j) => (7 * (j + 1)) % 5) };
        const report = labelReport(labels, scores, namesOf(given), 0.4, known ? training : undefined);
        const decided = decide(0.4, scores, columns);
        expect(report.map(({ label }) => label).sort()).toEqual([...Array(columns).keys()]);
        const positives = known ? training.positives : report.map(({ label }) => positivesOf(labels, label));
        const most = Math.max(...positives);
        for (const entry of report) {
          const cells = Array.from({ length: rows }, (_, row) => row * columns + entry.label);
          const count = (y: number, d: number): number =>
            cells.filter((cell) => values[cell] === y && decided[cell] === d).length;
          expect(entry.truePositives).toBe(count(1, 1));
          expect(entry.falsePositives).toBe(count(0, 1));
          expect(entry.falseNegatives).toBe(count(1, 0));
          expect(entry.trueNegatives).toBe(count(0, 0));
          expect(entry.support).toBe(count(1, 0) + count(1, 1));
          expect(entry.trainingSupport).toBe(known ? training.positives[entry.label] : null);
          expect(entry.threshold).toBe(0.4);
          const brier = cells.reduce((sum, cell) => sum + (scores[cell] - values[cell]) ** 2, 0) / rows;
          expectSame(entry.brier, brier);
          const own = known ? training.positives[entry.label] : entry.support;
          expect(entry.irlbl).toBe(own === 0 ? null : most / own);
        }
        const order = report.map(({ irlbl }) => irlbl ?? Infinity);
        expect(order).toEqual([...order].sort((a, b) => b - a));
        const { minority, majority } = labelGroups(report);
        expect(minority.labels + majority.labels).toBe(columns);
        expect(minority.support + majority.support).toBe(values.reduce((sum, y) => sum + y, 0));
      }),
      runs(150),
    );
  });

  test("a rule by rank has no threshold", () => {
    const { labels, scores } = caseOf([[1, 0]], [[0.2, 0.9]]);
    const report = labelReport(labels, scores, ["a", "b"], { kind: "rank", k: 1 });
    expect(report.map(({ threshold, falsePositives }) => [threshold, falsePositives])).toEqual([
      [null, 1],
      [null, 0],
    ]);
  });

  test("minority and other labels together are all of them", () => {
    const { labels, scores } = caseOf(
      [
        [1, 1, 0],
        [1, 0, 1],
        [1, 1, 0],
        [1, 1, 0],
      ],
      [
        [0.9, 0.8, 0.4],
        [0.2, 0.3, 0.6],
        [0.8, 0.7, 0.7],
        [0.6, 0.1, 0.2],
      ],
    );
    const { minority, majority, metrics: all } = evaluate(labels, scores, { labelNames: ["a", "b", "c"], draws: 0 });
    expect([minority.labels, majority.labels]).toEqual([1, 2]);
    expect((minority.macroF1 ?? 0) + 2 * (majority.macroF1 ?? 0)).toBeCloseTo(3 * (all.macroF1 ?? 0), 12);
    expect(minority.macroAuc).toBeCloseTo(2 / 3, 12);
    expect(minority.expectedCalibrationError).toBeCloseTo((0.2 + 0.4 + 0.4 + 0.7) / 4, 12);
  });
});

describe("calibration", () => {
  test("by definition: bins, mean scores, shares and the error", () => {
    const { labels, scores } = caseOf([[1, 0, 0, 1, 1]], [[1, 0.95, 0.05, 0.1, 0.15]]);
    const { bins, expectedCalibrationError, brier } = calibration(labels, scores);
    expect(bins.map(({ entries }) => entries)).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(bins[9]).toMatchObject({ meanScore: 0.975, share: 0.5, low: 0.9, high: 1 });
    expect(bins[5]).toMatchObject({ meanScore: null, share: null });
    expect(expectedCalibrationError).toBeCloseTo((0.05 + 1.75 + 0.95) / 5, 12);
    expect(brier).toBeCloseTo((0.95 ** 2 + 0.05 ** 2 + 0.9 ** 2 + 0.85 ** 2) / 5, 12);
  });

  test("scores that are the labels have no error; their reverse has the largest", () => {
    fc.assert(
      fc.property(fittingCase(), fc.integer({ min: 1, max: 30 }), ({ labels }, bins) => {
        const right = Float64Array.from(labels.values);
        expect(calibration(labels, right, bins).expectedCalibrationError).toBe(0);
        const wrong = right.map((score) => 1 - score);
        if (bins > 1) expect(calibration(labels, wrong, bins).expectedCalibrationError).toBe(1);
      }),
      runs(50),
    );
  });

  test("scores that are shares are calibrated, up to chance; constant ones of another value are not", () => {
    const random = new Random(3);
    const scores = Float64Array.from({ length: 20000 }, () => random.uniform());
    const values = Uint8Array.from(scores, (score) => (random.uniform() < score ? 1 : 0));
    const labels = { rows: 4000, columns: 5, values };
    expect(calibration(labels, scores).expectedCalibrationError).toBeLessThan(0.02);
    expect(calibration(labels, scores.fill(0.9)).expectedCalibrationError).toBeGreaterThan(0.35);
  });

  test.each([
    ["a score above 1", () => calibration(caseOf([[1]], [[1.5]]).labels, Float64Array.of(1.5)), "score 0 is 1.5"],
    ["no bins", () => calibration(caseOf([[1]], [[0.5]]).labels, Float64Array.of(0.5), 0), "0 bins"],
    ["names of other labels", () => labelReport(caseOf([[1]], [[0.5]]).labels, Float64Array.of(0.5), []), "0 names"],
    [
      "no draws",
      () => metricIntervals(caseOf([[1]], [[0.5]]).labels, Float64Array.of(0.5), 0.5, { draws: 0 }),
      "0 draws",
    ],
    [
      "a confidence of 1",
      () => metricIntervals(caseOf([[1]], [[0.5]]).labels, Float64Array.of(0.5), 0.5, { confidence: 1 }),
      "confidence 1",
    ],
  ])("%s is refused", (_, act, message) => expect(act).toThrow(message));
});

/** The metrics of rows that are there as often as `counts` says. */
const repeated = ({ labels, scores }: Case, counts: readonly number[]): Metrics => {
  const rows = counts.flatMap((count, row) => new Array<number>(count).fill(row));
  const { columns } = labels;
  const some = Float64Array.from(rows.flatMap((row) => [...scores.subarray(row * columns, (row + 1) * columns)]));
  return metrics(selectRows(labels, rows), some, 0.5);
};

type Resample = typeof resampling;

/** Counting a row several times is the same as having it several times, for every metric. */
function countsAreRepetitions(resample: Resample): void {
  const counted = anyCase().chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.array(fc.nat({ max: given.labels.rows - 1 }), {
        minLength: given.labels.rows,
        maxLength: given.labels.rows,
      }),
    ),
  );
  fc.assert(
    fc.property(counted, ([given, drawn]) => {
      const counts = Array.from({ length: given.labels.rows }, (_, row) => drawn.filter((one) => one === row).length);
      const actual = resample(given.labels, given.scores, 0.5)(counts);
      const expected = repeated(given, counts);
      for (const name of metricNames) expectSame(actual[name], expected[name]);
    }),
    runs(120),
  );
}

describe("intervals", () => {
  test("rows that count several times are rows that are there several times", () => countsAreRepetitions(resampling));

  test("negative control: counts that some metric does not see", () => {
    const blind =
      (name: MetricName): Resample =>
      (labels, scores, rule) =>
      (counts) => ({
        ...resampling(labels, scores, rule)(counts),
        [name]: metrics(labels, scores, rule)[name],
      });
    for (const name of ["macroAuc", "oneError", "samplesF1"] as const)
      expect(() => countsAreRepetitions(blind(name)), name).toThrow();
  });

  const given = (rows: number, seed: number): Case => {
    const random = new Random(seed);
    const values = Uint8Array.from({ length: 3 * rows }, () => (random.uniform() < 0.4 ? 1 : 0));
    const scores = Float64Array.from(values, (y) => Math.min(1, Math.max(0, 0.4 + 0.15 * y + 0.2 * random.normal())));
    return { labels: { rows, columns: 3, values }, scores };
  };

  test("come from the seed, hold the value, and narrow with more rows", () => {
    const [few, many] = [given(60, 1), given(960, 1)];
    const of = ({ labels, scores }: Case, seed: number) => metricIntervals(labels, scores, 0.5, { draws: 150, seed });
    expect(of(few, 1)).toEqual(of(few, 1));
    expect(of(few, 1)).not.toEqual(of(few, 2));
    const [wide, narrow] = [of(few, 1).byMetric, of(many, 1).byMetric];
    const values = metrics(few.labels, few.scores);
    for (const name of ["macroAuc", "macroF1", "hammingLoss", "microAveragePrecision"] as const) {
      const [own, other] = [wide[name], narrow[name]];
      if (!own || !other) throw new Error(`${name} has no interval`);
      expect(own.low).toBeLessThan(values[name] ?? -1);
      expect(own.high).toBeGreaterThan(values[name] ?? 2);
      expect((own.high - own.low) / (other.high - other.low)).toBeGreaterThan(2.5);
    }
  });

  test("cover the true value about as often as they say", () => {
    const many = given(8000, 77);
    const truth = metrics(many.labels, many.scores);
    let covered = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { labels, scores } = given(120, 1000 + seed);
      const { hammingLoss } = metricIntervals(labels, scores, 0.5, { draws: 100, seed }).byMetric;
      if (hammingLoss && hammingLoss.low <= (truth.hammingLoss ?? 0) && hammingLoss.high >= (truth.hammingLoss ?? 0))
        covered++;
    }
    // Binomial of 60 and 0.95, less a little as percentile intervals of few rows are narrow.
    expect(covered).toBeGreaterThanOrEqual(50);
  });

  test("a metric that no draw defines has none", () => {
    const { labels, scores } = caseOf([[1], [1]], [[0.5], [0.7]]);
    expect(metricIntervals(labels, scores, 0.5, { draws: 20 }).byMetric.macroAuc).toBe(null);
  });
});
