/** Splits that others published, on the command line: a test file, a folds file, and what the report says of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeWith, realData } from "../fixtures.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

/** Training and test file of one kind of data, as others ship them: another order of columns and of values. */
function pair(): { readonly training: string; readonly test: string } {
  const place = folder();
  const row = (i: number): readonly [number, string, string, number, number] => [
    i / 7,
    ["red", "green", "blue"][i % 3],
    i % 2 ? "yes" : "no",
    i % 3 === 0 ? 1 : 0,
    i % 2,
  ];
  const training = Array.from({ length: 40 }, (_, i) => row(i).join(","));
  const test = Array.from({ length: 20 }, (_, i) => {
    const [a, color, smoker, l, m] = row(i + 3);
    return [m, smoker, l, a, color, "'note, unread'"].join(",");
  });
  writeFileSync(
    join(place, "d-train.arff"),
    `@relation 'd: -C -2'\n@attribute a numeric\n@attribute color {red,green,blue}\n@attribute smoker {no,yes}\n@attribute l {0,1}\n@attribute m {0,1}\n@data\n${training.join("\n")}\n`,
  );
  writeFileSync(
    join(place, "d-test.arff"),
    `@relation d\n@attribute m {1,0}\n@attribute smoker {yes,no}\n@attribute l {0,1}\n@attribute a numeric\n@attribute color {blue,red,green}\n@attribute note string\n@data\n${test.join("\n")}\n`,
  );
  return { training: join(place, "d-train.arff"), test: join(place, "d-test.arff") };
}

describe("--test", () => {
  it("compare reports seeds as the only replication", async () => {
    const { training, test } = pair();
    const out = join(folder(), "r.jsonl");
    const given = [...quick, "--seeds", "1,2,3", "--out", out, "--quiet"];
    const ran = await hardbatch("compare", training, "--test", test, ...given);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    expect(ran.out.replace(/\s+/g, " ")).toContain(
      "paired t-test over seeds, the only replication on a fixed test set",
    );
    const cells = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const found = cells.filter(({ metrics }) => metrics);
    expect(found.length).toBe(6);
    for (const { settings, rows } of found) {
      expect([settings.folds, settings.split, rows.test]).toEqual([1, "test file", 20]);
      expect(rows.train + rows.validation).toBe(40);
    }
  });

  it("train says which test set it was", async () => {
    const { training, test } = pair();
    const out = join(folder(), "run");
    expect((await hardbatch("train", training, "--test", test, "--out", out, ...quick, "--quiet")).code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8")).settings).toMatchObject({
      folds: 1,
      split: "test file",
    });
  });

  it.each([
    [["compare", small, small, "--test", "x.arff"], /expected one DATA, found 2/],
    [["compare", small, "--test", "x.arff", "--folds-file", "y"], /expected one of them/],
    [["train", small, "--out", "o", "--test", "x.arff"], /x\.arff: there is no such file/],
    [["train", small, "--out", "o", "--folds-file", "x.json"], /--folds-file x\.json: there is no such file/],
  ])("%j is refused", async (words, message) => {
    expect((await hardbatch(...words)).err).toMatch(message);
  });
});

it("folds writes the folds that compare makes: the same cells either way", async () => {
  const place = folder();
  const file = join(place, "folds.json");
  const { out } = await hardbatch("folds", small, "--folds", "3", "--seed", "4", "--out", file);
  expect(out).toMatch(/^3 folds of 20, 20, 20 rows, /);
  const metricsOf = async (...more: readonly string[]): Promise<unknown[]> => {
    const results = join(folder(), "r.jsonl");
    const given = [...quick, "--seed", "4", "--samplers", "uniform", "--out", results, "--quiet", ...more];
    expect((await hardbatch("compare", small, ...given)).code).toBe(0);
    const lines = readFileSync(results, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    return lines.filter(({ metrics }) => metrics).map(({ key, metrics }) => [key.fold, metrics]);
  };
  expect(await metricsOf("--folds-file", file)).toEqual(await metricsOf("--folds", "3"));
  const other = small.replace("rows=60", "rows=66");
  expect((await hardbatch("train", other, "--out", place, "--folds-file", file)).err).toMatch(/folds of 60 rows/);
});

describeWith(`${realData}/emotions/emotions-test.arff`, "a pair that Mulan ships", () => {
  it("has 391 and 202 rows", async () => {
    const [train, test] = ["train", "test"].map((part) => `${realData}/emotions/emotions-${part}.arff`);
    const out = join(folder(), "r.jsonl");
    const given = [
      "--test",
      test,
      "--epochs",
      "1",
      "--backend",
      "js",
      "--samplers",
      "uniform",
      "--out",
      out,
      "--quiet",
    ];
    expect((await hardbatch("compare", train, ...given)).code).toBe(0);
    const lines = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [{ rows }] = lines.filter(({ metrics }) => metrics);
    expect([rows.train + rows.validation, rows.test]).toEqual([391, 202]);
  });
});
