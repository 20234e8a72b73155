/** The factorised ranking loss against the double sum over pairs of labels. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { input } from "../../src/engine/tensor.ts";
import { rankingLoss } from "../../src/nn/ranking.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";
import { evaluate } from "./evaluate.ts";

/** sum over present k and absent l of e^(-5 (E_k - E_l)) / (5 |present| |absent|), 0 where a side is empty. */
function overPairs(scores: readonly number[], labels: readonly number[]): number {
  let total = 0;
  let pairs = 0;
  for (const [k, present] of labels.entries()) {
    for (const [l, absent] of labels.entries()) {
      if (present !== 1 || absent !== 0) continue;
      total += Math.exp(-5 * (scores[k] - scores[l]));
      pairs++;
    }
  }
  return pairs === 0 ? 0 : total / (5 * pairs);
}

describe("the ranking loss", () => {
  const size = fc.integer({ min: 1, max: 6 });
  it("equals its double sum, draw by draw", async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, seed(), async (draws, batch, width, start) => {
        const random = new Random(start);
        const y = Array.from({ length: batch * width }, () => random.integer(2));
        const scores = Array.from({ length: draws * batch * width }, () => random.uniform());
        const likelihoods = scores.map((score, i) => (y[i % (batch * width)] === 1 ? score : 1 - score));
        const loss = rankingLoss(input("r", [draws, batch * width]), input("y", [batch, width]));
        const results = await evaluate({ loss }, { r: likelihoods, y });
        expect(loss.shape).toEqual([draws, batch]);
        results.loss.forEach((value, i) => {
          const labels = y.slice((i % batch) * width, ((i % batch) + 1) * width);
          expect(Math.abs(value - overPairs(scores.slice(i * width, (i + 1) * width), labels))).toBeLessThan(1e-11);
        });
      }),
      runs(30),
    );
  });
});
