/** report: formats by ending, files of any number as one, conflicts and what is missing, bad words refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { printCell } from "../../src/experiment/cell.ts";
import { grid } from "../experiment/cells.ts";
import { folder, hardbatch } from "./run.ts";

const cells = grid(({ sampler, fold }) => 0.8 + fold / 100 + (sampler === "adaptive" ? 0.002 * fold : 0));
const written = (own: typeof cells): string => {
  const file = join(folder(), "results.jsonl");
  writeFileSync(file, own.map((cell) => `${printCell(cell)}\n`).join(""));
  return file;
};

test("prints text, and writes what the ending of --out says", async () => {
  const file = written(cells);
  const { code, out } = await hardbatch("report", file);
  expect(code).toBe(0);
  expect(out).toMatch(/^Verdict\n=======\n/);
  expect(out).toContain("10 of 10 cells");
  const starts = {
    html: "<!doctype html>",
    md: "## Verdict",
    tex: "% Needs",
    csv: "model,condition",
    json: '{"confidence"',
    txt: "Verdict",
  };
  for (const [ending, start] of Object.entries(starts)) {
    const to = join(folder(), `report.${ending}`);
    const ran = await hardbatch("report", file, "--out", to);
    expect(ran.out).toBe(`${to}: report of 10 cells\n`);
    expect(readFileSync(to, "utf8").startsWith(start)).toBe(true);
  }
});

test("several files are one, in any order and any file twice; another result for the same cell is an error", async () => {
  const [first, second] = [written(cells.slice(0, 5)), written(cells.slice(5))];
  const whole = await hardbatch("report", written(cells), "--format", "csv");
  expect((await hardbatch("report", first, second, first, "--format", "csv")).out).toBe(whole.out);
  const changed = written([{ ...cells[0], metrics: { macroAuc: 0.1 } }]);
  const { code, err } = await hardbatch("report", first, changed);
  expect(code).toBe(1);
  expect(err).toContain("another result than in");
});

test("what is missing is listed, and the exit code says so unless that is accepted", async () => {
  const file = written(cells.slice(1));
  const { code, out, err } = await hardbatch("report", file);
  expect(code).toBe(1);
  expect(out).toContain("- emotions, mlp: uniform, fold 0, seed 1");
  expect(err).toContain("missing: 1 cell, failed: 0");
  expect((await hardbatch("report", file, "--allow-missing")).code).toBe(0);
});

test("with the plan, cells that no file has are listed, whatever others have", async () => {
  const [results, plan] = [join(folder(), "some.jsonl"), join(folder(), "plan.jsonl")];
  const words = [
    "compare",
    "synthetic:rows=200",
    "--epochs",
    "1",
    "--folds",
    "2",
    "--seeds",
    "1,2",
    "--backend",
    "js",
    "--quiet",
  ];
  await hardbatch(...words, "--out", results, "--plan", plan);
  await hardbatch(...words, "--out", results, "--seeds", "1");
  expect((await hardbatch("report", results)).code).toBe(0);
  const { code, out, err } = await hardbatch("report", results, "--plan", plan);
  expect(code).toBe(1);
  expect(err).toContain("missing: 4 cells, failed: 0");
  expect(out).toContain("- synthetic:rows=200, mlp: adaptive, fold 1, seed 2");
  expect(out).toContain("4 of 8 cells");
  writeFileSync(plan, "{}\n");
  expect((await hardbatch("report", results, "--plan", plan)).err).toContain("plan.jsonl:1: no cell of a plan");
  expect((await hardbatch("report", results, "--plan", join(folder(), "none"))).err).toContain("can't be read");
});

test.each([
  [["--margin", "macroAuc"], "expected a metric and a positive number"],
  [["--margin", "auc=0.1"], "expected one of macroAuc"],
  [["--alpha", "2"], "expected a number between 0 and 1"],
  [["--out", "report.pdf"], 'no format goes by the ending "pdf"'],
  [["--format", "word"], "expected one of text"],
])("bad usage: %j", async (words, message) => {
  const { code, err } = await hardbatch("report", written(cells), ...words);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("a file that is not there, or holds nothing, is an error that names it", async () => {
  for (const file of [join(folder(), "none.jsonl"), written([])]) {
    const { code, err } = await hardbatch("report", file);
    expect(code).toBe(1);
    expect(err).toContain(`${file}: there are no cells`);
  }
});
