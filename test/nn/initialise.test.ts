/** Initial weights lie in the published range, fill it, and have the variance that the formula promises. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  constantly,
  type Initialiser,
  kaimingUniform,
  kaimingUniformSigmoid,
  normalParameter,
  parameter,
  pytorchDefault,
  uniform,
  xavierUniform,
} from "../../src/nn/initialise.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";

type Variance = (inputs: number, outputs: number) => number;

const published: readonly (readonly [string, Initialiser, Variance])[] = [
  ["Kaiming, ReLU", kaimingUniform(0), (inputs) => 2 / inputs],
  ["Kaiming, slope 0.1", kaimingUniform(0.1), (inputs) => 2 / (1.01 * inputs)],
  ["Kaiming, sigmoid gain", kaimingUniformSigmoid, (inputs) => 1 / inputs],
  ["PyTorch's Linear", pytorchDefault, (inputs) => 1 / (3 * inputs)],
  ["Xavier", xavierUniform, (inputs, outputs) => 2 / (inputs + outputs)],
  ["uniform on [0, 0.1]", uniform(0, 0.1), () => 0.01 / 12],
  ["uniform on [-10, 10]", uniform(-10, 10), () => 400 / 12],
];

/**
 * Range, mean and variance of a large draw; six standard deviations of the sample, so it errs less than once in 10^8.
 */
function drawnAsPromised(initialiser: Initialiser, variance: Variance): void {
  const width = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(width, width, seed(), (inputs, outputs, start) => {
      const [low, high] = initialiser(inputs, outputs);
      const count = 4096;
      const initial = Array.from(parameter("w", [64, 64], [low, high], new Random(start)).initial);
      const centre = (low + high) / 2;
      const promised = variance(inputs, outputs);
      const mean = initial.reduce((total, each) => total + each, 0) / count;
      const spread = initial.reduce((total, each) => total + (each - centre) ** 2, 0) / count;
      expect(Math.max(...initial.map((each) => Math.abs(each - centre)))).toBeLessThanOrEqual(
        ((high - low) / 2) * (1 + 1e-6),
      );
      expect(Math.abs(mean - centre)).toBeLessThan(6 * Math.sqrt(promised / count));
      expect(Math.abs(spread / promised - 1)).toBeLessThan(6 * Math.sqrt(0.8 / count)); // a uniform's kurtosis is 1.8
    }),
    runs(20),
  );
}

describe("initial weights", () => {
  it.each(published)("%s", (_name, initialiser, variance) => drawnAsPromised(initialiser, variance));

  it("a wrong bound is caught", () => {
    const wrong: Initialiser = (inputs) => [-Math.sqrt(3 / inputs), Math.sqrt(3 / inputs)];
    expect(() => drawnAsPromised(wrong, (inputs) => 2 / inputs)).toThrow();
  });

  it("depend on seed and name alone", () => {
    const draw = (start: number, name: string) => [...parameter(name, [2, 3], [-1, 1], new Random(start)).initial];
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(1, "a")).not.toEqual(draw(1, "b"));
    expect(draw(1, "a")).not.toEqual(draw(2, "a"));
    expect([...parameter("c", [1, 2], constantly(2)(5, 5), new Random(1)).initial]).toEqual([2, 2]);
  });

  it("the frozen label input is standard normal", () => {
    const initial = Array.from(normalParameter("z", [64, 64], new Random(3)).initial);
    const mean = initial.reduce((total, each) => total + each, 0) / 4096;
    const variance = initial.reduce((total, each) => total + each ** 2, 0) / 4096;
    expect(Math.abs(mean)).toBeLessThan(6 / 64);
    expect(Math.abs(variance - 1)).toBeLessThan(6 * Math.sqrt(2 / 4096));
  });
});
