import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimal, list, oneOf, type Parser, path, set, wholeNumber } from "../../src/cli/options.ts";
import { optionsFor } from "../../src/cli/settings.ts";
import { UsageError } from "../../src/errors.ts";
import { number, runs } from "../arbitraries.ts";

/** Any text at all is parsed or refused with a UsageError that names the option and shows the text. */
function answers<T>(parse: Parser<T>, fine: (value: T) => boolean): void {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.double().map(String),
    fc.integer().map(String),
    fc.constantFrom("", " ", "0x10", "1e9", "+3", "-0", "NaN", "Infinity", "1_000", "٣", ",", "a,b", "1,2,1"),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(fine(parse(text))).toBe(true);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        expect(error.message).toMatch(/^--option /);
      }
    }),
    runs(100),
  );
}

describe("values of options", () => {
  test("any text is a value in range or a UsageError", () => {
    answers(wholeNumber("--option", -1, 12), (value) => Number.isInteger(value) && value >= -1 && value <= 12);
    answers(wholeNumber("--option", 0), (value) => Number.isSafeInteger(value) && value >= 0);
    answers(decimal("--option", 0), (value) => Number.isFinite(value) && value >= 0);
    answers(path("--option"), (value) => value.trim() !== "");
    answers(oneOf("--option", ["a", "b"]), (value) => ["a", "b"].includes(value));
    answers(list("--option", wholeNumber("--option", 1)), (values) => values.every(Number.isInteger));
    answers(set("--option", decimal("--option", 0)), (values) => new Set(values).size === values.length);
  });

  test("what is in range is taken as it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 1000 }), number(0, 1e9), (whole, any) => {
        expect(wholeNumber("--option", -5, 1000)(` ${whole} `)).toBe(whole);
        expect(decimal("--option", 0)(String(any))).toBe(any);
      }),
      runs(100),
    );
    const widths = list("--hidden", wholeNumber("--hidden", 1));
    expect(widths("256,512, 256")).toEqual([256, 512, 256]);
    expect(() => set("--seeds", wholeNumber("--seeds", 0))("1,2,01")).toThrow('--seeds "1,2,01": 1 stands there twice');
  });
});

describe("options for one of several", () => {
  const given = { pressure: 2, "adaptive.pressure": 8, "d2ace.warmUp": 5 };
  const names = ["uniform", "adaptive", "d2ace"];

  test("its own come before those for all", () => {
    expect(optionsFor("sampler", "adaptive", names, given)).toEqual({ pressure: 8 });
    expect(optionsFor("sampler", "d2ace", names, given)).toEqual({ pressure: 2, warmUp: 5 });
    expect(optionsFor("sampler", "uniform", names, given, () => false)).toEqual({});
    const swapped = Object.fromEntries(Object.entries(given).reverse());
    expect(optionsFor("sampler", "adaptive", names, swapped)).toEqual({ pressure: 8 });
  });

  test("those of one that is not there are refused", () => {
    expect(() => optionsFor("sampler", "adaptive", ["adaptive"], given)).toThrow(UsageError);
    expect(() => optionsFor("sampler", "adaptive", ["adaptive"], given)).toThrow(
      'sampler option d2ace.warmUp: "d2ace" is none of the samplers here, adaptive',
    );
  });
});
