/** The work of cells as shares of the whole, and how many processes are worth having. */
import { describe, expect, test } from "vitest";
import { costs, secondsOf, shares, worthwhileJobs } from "../../src/experiment/cost.ts";
import { planGrid } from "../../src/experiment/grid.ts";
import { gridOf, one, two } from "./grids.ts";

const cells = planGrid(gridOf({ datasets: [one, two], models: ["mlp", "dela"], modelOptions: () => ({}) }));

describe("shares of the work", () => {
  test("add up to all epochs, and a larger model has more of them", () => {
    const share = shares(cells);
    const total = cells.reduce((sum, cell) => sum + share(cell), 0);
    expect(total).toBeCloseTo(3 * cells.length, 6);
    const [small, large] = ["mlp", "dela"].map((model) => cells.filter(({ key }) => key.model === model));
    const of = (own: typeof cells): number => own.reduce((sum, cell) => sum + share(cell), 0);
    expect(of(large)).toBeGreaterThan(of(small));
    const cost = costs();
    for (const cell of cells)
      expect(share(cell) / share(cells[0])).toBeCloseTo(cost(cell).operations / cost(cells[0]).operations, 9);
  });
});

describe("processes", () => {
  const long = cells.map((cell) => ({ ...cell, settings: { ...cell.settings, epochs: 1_000_000 } }));
  const [first] = cells;
  const seconds = (epochs: number): number => {
    const cell = { ...first, settings: { ...first.settings, epochs } };
    return secondsOf(cell, costs()(cell).operations);
  };
  // A little above 4 seconds of work for each of two cells.
  const epochs = Math.ceil(4.4 / seconds(1));
  const short = [first, first].map((cell) => ({ ...cell, settings: { ...cell.settings, epochs } }));

  const largest = Math.max(...long.map((cell) => costs()(cell).bytes));
  test.each([
    [4, 1e15, 4],
    [cells.length, 1e15, cells.length],
    [cells.length + 1, 1e15, 1],
    [4, 2.5 * largest, 2],
    [4, 0.5 * largest, 1],
  ])("%i cores, %d bytes: %i", (cores, memory, expected) => {
    expect(worthwhileJobs(long, cores, memory)).toBe(expected);
  });

  test("none has less work than it takes to be worth starting", () => {
    expect(worthwhileJobs(short, 2, 1e15)).toBe(2);
    const half = short.map((cell) => ({ ...cell, settings: { ...cell.settings, epochs: Math.floor(epochs / 2) } }));
    expect(worthwhileJobs(half, 2, 1e15)).toBe(1);
  });
});
