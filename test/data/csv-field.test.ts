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
    ["a\u001b[31mb\u202e", "a\\u001b[31mb\\u202e"],
    ["\\u001b", "\\u005cu001b"],
  ])("%j is written as %j", (text, field) => {
    expect(csvField(text)).toBe(field);
  });

  /** As docs/using-a-model.md says. */
  const reversed = (field: string): string =>
    field
      .replace(/^'/, "")
      .replace(/\\u([0-9a-f]{4})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));

  test("nothing is lost: the text comes back, raw it is the text itself; nothing runs or is obeyed", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("\\", "u", "0", "1", "\u001b", "\u202e", "=") }),
      fc.string({ unit: fc.constantFrom("=", "-", "'", '"', ",", "\n", "\t", " ", "a") }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(reversed(read(csvField(text)))).toBe(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
        expect(csvField(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
        expect(read(csvField(text, true))).toBe(text);
        expect(read(csvField(text))).not.toMatch(/^\s*[=+\-@]/);
      }),
      runs(500),
    );
  });
});
