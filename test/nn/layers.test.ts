/** Layers against the sums they stand for, written out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add } from "../../src/engine/ops/map.ts";
import { type Floats, input, type StateLeaf } from "../../src/engine/tensor.ts";
import { block } from "../../src/nn/block.ts";
import { dense, evaluationPass, trainingPass } from "../../src/nn/layers.ts";
import { crossEntropy, weightedMean } from "../../src/nn/loss.ts";
import { batchNorm } from "../../src/nn/normalise.ts";
import { Random } from "../../src/random.ts";
import { number, runs, seed } from "../arbitraries.ts";
import { at, evaluate, expectClose, filled } from "./evaluate.ts";

const random = (start: number) => new Random(start);
const width = fc.integer({ min: 1, max: 5 });

describe("dense", () => {
  it("over parts of a concatenation, short ones repeated, is one matrix product", async () => {
    await fc.assert(
      fc.asyncProperty(
        width,
        width,
        width,
        width,
        width,
        seed(),
        async (rows, times, first, second, outputs, start) => {
          const layer = dense("d", [first, second], outputs, random(start));
          const [x, z] = [filled(rows * first, start + 1), filled(rows * times * second, start + 2)];
          const { y } = await evaluate(
            { y: layer.apply([input("x", [rows, first]), input("z", [rows * times, second])]) },
            { x, z },
          );
          const [w0, w1, b] = layer.parameters.map(({ initial }) => initial);
          const expected = Array.from({ length: rows * times * outputs }, (_, i) => {
            const [row, column] = [Math.floor(i / outputs), i % outputs];
            let total = b[column];
            for (let k = 0; k < first; k++)
              total += at(x, first, Math.floor(row / times), k) * at(w0, outputs, k, column);
            for (let k = 0; k < second; k++) total += at(z, second, row, k) * at(w1, outputs, k, column);
            return total;
          });
          expectClose(y, expected);
        },
      ),
      runs(30),
    );
  });
});

describe("batch normalisation", () => {
  const naive = (x: Floats, rows: number, columns: number) =>
    Array.from({ length: columns }, (_, column) => {
      const values = Array.from({ length: rows }, (_, row) => at(x, columns, row, column));
      const mean = values.reduce((a, b) => a + b, 0) / rows;
      return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / rows };
    });

  it("centres and scales by the batch, and moves the running moments", async () => {
    await fc.assert(
      fc.asyncProperty(width, width, seed(), async (rows, columns, start) => {
        const layer = batchNorm("n", columns, random(start));
        const x = filled(rows * columns, start + 1);
        const pass = trainingPass();
        const y = add(...layer.parts(input("x", [rows, columns]), pass));
        const results = await evaluate({ y }, { x }, pass.updates);
        const moments = naive(x, rows, columns);
        expectClose(
          results.y,
          Array.from(x, (value, i) => {
            const { mean, variance } = moments[i % columns];
            return (value - mean) / Math.sqrt(variance + 1e-5);
          }),
          1e-10,
        );
        expectClose(
          results["n.runningMean"],
          moments.map(({ mean }) => 0.1 * mean),
        );
        if (rows > 1) {
          expectClose(
            results["n.runningVariance"],
            moments.map(({ variance }) => 0.9 + (0.1 * variance * rows) / (rows - 1)),
          );
        }
      }),
      runs(30),
    );
  });

  it("of a single row gives the bias, and leaves the running variance", async () => {
    const layer = batchNorm("n", 3, random(1));
    const pass = trainingPass();
    const y = add(...layer.parts(input("x", [1, 3]), pass));
    const results = await evaluate({ y }, { x: [1, -2, 30] }, pass.updates);
    expect([...results.y]).toEqual([0, 0, 0]);
    expect(pass.updates.map(({ state }) => state.name)).toEqual(["n.runningMean"]);
  });

  it("evaluates with the running moments and moves nothing", async () => {
    const layer = batchNorm("n", 2, random(1));
    const pass = evaluationPass();
    const { y } = await evaluate({ y: add(...layer.parts(input("x", [2, 2]), pass)) }, { x: [1, 2, 3, 4] });
    expect(pass.updates).toEqual([]);
    expectClose(
      y,
      [1, 2, 3, 4].map((each) => each / Math.sqrt(1 + 1e-5)),
    );
  });
});

describe("block", () => {
  const options = { inputs: 4, widths: [40, 50], slope: 0.1, dropout: 0.3 };

  it("silences the stated share of units while training, none in evaluation, and keeps the mean", async () => {
    const body = block("b", random(1), { ...options, widths: [400] });
    const x = input("x", [50, 4]);
    const values = filled(200, 2);
    const { trained, evaluated } = await evaluate(
      { trained: body.apply(x, trainingPass()), evaluated: body.apply(x, evaluationPass()) },
      { x: values },
    );
    const silent = trained.filter((each) => each === 0).length / trained.length;
    expect(Math.abs(silent - 0.3)).toBeLessThan(6 * Math.sqrt((0.3 * 0.7) / trained.length));
    expect(evaluated.some((each) => each === 0)).toBe(false);
    expect(trained.every((each, i) => each === 0 || Math.abs(each - evaluated[i] / 0.7) < 1e-9)).toBe(true);
  });

  it("leaves the last layer linear on request", async () => {
    const body = block("b", random(1), { ...options, activateLast: false });
    const { y, hidden } = await evaluate(
      {
        y: body.apply(input("x", [20, 4]), evaluationPass()),
        hidden: body.apply(input("x2", [20, 4]), trainingPass()),
      },
      { x: filled(80, 2), x2: filled(80, 2) },
    );
    expect(y.filter((each) => each < 0).length).toBeGreaterThan(200);
    expect(hidden.some((each) => each === 0)).toBe(false);
  });

  it("names its parameters by layer", () => {
    const names = (leaves: readonly StateLeaf[]) => leaves.map(({ name }) => name);
    const body = block("b", random(1), { ...options, inputs: [2, 3], normalised: true });
    expect(names(body.parameters)).toEqual([
      "b.0.weight0",
      "b.0.weight1",
      "b.0.bias",
      "b.0.norm.weight",
      "b.0.norm.bias",
      "b.1.weight",
      "b.1.bias",
      "b.1.norm.weight",
      "b.1.norm.bias",
    ]);
    expect(names(body.buffers)).toHaveLength(4);
  });
});

describe("cross-entropy", () => {
  it("is -y ln s - (1 - y) ln(1 - s), and finite for enormous logits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number(-15, 15), fc.constantFrom(0, 1), number(0, 3)), { minLength: 1, maxLength: 6 }),
        async (rows) => {
          const shape = [rows.length, 1] as const;
          const { perEntry, perRow } = crossEntropy(input("f", shape), input("y", shape));
          const weighted = weightedMean(perRow, input("w", shape));
          const results = await evaluate(
            { perEntry, perRow, weighted },
            { f: rows.map(([f]) => f), y: rows.map(([, y]) => y), w: rows.map(([, , w]) => w) },
          );
          const expected = rows.map(([f, y]) => {
            const s = 1 / (1 + Math.exp(-f));
            return y === 1 ? -Math.log(s) : -Math.log(1 - s);
          });
          expectClose(results.perEntry, expected, 1e-8);
          const mean = expected.reduce((total, each, i) => total + each * rows[i][2], 0) / rows.length;
          expectClose(results.weighted, [mean], 1e-8);
        },
      ),
      runs(30),
    );
    const { perEntry } = crossEntropy(input("f", [1, 4]), input("y", [1, 4]));
    const results = await evaluate({ perEntry }, { f: [1e30, -1e30, 1e30, -1e30], y: [1, 0, 0, 1] });
    expect([...results.perEntry]).toEqual([0, 0, 1e30, 1e30]);
  });
});
