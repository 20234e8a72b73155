import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { fingerprint } from "../../src/data/fingerprint.ts";
import { countPositives } from "../../src/data/labels.ts";
import { denseInputs } from "../../src/data/preparation/inputs.ts";
import { type PreparedData, type PrepareOptions, prepare } from "../../src/data/preparation/prepare.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { UsageError } from "../../src/errors.ts";
import { runs, seed } from "../arbitraries.ts";
import { dataset as anyDataset } from "./datasets.ts";
import { toSparse, valueAt } from "./matrices.ts";

const dataset = synthetic({ rows: 90, features: 7, labels: 5, imbalance: 9 }, 2);
const sorted = (...lists: readonly Int32Array[]): number[] => lists.flatMap((rows) => [...rows]).sort((a, b) => a - b);
const everyRow = Array.from({ length: 90 }, (_, row) => row);

/** Rows that scaler and label filter may have seen, by what was asked for. */
function seenRows({ rows }: PreparedData, { protocol, fitOn, validationFrom }: Omit<PrepareOptions, "seed">): number[] {
  if ((fitOn ?? (protocol === "paper" ? "all" : "training")) === "all") return everyRow;
  const from = validationFrom ?? (protocol === "paper" ? "test" : "training");
  return from === "training" ? sorted(rows.training, rows.validation) : sorted(rows.training);
}

/**
 * Each feature runs from 0 to 1 over the rows that the scaler saw, and each kept label has enough positives there; no
 * other has.
 */
function isFittedOn(data: PreparedData, of: Dataset, rows: readonly number[], dropLabelsAtMost: number): void {
  const { features, labelNames, preprocessing } = data;
  for (let j = 0; j < features.columns; j++) {
    const values = rows.map((row) => valueAt(features, row, j));
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(1);
  }
  const counts = countPositives(of.labels, rows);
  expect(labelNames).toEqual(of.labelNames.filter((_, j) => counts[j] > dropLabelsAtMost));
  expect(preprocessing.labelNames).toEqual(labelNames);
}

const choices = fc.record(
  {
    protocol: fc.constantFrom("clean" as const, "paper" as const),
    fitOn: fc.constantFrom("training" as const, "all" as const),
    validationFrom: fc.constantFrom("training" as const, "test" as const),
    order: fc.constantFrom(1 as const, 2 as const),
  },
  { requiredKeys: [] },
);

describe("a data set made ready", () => {
  test("the parts are disjoint and hold every row, the test folds too; what was fitted saw the rows it should", () => {
    fc.assert(
      fc.property(choices, seed(), fc.integer({ min: 2, max: 6 }), (chosen, seedOfFolds, folds) => {
        const options = { ...chosen, seed: seedOfFolds, folds, dropLabelsAtMost: 6 };
        const all = Array.from({ length: folds }, (_, fold) => prepare(dataset, { ...options, fold }));
        const inTest = chosen.validationFrom ?? (chosen.protocol === "paper" ? "test" : "training");
        for (const data of all) {
          const { training, validation, test: tested } = data.rows;
          expect(sorted(training, validation, tested)).toEqual(everyRow);
          for (const part of [training, validation, tested]) expect(part.length).toBeGreaterThan(0);
          isFittedOn(data, dataset, seenRows(data, chosen), 6);
        }
        const held = all.map(({ rows }) =>
          inTest === "test" ? sorted(rows.test, rows.validation) : sorted(rows.test),
        );
        expect(held.flat().sort((a, b) => a - b)).toEqual(everyRow);
      }),
      runs(12),
    );
  });

  test("the clean protocol sees nothing of the test fold, the published one does", () => {
    const options = { seed: 4, fold: 1, dropLabelsAtMost: 2 };
    const changed = (data: PreparedData): Dataset => {
      const values = dataset.features.values.slice();
      for (const row of data.rows.test) for (let j = 0; j < 7; j++) values[7 * row + j] += 1000;
      return { ...dataset, features: { kind: "dense", rows: 90, columns: 7, values } };
    };
    const clean = prepare(dataset, options);
    expect(prepare(changed(clean), options).preprocessing).toEqual(clean.preprocessing);
    const paper = prepare(dataset, { ...options, protocol: "paper" });
    expect(prepare(changed(paper), { ...options, protocol: "paper" }).preprocessing).not.toEqual(paper.preprocessing);
    const { validation, test: tested } = paper.rows;
    expect(Math.abs(validation.length - tested.length)).toBeLessThanOrEqual(1);
    expect(() => isFittedOn(paper, dataset, [...paper.rows.training], 2)).toThrow();
  });

  test("features of one value each are refused: every row would have the same scores", () => {
    const alike = { ...dataset, features: { ...dataset.features, values: new Float32Array(90 * 7).fill(3) } };
    expect(() => prepare(alike, { seed: 1, dropLabelsAtMost: -1 })).toThrow(
      /^every feature of synthetic\S* has one value among the \d+ rows that scaling is fitted on: .* be learned$/,
    );
    expect(() => prepare(alike, { seed: 1, dropLabelsAtMost: -1, featureShare: 0.5 })).toThrow(
      /that is kept has .* \(--feature-share 1 keeps all\)$/,
    );
    alike.features.values[0] = 4;
    expect(() => prepare(alike, { seed: 1, dropLabelsAtMost: -1, fitOn: "all" })).not.toThrow();
  });

  test("the same seed gives the same folds, another one others; sparse data are as dense ones", () => {
    const options = { seed: 9, dropLabelsAtMost: 1 };
    const first = prepare(dataset, options);
    expect(prepare(dataset, options)).toEqual(first);
    expect(prepare(dataset, { ...options, seed: 10 }).rows).not.toEqual(first.rows);
    const { features } = dataset;
    if (features.kind !== "dense") throw new Error("expected dense features");
    const other = prepare({ ...dataset, features: toSparse(features) }, options);
    expect({ ...other, features: denseInputs(other.features) }).toEqual(first);
  });

  test.each([
    ["fold 5: expected a whole number from 0 to 4", { fold: 5 }],
    ["fold -1: expected a whole number from 0 to 4", { fold: -1 }],
    ["fold 0.5: expected a whole number", { fold: 0.5 }],
    ["91 folds of 90 rows: expected a whole number from 2 to the number of rows", { folds: 91 }],
    ["1 folds of 90 rows", { folds: 1 }],
    ["lower the limit (dropLabelsAtMost, --drop-rare)", { dropLabelsAtMost: 90 }],
    ["feature share 0: expected a number above 0 and at most 1", { featureShare: 0 }],
    ["feature share 0.01 of 7 features keeps none", { featureShare: 0.01 }],
  ])("%s", (message, options) => {
    expect(() => prepare(dataset, { seed: 1, ...options })).toThrow(UsageError);
    expect(() => prepare(dataset, { seed: 1, ...options })).toThrow(message);
  });
});

describe("fingerprint", () => {
  test("sixteen hexadecimal digits, the same for the same content, whatever its names", () => {
    fc.assert(
      fc.property(anyDataset(), (each) => {
        expect(fingerprint(each)).toMatch(/^[0-9a-f]{16}$/);
        const renamed = { ...each, name: "other", featureNames: each.featureNames.map((name) => `${name}!`) };
        expect(fingerprint(structuredClone(renamed))).toBe(fingerprint(each));
      }),
      runs(50),
    );
  });

  test("any feature value or label that changes, changes it", () => {
    fc.assert(
      fc.property(anyDataset(), fc.nat(), (each, at) => {
        const changed = structuredClone(each);
        const { features, labels } = changed;
        const place = at % (features.values.length + labels.values.length);
        if (place < features.values.length) {
          const before = features.values[place];
          features.values[place] = before === 0 ? 1 : before / 2;
          fc.pre(features.values[place] !== before);
        } else labels.values[place - features.values.length] ^= 1;
        expect(fingerprint(changed)).not.toBe(fingerprint(each));
      }),
      runs(200),
    );
  });

  test("so do another shape of the same numbers and the column of a sparse value", () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const shaped = (rows: number, columns: number): Dataset => ({
      ...dataset,
      features: { kind: "dense", rows, columns, values },
      labels: { rows, columns: 4 / rows, values: new Uint8Array(4) },
    });
    expect(fingerprint(shaped(2, 2))).not.toBe(fingerprint(shaped(1, 4)));
    const sparse = (column: number): Dataset => ({
      ...dataset,
      features: {
        kind: "sparse",
        rows: 1,
        columns: 9,
        offsets: Uint32Array.of(0, 1),
        indices: Uint32Array.of(column),
        values: Float32Array.of(1),
      },
      labels: { rows: 1, columns: 1, values: Uint8Array.of(1) },
    });
    expect(fingerprint(sparse(3))).not.toBe(fingerprint(sparse(4)));
  });
});
