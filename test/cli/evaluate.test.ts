/**
 * evaluate, the report of train and predict --decisions: the same numbers by every way, rows that training has seen are
 * known again, and thresholds that were fitted travel with the weights.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printArff } from "../../src/data/formats/print-arff.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { metrics } from "../../src/metrics/metrics.ts";
import { thresholdNames } from "../../src/metrics/rules/fit.ts";
import { decide } from "../../src/metrics/rules/rule.ts";
import { decodeModel, encodeModel } from "../../src/saved/model.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

const dataset = parseSynthetic(small);
const text = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

/** A finished run on the data; its weights and its result. */
async function trained(data = small, ...more: readonly string[]) {
  const out = join(folder(), "run");
  const { code, out: report, err } = await hardbatch("train", data, "--out", out, ...quick, ...more);
  expect([code, err.includes("hardbatch:")]).toEqual([0, false]);
  return { weights: join(out, "weights.safetensors"), result: JSON.parse(text(out, "result.json")), report, out };
}

async function evaluated(data: string, weights: string, ...more: readonly string[]) {
  const words = ["evaluate", data, "--weights", weights, "--backend", "js", "--json", ...more];
  const { code, out, err } = await hardbatch(...words);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
}

const refused = async (...words: readonly string[]): Promise<string> => {
  const { code, out, err } = await hardbatch("evaluate", ...words, "--backend", "js");
  expect([code, out]).toEqual([2, ""]);
  return err;
};

describe("evaluate", () => {
  test("--rows test finds the test fold again and gives what train reported, label by label", async () => {
    const { weights, result } = await trained(small, "--fold", "1");
    const found = await evaluated(small, weights, "--rows", "test");
    expect(found.metrics).toEqual(result.metrics);
    const { intervals, ...rest } = result.evaluation;
    expect(found).toMatchObject(rest);
    expect(found.intervals).toEqual(intervals);
    expect(found.rowsSeen).toEqual({ training: 0, validation: 0 });
    expect(found.labelReport.map(({ name }: { name: string }) => name).sort()).toEqual([...dataset.labelNames].sort());
  });

  test("all rows are scored by default, with a note that training has seen most of them", async () => {
    const { weights } = await trained();
    const found = await evaluated(small, weights, "--draws", "20");
    const { training, validation } = prepare(dataset, { seed: 1, dropLabelsAtMost: 1 }).rows;
    expect(found).toMatchObject({ rows: 60, rowsSeen: { training: training.length, validation: validation.length } });
    const { out } = await hardbatch("evaluate", small, "--weights", weights, "--backend", "js", "--draws", "20");
    expect(out.replaceAll("\n", " ")).toContain(
      `note: training has seen ${training.length + validation.length} of them`,
    );
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).not.toMatch(/NaN|undefined|null/);
    for (const name of Object.keys(found.metrics)) expect(out).toMatch(new RegExp(`^${name} `, "m"));
  });

  test("a file's rows are known whatever its other columns; other rows are not", async () => {
    const place = folder();
    const path = join(place, "d.arff");
    writeFileSync(path, printArff(dataset));
    const { weights, result } = await trained(path, "--labels", "4", "--feature-share", "0.7");
    expect((await evaluated(path, weights, "--rows", "test", "--draws", "0")).metrics).toEqual(result.metrics);
    const { features, labels, featureNames, labelNames } = dataset;
    const line = (row: number): string =>
      [...features.values.slice(6 * row, 6 * row + 6), ...labels.values.slice(4 * row, 4 * row + 4)].join(",");
    const lines = (rows: Int32Array): string =>
      [[...featureNames, ...labelNames].join(","), ...Array.from(rows, line)].map((row) => `${row}\n`).join("");
    const { test: tested, training } = prepare(dataset, { seed: 1, dropLabelsAtMost: 1 }).rows;
    writeFileSync(join(place, "tested.csv"), lines(tested));
    const alone = await evaluated(join(place, "tested.csv"), weights, "--rows", "test", "--draws", "0");
    expect(alone.metrics).toEqual(result.metrics);
    writeFileSync(join(place, "some.csv"), lines(training.subarray(3)));
    const err = await refused(join(place, "some.csv"), "--weights", weights, "--rows", "test");
    expect(err).toMatch(
      /^hardbatch: --rows test: .*some\.csv has other rows than the data that .*; expected the same data/,
    );
    const unknown = await evaluated(join(place, "some.csv"), weights, "--draws", "0");
    expect([unknown.rowsSeen, unknown.rows]).toEqual([null, training.length - 3]);
  });

  test("a published test file and a file of folds", async () => {
    const place = folder();
    const [train, other] = [join(place, "train.arff"), join(place, "test.arff")];
    const rows = Array.from({ length: 60 }, (_, row) => row);
    writeFileSync(train, printArff(selectRows(dataset, rows.slice(0, 45))));
    writeFileSync(other, printArff(selectRows(dataset, rows.slice(45))));
    const pair = await trained(train, "--labels", "4", "--test", other);
    const found = await evaluated(train, pair.weights, "--test", other, "--rows", "test", "--draws", "0");
    expect([found.metrics, found.rows]).toEqual([pair.result.metrics, 15]);
    expect((await evaluated(other, pair.weights, "--rows", "test", "--draws", "0")).metrics).toEqual(found.metrics);
    expect(await refused(train, "--weights", pair.weights, "--rows", "test")).toContain("with the same --test");

    const folds = join(place, "folds.json");
    expect((await hardbatch("folds", small, "--folds", "3", "--out", folds, "--quiet")).code).toBe(0);
    const { weights, result } = await trained(small, "--folds-file", folds, "--fold", "2");
    const given = [small, "--weights", weights, "--folds-file", folds];
    const [data, , ...more] = given;
    expect((await evaluated(data, weights, ...more.slice(1), "--rows", "test", "--draws", "0")).metrics).toEqual(
      result.metrics,
    );
    expect(await refused(...given)).toContain("expected --rows test beside it");
    expect(await refused(...given, "--rows", "test", "--fold", "0")).toMatch(
      /was trained on \d+ of the 20 test rows of fold 0/,
    );
    expect(await refused(...given, "--rows", "test", "--fold", "7")).toContain(
      "--fold 7: expected a whole number from 0 to 2",
    );
  });

  test("weights of earlier versions say that they don't know their rows", async () => {
    const { weights } = await trained();
    const { training: _, ...saved } = decodeModel(readFileSync(weights), "w");
    writeFileSync(weights, encodeModel(saved));
    expect(await refused(small, "--weights", weights, "--rows", "test")).toContain("does not say which rows");
    expect(await refused(small, "--weights", weights, "--decisions", "scut")).toContain("holds no such rule");
    expect((await evaluated(small, weights, "--draws", "0")).labelReport[0].trainingSupport).toBe(null);
  });

  test("data without the labels are refused", async () => {
    const { weights } = await trained();
    const path = join(folder(), "plain.csv");
    writeFileSync(path, `${dataset.featureNames.join(",")}\n1,2,3,4,5,6\n`);
    expect(await refused(path, "--weights", weights)).toMatch(/the data lack 4 of the 4 labels wanted/);
  });

  test("--labels-out and train --labels-out are CSV by the rules: names are defused, numbers never", async () => {
    const place = folder();
    const labelNames = ["=1+1", "-b", 'a,"b"', "plain"];
    const path = join(place, "odd.arff");
    writeFileSync(path, printArff({ ...dataset, labelNames }));
    const [a, b, scores] = ["a.csv", "b.csv", "scores.csv"].map((name) => join(place, name));
    const { weights, result } = await trained(path, "--labels", "4", "--labels-out", a, "--scores", scores);
    await evaluated(path, weights, "--rows", "test", "--draws", "0", "--labels-out", b);
    expect(text(b)).toBe(text(a));
    const lines = text(a).trimEnd().split("\n");
    expect(lines.length).toBe(5);
    expect(lines.map((line) => line.replace(/^("[^"]*(""[^"]*)*"|[^,]*),.*/, "$1")).sort()).toEqual(
      ["'-b", "'=1+1", '"a,""b"""', "label", "plain"].sort(),
    );
    const shown = result.evaluation.labelReport[0];
    expect(lines[1].split(",").slice(-1)).toEqual([String(shown.brier)]);
    const [header, first] = text(scores).split("\n");
    expect(header).toBe(`row,'=1+1,'-b,"a,""b""",plain,'=1+1 score,'-b score,"a,""b"" score",plain score`);
    const { rows } = prepare(dataset, { seed: 1, dropLabelsAtMost: 1 });
    expect(first.split(",").slice(0, 5).map(Number)).toEqual([
      rows.test[0],
      ...dataset.labels.values.slice(4 * rows.test[0], 4 * rows.test[0] + 4),
    ]);
    expect(text(scores).split("\n").length).toBe(rows.test.length + 2);
    const raw = join(place, "raw.csv");
    await evaluated(path, weights, "--draws", "0", "--labels-out", raw, "--csv-raw");
    expect(text(raw)).toMatch(/^=1\+1,/m);
  });

  test("train --scores: the scores of predict, and the metrics of the result", async () => {
    const scores = join(folder(), "scores.csv");
    const { result } = await trained(small, "--scores", scores);
    const cells = text(scores)
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number));
    const labels = { rows: cells.length, columns: 4, values: Uint8Array.from(cells.flatMap((row) => row.slice(1, 5))) };
    const given = Float32Array.from(cells.flatMap((row) => row.slice(5)));
    expect({ ...metrics(labels, given) }).toEqual(result.metrics);
  });

  test("--at-k adds what the functions give, and nothing without it", async () => {
    const { weights, result } = await trained(small);
    const plain = await evaluated(small, weights, "--rows", "test");
    const { atK, ...rest } = await evaluated(small, weights, "--rows", "test", "--at-k");
    expect(rest).toEqual(plain);
    expect(atK.map(({ k }: { k: number }) => k)).toEqual([1, 3]);
    for (const { precision, ndcg, propensityPrecision, propensityNdcg } of atK)
      for (const value of [precision, ndcg, propensityPrecision, propensityNdcg]) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    // The best-scored label of a row is wrong in as many rows as oneError says.
    expect(atK[0].precision).toBeCloseTo(1 - result.metrics.oneError, 12);
    expect(atK[0].ndcg).toBe(atK[0].precision);
    const { out } = await hardbatch("evaluate", small, "--weights", weights, "--backend", "js", "--at-k", "--quiet");
    expect(out).toMatch(/k +P@k +nDCG@k +PSP@k +PSnDCG@k\n1 +0\.\d{4}/);
  });

  test("--conventions says how each metric is counted", async () => {
    const { weights } = await trained();
    const { out } = await hardbatch(
      "evaluate",
      small,
      "--weights",
      weights,
      "--backend",
      "js",
      "--conventions",
      "--draws",
      "0",
    );
    expect(out.replace(/\s+/g, " ")).toContain(
      "rows whose first top-scored label is irrelevant; rows without labels are errors",
    );
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});

describe("decisions", () => {
  test("rules are fitted on validation rows and kept: predict decides by them as the library does", async () => {
    const { weights } = await trained();
    const { training: record } = decodeModel(readFileSync(weights), "w");
    const { rows, labels } = prepare(dataset, { seed: 1, dropLabelsAtMost: 1 });
    expect(record?.counts.rows).toBe(rows.training.length);
    const predicted = async (...more: readonly string[]): Promise<number[][]> => {
      const ran = await hardbatch("predict", small, "--weights", weights, "--backend", "js", ...more);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      return ran.out
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(1).map(Number));
    };
    const scores = Float32Array.from((await predicted()).flat());
    for (const name of thresholdNames) {
      const rule = name === "fixed" ? 0.5 : name === "mcut" ? ({ kind: "gap" } as const) : record?.rules?.[name];
      if (rule === undefined) throw new Error(`${name} is not kept`);
      expect((await predicted("--decisions", name)).flat(), name).toEqual([...decide(rule, scores, 4)]);
    }
    expect((await predicted("--decisions")).flat()).toEqual([...decide(0.5, scores, 4)]);
    expect((await predicted("--decisions", "0.1")).flat()).toEqual([...decide(0.1, scores, 4)]);
    const both = ["--weights", weights, "--decisions", "scut", "--top-k", "2"];
    expect(await refused(small, ...both)).toContain("--top-k 2: scut takes no rank");
    expect((await predicted("--top-k", "2")).flat()).toEqual([...decide({ kind: "rank", k: 2 }, scores, 4)]);
    expect(labels.columns).toBe(4);
  });

  test("--json prints decisions by that name", async () => {
    const { weights } = await trained();
    const ran = await hardbatch(
      "predict",
      small,
      "--weights",
      weights,
      "--backend",
      "js",
      "--json",
      "--decisions",
      "rcut",
    );
    const { decisions, scores } = JSON.parse(ran.out);
    expect([decisions.length, scores]).toEqual([60, undefined]);
  });

  test("train --threshold decides in the report, and by default afterwards", async () => {
    const [plain, tuned] = [await trained(), await trained(small, "--threshold", "scut")];
    expect(tuned.result.metrics.macroAuc).toBe(plain.result.metrics.macroAuc);
    expect(tuned.result.metrics.macroF1).not.toBe(plain.result.metrics.macroF1);
    expect(tuned.report).toMatch(/^decisions: scut/m);
    const found = await evaluated(small, tuned.weights, "--rows", "test", "--draws", "0");
    expect([found.decisions.name, found.metrics]).toEqual(["scut", tuned.result.metrics]);
    const again = await evaluated(small, plain.weights, "--rows", "test", "--draws", "0", "--decisions", "scut");
    expect(again.metrics).toEqual(tuned.result.metrics);
    const explicit = await trained(small, "--threshold", "fixed");
    expect(readFileSync(explicit.weights).equals(readFileSync(plain.weights))).toBe(true);
  });

  test.each([
    [["--decisions", "guess"], '--decisions "guess": expected one of fixed, microF1'],
    [["--top-k", "0"], '--top-k "0": expected a whole number of at least 1'],
    [["--rows", "some"], '--rows "some": expected one of all, test'],
    [["--draws", "-1"], '--draws "-1": expected a whole number'],
  ])("%j is refused", async (words, message) => {
    expect(await refused(small, "--weights", "nowhere", ...words)).toContain(message);
  });
});
