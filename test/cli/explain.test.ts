/** One prediction explained on the command line, scores as arrays, and the card beside the weights. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeNpy } from "../../src/data/formats/npy.ts";
import { decodeNpz } from "../../src/data/formats/npz.ts";
import { folder, hardbatch, quick, small } from "./run.ts";

async function done(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await hardbatch(...words);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

async function trained(out: string): Promise<string> {
  await done("train", small, "--out", join(out, "run"), ...quick, "--quiet");
  return join(out, "run", "weights.safetensors");
}

interface Explained {
  readonly labels: readonly { readonly name: string; readonly score: number; readonly trainingSupport: number }[];
  readonly neighbours: readonly { readonly row: number; readonly distance: number }[];
  readonly attributions: readonly {
    readonly label: string;
    readonly score: number;
    readonly baselineScore: number;
    readonly integratedGradients: readonly number[];
    readonly completenessError: number;
  }[];
}

describe("hardbatch explain", () => {
  test("gives the scores of predict, neighbours among the training rows, and features that add up", async () => {
    const weights = ["--weights", await trained(folder()), "--backend", "js"];
    const rows: { scores: number[][] } = JSON.parse(await done("predict", small, ...weights, "--json"));
    const found: Explained = JSON.parse(
      await done("explain", small, ...weights, "--row", "7", "--json", "--label", "label1"),
    );
    for (const [label, { score }] of found.labels.entries()) expect(score).toBeCloseTo(rows.scores[7][label], 6);
    expect(found.labels[0].trainingSupport).toBeGreaterThan(0);
    expect(found.neighbours.length).toBe(5);
    expect(found.neighbours.map(({ row }) => row)).not.toContain(7);
    const distances = found.neighbours.map(({ distance }) => distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(found.attributions.map(({ label }) => label)).toEqual(["label1"]);
    for (const { integratedGradients, score, baselineScore, completenessError } of found.attributions) {
      const sum = integratedGradients.reduce((a, b) => a + b, 0);
      expect(sum - (score - baselineScore)).toBeCloseTo(completenessError, 9);
      expect(Math.abs(completenessError)).toBeLessThan(1e-3);
    }
  });

  test("prints lines of at most 80 characters, and names what tells of selection", async () => {
    const weights = ["--weights", await trained(folder())];
    const text = await done("explain", small, ...weights, "--row", "0", "--baseline", "mean");
    expect(text).toContain("completeness error");
    expect(text).toContain("nearest rows");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect((await hardbatch("explain", "--help")).out).toContain("train --row-log FILE and inspect DATA --row N");
  });

  test("explains rows of other data, whose labels may be unknown", async () => {
    const out = folder();
    const weights = ["--weights", await trained(out)];
    const csv = join(out, "new.csv");
    const names = ["0", "1", "2", "3", "4", "5"].map((i) => `feature${i}`);
    const found = await hardbatch("data", "convert", small, "--out", join(out, "d.npz"), "--quiet");
    expect(found.code).toBe(0);
    const { arrays } = await decodeNpz(readFileSync(join(out, "d.npz")), "d", ["feature_names"]);
    const own = arrays.get("feature_names")?.values ?? names;
    writeFileSync(csv, `${[...own].join(",")}\n${[...own].map((_, i) => 0.1 * i).join(",")}\n`);
    const text = await done("explain", csv, ...weights, "--row", "0");
    expect(text).toContain("the true labels are not known");
    expect(text).toContain("--training FILE names them");
    const near = await done("explain", csv, ...weights, "--row", "0", "--training", small, "--json");
    const explained: Explained = JSON.parse(near);
    expect(explained.neighbours.length).toBe(5);
  });

  test("says what is wrong", async () => {
    const weights = ["--weights", await trained(folder())];
    const row = await hardbatch("explain", small, ...weights, "--row", "60");
    expect([row.code, row.err]).toEqual([2, `hardbatch: --row 60: ${small} has the rows 0 to 59\n`]);
    const label = await hardbatch("explain", small, ...weights, "--row", "0", "--label", "Label1");
    expect([label.code, label.err]).toEqual([2, expect.stringContaining('there is "label1"')]);
  });
});

describe("predict --out", () => {
  test("writes scores and decisions as arrays", async () => {
    const out = folder();
    const weights = ["--weights", await trained(out), "--backend", "js"];
    const rows: { labels: string[]; scores: number[][] } = JSON.parse(
      await done("predict", small, ...weights, "--json"),
    );
    await done("predict", small, ...weights, "--out", join(out, "s.npy"));
    const scores = decodeNpy(readFileSync(join(out, "s.npy")), "s.npy");
    expect(scores.shape).toEqual([60, 4]);
    for (const [i, score] of rows.scores.flat().entries()) expect(Number(scores.values[i])).toBeCloseTo(score, 6);
    await done("predict", small, ...weights, "--decisions", "fixed", "--out", join(out, "d.npz"));
    const { arrays } = await decodeNpz(readFileSync(join(out, "d.npz")), "d.npz", ["decisions", "label_names"]);
    expect(arrays.get("label_names")?.values).toEqual(rows.labels);
    expect([...(arrays.get("decisions")?.values ?? [])]).toEqual(
      rows.scores.flat().map((score) => (score > 0.5 ? 1 : 0)),
    );
  });
});

test("train writes a card beside the weights", async () => {
  const out = folder();
  await trained(out);
  const card = readFileSync(join(out, "run", "card.md"), "utf8");
  expect(card).toContain("# mlp on");
  expect(card).toMatch(/\| rows \| \d+ training, \d+ validation, \d+ test \|/);
  expect(card).toContain("| label1 |");
});
