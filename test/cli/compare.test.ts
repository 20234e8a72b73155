/** compare: cells are kept as they finish, nothing runs twice, and what was cut off runs again. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCells } from "../../src/experiment/lines.ts";
import { numerics } from "../../src/training/numerics.ts";
import { describeWith, realData } from "../fixtures.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

const words = ["compare", small, "--folds", "2", ...quick, "--sampler-option", "warmUp=1", "--no-times"];
const file = (): string => join(folder(), "results", "c.jsonl");
const text = (path: string): string => readFileSync(path, "utf8");

async function compare(
  out: string,
  ...more: readonly string[]
): Promise<{ readonly out: string; readonly err: string }> {
  const ran = await hardbatch(...words, "--out", out, ...more);
  expect(ran.code).toBe(0);
  return ran;
}

describe("compare", () => {
  test("writes a line a cell and prints a report with the difference, where it is and how to go on", async () => {
    const path = file();
    const { out, err } = await compare(path);
    const { cells, warnings } = parseCells(text(path), path);
    expect(warnings).toEqual([]);
    expect(cells.map(({ key }) => `${key.fold} ${key.sampler}`)).toEqual([
      "0 uniform",
      "0 adaptive",
      "1 uniform",
      "1 adaptive",
    ]);
    expect(out).toContain("2 folds x 1 seed, backend js float32");
    expect(out).toMatch(/^macroAuc \(higher\)\n +uniform +\d\.\d{4} ± \d\.\d{4}/m);
    expect(out).toMatch(/^ +adaptive +\d\.\d{4} ± \d\.\d{4} +[+-]\d\.\d{4} +\[/m);
    expect(out).toContain(`results: ${path}, one line of JSON a cell`);
    expect(out).toContain("a real data set: hardbatch compare emotions.arff");
    expect(err).toMatch(/^4 of 4 cells to run\n/);
  });

  test("the same command twice gives the same bytes, and the second time runs nothing", async () => {
    const [path, other] = [file(), file()];
    const first = await compare(path, "--seeds", "1,2");
    const bytes = text(path);
    await compare(other, "--seeds", "1,2");
    expect(text(other)).toBe(bytes);
    const again = await compare(path, "--seeds", "1,2");
    expect(text(path)).toBe(bytes);
    expect(again.out).toBe(first.out);
    expect(again.err).toBe("0 of 8 cells to run\n");
  });

  test("wherever the file was cut off, running again completes it", async () => {
    const path = file();
    const whole = await compare(path);
    const bytes = text(path);
    const ends = [...bytes.matchAll(/\n/g)].map(({ index }) => index);
    for (const at of [0, 5, ends[0] - 1, ends[0], ends[0] + 1, ends[1] + 40, ends[2] + 1, bytes.length - 2]) {
      writeFileSync(path, bytes.slice(0, at));
      const { out, err } = await compare(path);
      expect(text(path)).toBe(bytes);
      expect(out).toBe(whole.out);
      const inside = at > 0 && !ends.includes(at) && !ends.includes(at - 1);
      expect(err.includes("the line was cut off by an interrupted write")).toBe(inside);
    }
  });

  test("a grid that grows runs what is new; the report is of this grid alone", async () => {
    const path = file();
    await compare(path);
    const { err, out } = await compare(path, "--samplers", "uniform,adaptive,balanced");
    expect(err).toMatch(/^2 of 6 cells to run\n/);
    expect(out).toMatch(/^ +balanced /m);
    const { err: less, out: fewer } = await compare(path, "--samplers", "uniform,adaptive");
    expect(less).toBe("0 of 4 cells to run\n");
    expect(fewer).not.toContain("balanced");
    expect((await compare(path, "--epochs", "3")).err).toMatch(/^4 of 4 cells to run\n/);
  });

  test("--json is the report, with the metrics asked for", async () => {
    const { out } = await compare(file(), "--json", "--metrics", "oneError,macroAuc", "--quiet");
    const { tables } = JSON.parse(out);
    expect(tables.length).toBe(1);
    expect(tables[0].rows.map(({ metric, treatment }: Record<string, string>) => `${metric} ${treatment}`)).toEqual([
      "oneError uniform",
      "oneError adaptive",
      "macroAuc uniform",
      "macroAuc adaptive",
    ]);
  });

  test("options for one of several models or samplers", async () => {
    const path = file();
    const own = ["--sampler-option", "adaptive.pressure=8", "--pressure", "3", "--model-option", "clif.hidden=3"];
    await compare(path, "--samplers", "uniform,adaptive,d2ace", "--models", "mlp,clif", ...own);
    for (const { key, settings } of parseCells(text(path), path).cells) {
      expect(settings.modelOptions).toEqual(key.model === "mlp" ? { hidden: [6] } : { hidden: 3 });
      const expected = { uniform: {}, adaptive: { pressure: 8, warmUp: 1 }, d2ace: { pressure: 3, warmUp: 1 } };
      expect({ [key.sampler]: settings.samplerOptions }).toEqual({
        [key.sampler]: Object.entries(expected).find(([name]) => name === key.sampler)?.[1],
      });
    }
  });

  test("a sampler that was warming up to the end is noted, one that was not is not", async () => {
    const path = file();
    const late = await compare(path, "--sampler-option", "warmUp=2");
    expect(late.out).toMatch(/mlp: adaptive went as uniform in every epoch; warm-up may have lasted to the end/);
    expect((await compare(path)).out).not.toContain("warm-up may have lasted");
  });

  test("cells that diverge are kept as failed, with the reason; the exit code is 1 until --retry-failed mends it", async () => {
    const path = file();
    await compare(path);
    const bytes = text(path);
    const greedy = ["--lr", "1e30", "--lr-warm-up", "0"];
    const { code, out, err } = await hardbatch(...words, "--out", path, ...greedy);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^failed: synthetic\S* seed 1 fold 0 mlp uniform: training diverged in epoch 1, step 2/m);
    expect(err).toMatch(/hardbatch: 4 of 4 cells failed; the first: .*\(--retry-failed runs them again\)/);
    expect(text(path).startsWith(bytes)).toBe(true);
    const { cells, failed } = parseCells(text(path), path);
    expect([cells.length, failed.length]).toEqual([4, 4]);
    expect(failed[0]).toMatchObject({
      failure: { kind: "divergence", message: expect.stringMatching(/^training diverged/) },
    });
    const again = await hardbatch(...words, "--out", path, ...greedy);
    expect([again.code, again.err.split("\n")[0]]).toEqual([1, "0 of 4 cells to run"]);
    const retried = await hardbatch(...words, "--out", path, ...greedy, "--retry-failed");
    expect([retried.code, retried.err.split("\n")[0]]).toEqual([1, "4 of 4 cells to run"]);
  });

  test("how a cell was made is told beside it; date and seconds only where times are wanted", async () => {
    const path = file();
    await compare(path);
    const [{ run }] = parseCells(text(path), path).cells;
    expect(run).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), numerics });
    const timed = file();
    await hardbatch(...words.filter((word) => word !== "--no-times"), "--out", timed);
    const [cell] = parseCells(text(timed), timed).cells;
    expect(cell.run).toMatchObject({ ...run, date: expect.stringMatching(/^\d{4}-/), seconds: expect.any(Number) });
  });

  test("what can't run is told before the first cell", async () => {
    const path = file();
    const { code, err } = await hardbatch(...words, "synthetic:rows=20", "--drop-rare", "9", "--out", path);
    expect(code).toBe(2);
    expect(err).toContain("all 10 labels of synthetic:rows=20 have at most 9 positives");
    expect(existsSync(path)).toBe(false);
  });

  test("a results file with something torn at its end is mended, one that is something else is left alone", async () => {
    const path = file();
    await compare(path);
    const bytes = text(path);
    appendFileSync(path, "\0".repeat(1000));
    const { err } = await compare(path, "--seeds", "1,2");
    expect(err).toMatch(/c\.jsonl:5: the line was cut off by an interrupted write; it is left out/);
    expect(text(path).startsWith(bytes)).toBe(true);
    expect(parseCells(text(path), path)).toMatchObject({ cells: { length: 8 }, warnings: [] });
    writeFileSync(path, "a note\n");
    expect((await hardbatch(...words, "--out", path)).code).toBe(1);
    expect(text(path)).toBe("a note\n");
  });
});

describeWith(join(realData, "emotions"), "emotions, five folds", () => {
  const emotions = join(realData, "emotions", "emotions.arff");
  const given = [
    "--no-times",
    "--folds",
    "5",
    "--epochs",
    "30",
    "--lr",
    "0.003",
    "--hidden",
    "64",
    "--backend",
    "wasm",
    "--quiet",
  ];

  test("both samplers reach a macro-AUC above 0.80, and the same command twice gives the same bytes", async () => {
    const [first, second] = [file(), file()];
    const { code, out } = await hardbatch("compare", emotions, ...given, "--out", first, "--json");
    expect(code).toBe(0);
    const { cells } = parseCells(text(first), first);
    expect(cells.length).toBe(10);
    for (const { backend, metrics } of cells) {
      expect(backend).toMatch(/^wasm /);
      expect(metrics.macroAuc).toBeGreaterThan(0.7); // a single fold
    }
    const rows: readonly { readonly metric: string; readonly treatment: string; readonly mean: number }[] =
      JSON.parse(out).tables[0].rows;
    const means = rows
      .filter(({ metric }) => metric === "macroAuc")
      .map(({ treatment, mean }) => [treatment, mean] as const);
    expect(means.map(([treatment]) => treatment)).toEqual(["uniform", "adaptive"]);
    for (const [, mean] of means) expect(mean).toBeGreaterThan(0.8);
    expect((await hardbatch("compare", emotions, ...given, "--out", second, "--json")).out).toBe(out);
    expect(text(second)).toBe(text(first));
  });
});
