/** Gaussians: draws have their moments, divergences their properties. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, input } from "../../src/engine/tensor.ts";
import { divergence, draw, gaussianNoise } from "../../src/nn/gaussian.ts";
import { number, runs } from "../arbitraries.ts";
import { evaluate } from "./evaluate.ts";

const row = fc.array(fc.tuple(number(-3, 3), number(-3, 3), number(-3, 3), number(-3, 3)), {
  minLength: 1,
  maxLength: 5,
});

describe("Gaussians", () => {
  it("have the divergence of their densities, which is 0 between equals only", async () => {
    await fc.assert(
      fc.asyncProperty(row, async (numbers) => {
        const width = numbers.length;
        const [m, l, n, k] = ["m", "l", "n", "k"].map((name) => input(name, [1, width]));
        const [q, p] = [
          { mean: m, logVariance: l },
          { mean: n, logVariance: k },
        ];
        const feeds = Object.fromEntries(
          ["m", "l", "n", "k"].map((name, i) => [name, numbers.map((number) => number[i])]),
        );
        const results = await evaluate({ own: divergence(q, q, 0), other: divergence(q, p, 0) }, feeds);
        expect(Math.abs(results.own[0])).toBeLessThan(1e-12);
        expect(results.other[0]).toBeGreaterThanOrEqual(-1e-12);
        const direct = numbers.map(([mq, lq, mp, lp]) => expectedLogRatio(mq, Math.exp(lq), mp, Math.exp(lp)));
        const sum = direct.reduce((total, each) => total + each, 0);
        expect(Math.abs(results.other[0] - sum)).toBeLessThan(1e-6 * Math.max(1, sum));
      }),
      runs(20),
    );
  });

  it("are drawn with their mean and variance", async () => {
    const count = 20_000;
    const shape = [count, 2] as const;
    const filled = (a: number, b: number) =>
      constant(
        shape,
        Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 ? b : a)),
      );
    const gaussian = { mean: filled(3, -1), logVariance: filled(Math.log(4), Math.log(0.25)) };
    const { z } = await evaluate({ z: draw(gaussian, gaussianNoise("z.noise", gaussian)) });
    for (const [column, mean, variance] of [
      [0, 3, 4],
      [1, -1, 0.25],
    ]) {
      const values = Array.from({ length: count }, (_, i) => z[2 * i + column]);
      const average = values.reduce((total, value) => total + value, 0) / count;
      const spread = values.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
      expect(Math.abs(average - mean)).toBeLessThan(6 * Math.sqrt(variance / count));
      expect(Math.abs(spread / variance - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
    }
  });
});

/** E_q ln(q / p) by the trapezoid rule, which is exact for densities as smooth as these. */
function expectedLogRatio(mq: number, vq: number, mp: number, vp: number): number {
  const logDensity = (x: number, m: number, v: number) => -((x - m) ** 2) / (2 * v) - Math.log(2 * Math.PI * v) / 2;
  const step = Math.sqrt(vq) / 20;
  let total = 0;
  for (let i = -240; i <= 240; i++) {
    const x = mq + i * step;
    total += Math.exp(logDensity(x, mq, vq)) * (logDensity(x, mq, vq) - logDensity(x, mp, vp)) * step;
  }
  return total;
}
