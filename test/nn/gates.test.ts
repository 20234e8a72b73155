/** Binary concrete gates: their odds, and gradients that pass straight through. */
import { describe, expect, it } from "vitest";
import { gradient } from "../../src/engine/gradient.ts";
import { multiply, square } from "../../src/engine/ops/map.ts";
import { sum } from "../../src/engine/ops/reduce.ts";
import { input, noise } from "../../src/engine/tensor.ts";
import { binaryConcrete, straightThrough } from "../../src/nn/gates.ts";
import { evaluate } from "./evaluate.ts";

describe("gates", () => {
  it("are open as often as their logits say, whatever the temperature", async () => {
    const count = 20_000;
    const logits = input("logits", [5, 1]);
    const hard = binaryConcrete(
      multiply(logits, input("ones", [1, count])),
      noise("u", [5, count], "uniform"),
      0.4,
      true,
    );
    const values = [-3, -1, 0, 0.5, 4];
    const { open } = await evaluate(
      { open: sum(hard, "columns") },
      { logits: values, ones: new Float64Array(count).fill(1) },
    );
    values.forEach((logit, i) => {
      const p = 1 / (1 + Math.exp(-logit));
      expect(Math.abs(open[i] / count - p)).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / count));
    });
  });

  it("are 0 or 1 when hard, on the side of the relaxed ones, and finite at the ends of the noise", async () => {
    const u = [0, 1 - 2 ** -24, 0.3, 0.5, 0.9];
    const [logits, uniform] = [input("logits", [1, 5]), input("u", [1, 5])];
    const { hard, soft } = await evaluate(
      { hard: binaryConcrete(logits, uniform, 2 / 3, true), soft: binaryConcrete(logits, uniform, 2 / 3, false) },
      { logits: [9, -9, 2, -0.1, -1], u },
    );
    expect([...soft].every((each) => each > 0 && each < 1)).toBe(true);
    hard.forEach((each, i) => {
      expect(Math.abs(each - (soft[i] > 0.5 ? 1 : 0))).toBeLessThan(1e-12);
    });
  });

  it("take the value of one tensor and the gradient of another", async () => {
    const [x, y] = [input("x", [1, 2]), input("y", [1, 2])];
    const loss = sum(square(straightThrough(x, multiply(3, y))));
    const [byX, byY] = gradient(loss, [x, y]);
    const results = await evaluate({ loss, byX, byY }, { x: [2, -1], y: [10, 20] });
    expect(results.loss[0]).toBeCloseTo(5, 12);
    expect([...results.byX]).toEqual([0, 0]);
    expect([...results.byY]).toEqual([expect.closeTo(12, 10), expect.closeTo(-6, 10)]);
  });
});
