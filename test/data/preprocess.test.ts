/**
 * Preprocessing: range, no leakage, dense equals sparse, JSON, names, and what it refuses; and choosing rows and
 * labels.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset, LabelMatrix, Matrix } from "../../src/data/dataset.ts";
import { commonLabels, countPositives, dropRareLabels, listLabels } from "../../src/data/labels.ts";
import { largestColumns, publishedFeatureShare } from "../../src/data/preparation/feature-selection.ts";
import { parsePreprocessing } from "../../src/data/preparation/fitted.ts";
import { applyPreprocessing, fitPreprocessing } from "../../src/data/preparation/preprocess.ts";
import { transformFeatures } from "../../src/data/preparation/transform.ts";
import { allRows, selectRows } from "../../src/data/rows.ts";
import { UsageError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { datasetOf, dense, labelMatrices, labelMatrix, matrices, toSparse, valueAt } from "./matrices.ts";
import { type Fit, seesOnlyItsRows, spansTheUnitInterval } from "./preprocess-laws.ts";

/** Keeps every label, so that small examples have some. */
const keepAll = { dropLabelsAtMost: -1 };
/** Bounded whatever the rows it was not fitted on. */
const clipping = { ...keepAll, outside: "clip" } as const;
const fitAll: Fit = (dataset, rows) => fitPreprocessing(dataset, rows, keepAll);

const ones = (rows: number, columns: number): LabelMatrix =>
  labelMatrix(rows, columns, new Uint8Array(rows * columns).fill(1));

/** A data set, and the rows to fit on. */
const cases = matrices({ rows: 14, columns: 6 }).chain((features) =>
  fc.record({
    dataset: fc.constant(datasetOf(features, ones(features.rows, 2))),
    rows: fc.subarray(
      Array.from({ length: features.rows }, (_, i) => i),
      { minLength: 1 },
    ),
  }),
);

function densified(matrix: Matrix): Matrix {
  const values: number[] = [];
  for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) values.push(valueAt(matrix, i, j));
  return dense(matrix.rows, matrix.columns, values);
}

/** Other values in all rows but the given ones: far away, and every label turned over. */
function changeElsewhere(dataset: Dataset, rows: readonly number[]): Dataset {
  const { features, labels } = dataset;
  const inside = new Set(rows);
  const values = Array.from({ length: features.rows * features.columns }, (_, e) => {
    const row = Math.floor(e / features.columns);
    return inside.has(row) ? valueAt(features, row, e % features.columns) : 1000 + e;
  });
  const turned = labels.values.map((label, e) => (inside.has(Math.floor(e / labels.columns)) ? label : 1 - label));
  return {
    ...dataset,
    features: dense(features.rows, features.columns, values),
    labels: { ...labels, values: turned },
  };
}

describe("preprocessing", () => {
  it("scales every kept feature from 0 to 1 over the fitted rows", () => {
    fc.assert(
      fc.property(cases, ({ dataset, rows }) => spansTheUnitInterval(fitAll, dataset, rows)),
      runs(100),
    );
  });

  it("sees only the rows it is fitted on", () => {
    fc.assert(
      fc.property(cases, ({ dataset, rows }) => seesOnlyItsRows(fitAll, dataset, rows, changeElsewhere(dataset, rows))),
      runs(100),
    );
  });

  it("gives the same for dense and sparse features", () => {
    fc.assert(
      fc.property(cases, ({ dataset, rows }) => {
        const other = { ...dataset, features: densified(dataset.features) };
        const fitted = fitPreprocessing(dataset, rows, clipping);
        expect(fitPreprocessing(other, rows, clipping)).toEqual(fitted);
        const { features } = applyPreprocessing(dataset, fitted);
        expect(features.kind).toBe(dataset.features.kind);
        expect(applyPreprocessing(other, fitted).features).toEqual(densified(features));
      }),
      runs(100),
    );
  });

  it("survives JSON", () => {
    fc.assert(
      fc.property(cases, ({ dataset, rows }) => {
        const fitted = fitPreprocessing(dataset, rows, clipping);
        const stored = parsePreprocessing(JSON.parse(JSON.stringify(fitted)));
        expect(applyPreprocessing(dataset, stored)).toEqual(applyPreprocessing(dataset, fitted));
      }),
      runs(40),
    );
  });

  it("leaves rows outside the fitted range outside, or clips them", () => {
    const dataset = datasetOf(dense(4, 2, [0, 5, 2, 5, -1, 6, 4, 5]), ones(4, 1));
    const extended = applyPreprocessing(dataset, fitPreprocessing(dataset, [0, 1], keepAll));
    expect([...extended.features.values]).toEqual([0, 0, 1, 0, -0.5, 0, 2, 0]);
    const clipped = applyPreprocessing(dataset, fitPreprocessing(dataset, [0, 1], { ...keepAll, outside: "clip" }));
    expect([...clipped.features.values]).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
    const raw = applyPreprocessing(dataset, fitPreprocessing(dataset, [0, 1], { ...keepAll, scaling: "none" }));
    expect(raw.features.values).toEqual(dataset.features.values);
  });

  it("shifts the zeros of sparse rows too", () => {
    const dataset = datasetOf(toSparse(dense(3, 1, [-1, 0, 1])), ones(3, 1));
    const { features } = applyPreprocessing(dataset, fitAll(dataset, [0, 1, 2]));
    expect([...densified(features).values]).toEqual([0, 0.5, 1]);
  });

  it("drops labels by their positives among the fitted rows", () => {
    const labels = labelMatrix(4, 3, [1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1]);
    const dataset = datasetOf(dense(4, 1, [1, 2, 3, 4]), labels);
    const fitted = fitPreprocessing(dataset, [0, 1, 2], { dropLabelsAtMost: 1 });
    expect(fitted.labelNames).toEqual(["l0"]);
    expect([...applyPreprocessing(dataset, fitted).labels.values]).toEqual([1, 1, 1, 0]);
    expect(() => fitPreprocessing(dataset, [0, 1, 2])).toThrow("all 3 labels of example have at most 20 positives");
  });

  it("keeps the columns of largest sum, the lower index first where sums are equal", () => {
    const dataset = datasetOf(dense(2, 5, [1, 3, 2, 0, 3, 1, 0, 1, 9, 0]), ones(2, 1));
    const fitted = fitPreprocessing(dataset, [0, 1], { ...keepAll, featureShare: 0.5 });
    expect(fitted.featureIndices).toEqual([1, 3]);
    expect(largestColumns([1, 5, 5, 2, 5], 0.4)).toEqual([1, 2]);
    expect(() => largestColumns([1, 2], 0.4)).toThrow("keeps none");
    expect(() => largestColumns([1, 2], 0)).toThrow(UsageError);
  });

  it("goes by the features, whatever a data set is called", () => {
    const dataset = datasetOf(dense(2, 3, [1, 2, 3, 4, 6, 8]), labelMatrix(2, 2, [1, 0, 0, 1]));
    expect(publishedFeatureShare({ ...dataset, name: "rcv1subset1" })).toBe(1);
  });

  it("finds features and labels by name wherever they stand", () => {
    const dataset = datasetOf(dense(2, 3, [1, 2, 3, 4, 6, 8]), labelMatrix(2, 2, [1, 0, 0, 1]));
    const fitted = fitPreprocessing(dataset, [0, 1], keepAll);
    const turned: Dataset = {
      ...dataset,
      featureNames: ["f2", "f0", "f1"],
      features: dense(2, 3, [3, 1, 2, 8, 4, 6]),
      labelNames: ["l1", "l0"],
      labels: labelMatrix(2, 2, [0, 1, 1, 0]),
    };
    expect(applyPreprocessing(turned, fitted)).toEqual(applyPreprocessing(dataset, fitted));
    const renamed = { ...turned, featureNames: ["f2", "f0", "other"] };
    expect(() => applyPreprocessing(renamed, fitted)).toThrow('lack 1 of the 3 features wanted: "f1"');
    expect(transformFeatures(turned.features, turned.featureNames, fitted).columns).toBe(3);
  });

  it("refuses a dense matrix beyond the limit, and says how large it would be", () => {
    const wide = datasetOf(dense(3, 100, new Float32Array(300)), ones(3, 1));
    const fitted = fitAll(wide, [0, 1, 2]);
    expect(() => applyPreprocessing(wide, fitted, 1199)).toThrow("needs 1200 bytes, more than the 1199 allowed");
    expect(applyPreprocessing(wide, fitted, 1200).features.columns).toBe(100);
  });

  it("keeps a sparse matrix as small as it is, unless scaling leaves no zeros", () => {
    const wide = datasetOf(toSparse(dense(3, 100, new Float32Array(300))), ones(3, 1));
    expect(applyPreprocessing(wide, fitAll(wide, [0, 1, 2]), 0).features.values.length).toBe(0);
    const shifted = datasetOf(toSparse(dense(3, 1, [-1, 0, 1])), ones(3, 1));
    const fitted = fitAll(shifted, [0, 1, 2]);
    expect(() => applyPreprocessing(shifted, fitted, 39)).toThrow(
      "1 features that have no zeros after scaling needs 40",
    );
  });

  it("refuses values that are not finite, wherever they stand", () => {
    const dataset = datasetOf(dense(2, 1, [1, Number.NaN]), ones(2, 1));
    expect(() => fitAll(dataset, [0, 1])).toThrow("feature column 0 of row 1 (from 0) is NaN");
    const fitted = fitAll(dataset, [0]);
    expect(() => applyPreprocessing(dataset, fitted)).toThrow('feature "f0" of row 1 (from 0) is not a finite number');
    const narrow = datasetOf(dense(3, 1, [0, 1e-40, 1e30]), ones(3, 1));
    expect(() => applyPreprocessing(narrow, fitAll(narrow, [0, 1]))).toThrow("clip such values");
    expect(() => fitAll(dataset, [])).toThrow("fitted on no rows");
  });

  it("refuses stored data that it did not make", () => {
    const fitted = fitAll(datasetOf(dense(1, 2, [1, 2]), ones(1, 1)), [0]);
    for (const broken of [
      null,
      [],
      { ...fitted, minimum: ["0"] },
      { ...fitted, maximum: [1] },
      { ...fitted, scaling: "log" },
    ]) {
      expect(() => parsePreprocessing(JSON.parse(JSON.stringify(broken)))).toThrow(UsageError);
    }
  });
});

describe("the preprocessing laws catch", () => {
  const dataset = datasetOf(dense(4, 2, [0, 1, 1, 3, 5, 4, 9, 2]), ones(4, 1));
  it("fitting on all rows", () => {
    const peeking: Fit = (data) => fitAll(data, [...allRows(data.labels.rows)]);
    expect(() => seesOnlyItsRows(peeking, dataset, [0, 1], changeElsewhere(dataset, [0, 1]))).toThrow();
    expect(() => spansTheUnitInterval(peeking, dataset, [0, 1])).toThrow();
  });
});

describe("chosen rows", () => {
  it("are copies in the order asked for, dense and sparse, repeats included", () => {
    const chosen = cases.chain(({ dataset }) =>
      fc.record({
        dataset: fc.constant(dataset),
        rows: fc.array(fc.integer({ min: 0, max: dataset.labels.rows - 1 }), { maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(chosen, ({ dataset, rows }) => {
        const found = selectRows(dataset, rows);
        expect([found.features.rows, found.labels.rows]).toEqual([rows.length, rows.length]);
        expect(found.featureNames).toBe(dataset.featureNames);
        rows.forEach((row, i) => {
          for (let j = 0; j < dataset.features.columns; j++) {
            expect(valueAt(found.features, i, j)).toBe(valueAt(dataset.features, row, j));
          }
        });
        expect(selectRows(dataset.features, rows)).toEqual(found.features);
        expect(selectRows(dataset.labels, rows)).toEqual(found.labels);
      }),
      runs(60),
    );
  });

  it("must exist", () => {
    expect(() => selectRows(dense(2, 1, [1, 2]), [2])).toThrow("expected a whole number from 0 to 1");
    expect(() => selectRows(dense(2, 1, [1, 2]), [-1])).toThrow(UsageError);
    expect(() => selectRows(dense(2, 1, [1, 2]), [0.5])).toThrow(UsageError);
  });
});

describe("label counting", () => {
  it("counts the ones of every column and lists those of every row", () => {
    fc.assert(
      fc.property(labelMatrices({ rows: 20, labels: 5 }), (labels) => {
        const { offsets, items } = listLabels(labels);
        const again = new Uint8Array(labels.values.length);
        for (let i = 0; i < labels.rows; i++) {
          for (let e = offsets[i]; e < offsets[i + 1]; e++) again[i * labels.columns + items[e]] = 1;
        }
        expect(again).toEqual(labels.values);
        const counts = countPositives(labels);
        items.forEach((label) => {
          counts[label]--;
        });
        expect([...counts]).toEqual(new Array(labels.columns).fill(0));
      }),
      runs(60),
    );
  });

  it("drops rare labels, not rows", () => {
    const labels = labelMatrix(3, 2, [1, 0, 1, 1, 0, 0]);
    const left = dropRareLabels(datasetOf(dense(3, 1, [1, 2, 3]), labels), 1);
    expect(left.labelNames).toEqual(["l0"]);
    expect([...left.labels.values]).toEqual([1, 1, 0]);
    expect(commonLabels(labels, 0, [0])).toEqual([0]);
  });
});
