/** The parts of kernels that gpu.js does not check: helper functions found by their text, and division in float32. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { map } from "../../kernels/gpu/map.ts";
import { rows } from "../../kernels/gpu/rows.ts";
import { runs } from "../arbitraries.ts";

const helperNames = (op: string, arity: number) =>
  map(op, Array(arity).fill([1, 1]), [1, 1], {}, { width: 1 }).helpers.map(({ name }) => name);

describe("a map kernel", () => {
  test("brings along the scalar functions that its own calls, and theirs, each once", () => {
    expect(helperNames("add", 2)).toEqual(["scalar"]);
    expect(helperNames("binaryCrossEntropyGradient", 3)).toEqual(["scalar", "sigmoid"]);
    expect(helperNames("erf", 1)).toEqual(["scalar", "erfNear", "erfcFar"]);
  });

  test("of exp does not take Math.exp for itself", () => {
    expect(helperNames("sigmoid", 1)).toEqual(["scalar"]);
  });

  test("is refused where there is no such function or too many operands", () => {
    expect(() => helperNames("nothing", 1)).toThrow("no scalar function is named nothing");
    expect(() => helperNames("add", 8)).toThrow("8 operands, expected 1 to 7");
  });
});

/** The helpers of a kernel as functions, with every division as a device in float32 might do it: `ulps` off. */
function quotientWith(ulps: number): (dividend: number, divisor: number) => number {
  const [quotient, corrected] = rows("repeat", [[1, 1]], [1, 1], { times: 1 }, { width: 1 }).helpers.map(
    ({ source }) => source,
  );
  const divided = quotient.replace(/(\w+) \/ (\w+)/, "divide($1, $2)");
  expect(divided).not.toBe(quotient);
  const divide = (dividend: number, divisor: number): number => {
    const value = Math.fround(dividend) / Math.fround(divisor);
    return Math.fround(value + ulps * 2 ** -23 * value);
  };
  return new Function("divide", `const corrected = ${corrected}; return ${divided};`)(divide);
}

describe("division of cell numbers in float32", () => {
  /** Quotients below 2^20 and products below 2^30, near multiples of the divisor above all. */
  const cases = fc
    .record({ quotient: fc.integer({ min: 0, max: 2 ** 20 - 1 }), divisor: fc.integer({ min: 1, max: 2 ** 20 }) })
    .filter(({ quotient, divisor }) => (quotient + 1) * divisor <= 2 ** 30)
    .chain(({ quotient, divisor }) =>
      fc.record({
        divisor: fc.constant(divisor),
        quotient: fc.constant(quotient),
        rest: fc.oneof(fc.constant(0), fc.constant(divisor - 1), fc.integer({ min: 0, max: divisor - 1 })),
      }),
    );

  test.each([-2.5, -1, 0, 1, 2.5])("off by %s ulp is put right up to the stated limits", (ulps) => {
    const quotientOf = quotientWith(ulps);
    fc.assert(
      fc.property(cases, ({ quotient, divisor, rest }) => {
        expect(quotientOf(quotient * divisor + rest, divisor)).toBe(quotient);
      }),
      runs(300),
    );
  });

  test("off by far more than any device is noticed", () => {
    const quotientOf = quotientWith(40);
    expect(quotientOf((2 ** 20 - 1) * 1000, 1000)).not.toBe(2 ** 20 - 1);
  });
});
