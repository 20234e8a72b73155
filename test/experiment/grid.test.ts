import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { UsageError } from "../../src/errors.ts";
import { cellId } from "../../src/experiment/cell.ts";
import { checkGrid, planGrid } from "../../src/experiment/grid.ts";
import { common, gridOf, one, type SmallGrid, two } from "./grids.ts";

describe("the plan of a grid", () => {
  test("every data set, seed, fold, model and sampler once, folds together", () => {
    const grid = gridOf({ datasets: [one, two], seeds: [1, 5], models: ["mlp", "c2ae"] });
    const keys = planGrid(grid).map(({ key }) => key);
    expect(keys.length).toBe(2 * 2 * 2 * 2 * 2);
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
    const folds = keys.map(({ data, seed, fold }) => `${data} ${seed} ${fold}`);
    const changes = folds.filter((fold, i) => fold !== folds[i - 1]);
    expect(new Set(changes).size).toBe(changes.length);
  });

  test("a data set named twice is planned once", () => {
    expect(planGrid(gridOf({ datasets: [one, one] }))).toEqual(planGrid(gridOf()));
  });

  test("a cell's id is told by all that decides its result, and by nothing else", () => {
    const id = (more: Partial<SmallGrid> = {}): string => planGrid(gridOf(more))[1].id;
    const plain = id();
    expect(id()).toBe(plain);
    const [{ key, stored }] = planGrid(gridOf()).slice(1);
    expect(cellId(key, stored)).toBe(plain);
    const values = one.features.values.slice();
    values[3] += 1;
    const others: readonly Partial<SmallGrid>[] = [
      { datasets: [{ ...one, features: { kind: "dense", rows: 60, columns: 5, values } }] },
      { seeds: [2] },
      { prepare: { folds: 3, dropLabelsAtMost: 1 } },
      { prepare: { folds: 2, dropLabelsAtMost: 2 } },
      { prepare: { folds: 2, dropLabelsAtMost: 1, protocol: "paper" } },
      { settings: { ...common, epochs: 4, batchSize: 8 } },
      { settings: { ...common, epochs: 3, batchSize: 8, optimiser: { learningRate: 1 } } },
      { modelOptions: () => ({ hidden: [5] }) },
      { samplerOptions: (s) => (s === "uniform" ? {} : { warmUp: 1, pressure: 3 }) },
      { backend: js({ precision: 64 }) },
    ];
    const ids = others.map(id);
    expect(new Set([plain, ...ids]).size).toBe(1 + others.length);
    // Which other cells are in the grid is no matter.
    expect(id({ datasets: [one, two], seeds: [1, 2], models: ["mlp", "c2ae"] })).toBe(plain);
  });
});

describe("a plan that nobody wants", () => {
  test("more folds than rows, or a grid without end, is refused at once", () => {
    expect(() => planGrid(gridOf({ prepare: { folds: 10_000_000 } }))).toThrow(
      "10000000 folds of 60 rows of synthetic",
    );
    const seeds = Array.from({ length: 100_000 }, (_, seed) => seed);
    expect(() => planGrid(gridOf({ seeds, prepare: { folds: 20 } }))).toThrow("a grid of more than 1000000 cells");
  });

  test("some folds alone", () => {
    const folds = planGrid(gridOf({ onlyFolds: [1], prepare: { folds: 3 } })).map(({ key }) => key.fold);
    expect(folds).toEqual([1, 1]);
    expect(() => planGrid(gridOf({ onlyFolds: [2] }))).toThrow("fold 2: no data set of the grid has it");
  });

  test("of chosen arms the cells are those of the whole grid, in their places", () => {
    const whole = planGrid(gridOf());
    const chosen = planGrid(gridOf({ onlyArms: ["adaptive"] }));
    expect(chosen).toEqual(whole.filter(({ arm }) => arm.name === "adaptive"));
    expect(chosen.map(({ arm }) => arm.place)).toContain(1);
    expect(() => planGrid(gridOf({ onlyArms: ["adaptve"] }))).toThrow(
      'arm "adaptve": there is none of that name; expected some of uniform, adaptive',
    );
  });
});

describe("a grid is checked before it runs", () => {
  const check = (more: Partial<SmallGrid>) => () => {
    const grid = gridOf(more);
    checkGrid(grid, planGrid(grid));
  };

  test.each([
    [
      "the second model",
      { models: ["mlp", "dela"], modelOptions: () => ({ hidden: [4] }) },
      "model dela has no option hidden",
    ],
    [
      "the second sampler",
      { samplers: ["uniform", "d2ace"], samplerOptions: (s: string) => (s === "uniform" ? {} : { warmUp: -1 }) },
      "warmUp",
    ],
    [
      "a range",
      { samplerOptions: (s: string) => (s === "uniform" ? {} : { pressure: 0.5 }) },
      "option pressure is 0.5, expected",
    ],
    [
      "the second data set",
      { datasets: [two, { ...one, labels: { ...one.labels, values: new Uint8Array(240) } }] },
      "all 4",
    ],
    ["folds", { prepare: { folds: 1000 } }, "1000 folds of 60 rows"],
  ] satisfies [string, Partial<SmallGrid>, string][])("%s", (_, more, message) => {
    expect(check(more)).toThrow(UsageError);
    expect(check(more)).toThrow(message);
  });

  test("a sound one passes, and what is not to be run is not looked at", () => {
    expect(check({})).not.toThrow();
    expect(() => checkGrid(gridOf({ datasets: [] }), [])).not.toThrow();
  });
});
