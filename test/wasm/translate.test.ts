/** The translator of scalar functions: what it makes of each construct, and what it refuses. */
import { describe, expect, test } from "vitest";

interface Translator {
  translate(text: string, fusions: readonly object[], fileName?: string): { names: string[]; source: string };
}
const { translate }: Translator = await import(new URL("../../kernels/wasm/translate.mjs", import.meta.url).href);

/** What `return expression` of x and y becomes; numbers by their place in the table. */
function translated(expression: string): string {
  const { source } = translate(`function f(x: f32, y: f32): f32 { return ${expression}; }`, []);
  const result = /return (.*);\n\}/.exec(source)?.[1];
  return (result ?? "").replaceAll("v128.load_splat<f32>", "number");
}

describe("expressions", () => {
  test.each([
    ["x + y * x - y / x", "f32x4.sub(f32x4.add(x, f32x4.mul(y, x)), f32x4.div(y, x))"],
    ["-(x as f32)", "f32x4.neg(x)"],
    ["x > y ? x : y", "vector.choose(f32x4.gt(x, y), x, y)"],
    ["x >= y && x < y ? x : y", "vector.choose(v128.and(f32x4.ge(x, y), f32x4.lt(x, y)), x, y)"],
    ["x === 0.0 ? x : y", "vector.choose(f32x4.eq(x, f32x4.splat(0.0)), x, y)"],
    ["Math.sqrt(x) as f32", "f32x4.sqrt(x)"],
    [
      "2 * x + 0.5 * 2",
      "f32x4.add(f32x4.mul(number(numbers + 0), x), f32x4.mul(number(numbers + 4), number(numbers + 0)))",
    ],
    // What would lose its digits in 32 bits.
    ["Math.log(1.0 + x) as f32", "vector.logOnePlus(x)"],
    ["(Math.exp(x) as f32) - 1.0", "vector.expMinusOne(x)"],
    ["Math.log(1.0 + Math.exp(-Math.abs(x)))", "vector.logOnePlusExpNegative(x)"],
  ])("%s", (expression, expected) => {
    expect(translated(expression)).toBe(expected);
  });

  test("calls of other functions and constants stay", () => {
    const text = "function g(x: f32): f32 { return x; }\nfunction f(x: f32): f32 { const y: f32 = g(x); return g(y); }";
    const { names, source } = translate(text, []);
    expect(names).toEqual(["g", "f"]);
    expect(source).toContain("  const y = g(x);\n  return g(y);");
  });
});

describe("what leaves the language is refused with its place", () => {
  test.each([
    ["Math.sin(x)", 'scalar.ts:1:42: "Math.sin"'],
    ["unknown(x)", 'scalar.ts:1:42: "unknown"'],
    ["x % y", 'scalar.ts:1:44: "%"'],
    ["[x][0]", 'scalar.ts:1:42: "[x][0]"'],
    ["!x", 'scalar.ts:1:42: "!x"'],
  ])("%s", (expression, message) => {
    expect(() => translated(expression)).toThrow(message);
  });

  test("statements", () => {
    const text = "function f(x: f32): f32 {\n  while (x > 0.0) x = x - 1.0;\n  return x;\n}";
    expect(() => translate(text, [], "s.ts")).toThrow(/^s\.ts:2:3: .*expected a constant or the return/);
    expect(() => translate("const table = [1];", [], "s.ts")).toThrow(/^s\.ts:1:1: .*expected a function/);
  });
});
