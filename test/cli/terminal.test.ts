import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inertLine } from "../../src/cli/terminal.ts";
import { inert } from "../../src/data/formats/inert.ts";
import { runs } from "../arbitraries.ts";

describe("what reaches a terminal", () => {
  test("escape sequences, and characters that turn or hide text, are shown", () => {
    expect(inert("a\u001b[31mred\u0007\r\n\tb\u202ec\u009b")).toBe("a\\u001b[31mred\\u0007\\u000d\n\tb\\u202ec\\u009b");
    expect(inertLine("a\nb\tc\u001b")).toBe("a\\nb\\tc\\u001b");
    expect(inert("z\u200bero t\u00ady \u{e0041}")).toBe("z\\u200bero t\\u00ady \\udb40\\udc41");
    expect(inert("müsik 音楽 😀 می\u200cروم 👩\u200d🔬")).toBe("müsik 音楽 😀 می\u200cروم 👩\u200d🔬");
  });

  test("JSON means the same after it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary" }), (value, text) => {
        const printed = JSON.stringify([value, text]);
        expect(JSON.parse(inert(printed))).toEqual(JSON.parse(printed));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
        expect(inertLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
      }),
      runs(100),
    );
  });
});
