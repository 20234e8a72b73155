/** The label graph against independent numbers, and its properties. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionalProbability } from "../../src/models/label-graph.ts";
import { runs } from "../arbitraries.ts";
import { describeWith, fixtures } from "../fixtures.ts";

const golden = join(fixtures, "sampler.json");
describeWith(golden, "the golden label graph", () => {
  it("is ours", () => {
    const { imbalance }: { imbalance: readonly { y: number[][]; symmetricConditionalProbability: number[][] }[] } =
      JSON.parse(readFileSync(golden, "utf8"));
    for (const { y, symmetricConditionalProbability: expected } of imbalance) {
      const graph = conditionalProbability({ rows: y.length, columns: y[0].length, values: y.flat() });
      expected.flat().forEach((value, i) => {
        expect(Math.abs(graph[i] - value)).toBeLessThan(1e-7);
      });
    }
  });
});

describe("the label graph", () => {
  it("is symmetric, within [0, 1], zero on the diagonal and where labels never meet, one between equals", () => {
    const matrix = fc.integer({ min: 1, max: 5 }).chain((columns) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 8,
      }),
    );
    fc.assert(
      fc.property(matrix, (y) => {
        const columns = y[0].length;
        const graph = conditionalProbability({ rows: y.length, columns, values: y.flat() });
        for (let j = 0; j < columns; j++) {
          for (let k = 0; k < columns; k++) {
            const value = graph[j * columns + k];
            expect(value).toBe(graph[k * columns + j]);
            expect(value >= 0 && value <= 1).toBe(true);
            const together = y.some((row) => row[j] === 1 && row[k] === 1);
            const equal = y.every((row) => row[j] === row[k]);
            expect(value > 0).toBe(j !== k && together);
            if (j !== k && together && equal) expect(value).toBe(1);
          }
        }
      }),
      runs(100),
    );
  });
});
