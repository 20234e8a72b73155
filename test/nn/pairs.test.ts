/** Pairs of instances and labels against the sums they stand for, written out. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { input } from "../../src/engine/tensor.ts";
import { pairProducts, pairSums, perLabelDense } from "../../src/nn/pairs.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import { at, evaluate, expectClose, filled } from "./evaluate.ts";

const width = fc.integer({ min: 1, max: 5 });

describe("pairs of instances and labels", () => {
  it("combine every row with every label's row", async () => {
    await fc.assert(
      fc.asyncProperty(width, width, width, seed(), async (batch, labels, inner, start) => {
        const [x, e] = [filled(batch * inner, start), filled(labels * inner, start + 1)];
        const [rows, perLabel] = [input("x", [batch, inner]), input("e", [labels, inner])];
        const results = await evaluate(
          { products: pairProducts(rows, perLabel), sums: pairSums(rows, perLabel) },
          { x, e },
        );
        const pairs = Array.from({ length: batch * labels * inner }, (_, i) => {
          const [pair, k] = [Math.floor(i / inner), i % inner];
          return [at(x, inner, Math.floor(pair / labels), k), at(e, inner, pair % labels, k)];
        });
        expectClose(
          results.products,
          pairs.map(([a, b]) => a * b),
        );
        expectClose(
          results.sums,
          pairs.map(([a, b]) => a + b),
        );
      }),
      runs(20),
    );
  });

  it("have a dense layer with weights for each label", async () => {
    await fc.assert(
      fc.asyncProperty(width, width, width, seed(), async (batch, labels, inner, start) => {
        const layer = perLabelDense("c", labels, inner, new Random(start));
        const [x, shared, bias] = [batch * labels * inner, batch * inner, inner].map((n, i) => filled(n, start + i));
        const pairs = input("x", [batch * labels, inner]);
        const { plain, activated, once } = await evaluate(
          {
            plain: layer.apply(pairs),
            activated: layer.applyActivated(pairs, input("bias", [1, inner]), 0.1),
            once: layer.applyShared(input("shared", [batch, inner])),
          },
          { x, shared, bias },
        );
        const [w, b] = layer.parameters.map(({ initial }) => initial);
        const outputs = (unit: (pair: number, k: number) => number) =>
          Array.from({ length: batch * labels }, (_, pair) => {
            let total = b[pair % labels];
            for (let k = 0; k < inner; k++) total += unit(pair, k) * at(w, inner, pair % labels, k);
            return total;
          });
        expectClose(
          plain,
          outputs((pair, k) => at(x, inner, pair, k)),
        );
        expectClose(
          activated,
          outputs((pair, k) => {
            const value = at(x, inner, pair, k) + bias[k];
            return value > 0 ? value : 0.1 * value;
          }),
        );
        expectClose(
          once,
          outputs((pair, k) => at(shared, inner, Math.floor(pair / labels), k)),
        );
      }),
      runs(20),
    );
  });
});
