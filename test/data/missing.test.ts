/**
 * Gaps, names of rows and columns that are left out: read as asked, filled by what the training rows say, refused
 * otherwise.
 */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { parseArff } from "../../src/data/formats/arff.ts";
import type { ColumnOptions } from "../../src/data/formats/chosen-columns.ts";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { checkCoding, fittedFeatures } from "../../src/data/preparation/coding.ts";
import { parsePreprocessing } from "../../src/data/preparation/fitted.ts";
import { parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { countMissing, fillMissing } from "../../src/data/preparation/missing.ts";
import { applyPreprocessing, fitPreprocessing } from "../../src/data/preparation/preprocess.ts";
import { denseRow, encode } from "./file-laws.ts";

const header =
  "@relation 'r: -C -1'\n@attribute t string\n@attribute a numeric\n@attribute c {x,y,z}\n@attribute d {no,yes}\n@attribute l {0,1}\n@data\n";
const dense = `${header}'first, row',1,x,no,0\nb,?,y,?,1\nc,5,?,yes,1\n`;
const sparse = `${header}{0 'first, row',1 1}\n{0 b,1 ?,2 y,3 ?,4 1}\n{0 c,1 5,2 ?,3 yes,4 1}\n`;

const read = (text: string, options: ColumnOptions): Dataset => parseArff(encode(text), { file: "f", ...options });
const keep = { missing: "keep", drop: ["t"] } as const;
const rowsOf = ({ features }: Dataset): number[][] =>
  Array.from({ length: features.rows }, (_, row) => [...denseRow(features, row)]);

describe.each([
  ["dense", dense],
  ["sparse", sparse],
])("%s", (_, text) => {
  it("gaps are kept as NaN, in every column of the attribute", () => {
    const dataset = read(text, keep);
    expect(rowsOf(dataset)).toEqual([
      [1, 1, 0, 0, 0],
      [NaN, 0, 1, 0, NaN],
      [5, NaN, NaN, NaN, 1],
    ]);
    expect(countMissing(dataset.features)).toBe(5);
  });

  it("and are an error that says where, without being asked for", () => {
    expect(() => read(text, { drop: ["t"] })).toThrow(
      /^f:9:\d+: "a" is missing \("\?"\): expected a number; say how to fill/,
    );
  });

  it("a text column can only be left out or name the rows", () => {
    expect(() => read(text, { missing: "keep" })).toThrow(/^f:2:12: "t" is of type string/);
    expect(read(text, { missing: "keep", id: "t" }).ids).toEqual(["first, row", "b", "c"]);
  });

  it.each([
    ["mean", [1, 3, 5]],
    ["zero", [1, 0, 5]],
  ] as const)("filled by %s", (how, filled) => {
    const dataset = fillMissing(read(text, keep), how);
    expect(rowsOf(dataset).map(([a]) => a)).toEqual(filled);
    expect(countMissing(dataset.features)).toBe(0);
  });

  it("what fills a gap is of the fitted rows alone, and travels with the weights", () => {
    const dataset = read(text, keep);
    const fitted = fitPreprocessing(dataset, [0, 1], { missing: "mean", dropLabelsAtMost: -1 });
    expect(fitted.fill).toEqual([1, 0.5, 0.5, 0, 0]);
    expect([fitted.minimum[0], fitted.maximum[0]]).toEqual([1, 1]);
    const again = parsePreprocessing(JSON.parse(JSON.stringify(fitted)));
    const { features } = applyPreprocessing(dataset, again);
    expect(features.values.every(Number.isFinite)).toBe(true);
    expect(() => fitPreprocessing(dataset, [0, 1], { dropLabelsAtMost: -1 })).toThrow(
      /is NaN: expected a finite number/,
    );
  });

  it("columns that are wanted come in their order, coded as they were", () => {
    const features = [
      { name: "d", kind: "nominal", categories: ["yes", "no"] },
      { name: "c", kind: "nominal", categories: ["z", "y", "x"] },
    ] as const;
    const dataset = read(text.replaceAll("?", "no").replace("5,no", "5,z").replace("2 no", "2 z"), {
      wanted: { features },
    });
    expect(dataset.featureNames).toEqual(["d", "c=z", "c=y", "c=x"]);
    expect(rowsOf(dataset)).toEqual([
      [1, 0, 0, 1],
      [1, 0, 1, 0],
      [0, 1, 0, 0],
    ]);
    expect([dataset.labels.columns, dataset.labelNames]).toEqual([0, []]);
  });

  it("a value that was not seen is refused, also one that a sparse row leaves out", () => {
    const features = [{ name: "c", kind: "nominal", categories: ["y", "z"] }] as const;
    const what = /"c" is "x": expected one of \{y,z\}, as trained|leaves out "c", which is then "x".*\{y,z\}/;
    expect(() => read(text, { wanted: { features } })).toThrow(what);
  });
});

describe("CSV", () => {
  const csv = (text: string, options: ColumnOptions): Dataset =>
    parseCsv(encode(text), { file: "f", labels: parseLabelPosition("1"), ...options });

  it("gaps in many spellings", () => {
    const dataset = csv("a,b,l\n1,,0\nNA,?,1\nnan,null,1\n", { missing: "keep" });
    expect(rowsOf(dataset)).toEqual([
      [1, NaN],
      [NaN, NaN],
      [NaN, NaN],
    ]);
  });

  it("text in quotes over several lines is left out; the labels are the last columns of what is left", () => {
    const dataset = csv('a,note,l,id\n1,"one, ""two""\nthree",0,r1\n2,,1,"r,2"\n', { drop: ["note"], id: "id" });
    expect([rowsOf(dataset), dataset.ids, dataset.labelNames]).toEqual([[[1], [2]], ["r1", "r,2"], ["l"]]);
    expect([...dataset.labels.values]).toEqual([0, 1]);
  });

  it("a column that is not there is named, with the one that was meant", () => {
    expect(() => csv("Age,l\n1,0\n", { drop: ["age"] })).toThrow(
      /drop column "age": f has no such column; there is "Age"/,
    );
    expect(() => csv("weight,l\n1,0\n", { id: "wieght" })).toThrow(
      'id "wieght": f has no such column (did you mean weight?)',
    );
    const wanted = { features: [{ name: "caf\u00e9", kind: "numeric" }] } as const;
    expect(() => csv("cafe\u0301,l\n1,0\n", { wanted })).toThrow(/in another Unicode form/);
  });
});

describe("coding", () => {
  const dataset = read(dense, { ...keep });
  const fitted = fitPreprocessing(dataset, [0, 1, 2], { missing: "zero", dropLabelsAtMost: -1 });

  it("keeps the nominal features as declared", () => {
    expect(fittedFeatures(fitted)).toEqual(dataset.declared);
    expect(fittedFeatures({ ...fitted, featureNames: ["c=y", "a"] })).toEqual([
      dataset.declared[1],
      dataset.declared[0],
    ]);
  });

  it("data that were coded otherwise are refused", () => {
    const swapped = read(dense.replace("{no,yes}", "{yes,no}"), keep);
    expect(() => applyPreprocessing(swapped, fitted)).toThrow(/"d" has the values \{yes,no\} here and \{no,yes\}/);
    expect(() => checkCoding(dataset.declared, fitted.nominal ?? [])).not.toThrow();
  });
});
