/**
 * inspect: the figures of the real sets as counted elsewhere, weights and folds as training has them, and odd data
 * sets.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { imbalanceWeights } from "../../src/data/imbalance/weights.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, realData } from "../fixtures.ts";
import { folder, hardbatch, small } from "./run.ts";

/** Figures of stats.json and what inspect calls them. */
const names = {
  instances: "rows",
  features: "features",
  numericFeatures: "numericFeatures",
  nominalFeatures: "nominalFeatures",
  labels: "labels",
  format: "storage",
  cardinality: "cardinality",
  density: "density",
  distinctLabelsets: "distinctLabelSets",
  singletonLabelsets: "singletonLabelSets",
  meanIR: "meanIR",
  meanImR: "meanImR",
  maxImR: "maxImR",
  scumble: "scumble",
  scumbleCV: "scumbleCV",
  rowsWithoutLabel: "rowsWithoutLabels",
  maxLabelsPerRow: "maxLabelsPerRow",
  positives: "positives",
  irlbl: "irlbl",
  imr: "imr",
  labelNames: "labelNames",
} as const;

type Figures = Readonly<Record<keyof typeof names, unknown>> & {
  readonly arff: readonly string[];
  readonly labelsAtMost20Positives: number;
  readonly labelsWithoutPositives: number;
};

/** Equal, numbers to nine digits. */
function agree(name: string, found: unknown, expected: unknown): void {
  if (typeof expected === "number" && typeof found === "number") {
    expect(Math.abs(found - expected), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  } else if (Array.isArray(expected) && Array.isArray(found)) {
    expect(found.length).toBe(expected.length);
    expected.forEach((each, i) => void agree(`${name} ${i}`, found[i], each));
  } else expect(found, name).toEqual(expected);
}

/** Slow, or relatives of others: only where HARDBATCH_RUNS asks for more. The readers' own tests have them. */
const extra = /^(rcv1subset.*|yahoo-Arts1|tmc2007-500)$/;

describeWith(`${realData}/stats.json`, "inspect agrees with stats.json", () => {
  const stats: { datasets: Record<string, Figures> } = JSON.parse(readFileSync(`${realData}/stats.json`, "utf8"));
  for (const [name, figures] of Object.entries(stats.datasets)) {
    test.skipIf(extra.test(name) && runs(1).numRuns === 1)(name, async () => {
      const path = join(realData, figures.arff[0]);
      const { code, out } = await hardbatch("inspect", path, "--json", "--quiet", "--weighting", "none");
      expect(code).toBe(0);
      const found: Record<string, unknown> = JSON.parse(out);
      for (const [theirs, ours] of Object.entries(names)) {
        const expected = Object.entries(figures).find(([key]) => key === theirs)?.[1];
        agree(`${theirs}`, found[ours], expected);
      }
      expect(found.rareLabels).toHaveLength(figures.labelsAtMost20Positives);
      expect(found.labelsWithoutPositives).toHaveLength(figures.labelsWithoutPositives);
    });
  }

  test("a figure that is off is noticed", () => {
    expect(() => agree("x", [1, 2.0001], [1, 2])).toThrow();
    expect(() => agree("x", null, 2)).toThrow();
  });
});

describe("inspect", () => {
  test("the weights are those of the library", async () => {
    const { out } = await hardbatch("inspect", small, "--json", "--weight-scale", "3");
    const dataset = synthetic({ rows: 60, features: 6, labels: 4, imbalance: 4 });
    const { features, labels } = prepare(dataset, { seed: 1, fitOn: "all", dropLabelsAtMost: -1 });
    const { weights } = imbalanceWeights(features, labels, { weightScale: 3 });
    const found = JSON.parse(out).weights;
    expect(found.max).toBe(Math.max(...weights));
    expect(found.mean).toBeCloseTo(weights.reduce((sum, weight) => sum + weight, 0) / 60, 12);
    expect(found.max).toBeGreaterThan(1);
    const { out: none } = await hardbatch("inspect", small, "--json", "--weighting", "none");
    expect(JSON.parse(none).weights).toMatchObject({ max: 1, mean: 1 });
  });

  test("the folds are those that training uses", async () => {
    const { out } = await hardbatch("inspect", small, "--json", "--folds", "3", "--seed", "5");
    const dataset = synthetic({ rows: 60, features: 6, labels: 4, imbalance: 4 }, 5);
    const positives = [0, 1, 2].map((fold) => {
      const { rows, labels } = prepare(dataset, { seed: 5, folds: 3, fold, dropLabelsAtMost: -1 });
      return Array.from({ length: 4 }, (_, j) => rows.test.reduce((sum, row) => sum + labels.values[4 * row + j], 0));
    });
    expect(JSON.parse(out).folds.positives).toEqual(positives);
  });

  test.each([
    ["one label and one feature", "synthetic:rows=10,features=1,labels=1"],
    ["labels on nearly every row", "synthetic:rows=20,labels=2,imbalance=1,cardinality=1.7"],
    ["a rare label", "synthetic:rows=500,labels=3,imbalance=300"],
  ])("%s", async (_, data) => {
    const { code, out, err } = await hardbatch("inspect", data, "--folds", "2");
    expect([code, err]).toEqual([0, ""]);
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    expect(out).toMatch(/^instance weights \(weighting imbalance, scale 1\): mean /m);
    expect(JSON.parse((await hardbatch("inspect", data, "--json")).out).name).toBe(data);
  });

  test("a plain name is looked up in the folder that HARDBATCH_DATA names", async () => {
    const place = folder();
    mkdirSync(join(place, "mine"));
    writeFileSync(
      join(place, "mine", "mine.arff"),
      "@relation 'm: -C 1'\n@attribute l {0,1}\n@attribute x numeric\n@data\n1,2\n0,3\n",
    );
    expect(await hardbatch("inspect", "mine")).toMatchObject({ code: 1 });
    vi.stubEnv("HARDBATCH_DATA", place);
    const { code, out } = await hardbatch("inspect", "mine", "--json");
    const doctor = await hardbatch("doctor");
    vi.unstubAllEnvs();
    expect([code, JSON.parse(out).name, JSON.parse(out).rows]).toEqual([0, "mine", 2]);
    expect(doctor.out).toMatch(new RegExp(`^data folder +${place}`, "m"));
  });
});

describe("--row", () => {
  test("shows one row: its labels, neighbours and weight, within 80 columns; as JSON the same figures", async () => {
    const { code, out } = await hardbatch("inspect", small, "--row", "7");
    expect(code).toBe(0);
    expect(out).toMatch(/^row +7, from 0$/m);
    expect(out).toMatch(/^weight w +\d\.\d{4} \(weighting imbalance, scale 1\)$/m);
    expect(out).toMatch(/^label +IRLbl +C +S/m);
    expect(out).toMatch(/^neighbour +distance +labels$/m);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const found = JSON.parse((await hardbatch("inspect", small, "--row", "7", "--json")).out);
    expect(Object.keys(found)).toEqual(["data", "row", "weight", "meanIR", "labels", "neighbours"]);
    expect(found.neighbours).toHaveLength(5);
    for (const { row, distance } of found.neighbours) {
      expect(out).toMatch(new RegExp(`^${row} +${distance.toFixed(4)} `, "m"));
    }
  });

  test("that is not there is refused with the rows that are", async () => {
    const { code, err } = await hardbatch("inspect", small, "--row", "60");
    expect([code, err]).toEqual([2, "hardbatch: row 60: expected a whole number from 0 to 59\n"]);
  });
});

test("sizes of batches that decide a comparison are named, and the share of known features is told", async () => {
  const data = ["inspect", "synthetic:rows=200", "--folds", "5"];
  expect((await hardbatch(...data, "--batch-size", "1000")).out).toContain("note: a batch of 1000 holds all of 144");
  expect((await hardbatch(...data, "--batch-size", "71")).out).toContain(
    "note: batches of 71 leave 2 of 144 training rows",
  );
  expect((await hardbatch(...data, "--batch-size", "72")).out).not.toContain("note:");
  const { featureShare, batches } = JSON.parse((await hardbatch(...data, "--json")).out);
  expect(featureShare).toBe(1);
  expect(batches).toEqual({ size: 128, trainingRows: [144, 144, 144, 144, 144], exact: true });
});
