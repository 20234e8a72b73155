/** Numbers from bytes are those that `Number` reads from the text, to the last bit. */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNumber } from "../../src/data/decimal.ts";
import { Scanner } from "../../src/data/scanner.ts";
import { runs } from "../arbitraries.ts";
import { encode } from "./file-laws.ts";

/** The number at the start of a text, and the text behind it. */
function read(text: string): { value: number; rest: string } {
  const scanner = new Scanner(encode(text), "number", "a number");
  const value = readNumber(scanner);
  return { value, rest: text.slice(scanner.position) };
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength });
const decimal = fc
  .record({
    sign: fc.constantFrom("", "-", "+"),
    whole: digits(20),
    point: fc.constantFrom("", "."),
    fraction: digits(20),
    exponent: fc.oneof(
      fc.constant(""),
      fc.integer({ min: -60, max: 16 }).map((value) => `e${value}`),
    ),
  })
  .map(({ sign, whole, point, fraction, exponent }) => sign + whole + point + (point ? fraction : "") + exponent)
  .filter((text) => /^[-+]?(\d+\.?|\.\d)/.test(text));

describe("readNumber", () => {
  test.prop([decimal, fc.constantFrom("", ",", "\n", " ", "}", "x", ";")], runs(2000))("as Number", (text, behind) => {
    expect(read(text + behind)).toEqual({ value: Number(text), rest: behind });
  });

  test.prop([fc.double({ noNaN: true, min: -1e38, max: 1e38 })], runs(1000))(
    "any double, shortest and long",
    (value) => {
      for (const text of [String(value), value.toPrecision(17), value.toPrecision(21)]) {
        expect(read(`${text},`)).toEqual({ value: Number(text), rest: "," });
      }
    },
  );

  it.each([
    "9007199254740993", // 2^53 + 1: a tie
    "9007199254740993e-5",
    "900719925474099.3",
    "0.1",
    "0.3",
    "123456789",
    "1234567890",
    "0.123456789",
    "0.1234567891",
    "8.5899345920000005e9",
    "1e22",
    "1e-22",
    "1e23",
    "1.7976931348623157e-292",
    "5e-324",
    "2.2250738585072011e-308",
  ])("%s", (text) => {
    expect(read(text).value).toBe(Number(text));
  });

  it.each(["", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "NaN", "inf", "Infinity", "--1", "'1'"])(
    "%j is no number, and nothing is read",
    (text) => {
      expect(read(`${text},`)).toEqual({ value: Number.NaN, rest: `${text},` });
    },
  );

  it("the largest float32 is one, the next number is not", () => {
    const overflow = 2 ** 128 - 2 ** 103;
    const below = overflow - 2 ** 75;
    expect(Math.fround(read(String(below)).value)).toBe(2 ** 128 - 2 ** 104);
    expect(() => read(String(overflow))).toThrow(/^number:1:1: .*too large/);
  });
});
