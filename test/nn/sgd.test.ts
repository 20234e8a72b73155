/** Plain gradient descent against its formulas written out, step by step. */
import { expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { multiply, subtract } from "../../src/engine/ops/map.ts";
import { program } from "../../src/engine/program.ts";
import { state } from "../../src/engine/tensor.ts";
import { type SgdOptions, sgd } from "../../src/nn/sgd.ts";

const cases: readonly SgdOptions[] = [
  { learningRate: 0.1 },
  { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  { learningRate: 0.1, momentum: 0.5, clipNorm: 0.5, warmUpSteps: 3 },
];

test.each(cases)("%j", async (options) => {
  const { learningRate = 0, momentum = 0, weightDecay = 0, clipNorm = Infinity, warmUpSteps = 0 } = options;
  const parameter = state("p", [1, 2], Float32Array.of(1, -2));
  const optimiser = sgd([parameter], options);
  const gradient = multiply(subtract(parameter, 3), 2);
  const executable = await js().compile({ step: program({ gradient }, optimiser.updates([gradient])) });
  let [p, v] = [
    [1, -2],
    [0, 0],
  ];
  for (let step = 1; step <= 6; step++) {
    await executable.run("step", optimiser.scalars(step));
    const g = p.map((value) => 2 * (value - 3));
    const scale = Math.min(1, clipNorm / (Math.hypot(...g) + 1e-6));
    v = v.map((value, i) => momentum * value + scale * g[i] + weightDecay * p[i]);
    p = p.map((value, i) => value - learningRate * Math.min(1, step / Math.max(1, warmUpSteps)) * v[i]);
    const found = (await executable.read()).p;
    p.forEach((value, i) => void expect(found[i]).toBeCloseTo(value, 4));
  }
  executable.dispose();
});
