/** What the CSV reader makes of valid files. */
import { expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { UsageError } from "../../src/errors.ts";
import { encode, isWellFormed } from "./file-laws.ts";

function read(text: string, labels = "1"): Dataset {
  const dataset = parseCsv(encode(text), { file: "a.csv", labels: parseLabelPosition(labels) });
  isWellFormed(dataset);
  return dataset;
}

it("reads numbers and labels", () => {
  const dataset = read("a,b,l,m\n1.5,-2e3,0,1\n.5,0,1,1\n", "2");
  expect(dataset).toEqual({
    name: "a.csv",
    declared: [
      { name: "a", kind: "numeric" },
      { name: "b", kind: "numeric" },
    ],
    featureNames: ["a", "b"],
    features: { kind: "dense", rows: 2, columns: 2, values: Float32Array.of(1.5, -2000, 0.5, 0) },
    labelNames: ["l", "m"],
    labels: { rows: 2, columns: 2, values: Uint8Array.of(0, 1, 1, 1) },
  });
});

it("labels at the start", () => {
  const { labelNames, featureNames } = read("l,m,a\n1,0,5\n", "2:start");
  expect([labelNames, featureNames]).toEqual([["l", "m"], ["a"]]);
});

it.each([",", ";", "\t"])("separator %j, quotes, blanks, comment signs and CRLF", (separator) => {
  const text = '\ufeff"a, b;\t""c""" | 100% {x} |"l"\r\n\r\n"1.5" | -2 | "1"\r\n 3 | 4 | 0 \r\n'.replaceAll(
    "|",
    separator,
  );
  const { featureNames, labelNames, features, labels } = read(text);
  expect(featureNames).toEqual(['a, b;\t"c"', "100% {x}"]);
  expect(labelNames).toEqual(["l"]);
  expect([...features.values]).toEqual([1.5, -2, 3, 4]);
  expect([...labels.values]).toEqual([1, 0]);
});

it("labels as words", () => {
  expect([...read('a,l\n1,TRUE\n1,false\n1,Yes\n1,no\n1,"true"\n').labels.values]).toEqual([1, 0, 1, 0, 1]);
});

it("a line break inside a quoted name", () => {
  expect(read('"a\nb",l\n1,0\n').featureNames).toEqual(["a\nb"]);
});

it("no final line break", () => {
  expect(read("a,l\n1,0").features.rows).toBe(1);
});

it("labels that leave no feature are the caller's mistake", () => {
  expect(() => read("a,l\n1,0\n", "2")).toThrow(UsageError);
});
