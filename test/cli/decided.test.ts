/**
 * What is decided and explained after training, through the command: comparisons with thresholds that were fitted,
 * names too long for a line, weights from PyTorch, and outputs that cannot be written.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printArff } from "../../src/data/formats/print-arff.ts";
import { parseSynthetic } from "../../src/data/synthetic.ts";
import { type Cell, idOf } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { folder, hardbatch, program, quick, small, start } from "./run.ts";

async function done(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await hardbatch(...words);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe("compare --threshold", () => {
  const words = [small, "--folds", "2", ...quick, "--sampler-option", "warmUp=1", "--no-times", "--quiet"];
  const cellsOf = async (...more: readonly string[]): Promise<readonly Cell[]> => {
    const path = join(folder(), "c.jsonl");
    await done("compare", ...words, "--out", path, ...more);
    return parseCells(readFileSync(path, "utf8"), path).cells;
  };
  const ids = (cells: readonly Cell[]): readonly string[] => cells.map(idOf);

  test("changes what is decided and nothing else, and names other cells", async () => {
    const [plain, fixed, tuned] = [
      await cellsOf(),
      await cellsOf("--threshold", "fixed"),
      await cellsOf("--threshold", "scut"),
    ];
    expect(ids(fixed)).toEqual(ids(plain));
    expect(ids(tuned).filter((id) => ids(plain).includes(id))).toEqual([]);
    for (const [i, { metrics, history, settings }] of tuned.entries()) {
      const own = plain[i];
      expect(settings).toEqual({ ...own.settings, threshold: "scut" });
      expect(history).toEqual(own.history);
      for (const name of ["macroAuc", "microAuc", "rankingLoss", "oneError", "macroAveragePrecision"] as const)
        expect(metrics[name]).toBe(own.metrics[name]);
      expect(metrics.macroF1).not.toBe(own.metrics.macroF1);
    }
    // What is tuned for macro F1 finds more of it here on average, on rows that it was not tuned on.
    const mean = (cells: readonly Cell[]) =>
      cells.reduce((sum, { metrics }) => sum + (metrics.macroF1 ?? 0), 0) / cells.length;
    expect(mean(tuned)).toBeGreaterThan(mean(plain));
  });

  test("decides as train does with the same threshold", async () => {
    const [first] = await cellsOf("--threshold", "macroF1", "--samplers", "adaptive");
    const out = join(folder(), "run");
    const one = ["--sampler", "adaptive", "--fold", "0", "--threshold", "macroF1"];
    await done("train", ...words.filter((word) => word !== "--no-times"), ...one, "--out", out);
    expect(first.metrics).toEqual(JSON.parse(readFileSync(join(out, "result.json"), "utf8")).metrics);
  });
});

describe("weights from PyTorch in evaluate and explain", () => {
  test("give what our own give, where rows are unknown", async () => {
    const place = folder();
    const [dict, preprocessing] = [join(place, "dict.safetensors"), join(place, "preprocessing.json")];
    const own = ["--weights", join(place, "run", "weights.safetensors")];
    await done("train", small, "--out", join(place, "run"), ...quick, "--quiet");
    await done("export", ...own, "--pytorch", dict, "--preprocessing", preprocessing, "--quiet");
    const foreign = ["--from-pytorch", dict, "--model", "mlp", "--model-option", "hidden=6"];
    const json = ["--backend", "js", "--json"];
    const scored = async (...weights: readonly string[]) => {
      const { metrics, calibration, rowsSeen } = JSON.parse(await done("evaluate", small, ...weights, ...json));
      return { metrics, calibration, known: rowsSeen !== null };
    };
    const expected = await scored(...own);
    expect(expected.known).toBe(true);
    for (const weights of [
      [...foreign, "--preprocessing", preprocessing],
      [...own, "--from-pytorch", dict],
    ]) {
      expect(await scored(...weights)).toEqual({ ...expected, known: false });
      const refused = await hardbatch("evaluate", small, ...weights, "--rows", "test");
      expect([refused.code, refused.err]).toEqual([
        2,
        expect.stringMatching(/--rows test: .*does not say which rows/s),
      ]);
    }
    const explained = ["explain", small, "--row", "3", "--label", "label1", ...json];
    const labels = async (...weights: readonly string[]) =>
      JSON.parse(await done(...explained, ...weights)).attributions;
    expect(await labels(...foreign, "--preprocessing", preprocessing)).toEqual(await labels(...own));
  });
});

describe("names that are too long for a line", () => {
  test("are shortened where that is needed, and lines stay within 80 characters", async () => {
    const dataset = parseSynthetic(small);
    const long = (kind: string) => (_: string, i: number) =>
      `${kind} ${i} ${"of a very long name, indeed ".repeat(6)}${"x".repeat(100)}`;
    const path = join(folder(), "long.arff");
    const [labelNames, featureNames] = [
      dataset.labelNames.map(long("label")),
      dataset.featureNames.map(long("feature")),
    ];
    writeFileSync(path, printArff({ ...dataset, labelNames, featureNames }));
    const out = join(folder(), "run");
    const trained = await done("train", path, "--labels", "4", "--out", out, ...quick, "--quiet");
    const weights = ["--weights", join(out, "weights.safetensors"), "--backend", "js"];
    const texts = [
      trained,
      await done("evaluate", path, ...weights, "--draws", "10"),
      await done("explain", path, ...weights, "--row", "7"),
      await done("inspect", path, "--labels", "4", "--row", "7"),
    ];
    const known = [path, out];
    for (const [i, text] of texts.entries()) {
      const lines = text.split("\n").filter((line) => !known.some((name) => line.includes(name)));
      expect(
        lines.filter((line) => line.length > 80),
        `text ${i}`,
      ).toEqual([]);
      expect(text, `text ${i}`).toContain("label 0");
    }
  });
});

describe("an output that cannot be written", () => {
  const trained = async () => {
    const out = join(folder(), "run");
    await done("train", small, "--out", out, ...quick, "--quiet");
    return ["evaluate", small, "--weights", join(out, "weights.safetensors"), "--backend", "js", "--draws", "0"];
  };
  const oneLine = (reason: string) => [1, expect.stringMatching(new RegExp(`^hardbatch: [^\\n]*${reason}[^\\n]*\\n$`))];

  test.runIf(existsSync("/dev/full"))(
    "a full disk, of the report and of every file beside it: one line, and 1",
    async () => {
      const evaluate = await trained();
      const full = spawnSync("sh", ["-c", '"$@" > /dev/full', "sh", process.execPath, program, ...evaluate], {
        encoding: "utf8",
      });
      expect([full.status, full.stderr]).toEqual([
        1,
        "hardbatch: can't write to the standard output: the disk is full\n",
      ]);
      for (const words of [
        [...evaluate, "--labels-out", "/dev/full"],
        ["train", small, "--out", join(folder(), "a"), ...quick, "--quiet", "--scores", "/dev/full"],
        ["train", small, "--out", join(folder(), "b"), ...quick, "--quiet", "--labels-out", "/dev/full"],
        ["predict", ...evaluate.slice(1, -2), "--out", "/dev/full"],
      ]) {
        const { code, err } = await hardbatch(...words);
        expect([code, err], words.join(" ")).toEqual(oneLine("/dev/full: the disk is full"));
      }
    },
  );

  test("a reader that has gone away: one line, and 1", async () => {
    const { child, ended } = start([...(await trained()), "--json"]);
    child.stdout?.destroy();
    const { code, err } = await ended;
    expect([code, err]).toEqual([1, "hardbatch: can't write to the standard output: its reader has gone away\n"]);
  });
});
