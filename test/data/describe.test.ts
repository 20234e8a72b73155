/**
 * The figures of `inspect`: a case worked by hand, laws, and agreement with figures computed elsewhere for every real
 * data set.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarizeColumns } from "../../src/data/column-figures.ts";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import { describeDataset, describeLabels, type LabelDescription } from "../../src/data/describe.ts";
import { describeWeights } from "../../src/data/imbalance/describe-weights.ts";
import { dropRareLabels, selectLabelColumns } from "../../src/data/labels.ts";
import { loadDataset } from "../../src/data/load.ts";
import { largestColumns, publishedFeatureShare } from "../../src/data/preparation/feature-selection.ts";
import { selectRows } from "../../src/data/rows.ts";
import { UsageError } from "../../src/errors.ts";
import { number, runs } from "../arbitraries.ts";
import { describeWith, realData } from "../fixtures.ts";
import { datasetOf, dense, labelMatrices, labelMatrix, matrices, toSparse, valueAt } from "./matrices.ts";

interface Figures {
  labels: number;
  cardinality: number;
  density: number;
  meanIR: number;
  meanImR: number;
  maxImR: number;
  scumble: number;
  rowsWithoutLabel: number;
  distinctLabelsets: number;
}

interface Stats extends Figures {
  arff: string[];
  instances: number;
  features: number;
  numericFeatures: number;
  nominalFeatures: number;
  nominalFeaturesWithMoreThanTwoValues: number;
  singletonLabelsets: number;
  scumbleCV: number;
  labelsAtMost20Positives: number;
  labelsWithoutPositives: number;
  maxLabelsPerRow: number;
  positives: number[];
  irlbl: number[];
  imr: number[];
  labelNames: string[];
  featureNonzeros: number;
  constantFeatures: number;
  afterDroppingLabelsWithAtMost20Positives?: Figures & { droppedLabels: number[] };
  topFeaturesByColumnSum?: { ratio: number; kept: number; indices: number[] };
}

/** Relative 1e-9. */
function expectAgreement(actual: number | null, wanted: number, what: string): void {
  expect(Math.abs((actual ?? Number.NaN) - wanted), what).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
}

function expectFigures(found: LabelDescription, wanted: Figures): void {
  expect(found.labels).toBe(wanted.labels);
  expectAgreement(found.cardinality, wanted.cardinality, "cardinality");
  expectAgreement(found.density, wanted.density, "density");
  expectAgreement(found.meanIR, wanted.meanIR, "MeanIR");
  expectAgreement(found.meanImR, wanted.meanImR, "mean ImR");
  expectAgreement(found.maxImR, wanted.maxImR, "max ImR");
  expectAgreement(found.scumble, wanted.scumble, "SCUMBLE");
  expect(found.rowsWithoutLabels).toBe(wanted.rowsWithoutLabel);
  expect(found.distinctLabelSets).toBe(wanted.distinctLabelsets);
}

const file = join(realData, "stats.json");

describeWith(file, "figures agree with those computed elsewhere", () => {
  const stats: { datasets: Record<string, Stats> } = JSON.parse(readFileSync(file, "utf8"));
  for (const [name, wanted] of Object.entries(stats.datasets)) {
    it(`for ${name}`, async () => {
      const dataset = await loadDataset(join(realData, wanted.arff[0]));
      const found = describeDataset(dataset);
      expect(found.rows).toBe(wanted.instances);
      expect(found.features).toBe(wanted.features);
      expect(found.numericFeatures).toBe(wanted.numericFeatures);
      expect(found.nominalFeatures).toBe(wanted.nominalFeatures);
      expect(found.labelNames).toEqual(wanted.labelNames);
      expectFigures(found, wanted);
      expectAgreement(found.scumbleCV, wanted.scumbleCV, "SCUMBLE CV");
      expect(found.singletonLabelSets).toBe(wanted.singletonLabelsets);
      expect(found.rareLabels.length).toBe(wanted.labelsAtMost20Positives);
      expect(found.labelsWithoutPositives.length).toBe(wanted.labelsWithoutPositives);
      expect(found.maxLabelsPerRow).toBe(wanted.maxLabelsPerRow);
      expect(found.positives).toEqual(wanted.positives);
      for (let j = 0; j < wanted.labels; j++) {
        expectAgreement(found.irlbl[j], wanted.irlbl[j], `IRLbl ${j}`);
        expectAgreement(found.imr[j], wanted.imr[j], `ImR ${j}`);
      }
      expect(found.minorityLabels).toEqual(wanted.irlbl.flatMap((ratio, j) => (ratio > wanted.meanIR ? [j] : [])));
      if (wanted.nominalFeaturesWithMoreThanTwoValues === 0) {
        expect(found.nonzeroValues).toBe(wanted.featureNonzeros);
        expect(found.constantColumns).toBe(wanted.constantFeatures);
      }
      const after = wanted.afterDroppingLabelsWithAtMost20Positives;
      if (after) {
        expect(found.rareLabels).toEqual(after.droppedLabels);
        expectFigures(describeDataset(dropRareLabels(dataset)), after);
      }
      const top = wanted.topFeaturesByColumnSum;
      if (top) {
        expect(publishedFeatureShare(dataset)).toBe(top.ratio);
        expect(largestColumns(summarizeColumns(dataset.features).sum, top.ratio)).toEqual(top.indices);
      } else {
        expect(publishedFeatureShare(dataset)).toBe(1);
      }
    });
  }
});

describe("the figures of a label matrix", () => {
  it("are what their definitions say in a case worked by hand", () => {
    // Positives 3, 1, 0; IRLbl 1, 3, none. Row 1 has both labels: 1 - sqrt(3) / 2.
    const found = describeLabels(labelMatrix(4, 3, [1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0]));
    const mixed = 1 - Math.sqrt(3) / 2;
    expect(found).toMatchObject({
      rows: 4,
      labels: 3,
      cardinality: 1,
      distinctLabelSets: 3,
      singletonLabelSets: 2,
      rowsWithoutLabels: 1,
      maxLabelsPerRow: 2,
      positives: [3, 1, 0],
      irlbl: [1, 3, null],
      meanIR: 2,
      imr: [3, 3, null],
      maxImR: 3,
      meanImR: 3,
      minorityLabels: [1],
      rareLabels: [0, 1, 2],
      labelsWithoutPositives: [2],
    });
    expect(found.density).toBeCloseTo(1 / 3, 14);
    expect(found.cvIR).toBeCloseTo(Math.SQRT2 / 2, 14);
    expect(found.scumble).toBeCloseTo(mixed / 4, 14);
    expect(found.scumbleCV).toBeCloseTo(2, 12);
  });

  it("say so where a figure does not exist", () => {
    const empty = describeLabels(labelMatrix(2, 2, [0, 0, 0, 0]));
    expect(empty).toMatchObject({ meanIR: null, cvIR: null, maxImR: null, meanImR: null, scumble: 0, scumbleCV: null });
    expect(describeLabels(labelMatrix(1, 1, [1]))).toMatchObject({ meanIR: 1, cvIR: 0, imr: [null] });
    expect(() => describeLabels(labelMatrix(2, 0, []))).toThrow(UsageError);
    expect(() => describeLabels(labelMatrix(0, 2, []))).toThrow("0 rows and 2 labels");
  });

  /** The law: figures of the whole do not depend on the order of rows or labels. */
  function ignoresOrder(figures: (labels: LabelMatrix) => LabelDescription, labels: LabelMatrix): void {
    const reversed = (count: number): number[] => Array.from({ length: count }, (_, i) => count - 1 - i);
    const turned = selectRows(selectLabelColumns(labels, reversed(labels.columns)), reversed(labels.rows));
    const [one, other] = [figures(labels), figures(turned)];
    expect([...other.positives].reverse()).toEqual(one.positives);
    for (const key of ["cardinality", "distinctLabelSets", "singletonLabelSets", "maxLabelsPerRow"] as const) {
      expect(other[key]).toBe(one[key]);
    }
    expect(other.scumble).toBeCloseTo(one.scumble, 12);
    expect(other.meanIR ?? 0).toBeCloseTo(one.meanIR ?? 0, 9);
  }

  it("do not depend on the order of rows and labels", () => {
    fc.assert(
      fc.property(labelMatrices({ rows: 25, labels: 6 }), (labels) => ignoresOrder(describeLabels, labels)),
      runs(60),
    );
  });

  it("would be caught looking at the first row only", () => {
    const first = (labels: LabelMatrix): LabelDescription => ({
      ...describeLabels(labels),
      maxLabelsPerRow: labels.values[0] + labels.values[1],
    });
    expect(() => ignoresOrder(first, labelMatrix(2, 2, [1, 1, 0, 0]))).toThrow();
  });
});

describe("column figures", () => {
  it("are those of the dense values, for sparse matrices with and without stored zeros", () => {
    fc.assert(
      fc.property(matrices({ rows: 12, columns: 6 }), (matrix) => {
        const found = summarizeColumns(matrix);
        for (let j = 0; j < matrix.columns; j++) {
          const column = Array.from({ length: matrix.rows }, (_, i) => valueAt(matrix, i, j));
          expect(found.sum[j]).toBeCloseTo(
            column.reduce((sum, value) => sum + value, 0),
            9,
          );
          expect(found.minimum[j] + 0).toBe(Math.min(...column) + 0);
          expect(found.maximum[j] + 0).toBe(Math.max(...column) + 0);
          expect(found.nonzeros[j]).toBe(column.filter((value) => value !== 0).length);
        }
      }),
      runs(80),
    );
  });

  it("count constant columns of a data set", () => {
    const features = dense(2, 3, [1, 0, 5, 1, 0, 6]);
    const labels = labelMatrix(2, 1, [1, 0]);
    expect(describeDataset(datasetOf(features, labels)).constantColumns).toBe(2);
    expect(describeDataset(datasetOf(toSparse(features), labels)).constantColumns).toBe(2);
  });
});

describe("the description of weights", () => {
  it("counts every weight once, in the bin it belongs to", () => {
    const weights = fc.array(
      fc.constantFrom(0, 1).chain((above) => (above ? number(1, 3) : fc.constant(1))),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(weights, (values) => {
        const found = describeWeights(values);
        expect(found.histogram.reduce((sum, bin) => sum + bin.rows, 0)).toBe(values.length);
        expect(found.max).toBe(Math.max(...values));
        expect(found.raised).toBe(values.filter((weight) => weight > 1).length);
        const edge = 1e-9;
        for (const { low, high, rows } of found.histogram.slice(1)) {
          const inside = values.filter((weight) => weight > low + edge && weight <= high - edge).length;
          const around = values.filter((weight) => weight > 1 && weight > low - edge && weight <= high + edge).length;
          expect(rows).toBeGreaterThanOrEqual(inside);
          expect(rows).toBeLessThanOrEqual(around);
        }
      }),
      runs(80),
    );
  });

  it("is plain where no weight is above 1", () => {
    expect(describeWeights([1, 1])).toEqual({
      rows: 2,
      mean: 1,
      max: 1,
      raised: 0,
      raisedShare: 0,
      raisedMean: 1,
      histogram: [{ low: 1, high: 1, rows: 2 }],
    });
    expect(() => describeWeights([])).toThrow(UsageError);
    expect(() => describeWeights([0.5])).toThrow("weight 0.5 of row 0");
  });
});
