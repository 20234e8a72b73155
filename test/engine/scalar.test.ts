/**
 * The scalar functions themselves: NaN in, NaN out, and no overflow where the mathematics has none. (Their values are
 * held to their definitions by the laws of the js device.)
 */
import { describe, expect, test } from "vitest";
import * as scalar from "../../kernels/scalar.ts";
import { js } from "../../src/backends/js.ts";
import { gradient } from "../../src/engine/gradient.ts";
import { binaryCrossEntropy, mapOps } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { program } from "../../src/engine/program.ts";
import { input } from "../../src/engine/tensor.ts";
import { type Domain, definitions, erf } from "../laws/elementwise.ts";

const functions = new Map<string, (...values: number[]) => number>(Object.entries(scalar));

/** A number inside the domain, where every operand counts. */
const inside = (domain: Domain): number => {
  if (domain.kind === "choice") return domain.values[domain.values.length - 1];
  return domain.kind === "ties" ? 1 : 0.6 * domain.high + 0.4 * domain.low;
};

/** Operands that choose between numbers, or enter on one side only, such as the slope of a unit that is off. */
const choosing: Readonly<Record<string, readonly number[]>> = {
  within: [0, 1, 2],
  greater: [0, 1],
  equal: [0, 1],
  clamp: [1, 2],
  leakyRelu: [1],
  leakyReluGradient: [0, 1],
  biasLeakyRelu: [2],
  biasLeakyReluProduct: [2],
  biasLeakyReluProductGradient: [0, 1, 2],
  biasLeakyReluDropout: [2, 3, 4],
  leakyReluDropoutGradient: [0, 1, 2, 3],
  dropout: [1, 2],
  probit: [2, 3, 4],
  probitGradient: [2, 3],
};

describe("NaN in an operand gives NaN", () => {
  test.each(Object.keys(mapOps))("%s", (name) => {
    const apply = functions.get(name);
    const domains = definitions[name].operands;
    domains.forEach((_, i) => {
      if (choosing[name]?.includes(i)) return;
      const values = domains.map(inside);
      values[i] = Number.NaN;
      expect(apply?.(...values), `operand ${i} of ${values}`).toBeNaN();
    });
  });

  test("comparisons with NaN are false", () => {
    expect(scalar.greater(Number.NaN, 1) + scalar.greater(1, Number.NaN)).toBe(0);
    expect(scalar.equal(Number.NaN, Number.NaN) + scalar.within(Number.NaN, 0, 1)).toBe(0);
  });
});

const largest = 3.4e38;
const extremes = [0, 1e-45, 1e-30, 1, 17, 88, 89, 104, 710, 1e4, 1e30, largest].flatMap((x) => [x, -x]);

describe("for any finite number", () => {
  test("sigmoid, tanh and erf stay within their range, rising", () => {
    const rising = extremes.slice().sort((a, b) => a - b);
    for (const { apply, low } of [
      { apply: scalar.sigmoid, low: 0 },
      { apply: scalar.tanh, low: -1 },
      { apply: scalar.erf, low: -1 },
    ]) {
      const values = rising.map((x) => apply(x));
      expect(values.every((y, i) => y >= low && y <= 1 && (i === 0 || y >= values[i - 1]))).toBe(true);
    }
  });

  test("softplus and elu are finite, and softplus is never below the positive part", () => {
    for (const x of extremes) {
      expect(scalar.softplus(x)).toBeGreaterThanOrEqual(Math.max(0, x));
      expect(scalar.softplus(x)).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(Math.abs(scalar.elu(x))).toBeLessThanOrEqual(Math.max(1, Math.abs(x)));
    }
  });

  test("binary cross-entropy of a logit and its gradient are finite in single precision, and never negative", async () => {
    const logits = Float32Array.from(extremes.flatMap((x) => [x, x]));
    const targets = logits.map((_, i) => i % 2);
    const [f, t] = [input("f", [logits.length, 1]), input("t", [logits.length, 1])];
    const loss = binaryCrossEntropy(f, t);
    const [slope] = gradient(sum(loss), [f]);
    const executable = await js().compile({ built: program({ loss, slope }) });
    const answer = await executable.run("built", { f: logits, t: targets });
    expect(answer.loss.every((each) => each >= 0 && Number.isFinite(each))).toBe(true);
    expect(answer.slope.every((each) => Math.abs(each) <= 1)).toBe(true);
    answer.loss.forEach((each, i) => {
      const wrong = targets[i] === 1 ? -logits[i] : logits[i];
      expect(each).toBeCloseTo(wrong > 40 ? wrong : Math.log1p(Math.exp(wrong)), 5);
    });
  });
});

test("erf agrees with its series to ten units of double precision, across the seam of its two formulas", () => {
  for (let x = -6.5; x <= 6.5; x += 0.001) {
    expect(Math.abs(scalar.erf(x) - erf(x))).toBeLessThanOrEqual(10 * 2 ** -53 * Math.max(Math.abs(erf(x)), 1e-300));
  }
});
