import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvField } from "../../src/data/formats/csv-field.ts";
import { runs } from "../arbitraries.ts";

/** What a reader of CSV sees in a field. */
const read = (field: string): string => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);

describe("fields of a CSV file", () => {
  test.each([
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ["+1+1", "'+1+1"],
    ["-2", "'-2"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\t=1", "'\t=1"],
    [" =1", "' =1"],
    ["\uff1d1", "'\uff1d1"],
    ["'quoted", "''quoted"],
    ["plain", "plain"],
    ["a=b", "a=b"],
    ['a,"b"', '"a,""b"""'],
    ["", ""],
  ])("%j is written as %j", (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  test("nothing is lost: one apostrophe less is the text again, and raw it is the text itself", () => {
    const any = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("=", "-", "'", '"', ",", "\n", "\t", " ", "a") }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(read(csvField(text)).replace(/^'/, "")).toBe(text);
        expect(read(csvField(text, true))).toBe(text);
        expect(read(csvField(text))).not.toMatch(/^\s*[=+\-@]/);
      }),
      runs(500),
    );
  });
});
