/** Every real data set, read and counted, against the figures that were worked out from the same files beforehand. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Dataset, Feature } from "../../src/data/dataset.ts";
import { isOneHot, width } from "../../src/data/formats/columns.ts";
import { loadDataset } from "../../src/data/load.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, realData } from "../fixtures.ts";
import { isWellFormed } from "./file-laws.ts";

interface Figures {
  readonly arff: readonly string[];
  readonly instances: number;
  readonly features: number;
  readonly numericFeatures: number;
  readonly nominalFeatures: number;
  readonly labels: number;
  readonly format: "dense" | "sparse";
  readonly positives: readonly number[];
  readonly labelNames: readonly string[];
  readonly featureNonzeros: number;
  readonly featureSum: number;
  readonly constantFeatures: number;
  readonly numericMin?: number;
  readonly numericMax?: number;
}

/** What one column adds to the figures when its value is `value`. */
function columnNumbers(declared: readonly Feature[]): Float64Array {
  const numbers = declared.flatMap((feature) => (isOneHot(feature) ? (feature.categories ?? []).map(Number) : [1]));
  return Float64Array.from(numbers);
}

/** The figures of stats.json, from the data set in memory. Nominal values that are numbers count as such. */
function count(dataset: Dataset) {
  const { declared, features, labels } = dataset;
  const { rows, columns, values } = features;
  const numbers = columnNumbers(declared);
  const least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const stored = new Uint32Array(columns);
  let featureNonzeros = 0;
  let featureSum = 0;
  let absoluteSum = 0;
  const take = (column: number, value: number): void => {
    stored[column]++;
    least[column] = Math.min(least[column], value);
    most[column] = Math.max(most[column], value);
    const number = value * numbers[column];
    if (number === 0) return;
    featureNonzeros++;
    featureSum += number;
    absoluteSum += Math.abs(number);
  };
  if (features.kind === "dense") values.forEach((value, e) => void take(e % columns, value));
  else values.forEach((value, e) => void take(features.indices[e], value));
  for (let column = 0; column < columns; column++) {
    if (stored[column] === rows) continue;
    least[column] = Math.min(least[column], 0);
    most[column] = Math.max(most[column], 0);
  }
  let constantFeatures = 0;
  let numericMin = Number.POSITIVE_INFINITY;
  let numericMax = Number.NEGATIVE_INFINITY;
  let column = 0;
  for (const feature of declared) {
    const own = Array.from({ length: width(feature) }, (_, i) => column + i);
    if (own.every((c) => least[c] === most[c])) constantFeatures++;
    if (feature.kind === "numeric") {
      numericMin = Math.min(numericMin, least[column]);
      numericMax = Math.max(numericMax, most[column]);
    }
    column += own.length;
  }
  const positives = new Array<number>(labels.columns).fill(0);
  labels.values.forEach((value, e) => {
    positives[e % labels.columns] += value;
  });
  return { featureNonzeros, featureSum, absoluteSum, constantFeatures, numericMin, numericMax, positives };
}

/** Twins of other sets: only where HARDBATCH_RUNS asks for more. */
const extra = new Set(["rcv1subset2-aligned", "rcv1subset3-aligned"]);

const HALF_STEP = 2 ** -24; // of float32, relative

describeWith(`${realData}/stats.json`, "real data sets", () => {
  const stats: { datasets: Record<string, Figures> } = JSON.parse(readFileSync(`${realData}/stats.json`, "utf8"));
  for (const [name, figures] of Object.entries(stats.datasets)) {
    it.skipIf(extra.has(name) && runs(1).numRuns === 1)(name, async () => {
      const dataset = await loadDataset(`${realData}/${figures.arff[0]}`);
      isWellFormed(dataset);
      const { declared, features, labelNames } = dataset;
      expect({
        instances: features.rows,
        features: declared.length,
        numericFeatures: declared.filter((feature) => feature.kind === "numeric").length,
        nominalFeatures: declared.filter((feature) => feature.kind === "nominal").length,
        format: features.kind,
        labelNames,
      }).toEqual({
        instances: figures.instances,
        features: figures.features,
        numericFeatures: figures.numericFeatures,
        nominalFeatures: figures.nominalFeatures,
        format: figures.format,
        labelNames: figures.labelNames,
      });
      const counted = count(dataset);
      expect(counted.positives).toEqual(figures.positives);
      expect(counted.featureNonzeros).toBe(figures.featureNonzeros);
      expect(counted.constantFeatures).toBe(figures.constantFeatures);
      expect(Math.abs(counted.featureSum - figures.featureSum)).toBeLessThanOrEqual(HALF_STEP * counted.absoluteSum);
      if (figures.numericMin !== undefined) expect(counted.numericMin).toBe(Math.fround(figures.numericMin));
      if (figures.numericMax !== undefined) expect(counted.numericMax).toBe(Math.fround(figures.numericMax));
    });
  }

  it("Corel5k is the same from its sparse and its dense file", async () => {
    const sparse = await loadDataset(`${realData}/Corel5k/Corel5k-sparse.arff`);
    const dense = await loadDataset(`${realData}/Corel5k/Corel5k.arff.gz`);
    expect(dense.features.kind).toBe("dense");
    expect([sparse.name, dense.name]).toEqual(["Corel5k-sparse", "Corel5k"]);
    expect(dense.featureNames).toEqual(sparse.featureNames);
    expect(dense.labelNames).toEqual(sparse.labelNames);
    expect(Buffer.from(dense.labels.values).equals(sparse.labels.values)).toBe(true);
    const values = new Float32Array(dense.features.values.length);
    if (sparse.features.kind !== "sparse") throw new Error("expected sparse features");
    const { offsets, indices, rows, columns } = sparse.features;
    for (let i = 0; i < rows; i++) {
      for (let e = offsets[i]; e < offsets[i + 1]; e++) values[i * columns + indices[e]] = sparse.features.values[e];
    }
    expect(dense.features.values.findIndex((value, e) => value !== values[e])).toBe(-1);
  });

  it("a wrong figure is noticed", async () => {
    const { positives, featureSum } = count(await loadDataset(`${realData}/flags/flags.arff`));
    const { flags } = stats.datasets;
    expect(positives).not.toEqual([...flags.positives].reverse());
    expect(featureSum).not.toBe(flags.featureSum + 1);
  });
});

describe("the figures' own arithmetic", () => {
  it("counts a one-hot column as its category's number", () => {
    const three = { name: "a", kind: "nominal", categories: ["0", "2", "5"] } as const;
    const two = { name: "b", kind: "nominal", categories: ["no", "yes"] } as const;
    expect([...columnNumbers([three, two])]).toEqual([0, 2, 5, 1]);
  });
});
