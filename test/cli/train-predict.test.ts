/** train and predict: what the folder of a run holds, and that weights and data go together again. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { printArff } from "../../src/data/formats/print-arff.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { selectRows } from "../../src/data/rows.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { metrics } from "../../src/metrics/metrics.ts";
import { decodeModel } from "../../src/saved/model.ts";
import { numerics } from "../../src/training/numerics.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

const dataset = parseSynthetic(small);
const files = ["history.jsonl", "result.json", "weights.safetensors"];
/** Besides, date and seconds. */
const all = ["card.md", "history.jsonl", "result.json", "run.json", "weights.safetensors"];
const text = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");
const lines = (content: string): string[] => content.split("\n").slice(0, -1);

async function trained(...more: readonly string[]): Promise<string> {
  const out = join(folder(), "run");
  const { code, err } = await hardbatch("train", small, "--out", out, ...quick, ...more);
  expect(err).not.toContain("hardbatch:");
  expect(code).toBe(0);
  return out;
}

/** Scores of a CSV with a header; each line begins with the row's number. */
const table = (csv: string): number[][] =>
  lines(csv)
    .slice(1)
    .map((line, row) => {
      const [number, ...scores] = line.split(",").map(Number);
      expect(number).toBe(row);
      return scores;
    });

const scoresOf = async (data: string, out: string, ...more: readonly string[]): Promise<string> => {
  const ran = await hardbatch(
    "predict",
    data,
    "--weights",
    join(out, "weights.safetensors"),
    "--backend",
    "js",
    ...more,
  );
  expect([ran.code, ran.err]).toEqual([0, ""]);
  return ran.out;
};

describe("train", () => {
  test("leaves a history with a line an epoch, weights that say how they were made, and the result", async () => {
    const out = await trained("--epochs", "5", "--fold", "2", "--seed", "7", "--pressure", "4");
    expect(readdirSync(out).sort()).toEqual(all);
    expect(JSON.parse(text(out, "run.json"))).toMatchObject({
      numerics,
      backend: "js float32",
      seconds: expect.any(Number),
    });
    const history = lines(text(out, "history.jsonl")).map((line) => JSON.parse(line));
    expect(history.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    for (const { validation, sampler, drawsPerLabel } of history) {
      expect(Object.keys(validation)).toContain("macroAuc");
      expect(Object.keys(sampler)).toContain("effectiveSampleSize");
      expect(Object.keys(drawsPerLabel)).toEqual(dataset.labelNames);
    }
    const result = JSON.parse(text(out, "result.json"));
    expect(result).toMatchObject({
      backend: "js float32",
      settings: { data: "synthetic:rows=60,features=6,labels=4,imbalance=4,seed=7", fold: 2, seed: 7, epochs: 5 },
    });
    const { settings, origin } = decodeModel(readFileSync(join(out, "weights.safetensors")), "w");
    expect(settings).toEqual(result.settings);
    expect(origin).toMatchObject({ numerics, backend: "js float32", fingerprint: result.fingerprint });
  });

  test("the same command twice gives the same bytes; another seed does not", async () => {
    const [a, b, c] = [await trained(), await trained(), await trained("--seed", "2")];
    for (const name of files) {
      expect(readFileSync(join(a, name)).equals(readFileSync(join(b, name)))).toBe(true);
      expect(readFileSync(join(a, name)).equals(readFileSync(join(c, name)))).toBe(false);
    }
  });

  test("--json prints what result.json holds; else a table with every metric, and where it is", async () => {
    const out = join(folder(), "run");
    const asJson = await hardbatch("train", small, "--out", out, ...quick, "--json", "--quiet");
    const result = JSON.parse(text(out, "result.json"));
    expect(JSON.parse(asJson.out)).toEqual(result);
    const asText = await hardbatch("train", small, "--out", out, ...quick, "--force");
    for (const name of Object.keys(result.metrics)) expect(asText.out).toMatch(new RegExp(`^${name} `, "m"));
    expect(asText.out).toContain(`written to ${out}`);
    expect(asText.err).toMatch(/^mlp, adaptive, synthetic:.*, js float32\n/);
    expect(asText.err).toMatch(/^epoch 2, loss \d\.\d{4}, macroAuc \d\.\d{4}$/m);
  });

  test("a run that diverges says so, keeps the last good weights and no result of an earlier run", async () => {
    const out = await trained();
    const before = readFileSync(join(out, "weights.safetensors"));
    const greedy = ["--lr", "1e30", "--lr-warm-up", "0", "--weight-decay", "0"];
    const { code, err } = await hardbatch("train", small, "--out", out, ...quick, ...greedy, "--quiet", "--force");
    expect(code).toBe(1);
    expect(err).toMatch(/^hardbatch: training diverged in epoch 1, step 2: .*; the last good weights are in .*\n$/);
    expect(err).toContain(join(out, "weights.safetensors"));
    expect(readdirSync(out).sort()).toEqual(["history.jsonl", "weights.safetensors"]);
    expect(text(out, "history.jsonl")).toBe("");
    const kept = readFileSync(join(out, "weights.safetensors"));
    expect(kept.equals(before)).toBe(false);
    expect(decodeModel(kept, "w").settings).toMatchObject({ optimiser: { learningRate: 1e30 } });
  });

  test("options that are refused leave an earlier run as it was", async () => {
    const out = await trained();
    const before = files.map((name) => text(out, name));
    expect((await hardbatch("train", small, "--out", out, ...quick, "--clip-norm", "0")).code).toBe(2);
    expect(files.map((name) => text(out, name))).toEqual(before);
  });

  test.each([
    ["one label and one feature", ["synthetic:rows=40,labels=1,features=1"]],
    ["folds of one row, so that some metrics are undefined", [small, "--folds", "60"]],
    ["a batch above the rows", [small, "--batch-size", "1000"]],
    ["warm-up to the end", [small, "--warm-up", "9"]],
    ["widths that repeat", [small, "--hidden", "6,6,6"]],
    ["every published choice", [small, "--protocol", "paper", "--keep", "last", "--sampler", "sequential"]],
    ["what proofs assume, measured", [small, "--conditions"]],
  ])("%s", async (_, [data, ...more]) => {
    const { code, out } = await hardbatch("train", data, "--out", folder(), ...quick, ...more);
    expect(code).toBe(0);
    expect(out).not.toMatch(/NaN|undefined/);
  });
});

describe("predict", () => {
  test("scores every row by name, as in training: the test rows' metrics are those of the result", async () => {
    const out = await trained("--fold", "1");
    const csv = await scoresOf(small, out);
    expect(lines(csv)[0]).toBe(["row", ...dataset.labelNames].join(","));
    const rows = table(csv);
    expect(rows.length).toBe(60);
    const data = prepare(dataset, { seed: 1, fold: 1, dropLabelsAtMost: 1 });
    const scores = Float32Array.from(Array.from(data.rows.test).flatMap((row) => rows[row]));
    const found: Record<string, number | null> = { ...metrics(selectRows(data.labels, data.rows.test), scores) };
    const { metrics: stored } = JSON.parse(text(out, "result.json"));
    expect(found).toEqual(stored);
    expect(found.macroAuc).not.toBe(null);
  });

  test("--json and --out hold the same scores", async () => {
    const out = await trained();
    const csv = await scoresOf(small, out);
    expect(JSON.parse(await scoresOf(small, out, "--json"))).toEqual({
      labels: dataset.labelNames,
      scores: table(csv),
    });
    const path = join(folder(), "new", "scores.csv");
    expect(await scoresOf(small, out, "--out", path)).toBe("");
    expect(readFileSync(path, "utf8")).toBe(csv);
  });

  test("label names with commas and quotes are fields of CSV", async () => {
    const place = folder();
    const labelNames = ['a,"b"', "c\nd", "é", "plain"];
    writeFileSync(join(place, "odd.arff"), printArff({ ...dataset, labelNames }));
    const path = join(place, "odd.arff");
    const given = ["--labels", "4", ...quick];
    expect((await hardbatch("train", path, "--out", join(place, "run"), ...given)).code).toBe(0);
    expect((await scoresOf(path, join(place, "run"))).startsWith('row,"a,""b""","c\nd",é,plain\n')).toBe(true);
  });

  test("data need no labels, nor the features' order, nor their format", async () => {
    const place = folder();
    const out = await trained();
    const csv = await scoresOf(small, out);
    const { features, featureNames } = dataset;
    const order = [2, 5, 0, 4, 1, 3];
    const rowOf = (row: number): string => order.map((column) => features.values[6 * row + column]).join(",");
    const head = order.map((column) => featureNames[column]).join(",");
    const body = Array.from({ length: 60 }, (_, row) => `${rowOf(row)}\n`).join("");
    writeFileSync(join(place, "plain.csv"), `${head}\n${body}`);
    expect(await scoresOf(join(place, "plain.csv"), out)).toBe(csv);
    writeFileSync(join(place, "labelled.arff.gz"), gzipSync(printArff(dataset)));
    expect(await scoresOf(join(place, "labelled.arff.gz"), out)).toBe(csv);
  });

  test("a LIBSVM file that ends before the last feature: what is not there is 0", async () => {
    const place = folder();
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 2},2 1:${i / 60} 2:${(i * 7) % 5} ${i > 30 ? "4:1" : ""}\n`,
    );
    writeFileSync(join(place, "all.svm"), rows.join(""));
    const given = ["--epochs", "2", "--hidden", "4", "--backend", "js", "--quiet"];
    expect((await hardbatch("train", join(place, "all.svm"), "--out", join(place, "run"), ...given)).code).toBe(0);
    const whole = await scoresOf(join(place, "all.svm"), join(place, "run"));
    writeFileSync(join(place, "some.svm"), rows.slice(0, 20).join(""));
    const some = await scoresOf(join(place, "some.svm"), join(place, "run"));
    expect(lines(some)).toEqual(lines(whole).slice(0, 21));
  });

  test("other data are refused, and nothing is written", async () => {
    const out = await trained();
    const path = join(folder(), "scores.csv");
    const weights = join(out, "weights.safetensors");
    const other = "synthetic:rows=60,features=5,labels=4,imbalance=4";
    const { code, err } = await hardbatch("predict", other, "--weights", weights, "--out", path);
    expect(code).toBe(2);
    expect(err).toBe(`hardbatch: ${other} does not fit ${weights}: the data lack 1 of the 6 features wanted: "x6"\n`);
    expect(existsSync(path)).toBe(false);
  });

  test("files named in any script", async () => {
    const place = join(folder(), "dätä ☃ データ");
    const out = join(place, "läuft 'so'");
    expect((await hardbatch("train", small, "--out", out, ...quick)).code).toBe(0);
    const path = join(place, 'sch"ön.csv');
    await scoresOf(small, out, "--out", path);
    expect(table(readFileSync(path, "utf8")).length).toBe(60);
  });

  test("every model's scores come back from its file", async () => {
    const options: readonly (readonly string[])[] = [
      ["clif", "--model-option", "hidden=4"],
      ["dela", "--model-option", "encoder=[4]", "--model-option", "decoder=[4]"],
      ["mpvae", "--model-option", "decoder=[4]", "--model-option", "draws=3"],
    ];
    for (const [model, ...more] of options) {
      const out = join(folder(), "run");
      const given = ["--epochs", "1", "--batch-size", "16", "--backend", "js", "--drop-rare", "1"];
      expect((await hardbatch("train", small, "--out", out, ...given, "--model", model, ...more)).code).toBe(0);
      const rows = table(await scoresOf(small, out));
      const data = prepare(dataset, { seed: 1, dropLabelsAtMost: 1 });
      const scores = Float32Array.from(Array.from(data.rows.test).flatMap((row) => rows[row]));
      const { metrics: stored } = JSON.parse(text(out, "result.json"));
      const found: Record<string, number | null> = { ...metrics(selectRows(data.labels, data.rows.test), scores) };
      expect(found).toEqual(stored);
    }
  });
});
