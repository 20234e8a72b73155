import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { buildReport, type Report } from "../../../src/experiment/report/report.ts";
import type { ReportRow } from "../../../src/experiment/report/report-tables.ts";
import { mean, pairedTTest, standardDeviation } from "../../../src/experiment/statistics/statistics.ts";
import { number, runs } from "../../arbitraries.ts";
import { cellOf, grid } from "../cells.ts";

const rowOf = (report: Report, treatment: string, metric = "macroAuc"): ReportRow => {
  const row = report.tables[0].rows.find((row) => row.treatment === treatment && row.metric === metric);
  if (row === undefined) throw new Error(`no row ${treatment} ${metric}`);
  return row;
};

describe("one data set", () => {
  const uniform = [0.8, 0.82, 0.79, 0.81, 0.8];
  const adaptive = [0.81, 0.82, 0.82, 0.8, 0.83];
  const cells = grid(({ sampler, fold }) => (sampler === "uniform" ? uniform : adaptive)[fold]);

  test("mean, spread, paired difference with the corrected test, mean rank", () => {
    const report = buildReport(cells);
    const row = rowOf(report, "adaptive");
    const differences = adaptive.map((value, fold) => value - uniform[fold]);
    const expected = pairedTTest(differences, { testToTrain: 1 / 4 });
    expect(row).toMatchObject({ count: 5, mean: mean(adaptive), standardDeviation: standardDeviation(adaptive) });
    expect(row.difference).toMatchObject({
      pairs: 5,
      mean: expected.mean,
      interval: expected.interval,
      pValue: expected.pValue,
    });
    expect(row.averageRank).toBe((1 + 1.5 + 1 + 2 + 1) / 5);
    expect(rowOf(report, "uniform").difference).toBeNull();
    expect(report.tables[0]).toMatchObject({ folds: [0, 1, 2, 3, 4], seeds: [1], backends: ["js"] });
    expect(report.tables[0].method).toBe("corrected resampled t-test (Nadeau and Bengio 2003), test/train rows 0.250");
    expect(report).toMatchObject({ overall: [], notes: [] });
  });

  test("the ratio of test to training rows is what the cells say, or the folds declared", () => {
    const rows = { train: 400, validation: 40, test: 110 };
    expect(buildReport(cells.map((cell) => ({ ...cell, rows }))).tables[0].method).toContain("0.275");
    const declared = cells.map((cell) => ({ ...cell, settings: { folds: 11 } }));
    expect(buildReport(declared).tables[0].method).toContain("0.100");
  });

  test("the order of the cells changes nothing but which sampler comes first, and that can be said", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...cells], { minLength: cells.length }), (shuffled) => {
        const options = { samplers: ["uniform", "adaptive"] };
        const [{ rows, ...rest }] = buildReport(shuffled, options).tables;
        const [{ rows: expected, ...expectedRest }] = buildReport(cells, options).tables;
        expect(rest).toEqual(expectedRest);
        rows.forEach((row, index) => {
          expect(row.mean).toBeCloseTo(expected[index].mean ?? Number.NaN, 12);
          expect(row.difference?.pValue ?? 0).toBeCloseTo(expected[index].difference?.pValue ?? 0, 10);
        });
      }),
      runs(30),
    );
  });

  test("lower is better where the metric says so", () => {
    const report = buildReport(cells.map((cell) => ({ ...cell, metrics: { hammingLoss: cell.metrics.macroAuc } })));
    expect(rowOf(report, "adaptive", "hammingLoss").averageRank).toBe(3 - (1 + 1.5 + 1 + 2 + 1) / 5);
  });

  test("a constant gain is seen for what it is", () => {
    fc.assert(
      fc.property(number(-1, 1), number(0.01, 0.2), (start, gain) => {
        const made = grid(({ sampler, fold }) => start + fold / 8 + (sampler === "uniform" ? 0 : gain));
        const { difference } = rowOf(buildReport(made), "adaptive");
        expect(difference?.mean).toBeCloseTo(gain, 12);
        expect(difference?.pValue).toBeLessThan(1e-6);
      }),
      runs(50),
    );
  });
});

describe("what is missing or mixed is said", () => {
  test("pairs that one sampler lacks, and undefined metrics, are left out of the comparison", () => {
    const cells = grid(({ fold, sampler }) => (fold === 3 && sampler === "adaptive" ? null : 0.5 + fold / 10)).slice(
      0,
      -1,
    );
    const report = buildReport(cells);
    expect(rowOf(report, "adaptive")).toMatchObject({ count: 3, difference: { pairs: 3 } });
    expect(rowOf(report, "uniform").count).toBe(5);
    expect(report.notes).toEqual(["emotions, mlp: adaptive has 4 of 5 cells; only pairs are compared"]);
  });

  test("a metric that is undefined everywhere", () => {
    expect(rowOf(buildReport(grid(() => null)), "adaptive")).toMatchObject({
      count: 0,
      mean: null,
      difference: null,
      averageRank: null,
    });
  });

  test("one fold: plain test over seeds; one cell: none", () => {
    const seeds = buildReport(grid(({ seed }) => seed / 10, { folds: 1, seeds: [1, 2, 3] }));
    expect(seeds.tables[0].method).toContain("over the seeds of one fold");
    const single = buildReport(grid(() => 0.5, { folds: 1 }));
    expect(single.tables[0].method).toContain("no interval can be given");
    expect(rowOf(single, "adaptive").difference).toMatchObject({ pairs: 1, mean: 0, interval: null, pValue: null });
  });

  test("one sampler with several settings becomes several treatments, named by what differs", () => {
    const pressures = [2, 16].flatMap((pressure) =>
      grid(() => 0.5, { samplers: ["adaptive"] }).map((cell) => ({
        ...cell,
        settings: { epochs: 10, samplerOptions: { pressure, refresh: "epoch" } },
      })),
    );
    const report = buildReport([...grid(() => 0.5, { samplers: ["uniform"] }), ...pressures]);
    expect(report.tables[0].treatments.map(({ name }) => name)).toEqual([
      "uniform",
      "adaptive pressure=2",
      "adaptive pressure=16",
    ]);
    expect(report.notes).toEqual([]);
  });

  test("settings of the same short name are told apart by their path", () => {
    const cells = [{ a: { x: 1 } }, { b: { x: 1 } }, {}].map((settings) => cellOf({}, { macroAuc: 1 }, { settings }));
    expect(buildReport(cells).tables[0].treatments.map(({ name }) => name)).toEqual([
      "uniform a.x=1",
      "uniform b.x=1",
      "uniform (default)",
    ]);
  });

  test("a seed or sampler repeated in the settings doesn't set repetitions apart", () => {
    const cells = grid(() => 0.5, { seeds: [1, 2] }).map((cell) => ({ ...cell, settings: { ...cell.key, epochs: 1 } }));
    const report = buildReport(cells);
    expect(report.tables[0].treatments).toEqual([
      { name: "uniform", cells: 10 },
      { name: "adaptive", cells: 10 },
    ]);
    expect(report.notes).toEqual([]);
  });

  test("samplers that ran with other settings besides", () => {
    const cells = grid(() => 0.5).map((cell) =>
      cell.key.sampler === "uniform" ? cell : { ...cell, settings: { epochs: 20 } },
    );
    expect(buildReport(cells).notes).toEqual([
      "emotions, mlp: the samplers differ in other settings too: epochs (uniform 10, adaptive 20)",
    ]);
  });

  test("a cell that ran twice counts once, the last time", () => {
    const report = buildReport([cellOf({}, { macroAuc: 0.1 }), cellOf({}, { macroAuc: 0.7 })]);
    expect(rowOf(report, "uniform")).toMatchObject({ count: 1, mean: 0.7 });
    expect(report.notes).toEqual(["emotions, mlp: cells that ran more than once: 1; the last run counts"]);
  });

  describe("an arm that goes by two names", () => {
    const named = (name: string, seeds: number[], place = 0) =>
      grid(({ fold, seed }) => fold + seed, { samplers: ["uniform"], seeds }).map((cell) => ({
        ...cell,
        arm: { name, place },
      }));
    const armsOf = (report: Report): unknown => report.tables[0].treatments.map(({ name, cells }) => ({ name, cells }));

    test("is one arm, called by the name of most cells or by the one asked for, whatever the order of cells", () => {
      const cells = [...named("plain", [1], 0), ...named("even", [2, 3], 1)];
      for (const given of [cells, cells.toReversed()]) {
        const report = buildReport(given);
        expect(armsOf(report)).toEqual([{ name: "even", cells: 15 }]);
        expect(report.notes).toEqual([
          "emotions, mlp: even has the 5 cells of plain, too: the settings are the same, on other folds or seeds",
        ]);
        expect(armsOf(buildReport(given, { samplers: ["plain"] }))).toEqual([{ name: "plain", cells: 15 }]);
      }
    });

    test("stays two where both ran on one fold and seed, or where the settings differ", () => {
      const both = [...named("plain", [1]), ...named("even", [1, 2])];
      expect(armsOf(buildReport(both))).toEqual([
        { name: "plain", cells: 5 },
        { name: "even", cells: 10 },
      ]);
      const other = named("even", [2]).map((cell) => ({ ...cell, settings: { ...cell.settings, epochs: 7 } }));
      expect(armsOf(buildReport([...named("plain", [1]), ...other]))).toHaveLength(2);
    });
  });

  test("nothing to report, unknown and missing metrics are refused", () => {
    expect(() => buildReport([])).toThrow(UsageError);
    expect(() =>
      buildReport(
        grid(() => 1),
        { metrics: ["auc"] },
      ),
    ).toThrow('metric "auc" is unknown');
    expect(() =>
      buildReport(
        grid(() => 1),
        { metrics: ["oneError"] },
      ),
    ).toThrow("no cell has the metric oneError");
  });
});

describe("several data sets", () => {
  const data = ["a", "b", "c", "d", "e", "f"];
  test("two samplers: Wilcoxon over the means", () => {
    const cells = grid(({ sampler, data: name, fold }) => fold + (sampler === "uniform" ? 0 : 1 + data.indexOf(name)), {
      data,
    });
    const [overall] = buildReport(cells).overall;
    expect(overall).toMatchObject({
      model: "mlp",
      metric: "macroAuc",
      data,
      test: "Wilcoxon",
      criticalDifference: null,
    });
    expect(overall.pValue).toBe(2 / 2 ** 6);
    expect(overall.treatments.map(({ averageRank }) => averageRank)).toEqual([2, 1]);
  });
  test("three samplers: Friedman and the critical difference; a data set that lacks one is left out", () => {
    const cells = grid(({ sampler, fold }) => fold + sampler.length, {
      data,
      samplers: ["uniform", "adaptive", "chain"],
    });
    const lacking = cells.filter(({ key }) => key.data !== "c" || key.sampler !== "chain");
    const [overall] = buildReport(lacking).overall;
    expect(overall).toMatchObject({ data: ["a", "b", "d", "e", "f"], test: "Friedman", pValue: 0 });
    expect(overall.criticalDifference).toBeCloseTo(2.3437 * Math.sqrt((3 * 4) / (6 * 5)), 3);
  });
});

test("a data set that ran under one of two budgets is compared with the others under that budget", () => {
  const under = (epochs: number, data: string[]) =>
    grid(({ sampler, fold, data: own }) => 0.7 + 0.01 * fold + (sampler === "adaptive" ? 0.001 * own.length : 0), {
      data,
    }).map((cell) => ({
      ...cell,
      settings: { epochs },
      arm: { name: cell.key.sampler, place: cell.key.sampler === "uniform" ? 0 : 1 },
    }));
  const { contrasts } = buildReport([...under(10, ["a", "bb"]), ...under(20, ["a", "bb", "ccc"])]);
  const sets = (condition: string) =>
    contrasts.filter((own) => own.condition === condition).map((own) => own.perDataSet.map(({ data }) => data))[0];
  expect(sets("epochs=10")).toEqual(["a", "bb"]);
  expect(sets("epochs=20")).toEqual(["a", "bb", "ccc"]);
  expect(sets("")).toBeUndefined();
});
