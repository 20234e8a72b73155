/**
 * Against lib-r-math.js, the port of R's nmath, whose tails are good to about 1e-7 absolute; against a few values of
 * SciPy 1.17 to 12 digits; and laws that need no oracle.
 */
import fc from "fast-check";
import * as R from "lib-r-math.js";
import { describe, expect, test } from "vitest";
import {
  chiSquaredTail,
  fTail,
  logGamma,
  normalTail,
  studentizedRangeQuantile,
  studentizedRangeTail,
  studentQuantile,
  studentTail,
} from "../../../src/experiment/statistics/distributions.ts";
import { number, runs } from "../../arbitraries.ts";

/** Equal to `relative` of the larger, or both below `absolute`. */
function close(actual: number, expected: number, relative = 1e-11, absolute = 1e-280): void {
  const allowed = Math.max(absolute, relative * Math.abs(expected));
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(allowed);
}

/**
 * The F tail as the integral of its beta density from 0 to y = b / (a x + b), by tanh-sinh quadrature: the port of R is
 * off by up to 7e-4 there, as near x = 1 for degrees of freedom of 80 and 2.
 */
function fTailByQuadrature(x: number, a: number, b: number): number {
  const [p, q, y] = [b / 2, a / 2, b / (a * x + b)];
  const scale = R.lgamma(p + q) - R.lgamma(p) - R.lgamma(q);
  const step = 1 / 256;
  let sum = 0;
  for (let k = -6 / step; k <= 6 / step; k++) {
    // t = y / (1 + e^-u), u = pi sinh v: both t and 1 - t keep their digits.
    const [v, u] = [k * step, Math.PI * Math.sinh(k * step)];
    const [below, above] = [1 / (1 + Math.exp(-u)), 1 / (1 + Math.exp(u))];
    const t = y * below;
    if (t === 0) continue;
    const rest = (a * x) / (a * x + b) + y * above;
    const density = Math.exp(scale + (p - 1) * Math.log(t) + (q - 1) * Math.log(rest));
    sum += density * t * above * Math.PI * Math.cosh(v) * step;
  }
  return sum;
}

const degrees = fc.oneof(fc.integer({ min: 1, max: 60 }), number(1, 2000));

test("F tail against its integral, also where both degrees of freedom are even: a binomial sum", () => {
  fc.assert(
    fc.property(number(1e-6, 300), degrees, degrees, (x, a, b) =>
      close(fTail(x, a, b), fTailByQuadrature(x, a, b), 0, 1e-9),
    ),
    runs(150),
  );
  // P(Bin(31, y) >= 2), y = 4 / (60 x + 4).
  const y = 4 / (60 * 1.25 + 4);
  close(fTail(1.25, 60, 4), 1 - (1 - y) ** 31 - 31 * y * (1 - y) ** 30);
});

describe("against R", () => {
  test("ln Gamma", () => {
    fc.assert(
      fc.property(number(1e-3, 500), (x) => close(logGamma(x), R.lgamma(x), 1e-12, 1e-13)),
      runs(200),
    );
  });
  test("normal tail", () => {
    fc.assert(
      fc.property(number(-9, 35), (z) => close(normalTail(z), R.pnorm(z, 0, 1, false))),
      runs(300),
    );
  });
  test("Student tail and quantile", () => {
    fc.assert(
      fc.property(number(-40, 200), degrees, (t, df) =>
        close(studentTail(t, df), R.pt(t, df, undefined, false), 0, 1e-6),
      ),
      runs(300),
    );
    fc.assert(
      fc.property(number(1e-6, 0.5), degrees, (tail, df) =>
        close(studentQuantile(tail, df), R.qt(tail, df, undefined, false), 1e-6, 1e-6),
      ),
      runs(100),
    );
  });
  test("chi-squared tail", () => {
    fc.assert(
      fc.property(number(0, 300), degrees, (x, df) =>
        close(chiSquaredTail(x, df), R.pchisq(x, df, undefined, false), 1e-10),
      ),
      runs(300),
    );
  });
  test("studentised range tail and quantile", () => {
    fc.assert(
      fc.property(number(0.01, 12), fc.integer({ min: 2, max: 20 }), (q, groups) =>
        close(studentizedRangeTail(q, groups), R.ptukey(q, groups, Number.POSITIVE_INFINITY, 1, false), 0, 1e-6),
      ),
      runs(100),
    );
    for (const groups of [2, 3, 5, 10]) {
      const expected = R.qtukey(0.95, groups, Number.POSITIVE_INFINITY);
      close(studentizedRangeQuantile(0.05, groups), expected, 1e-3); // R's own is found by a coarse secant search
    }
  });
  test("negative control: a tail of one degree of freedom more is told apart", () => {
    expect(() => close(studentTail(2, 6), R.pt(2, 5, undefined, false), 1e-10)).toThrow();
  });
});

test("values of SciPy", () => {
  close(studentTail(0.3, 1), 0.4072264209222577);
  close(studentTail(2.5, 4), 0.03338327240599407);
  close(studentTail(7, 14), 3.1239772708558395e-6);
  close(studentTail(1.1, 59.5), 0.13788138741742967);
  close(studentQuantile(0.025, 4), 2.7764451051977943);
  close(studentQuantile(0.0001, 14), 4.985013157719469);
  close(studentQuantile(0.2, 3.7), 0.9498778242960842);
  close(fTail(0.3, 1, 3.3), 0.618776917887657);
  close(fTail(2.5, 3, 22), 0.08602693036118944);
  close(fTail(7, 14, 700), 1.2788590816807226e-13);
  close(chiSquaredTail(0.3, 1), 0.583882420770365);
  close(chiSquaredTail(7, 3.7), 0.11435966802808671);
  close(chiSquaredTail(300, 14), 1.1820821840890893e-55);
  close(normalTail(0.3), 0.3820885778110474);
  close(normalTail(2.5), 0.006209665325776132);
  close(normalTail(30), 4.906713927147908e-198);
});

describe("without an oracle", () => {
  test("printed values of Nemenyi's table (Demsar 2006, table 5a)", () => {
    const table = { 2: 1.96, 3: 2.343, 4: 2.569, 5: 2.728, 6: 2.85, 7: 2.949, 8: 3.031, 9: 3.102, 10: 3.164 };
    for (const [groups, q] of Object.entries(table)) {
      expect(studentizedRangeQuantile(0.05, Number(groups)) / Math.SQRT2).toBeCloseTo(q, 2.8);
    }
  });
  test("two groups: the range is a normal difference", () => {
    for (const q of [0.1, 1, 4, 11]) close(studentizedRangeTail(q, 2), 2 * normalTail(q / Math.SQRT2), 1e-10);
  });
  test("one degree of freedom is Cauchy's, infinitely many the normal", () => {
    for (const t of [0.01, 1, 40, 1e8]) close(studentTail(t, 1), Math.atan2(1, t) / Math.PI, 1e-12);
    close(studentTail(1.5, 1e7), normalTail(1.5), 1e-6);
  });
  test("F with one numerator degree is Student squared; two degrees of chi-squared are exponential", () => {
    for (const t of [0.2, 1, 5, 100]) {
      close(fTail(t * t, 1, 7), 2 * studentTail(t, 7), 1e-11);
      close(chiSquaredTail(t, 2), Math.exp(-t / 2), 1e-12);
    }
  });
  test("ends", () => {
    expect([normalTail(Number.POSITIVE_INFINITY), normalTail(0), normalTail(Number.NEGATIVE_INFINITY)]).toEqual([
      0, 0.5, 1,
    ]);
    expect([studentTail(Number.POSITIVE_INFINITY, 3), studentTail(0, 3)]).toEqual([0, 0.5]);
    expect([chiSquaredTail(0, 3), chiSquaredTail(Number.POSITIVE_INFINITY, 3)]).toEqual([1, 0]);
    expect([fTail(0, 2, 3), fTail(Number.POSITIVE_INFINITY, 2, 3)]).toEqual([1, 0]);
    expect([studentizedRangeTail(0, 3), studentizedRangeTail(60, 3)]).toEqual([1, 0]);
    expect(studentQuantile(0.5, 4)).toBeCloseTo(0, 12);
  });
});
