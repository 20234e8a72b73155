/** Printing then reading is the identity, for ARFF and for Mulan's XML. */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMulan, printMulan } from "../../src/data/formats/mulan.ts";
import { printArff, printFloat32 } from "../../src/data/formats/print-arff.ts";
import { UsageError } from "../../src/errors.ts";
import { runs } from "../arbitraries.ts";
import { dataset, name } from "./datasets.ts";
import { encode, isWellFormed, printedAndRead } from "./file-laws.ts";
import { dense, labelMatrix, toSparse } from "./matrices.ts";

describe("ARFF", () => {
  test.prop([dataset()], runs(300))("reads back as it was printed", (original) => {
    isWellFormed(original);
    expect(printedAndRead(original)).toEqual(original);
  });

  const small = {
    name: "small",
    declared: [
      { name: "it's", kind: "numeric" },
      { name: "colour", kind: "nominal", categories: ["red", "light blue", "?"] },
      { name: "on", kind: "nominal", categories: ["1", "0"] },
    ],
    featureNames: ["it's", "colour=red", "colour=light blue", "colour=?", "on"],
    features: dense(2, 5, [0.1, 0, 1, 0, 1, 0, 1, 0, 0, 0]),
    labelNames: ["l"],
    labels: labelMatrix(2, 1, [0, 1]),
  } as const;

  it("prints dense data readably", () => {
    expect(printArff(small).split("\n").slice(0, -1)).toEqual([
      "@relation 'small: -C -1'",
      "",
      "@attribute 'it\\'s' numeric",
      "@attribute colour {red,'light blue','?'}",
      "@attribute on {1,0}",
      "@attribute l {0,1}",
      "",
      "@data",
      "0.1,'light blue',1,0",
      "0,red,0,1",
    ]);
  });

  it("leaves first values out of sparse rows, whatever they stand for", () => {
    const sparse = { ...small, features: toSparse(small.features) };
    expect(printArff(sparse).split("\n").slice(-3)).toEqual(["{0 0.1,1 'light blue'}", "{2 0,3 1}", ""]);
    expect(printedAndRead(sparse)).toEqual(sparse);
  });

  it("an error planted between printing and reading is noticed", () => {
    const flipped = printedAndRead(small, (text) => text.replace("red,0,1", "red,1,1"));
    expect(flipped).not.toEqual(small);
    expect(() => printedAndRead(small, (text) => text.replace("\\'", "'"))).toThrow(/line|expected/);
  });

  it("refuses values that no such file can hold", () => {
    const values = [Number.NaN, 0, 1, 0, 1, 0, 1, 0, 0, 0];
    expect(() => printArff({ ...small, features: dense(2, 5, values) })).toThrow(UsageError);
    expect(() => printArff({ ...small, features: dense(2, 5, [1, 0, 0.7, 0, 1, 0, 1, 0, 0, 0]) })).toThrow(/"colour"/);
  });

  test.prop([fc.float({ noNaN: true, noDefaultInfinity: true })], runs(500))(
    "float32 in the fewest digits",
    (value) => {
      const text = printFloat32(value);
      expect(Math.fround(Number(text))).toBe(value);
      const digits = text.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length;
      if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
    },
  );
});

describe("Mulan XML", () => {
  test.prop([fc.uniqueArray(name(), { minLength: 1, maxLength: 8 })], runs(300))(
    "reads back as it was printed",
    (names) => {
      expect(parseMulan(encode(printMulan(names)), "labels.xml").map((label) => label.name)).toEqual(names);
    },
  );

  it("an escape left out is noticed", () => {
    const spoilt = printMulan(["a&lt;b"]).replace("&#38;", "&");
    expect(parseMulan(encode(spoilt), "labels.xml")[0].name).not.toBe("a&lt;b");
  });
});
