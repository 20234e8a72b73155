/** C2AE has no published module to compare with: its formulas once more, written out in plain arithmetic. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { js } from "../../src/backends/js.ts";
import { program } from "../../src/engine/program.ts";
import { runs, seed } from "../arbitraries.ts";
import { batchOf, feedsOf } from "./laws.ts";
import { type Trial, trialOf } from "./tiny.ts";

type Rows = number[][];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const rowsOf = (values: ArrayLike<number>, columns: number): Rows =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  );

/** Loss, and F_d(F_x(x)) as the model predicts it. */
function straight({ model, features, labels }: Trial): { readonly loss: number; readonly scores: Rows } {
  const weights = new Map(model.parameters.map(({ name, shape, initial }) => [name, rowsOf(initial, shape[1])]));
  const network = (name: string, input: Rows): Rows => {
    let output = input;
    for (let i = 0; ; i++) {
      const [w, b] = [weights.get(`${name}.${i}.weight`), weights.get(`${name}.${i}.bias`)];
      if (!w || !b) return output;
      const last = !weights.has(`${name}.${i + 1}.weight`);
      output = output.map((row) =>
        b[0].map((bias, j) => {
          const value = row.reduce((total, x, k) => total + x * w[k][j], bias);
          return last || value > 0 ? value : 0.1 * value;
        }),
      );
    }
  };
  const code = (name: string, input: Rows): Rows => network(name, input).map((row) => row.map((x) => sigmoid(x) - 0.5));
  const decode = (z: Rows): Rows => network("decoder", z).map((row) => row.map(sigmoid));

  const [x, y] = [rowsOf(features, model.features), rowsOf(labels, model.labels)];
  const [fx, fe] = [code("featureEncoder", x), code("labelEncoder", y)];
  const distance = fx.flat().reduce((total, value, i) => total + (value - fe.flat()[i]) ** 2, 0);
  const decorrelation = (f: Rows): number => {
    let total = 0;
    for (let a = 0; a < f[0].length; a++) {
      for (let b = 0; b < f[0].length; b++) {
        const product = f.reduce((sum, row) => sum + row[a] * row[b], 0);
        total += (product - (a === b ? 1 : 0)) ** 2;
      }
    }
    return total;
  };
  let ranking = 0;
  decode(fe).forEach((scores, i) => {
    const present = scores.filter((_, j) => y[i][j] === 1);
    const absent = scores.filter((_, j) => y[i][j] === 0);
    for (const p of present) {
      for (const q of absent) ranking += Math.exp(-5 * (p - q)) / (5 * present.length * absent.length);
    }
  });
  const loss = distance + 0.5 * (decorrelation(fx) + decorrelation(fe)) + 0.5 * ranking;
  return { loss, scores: decode(fx) };
}

const size = fc.integer({ min: 1, max: 6 });

async function agrees(trial: Trial): Promise<void> {
  const batch = batchOf(trial);
  const { loss, logits } = trial.model.objective(batch);
  const one = program({ loss, logits, scores: trial.model.predict(batch.features) });
  const executable = await js({ precision: 64 }).compile({ one });
  const results = await executable.run("one", feedsOf(one, trial));
  const expected = straight(trial);
  expect(Math.abs(results.loss[0] / expected.loss - 1), "loss").toBeLessThan(1e-12);
  expected.scores.flat().forEach((score, i) => {
    expect(Math.abs(results.scores[i] - score)).toBeLessThan(1e-12);
    expect(Math.abs(sigmoid(results.logits[i]) - score)).toBeLessThan(1e-12);
  });
}

describe("c2ae", () => {
  it("is its published formulas", async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, seed(), (features, labels, batch, start) =>
        agrees(trialOf("c2ae", { features, labels, batch }, {}, start)),
      ),
      runs(30),
    );
  });

  it("has a latent width of 0.8 of the labels, rounded, and three networks", () => {
    const { model } = trialOf("c2ae", { features: 7, labels: 6, batch: 1 }, { labelEncoder: [3] }, 1);
    expect(model.parameters.find(({ name }) => name === "labelEncoder.1.weight")?.shape).toEqual([3, 5]);
  });

  it.each([{ slope: 0.11 }, { decorrelationWeight: 0.51 }, { rankingWeight: 0.49 }])(
    "with %o is caught",
    async (options) => {
      await expect(agrees(trialOf("c2ae", { features: 5, labels: 4, batch: 6 }, options, 2))).rejects.toThrow("loss");
    },
  );
});
