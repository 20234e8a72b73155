/** How every command answers help, mistakes and --quiet, and that --json is all that it prints. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, hardbatch, quick, small } from "./run.ts";

const commands = ["inspect", "train", "predict", "compare", "doctor"] as const;

describe("help", () => {
  test("lists every command", async () => {
    const { code, out, err } = await hardbatch("--help");
    expect([code, err]).toEqual([0, ""]);
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, "m"));
  });

  test.each(commands)("%s --help says what it takes, each option with words", async (command) => {
    const { code, out, err } = await hardbatch(command, "--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(new RegExp(`^Usage: hardbatch ${command} `));
    const options = out.split("\n").filter((line) => /^ {2}-/.test(line));
    expect(options.length).toBeGreaterThan(2);
    for (const line of options) expect(line, line).toMatch(/^ {2}-\S+( \S+)*( {2,}\S.*|$)/);
    for (const each of ["--quiet", "--json", "--help"]) expect(out).toContain(each);
    if (command !== "doctor") expect(out).toContain("--seed <n>");
  });

  test.each([["folds"], ["data", "list"], ["data", "fetch"]])("%s %s: help says what it takes", async (...words) => {
    const { code, out, err } = await hardbatch(...words, "--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(new RegExp(`^Usage: hardbatch ${words.join(" ")} `));
    for (const line of out.split("\n").filter((line) => /^ {2}-/.test(line)))
      expect(line, line).toMatch(/^ {2}-\S+( \S+)*( {2,}\S.*|$)/);
  });

  test("help COMMAND is the same", async () => {
    expect((await hardbatch("help", "train")).out).toBe((await hardbatch("train", "--help")).out);
  });

  test("--version is that of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await hardbatch("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

const train = ["train", small, "--out", "unused", ...quick];
const compare = ["compare", small, "--out", "unused.jsonl", "--folds", "2", ...quick];

/** Wrong command lines and what is said of them; all end with 2 and print nothing else. */
const mistakes: readonly (readonly [readonly string[], string])[] = [
  [[], "Usage: hardbatch"],
  [["frobnicate"], "unknown command 'frobnicate'"],
  [["inspect"], "missing required argument 'DATA'"],
  [["inspect", small, small], "too many arguments for 'inspect'. Expected 1 argument but got 2."],
  [["inspect", small, "--sead", "1"], "unknown option '--sead'"],
  [["inspect", small, "--seed"], "option '--seed <n>' argument missing"],
  [["inspect", small, "--seed", "-1"], '--seed "-1": expected a whole number from 0 to 4294967295'],
  [["inspect", small, "--seed", "4294967296"], "expected a whole number from 0 to 4294967295"],
  [["inspect", small, "--seed", "1.5"], '--seed "1.5": expected a whole number'],
  [["inspect", small, "--seed", ""], '--seed "": expected a whole number'],
  [["inspect", small, "--seed", "１"], '--seed "１": expected a whole number'],
  [["inspect", ""], "DATA is empty: expected a .arff"],
  [["inspect", "synthetic:rows=3"], "synthetic rows=3: expected a whole number from 10"],
  [["inspect", "synthetic:colour=3"], '"colour=3" in "synthetic:colour=3": expected option=value'],
  [["inspect", "synthetic:"], "expected option=value"],
  [["inspect", small, "--drop-rare", "1000"], "--drop-rare 1000: all 4 labels have at most 1000 positives; lower it"],
  [["inspect", small, "--folds", "61"], "61 folds of 60 rows"],
  [["inspect", small, "--weighting", "heavy"], '--weighting "heavy": expected one of imbalance, none, global, local'],
  [["inspect", small, "--weight-scale", "-1"], '--weight-scale "-1": expected a number of at least 0'],
  [["inspect", "x.arff", "--labels", "2", "--xml", "x.xml"], "expected one of them"],
  [["inspect", "x.arff", "--labels", "two"], 'labels "two": expected their number, as in 6, 6:start or 6:end'],
  [["inspect", "x.xlsx"], "there is no such file"],
  [["train", small], "--out is missing: expected a folder, or --resume with one"],
  [["train", small, "--out", ""], '--out "": expected a name'],
  [[...train, "--epochs", "0"], '--epochs "0": expected a whole number of at least 1'],
  [[...train, "--epochs", "1.5"], '--epochs "1.5": expected a whole number'],
  [[...train, "--epochs", "99999999999999999999"], "expected a whole number from 1 to 9007199254740991"],
  [[...train, "--batch-size", "0"], '--batch-size "0"'],
  [[...train, "--lr", "fast"], '--lr "fast": expected a number of at least 0'],
  [[...train, "--lr", "-0.1"], '--lr "-0.1": expected a number of at least 0'],
  [[...train, "--lr", "Infinity"], '--lr "Infinity": expected a number'],
  [[...train, "--clip-norm", "0"], '--clip-norm "0": expected a number above 0'],
  [[...train, "--hidden", ""], '--hidden "": expected a list of one or more whole numbers of at least 1'],
  [[...train, "--hidden", "8,,8"], '--hidden "8,,8": expected a list of one or more whole numbers'],
  [[...train, "--hidden", "8,0"], '--hidden "8,0": expected a list of one or more whole numbers of at least 1'],
  [
    [...train, "--hidden", "9999999999"],
    "parameter hidden.0.weight [6, 9999999999]: 59999999994 numbers, expected at most",
  ],
  [[...train, "--model", "resnet"], '--model "resnet": expected one of mlp'],
  [[...train, "--model", "clif"], 'model option mlp.hidden: "mlp" is none of the models here, clif'],
  [[...train, "--model-option", "depth"], '--model-option "depth": expected key=value'],
  [[...train, "--model-option", "=3"], '--model-option "=3": expected key=value'],
  [[...train, "--model-option", "depth=3"], "model mlp has no option depth; it has hidden, slope, dropout"],
  [[...train, "--model-option", "dropout=1"], "option dropout is 1, expected a number from 0 to below 1"],
  [[...train, "--model-option", "__proto__=1"], "model mlp has no option __proto__"],
  [[...train, "--sampler", "greedy"], '--sampler "greedy": expected one of uniform'],
  [[...train, "--sampler", "uniform", "--pressure", "2"], "sampler uniform has no option pressure; it has lastBatch"],
  [[...train, "--pressure", "0.5"], '--pressure "0.5": expected a number of at least 1'],
  [[...train, "--pressure", "1e300"], "pressure 1e+300: expected a number from 1"],
  [[...train, "--refresh", "never"], '--refresh "never": expected one of epoch, batch, full'],
  [[...train, "--sampler-option", "kappa=1"], "sampler adaptive has no option kappa"],
  [[...train, "--sampler-option", "k=many"], 'option k is "many", expected a whole number'],
  [[...train, "--criterion", "accuracy"], '--criterion "accuracy": expected one of macroAuc'],
  [[...train, "--protocol", "dirty"], '--protocol "dirty": expected one of clean, paper'],
  [[...train, "--folds", "1"], '--folds "1": expected a whole number of at least 2'],
  [[...train, "--folds", "61"], "61 folds of 60 rows"],
  [[...train, "--fold", "5"], "fold 5: expected a whole number from 0 to 4"],
  [[...train, "--drop-rare", "60"], "lower the limit (dropLabelsAtMost, --drop-rare)"],
  [[...train, "--feature-share", "0"], "feature share 0: expected a number above 0 and at most 1"],
  [[...train, "--feature-share", "0.01"], "keeps none"],
  [[...train, "--backend", "cuda"], '--backend "cuda": expected one of auto, js'],
  [[...train, "--threads", "0"], '--threads "0": expected a whole number from 1 to 256'],
  [[...train, "--threads", "2"], "--threads 2: the js backend has no threads, only wasm has"],
  [[...train, "--stratification", "3"], '--stratification "3": expected one of 1, 2'],
  [["predict", small], "no weights: expected --weights FILE"],
  [["predict", small, "--weights", "nowhere.safetensors"], "--weights nowhere.safetensors: there is no such file"],
  [["predict", small, "--weights", "."], "--weights . is a folder: expected the weights.safetensors in it"],
  [[...compare, "--models", "mlp,mlp"], '--models "mlp,mlp": mlp stands there twice'],
  [[...compare, "--samplers", ","], '--samplers ",": expected values separated by commas'],
  [[...compare, "--samplers", "uniform,greedy"], '--samplers "greedy": expected one of'],
  [[...compare, "--seeds", "1,01"], '--seeds "1,01": 1 stands there twice'],
  [[...compare, "--seeds", "1,x"], '--seeds "x": expected a whole number'],
  [[...compare, "--metrics", "speed"], '--metrics "speed": expected one of macroAuc'],
  [[...compare, "--fold", "1"], "unknown option '--fold'"],
  [[...compare, "--sampler-option", "kappa=1"], "sampler option kappa: none of uniform, adaptive has it"],
  [[...compare, "--sampler-option", "d2ace.k=1"], 'sampler option d2ace.k: "d2ace" is none of the samplers here'],
  [[...compare, "--sampler-option", "uniform.k=1"], "sampler uniform has no option k"],
  [[...compare, "--out", ""], '--out "": expected a name'],
  [[...compare, "--out", "."], ". is a folder: expected the name of a file"],
  [["doctor", "now"], "too many arguments for 'doctor'"],
  [["folds"], "required option '--out <file>' not specified"],
  [["folds", "--out", "f.json"], "missing required argument 'DATA'"],
  [["folds", small, "--out", ""], '--out "": expected a name'],
  [["folds", small, "--out", "f.json", "--folds", "1"], '--folds "1": expected a whole number of at least 2'],
  [["folds", small, "--out", "f.json", "--folds", "61"], "61 folds of 60 rows"],
  [["folds", small, "--out", "f.json", "--stratification", "3"], '--stratification "3": expected one of 1, 2'],
  [["data", "fetch"], "nothing to fetch: expected NAME or --url"],
  [["data", "fetch", "nonsense"], "no such data set; hardbatch data list names all"],
  [["data", "list", "nonsense"], "no such data set; hardbatch data list names all"],
  [["data", "lost"], "unknown command 'lost'"],
  [["data", "fetch", "emotions", "--to", ""], '--to "": expected a name'],
];

describe("mistakes are answered in a line, with 2 and nothing on standard output", () => {
  test.each(mistakes)("%j", async (words, message) => {
    const { code, out, err } = await hardbatch(...words);
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n {4}at |internal error/);
    const isMissingFile = message === "there is no such file";
    expect([code, out]).toEqual([isMissingFile ? 1 : 2, ""]);
  });
});

describe("files that are not what they should be end with 1 and their place", () => {
  const files: readonly (readonly [string, string | undefined, string])[] = [
    ["missing.arff", undefined, "missing.arff: there is no such file"],
    ["empty.arff", "", "empty.arff:1:1: "],
    ["broken.arff", "@relation x\n@attribute a numeric\n@attribute b {0,1}\n@data\n1,2\n", "broken.arff:5:3: "],
    ["plain.csv", "a,b\n1,0\n", "plain.csv: no word on the labels"],
    ["data ☃ é.csv", "a;b\nx;0\n", "data ☃ é.csv:2:1: "],
  ];
  test.each(files)("%s", async (name, content, message) => {
    const path = join(folder(), name);
    if (content !== undefined) writeFileSync(path, content);
    const labels = message.includes("no word") ? [] : ["--labels", "1"];
    const { code, out, err } = await hardbatch("inspect", path, ...labels);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(message);
    expect(err.trimEnd()).not.toContain("\n");
  });

  test("a folder as DATA, and a kind of file that is not known", async () => {
    const place = folder();
    expect(await hardbatch("inspect", place)).toMatchObject({ code: 1, err: expect.stringContaining("a folder: ") });
    const table = join(place, "table.xlsx");
    writeFileSync(table, "x");
    expect(await hardbatch("inspect", table)).toMatchObject({
      code: 2,
      err: expect.stringContaining("expected a data file named .arff"),
    });
  });

  test("weights that are none", async () => {
    const path = join(folder(), "w.safetensors");
    writeFileSync(path, "weights");
    const { code, err } = await hardbatch("predict", small, "--weights", path);
    expect(code).toBe(1);
    expect(err).toMatch(/w\.safetensors: the file has 7 bytes/);
  });

  test("results that are none", async () => {
    const path = join(folder(), "notes.txt");
    writeFileSync(path, "my notes\n");
    const { code, err } = await hardbatch("compare", small, "--out", path, "--folds", "2", ...quick);
    expect(code).toBe(1);
    expect(err).toContain("notes.txt:1: expected a cell as one line of JSON");
    expect(readFileSync(path, "utf8")).toBe("my notes\n");
  });

  test.each([
    ["train", ["train", small, "--out"]],
    ["compare", ["compare", small, "--folds", "2", "--out"]],
  ])("%s into a place below a file is refused before it trains", async (_, words) => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    const { code, out, err } = await hardbatch(...words, join(file, "below"), ...quick, "--epochs", "1000000");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/can't write .*below.*: a part of the path is a file, not a folder/);
  });
});

describe("--json and --quiet", () => {
  /** A command line of each command, and what its object has. */
  async function lines(): Promise<readonly (readonly [readonly string[], readonly string[]])[]> {
    const place = folder();
    await hardbatch("train", small, "--out", join(place, "run"), ...quick, "--quiet");
    const weights = join(place, "run", "weights.safetensors");
    return [
      [
        ["inspect", small],
        ["name", "rows", "irlbl", "weights"],
      ],
      [
        ["train", small, "--out", join(place, "other"), ...quick],
        ["settings", "backend", "bestEpoch", "metrics"],
      ],
      [
        ["predict", small, "--weights", weights, "--backend", "js"],
        ["labels", "scores"],
      ],
      [
        ["compare", small, "--out", join(place, "c.jsonl"), "--folds", "2", ...quick],
        ["tables", "overall"],
      ],
      [["doctor"], ["engine", "backends"]],
    ];
  }

  test("--json prints one line that is an object, --quiet nothing on standard error", async () => {
    for (const [words, keys] of await lines()) {
      const { code, out, err } = await hardbatch(...words, "--json", "--quiet");
      expect([code, err]).toEqual([0, ""]);
      expect(out.indexOf("\n")).toBe(out.length - 1);
      expect(Object.keys(JSON.parse(out))).toEqual(expect.arrayContaining([...keys]));
    }
  });

  test("progress goes to standard error and leaves the object alone", async () => {
    const words = ["compare", small, "--out", join(folder(), "c.jsonl"), "--folds", "2", ...quick, "--json"];
    const { code, out, err } = await hardbatch(...words);
    expect(code).toBe(0);
    expect(() => JSON.parse(out)).not.toThrow();
    expect(err).toMatch(/^4 of 4 cells to run\n(.|\n)*done in /);
  });
});
