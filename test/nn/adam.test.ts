/** Adam against PyTorch's trajectories in float64, and the laws of clipping, warm-up and decay. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { js } from "../../src/backends/js.ts";
import { program } from "../../src/engine/program.ts";
import { input, state } from "../../src/engine/tensor.ts";
import { type AdamOptions, adam } from "../../src/nn/adam.ts";
import { number, runs } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";

/** The parameter after each of the given gradients, in float64 unless told otherwise. */
async function trajectory(
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  options: AdamOptions,
  precision: 32 | 64 = 64,
): Promise<number[][]> {
  // One parameter a number: what they share, such as the norm, is put to the test too.
  const parameters = start.map((value, i) => state(`p${i}`, [1, 1], Float64Array.of(value)));
  const g = start.map((_, i) => input(`g${i}`, [1, 1]));
  const optimiser = adam(parameters, options);
  const executable = await js({ precision }).compile({ step: program({}, optimiser.updates(g)) });
  const path: number[][] = [];
  for (const [i, each] of gradients.entries()) {
    const feeds = Object.fromEntries(each.map((value, j) => [`g${j}`, Float64Array.of(value)]));
    await executable.run("step", { ...feeds, ...optimiser.scalars(i + 1) });
    const state = await executable.read();
    path.push(parameters.map(({ name }) => state[name][0]));
  }
  return path;
}

const largestDifference = (a: readonly number[][], b: readonly number[][]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));

interface GoldenCase {
  readonly optimizer: "Adam" | "AdamW";
  readonly options: {
    readonly lr: number;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
    readonly weight_decay?: number;
    readonly amsgrad?: boolean;
  };
  readonly start: number[];
  readonly gradients: number[][];
  readonly trajectory: number[][];
}

const golden = join(fixtures, "adam.json");
describeWith(golden, "Adam equals PyTorch", () => {
  const { cases }: { cases: readonly GoldenCase[] } = JSON.parse(readFileSync(golden, "utf8"));
  it.each(cases.map((kind) => [`${kind.optimizer} ${JSON.stringify(kind.options)}`, kind] as const))(
    "%s",
    async (_title, { optimizer, options, start, gradients, trajectory: expected }) => {
      const ours: AdamOptions = {
        learningRate: options.lr,
        ...(options.betas && { beta1: options.betas[0], beta2: options.betas[1] }),
        ...(options.eps !== undefined && { epsilon: options.eps }),
        ...(options.amsgrad !== undefined && { amsgrad: options.amsgrad }),
        [optimizer === "Adam" ? "weightDecay" : "decoupledWeightDecay"]: options.weight_decay ?? 0,
      };
      // PyTorch may list the start as entry 0.
      const reference = expected.length === gradients.length ? expected : expected.slice(1);
      const actual = await trajectory(start, gradients, ours);
      expect(largestDifference(actual, reference)).toBeLessThan(1e-12);
      expect(largestDifference(await trajectory(start, gradients, ours, 32), reference)).toBeLessThan(1e-5);
      const wrong = await trajectory(start, gradients, { ...ours, beta2: (ours.beta2 ?? 0.999) - 1e-4 });
      expect(largestDifference(wrong, reference)).toBeGreaterThan(1e-12);
    },
  );
});

describe("Adam's laws", () => {
  const vectors = fc.array(fc.array(number(-2, 2), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  const start = [0.3, -1, 2];

  it("clipping equals scaling the gradients down beforehand, and leaves short ones alone", async () => {
    await fc.assert(
      fc.asyncProperty(vectors, number(0.1, 5), async (gradients, clipNorm) => {
        const clipped = gradients.map((g) => {
          const norm = Math.hypot(...g);
          return g.map((each) => each * Math.min(1, clipNorm / (norm + 1e-6)));
        });
        const options = { learningRate: 0.1, weightDecay: 0.01 };
        const actual = await trajectory(start, gradients, { ...options, clipNorm });
        expect(largestDifference(actual, await trajectory(start, clipped, options))).toBeLessThan(1e-10);
      }),
      runs(20),
    );
  });

  it("the first step is the learning rate against the sign, warmed up linearly", async () => {
    const [first] = await trajectory([1, 1], [[0.5, -3]], { learningRate: 0.4, warmUpSteps: 4 });
    expect(first[0]).toBeCloseTo(0.9, 6);
    expect(first[1]).toBeCloseTo(1.1, 6);
    const rates = [1, 2, 3, 4, 5, 9].map((step) => {
      const scalars = adam([], { learningRate: 0.4, beta1: 0, warmUpSteps: 4 }).scalars(step);
      return scalars["adam.rate"][0];
    });
    expect(rates).toEqual([0.1, 0.2, 0.3, 0.4, 0.4, 0.4].map((rate) => expect.closeTo(rate, 12)));
  });

  it("without gradients, L2 moves towards zero by the rate and AdamW by rate x decay", async () => {
    const zero = [[0, 0]];
    expect((await trajectory([2, -2], zero, { learningRate: 0.1, weightDecay: 0.5 }))[0][0]).toBeCloseTo(1.9, 6);
    expect((await trajectory([2, -2], zero, { learningRate: 0.1, decoupledWeightDecay: 0.5 }))[0]).toEqual([1.9, -1.9]);
  });

  it.each([
    [{ learningRate: -1 }, "adam: learningRate is -1, expected a number of at least 0"],
    [{ learningRate: Number.NaN }, "adam: learningRate is NaN"],
    [{ beta1: 1 }, "adam: beta1 is 1, expected a number in [0, 1)"],
    [{ beta2: -0.1 }, "adam: beta2 is -0.1"],
    [{ clipNorm: 0 }, "adam: clipNorm is 0, expected a number above 0"],
    [{ warmUpSteps: 1.5 }, "adam: warmUpSteps is 1.5, expected a whole number"],
  ])("%o is refused", (options, message) => {
    expect(() => adam([], options)).toThrow(message);
  });

  it("gradients must match the parameters", () => {
    const parameter = state("w", [2, 3], new Float32Array(6));
    expect(() => adam([parameter]).updates([])).toThrow("adam: 0 gradients for 1 parameters");
    expect(() => adam([parameter]).updates([input("g", [3, 2])])).toThrow(
      "adam: the gradient of w is [3, 2], expected [2, 3]",
    );
  });
});
