/** One row's figures add up to its instance weight, and its neighbours are those of a plain double loop. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowImbalance } from "../../src/data/imbalance/of-row.ts";
import { imbalanceWeights } from "../../src/data/imbalance/weights.ts";
import { Random } from "../../src/random.ts";
import { runs, seed } from "../arbitraries.ts";

/** Rows with labels of falling frequency. */
function made(of: number, rows: number) {
  const random = new Random(of);
  const [columns, count] = [3, 4];
  const features = Float32Array.from({ length: rows * columns }, () => Math.round(4 * random.uniform()) / 4);
  const values = Uint8Array.from({ length: rows * count }, (_, e) =>
    random.uniform() < [0.7, 0.5, 0.2, 0.15][e % count] ? 1 : 0,
  );
  return {
    features: { kind: "dense" as const, rows, columns, values: features },
    labels: { rows, columns: count, values },
  };
}

describe("a row", () => {
  test("its weight is 1 + the sum of its S, with local weighting of the C of its minority labels", () => {
    fc.assert(
      fc.property(seed(), fc.integer({ min: 1, max: 40 }), (of, rows) => {
        const { features, labels } = made(of, rows);
        const all = (["imbalance", "local"] as const).map((weighting) =>
          imbalanceWeights(features, labels, { weighting }),
        );
        for (let row = 0; row < rows; row++) {
          const found = rowImbalance(features, labels, row);
          const minority = found.labels.filter((label) => label.minority);
          const sum = (figure: "c" | "s"): number => minority.reduce((total, label) => total + (label[figure] ?? 0), 0);
          expect(found.weight).toBe(all[0].weights[row]);
          expect(found.weight).toBeCloseTo(1 + sum("s"), 12);
          expect(all[1].weights[row]).toBeCloseTo(1 + sum("c"), 12);
        }
      }),
      runs(30),
    );
  });

  test("its neighbours are the nearest, and C the share of them without the label", () => {
    const { features, labels } = made(3, 30);
    const distance = (a: number, b: number): number =>
      Math.hypot(...[0, 1, 2].map((j) => features.values[a * 3 + j] - features.values[b * 3 + j]));
    for (let row = 0; row < 30; row++) {
      const others = Array.from({ length: 30 }, (_, other) => other).filter((other) => other !== row);
      const nearest = others.sort((a, b) => distance(row, a) - distance(row, b) || a - b).slice(0, 5);
      const found = rowImbalance(features, labels, row);
      expect(found.neighbours.map((neighbour) => neighbour.row)).toEqual(nearest);
      for (const { label, c } of found.labels) {
        expect(c).toBeCloseTo(nearest.filter((other) => labels.values[other * 4 + label] === 0).length / 5, 12);
      }
      const own = [0, 1, 2, 3].filter((label) => labels.values[row * 4 + label] === 1);
      expect(found.labels.map(({ label }) => label)).toEqual(own);
    }
  });

  test("that is not there is refused", () => {
    const { features, labels } = made(3, 30);
    for (const row of [-1, 30, 0.5]) expect(() => rowImbalance(features, labels, row)).toThrow(/from 0 to 29/);
  });
});
