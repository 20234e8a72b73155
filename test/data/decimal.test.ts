/**
 * Numbers from bytes are those that `Number` reads from the text: as float32 all of them, to the last bit the short
 * ones.
 */
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNumber } from "../../src/data/formats/decimal.ts";
import { Scanner } from "../../src/data/formats/scanner.ts";
import { runs } from "../arbitraries.ts";
import { encode } from "./file-laws.ts";

/** The number at the start of a text, and the text behind it. */
function read(text: string): { value: number; rest: string } {
  const scanner = new Scanner(encode(text), "number", "a number");
  const value = readNumber(scanner);
  return { value, rest: text.slice(scanner.position) };
}

/** Whether the value is what the text says. `number` is planted to see that a wrong one is noticed. */
function requireSame(text: string, value: number, number = Number(text)): void {
  expect(Math.fround(value)).toBe(Math.fround(number));
  if (text.replace(/e.*|[-+.]|^0+/g, "").length <= 15 && !text.includes("e")) expect(value).toBe(number);
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
    const { value, rest } = read(text + behind);
    requireSame(text, value);
    expect(rest).toBe(behind);
  });

  test.prop([fc.double({ noNaN: true, min: -1e38, max: 1e38 })], runs(1000))(
    "any double, shortest and long",
    (value) => {
      for (const text of [String(value), value.toPrecision(17), value.toPrecision(21)]) {
        requireSame(text, read(`${text},`).value);
      }
    },
  );

  test.prop([fc.float({ noNaN: true, noDefaultInfinity: true, min: 2 ** -60, max: 2 ** 60 })], runs(500))(
    "halfway between two float32, and a digit beside it",
    (value) => {
      const halfway = value + (2 ** Math.floor(Math.log2(value)) * 2 ** -23) / 2;
      const text = halfway.toFixed(90).replace(/0+$/, "");
      for (const beside of [text, `${text}1`, text.replace(/(.)$/, "49")]) requireSame(beside, read(beside).value);
    },
  );

  it("a number one bit off is noticed", () => {
    expect(() => requireSame("0.1", read("0.1").value, 0.1 + 2 ** -56)).toThrow();
    expect(() => requireSame("0.12345678901234567", read("0.12345678901234567").value, 0.1234568)).toThrow();
  });

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
    requireSame(text, read(text).value);
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
