/**
 * The p-values of the frequency laws over many seeds: alpha = 1e-6 is too small to be seen, so here they are held to be
 * uniform at levels that are. The seeds are fixed: a run that passed passes again.
 */
import { describe, expect, test } from "vitest";
import { drawCounts } from "../../src/laws/draw-laws.ts";
import { withModel } from "../../src/laws/faults/altered.ts";
import { successive } from "../../src/laws/naive/orders.ts";
import { ownSubject } from "../../src/laws/own-samplers.ts";
import { chiSquare } from "./chi-square.ts";

const seeds = 100;

async function pValues(subject: ReturnType<typeof ownSubject>, draws: number, count: number) {
  const found = { batches: [] as number[], firstRows: [] as number[] };
  for (let seed = 1; seed <= count; seed++) {
    const counted = await drawCounts(subject, draws, seed);
    found.batches.push(counted.batches);
    found.firstRows.push(counted.firstRows);
  }
  return found;
}

/** How many fall into each fifth of [0, 1]. */
const fifths = (values: readonly number[]): number[] =>
  [0, 1, 2, 3, 4].map((fifth) => values.filter((p) => Math.min(4, Math.floor(5 * p)) === fifth).length);

describe.each([
  ownSubject("uniform", { lastBatch: "short" }),
  ownSubject("adaptive", { refresh: "batch" }),
  ownSubject("adaptiveChain", { kappa: 3 }),
])("$name", (subject) => {
  test("p-values are uniform, and few are below 0.05", async () => {
    const { batches, firstRows } = await pValues(subject, 1500, seeds);
    for (const values of [batches, firstRows]) {
      expect(chiSquare(fifths(values), [0.2, 0.2, 0.2, 0.2, 0.2])).toBeGreaterThan(1e-4);
      // Binomial with 100 trials of 0.05: above 15 with probability 4e-5.
      expect(values.filter((p) => p < 0.05).length).toBeLessThanOrEqual(15);
    }
  });
});

test("of a sampler that draws otherwise they are not", async () => {
  const squared = withModel("adaptive", {}, () => ({
    next: (...given) => successive(...given).map((chance) => chance ** 2),
  }));
  const { batches } = await pValues(squared, 600, 10);
  expect(batches.filter((p) => p < 0.05).length).toBe(10);
});

test("rows carried into the next epoch: batches depend on those before, so uniform does not claim that they do not", async () => {
  const subject = ownSubject("uniform");
  expect(subject.claims.laws).not.toContain("independence");
  expect(ownSubject("uniform", { lastBatch: "short" }).claims.laws).toContain("independence");
  expect((await drawCounts(subject, 100_000, 1)).firstRows).toBeLessThan(1e-6);
  expect((await drawCounts(ownSubject("uniform", { lastBatch: "short" }), 100_000, 1)).firstRows).toBeGreaterThan(1e-6);
});
