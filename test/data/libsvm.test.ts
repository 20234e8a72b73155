/** What the LIBSVM reader makes of valid files. */
import { expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { parseLibsvm } from "../../src/data/formats/libsvm.ts";
import { UsageError } from "../../src/errors.ts";
import { denseRow, encode, isWellFormed } from "./file-laws.ts";

function read(text: string, labels?: number): Dataset {
  const dataset = parseLibsvm(encode(text), labels === undefined ? { file: "a.svm" } : { file: "a.svm", labels });
  isWellFormed(dataset);
  return dataset;
}

const featureRows = ({ features }: Dataset): number[][] =>
  Array.from({ length: features.rows }, (_, i) => [...denseRow(features, i)]);
const labelRows = ({ labels }: Dataset): number[][] =>
  Array.from({ length: labels.rows }, (_, i) => [
    ...labels.values.subarray(i * labels.columns, (i + 1) * labels.columns),
  ]);

it("counts features and labels from 1, and rows without labels", () => {
  const dataset = read("1,3 1:0.5 3:2\n2:-1 # none\n# no row\n 3:1e2\n2\t1:0 3:4 \n\n");
  expect(featureRows(dataset)).toEqual([
    [0.5, 0, 2],
    [0, -1, 0],
    [0, 0, 100],
    [0, 0, 4],
  ]);
  expect(labelRows(dataset)).toEqual([
    [1, 0, 1],
    [0, 0, 0],
    [0, 0, 0],
    [0, 1, 0],
  ]);
  expect(dataset.featureNames).toEqual(["feature1", "feature2", "feature3"]);
  expect(dataset.labelNames).toEqual(["label1", "label2", "label3"]);
  expect(dataset.features.values.length).toBe(5);
});

it("counts from 0 where a 0 occurs, features and labels each for themselves", () => {
  const zeroLabels = read("1 2:1\n0,2 1:1\n");
  expect(labelRows(zeroLabels)).toEqual([
    [0, 1, 0],
    [1, 0, 1],
  ]);
  expect(zeroLabels.labelNames).toEqual(["label0", "label1", "label2"]);
  expect(featureRows(zeroLabels)).toEqual([
    [0, 1],
    [1, 0],
  ]);
  const zeroFeatures = read("1 2:1\n2 0:1\n");
  expect(featureRows(zeroFeatures)).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(zeroFeatures.featureNames).toEqual(["feature0", "feature1", "feature2"]);
  expect(labelRows(zeroFeatures)).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

it("blank lines are rows without anything, but for empty ones at the end", () => {
  const dataset = read("\n1 1:1\n\r\n \n2 2:1\n \n\n\n");
  expect(featureRows(dataset)).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  expect(labelRows(dataset)).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  expect(featureRows(read("4 2 1\n\n0 1:1\n\n\n\n\n"))).toEqual([
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 0],
  ]);
});

it("blanks between labels", () => expect(labelRows(read("1, 3 1:1\n2 1:1\n"))[0]).toEqual([1, 0, 1]));

it("of hashed features only those that occur become columns", () => {
  const dataset = read("1 5:1 9999999:2\n2 5:3 16777216:4\n");
  expect(dataset.featureNames).toEqual(["feature5", "feature9999999", "feature16777216"]);
  expect(featureRows(dataset)).toEqual([
    [1, 2, 0],
    [3, 0, 4],
  ]);
});

it("wanted columns by name, in their order, labels left unread", () => {
  const features = ["feature7", "feature2", "feature1"].map((name) => ({ name, kind: "numeric" }) as const);
  const read = parseLibsvm(encode("9 1:1 2:2\n 3:5 7:7\n"), { file: "a.svm", wanted: { features } });
  expect(featureRows(read)).toEqual([
    [0, 2, 1],
    [7, 0, 0],
  ]);
  expect(read.labels.columns).toBe(0);
  const some = parseLibsvm(encode("9,2 1:1\n"), { file: "a.svm", wanted: { features, labels: ["label2", "label1"] } });
  expect([...some.labels.values]).toEqual([1, 0]);
});

it("the number of labels as an option", () => {
  expect(read("1 1:1\n", 4).labelNames).toEqual(["label1", "label2", "label3", "label4"]);
  expect(read("0 1:1\n", 2).labelNames).toEqual(["label0", "label1"]);
  expect(() => read("1,5 1:1\n", 4)).toThrow(/^a\.svm:1:3: label 5 is out of range: expected 1 to 4/);
});

it("an absurd number of labels is the caller's mistake", () => {
  expect(() => read("1 1:1\n", 1e9)).toThrow(UsageError);
});

it("a first line of sizes: everything counts from 0", () => {
  const dataset = read("2 4 3\n1 1:1 2:2\n2 1:3\n");
  expect(featureRows(dataset)).toEqual([
    [0, 1, 2, 0],
    [0, 3, 0, 0],
  ]);
  expect(labelRows(dataset)).toEqual([
    [0, 1, 0],
    [0, 0, 1],
  ]);
});
