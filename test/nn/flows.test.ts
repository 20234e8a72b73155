/** Flows: conditioners look at earlier dimensions only, and densities integrate to 1. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logSoftplus, logSoftplusGradient, normalCdf } from "../../kernels/scalar.ts";
import { sigmoidalFlow } from "../../src/engine/ops/flow.ts";
import { tanh } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { constant, input } from "../../src/engine/tensor.ts";
import { conditioner } from "../../src/nn/conditioner.ts";
import { conditionalFlow } from "../../src/nn/flows.ts";
import { Random } from "../../src/random.ts";
import { number, runs, seed } from "../arbitraries.ts";
import { gradientsAgree, weighted } from "../laws/gradient.ts";
import { evaluate } from "./evaluate.ts";

const size = fc.integer({ min: 1, max: 5 });

describe("the conditioner", () => {
  it("makes the parameters of a dimension from earlier dimensions alone, and does look at those", async () => {
    let dependent = 0;
    await fc.assert(
      fc.asyncProperty(size, size, size, seed(), async (dimensions, labels, outputs, start) => {
        const hidden = Math.max(8, dimensions);
        const random = new Random(start);
        const network = conditioner("c", { dimensions, labels, hidden, outputs }, random);
        const x = Float64Array.from({ length: dimensions }, () => random.normal());
        const changed = random.integer(dimensions);
        const other = x.slice();
        other[changed] += 1;
        const { first, second } = await evaluate(
          { first: network.apply(input("x", [1, dimensions])), second: network.apply(input("other", [1, dimensions])) },
          { x, other },
        );
        first.forEach((value, i) => {
          const dimension = Math.floor(i / outputs) % dimensions;
          if (dimension <= changed) expect(second[i]).toBe(value);
          else if (second[i] !== value) dependent++;
        });
      }),
      runs(30),
    );
    expect(dependent).toBeGreaterThan(0);
  });
});

describe("conditional densities", () => {
  /**
   * Integral over [-reach, reach]^D on a grid; the trapezoid rule converges at once for smooth densities that vanish
   * outside.
   */
  async function integral(dimensions: number, points: number, reach: number, start: number): Promise<number[]> {
    const labels = 2;
    const sizes = { dimensions, labels, hidden: 6, units: 3 };
    const flow = conditionalFlow("f", sizes, new Random(start));
    const step = (2 * reach) / (points - 1);
    const rows = points ** dimensions;
    const x = new Float64Array(rows * dimensions);
    for (let row = 0; row < rows; row++) {
      for (let d = 0, rest = row; d < dimensions; d++, rest = Math.floor(rest / points)) {
        x[row * dimensions + d] = -reach + (rest % points) * step;
      }
    }
    const { density } = await evaluate({ density: flow.logDensity(input("x", [rows, dimensions])) }, { x });
    const scale = (step / Math.sqrt(2 * Math.PI)) ** dimensions;
    return [0, 1].map((label) => {
      let total = 0;
      for (let row = 0; row < rows; row++) total += Math.exp(density[row * labels + label]) * scale;
      return total;
    });
  }

  it("integrate to 1 over a line", async () => {
    for (const start of [1, 2, 3]) {
      for (const total of await integral(1, 20_001, 200, start)) expect(Math.abs(total - 1)).toBeLessThan(1e-3);
    }
  });

  it("integrate to 1 over a plane", async () => {
    for (const total of await integral(2, 301, 60, 4)) expect(Math.abs(total - 1)).toBeLessThan(1e-2);
  });

  it("differ between labels", async () => {
    const flow = conditionalFlow("f", { dimensions: 3, labels: 4, hidden: 8, units: 2 }, new Random(5));
    const { density } = await evaluate({ density: flow.logDensity(input("x", [1, 3])) }, { x: [0.2, -1, 0.5] });
    expect(new Set(density).size).toBe(4);
  });
});

describe("functions that keep their digits", () => {
  it("the log of softplus, near and far", () => {
    fc.assert(
      fc.property(number(-700, 700), (a) => {
        const softplus = Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
        expect(logSoftplus(a)).toBeCloseTo(a < -30 ? a : Math.log(softplus), 10);
        const slope = a < -30 ? 1 : 1 / (1 + Math.exp(-a)) / softplus;
        expect(logSoftplusGradient(a, 2)).toBeCloseTo(2 * slope, 9);
      }),
      runs(200),
    );
  });

  it.each([
    [-8, 6.220960574271785e-16],
    [-5, 2.866515718791939e-7],
    [-1, 0.15865525393145707],
    [-0.7, 0.24196365222307303],
    [0, 0.5],
    [1, 0.8413447460685429],
    [3, 0.9986501019683699],
  ])("the normal distribution function at %f", (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12);
  });
});

describe("second derivatives of flows", () => {
  it("are those of the ops they are made of, where what goes in is computed", async () => {
    const [rows, outputs, units] = [3, 2, 2];
    const random = new Random(8);
    const layer = () => ({
      weight: constant(
        [units, outputs],
        Float64Array.from({ length: units * outputs }, () => random.normal()),
      ),
      bias: constant(
        [units, 1],
        Float64Array.from({ length: units }, () => random.normal()),
      ),
    });
    const x = input("x", [rows, outputs]);
    const flow = sigmoidalFlow(tanh(x), sum(tanh(x), "columns"), { slopes: layer(), shifts: layer(), shares: layer() });
    const start = Float64Array.from({ length: rows * outputs }, () => 0.5 * random.normal());
    await gradientsAgree(weighted(flow, random), [x], { feeds: { x: start } }, random);
  });
});
