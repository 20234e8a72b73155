import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { synthetic } from "../../src/data/synthetic.ts";
import { UsageError } from "../../src/errors.ts";
import { type Cell, cellId, printCell } from "../../src/experiment/cell.ts";
import {
  type CompareEvent,
  checkGrid,
  type Grid,
  type PlannedCell,
  planGrid,
  runGrid,
} from "../../src/experiment/grid.ts";
import { buildReport } from "../../src/experiment/report/report.ts";
import { defaultSettings } from "../../src/training/configure.ts";

const { model: _m, sampler: _s, seed: _d, modelOptions: _mo, samplerOptions: _so, ...common } = defaultSettings;

const one = synthetic({ rows: 60, features: 5, labels: 4, imbalance: 3 }, 1);
const two = synthetic({ rows: 50, features: 5, labels: 4, imbalance: 3 }, 2);

const gridOf = (more: Partial<Grid> = {}): Grid => ({
  datasets: [one],
  models: ["mlp"],
  samplers: ["uniform", "adaptive"],
  seeds: [1],
  prepare: { folds: 2, dropLabelsAtMost: 1 },
  settings: { ...common, epochs: 3, batchSize: 8 },
  modelOptions: () => ({ hidden: [4] }),
  samplerOptions: (sampler) => (sampler === "uniform" ? {} : { warmUp: 1 }),
  backend: js(),
  ...more,
});

async function run(grid: Grid, cells: readonly PlannedCell[], signal?: AbortSignal): Promise<CompareEvent[]> {
  const events: CompareEvent[] = [];
  for await (const event of runGrid(grid, cells, signal)) events.push(event);
  return events;
}

const results = (events: readonly CompareEvent[]): Cell[] =>
  events.flatMap((event) => (event.kind === "finish" ? event.result : []));

describe("the plan of a grid", () => {
  test("every data set, seed, fold, model and sampler once, folds together", () => {
    const grid = gridOf({ datasets: [one, two], seeds: [1, 5], models: ["mlp", "c2ae"] });
    const keys = planGrid(grid).map(({ key }) => key);
    expect(keys.length).toBe(2 * 2 * 2 * 2 * 2);
    expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
    const folds = keys.map(({ data, seed, fold }) => `${data} ${seed} ${fold}`);
    const changes = folds.filter((each, i) => each !== folds[i - 1]);
    expect(new Set(changes).size).toBe(changes.length);
  });

  test("a data set named twice is planned once", () => {
    expect(planGrid(gridOf({ datasets: [one, one] }))).toEqual(planGrid(gridOf()));
  });

  test("a cell's id is told by all that decides its result, and by nothing else", () => {
    const id = (more: Partial<Grid> = {}): string => planGrid(gridOf(more))[1].id;
    const plain = id();
    expect(id()).toBe(plain);
    const [{ key, stored }] = planGrid(gridOf()).slice(1);
    expect(cellId(key, stored)).toBe(plain);
    const values = one.features.values.slice();
    values[3] += 1;
    const others: readonly Partial<Grid>[] = [
      { datasets: [{ ...one, features: { kind: "dense", rows: 60, columns: 5, values } }] },
      { seeds: [2] },
      { prepare: { folds: 3, dropLabelsAtMost: 1 } },
      { prepare: { folds: 2, dropLabelsAtMost: 2 } },
      { prepare: { folds: 2, dropLabelsAtMost: 1, protocol: "paper" } },
      { settings: { ...common, epochs: 4, batchSize: 8 } },
      { settings: { ...common, epochs: 3, batchSize: 8, optimiser: { learningRate: 1 } } },
      { modelOptions: () => ({ hidden: [5] }) },
      { samplerOptions: () => ({ warmUp: 1, pressure: 3 }) },
      { backend: js({ precision: 64 }) },
    ];
    const ids = others.map(id);
    expect(new Set([plain, ...ids]).size).toBe(1 + others.length);
    // Which other cells are in the grid is no matter.
    expect(id({ datasets: [one, two], seeds: [1, 2], models: ["mlp", "c2ae"] })).toBe(plain);
  });
});

describe("running a grid", () => {
  test("each cell begins, trains and finishes in turn; its line can be printed and reported", async () => {
    const grid = gridOf();
    const cells = planGrid(grid);
    const events = await run(grid, cells);
    const outline = events.flatMap(({ kind, cell }) => (kind === "training" ? [] : [`${kind} ${cell.id}`]));
    expect(outline).toEqual(cells.flatMap(({ id }) => [`begin ${id}`, `finish ${id}`]));
    expect(events.flatMap((event) => (event.kind === "begin" ? event.index : []))).toEqual([0, 1, 2, 3]);
    for (const [i, cell] of results(events).entries()) {
      expect(cell).toMatchObject({ key: cells[i].key, backend: "js float32", rows: { test: 30 } });
      expect(cellId(cell.key, cell.settings)).toBe(cells[i].id);
      expect(cell.history.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
      expect(() => printCell(cell)).not.toThrow();
    }
    const [{ treatments }] = buildReport(results(events), { samplers: grid.samplers }).tables;
    expect(treatments.map(({ name, cells: count }) => [name, count])).toEqual([
      ["uniform", 2],
      ["adaptive", 2],
    ]);
  });

  test("a cell's result does not depend on the cells run before it", async () => {
    const grid = gridOf({ datasets: [one, two], seeds: [1, 2] });
    const cells = planGrid(grid);
    const whole = results(await run(grid, cells)).map(printCell);
    const chosen = [13, 6, 3, 2];
    const some = results(
      await run(
        grid,
        chosen.map((i) => cells[i]),
      ),
    ).map(printCell);
    expect(some).toEqual(chosen.map((i) => whole[i]));
  });

  test("an aborted cell leaves no result, and none is begun after it", async () => {
    const grid = gridOf();
    const controller = new AbortController();
    const events: CompareEvent[] = [];
    for await (const event of runGrid(grid, planGrid(grid), controller.signal)) {
      events.push(event);
      if (event.kind === "training" && event.event.kind === "epoch" && event.cell.key.sampler === "adaptive") {
        controller.abort();
      }
    }
    expect(results(events).map(({ key }) => key.sampler)).toEqual(["uniform"]);
    expect(events.filter(({ kind }) => kind === "begin").length).toBe(2);
    expect(await run(grid, planGrid(grid), AbortSignal.abort())).toEqual([]);
  });

  test("a cell that diverges is told, and the others run", async () => {
    const optimiser = { learningRate: 1e30 };
    const grid = gridOf({ settings: { ...common, epochs: 2, optimiser, learningRateWarmUp: 0, batchSize: 8 } });
    const calm = gridOf();
    const [first] = planGrid(grid);
    const rest = planGrid(calm).slice(1);
    const events = await run(calm, [first, ...rest]);
    expect(events.filter(({ kind }) => kind === "fail").length).toBe(1);
    expect(results(events).length).toBe(rest.length);
    const failed = events.find((event) => event.kind === "fail");
    expect(failed?.cell.id).toBe(first.id);
    expect(failed?.error.message).toMatch(/^training diverged in epoch 1, step 2: /);
  });

  test("other errors are not swallowed", async () => {
    const grid = gridOf({ modelOptions: () => ({ depth: 3 }) });
    await expect(run(grid, planGrid(grid))).rejects.toThrow(UsageError);
  });
});

describe("a grid is checked before it runs", () => {
  const check = (more: Partial<Grid>) => () => {
    const grid = gridOf(more);
    checkGrid(grid, planGrid(grid));
  };

  test.each([
    ["the second model", { models: ["mlp", "dela"] }, "model dela has no option hidden"],
    ["the second sampler", { samplers: ["uniform", "d2ace"], samplerOptions: () => ({ warmUp: -1 }) }, "warmUp"],
    [
      "a range",
      { samplerOptions: (s: string) => (s === "uniform" ? {} : { pressure: 0.5 }) },
      "pressure 0.5: expected",
    ],
    [
      "the second data set",
      { datasets: [two, { ...one, labels: { ...one.labels, values: new Uint8Array(240) } }] },
      "all 4",
    ],
    ["folds", { prepare: { folds: 1000 } }, "1000 folds of 60 rows"],
  ] satisfies [string, Partial<Grid>, string][])("%s", (_, more, message) => {
    expect(check(more)).toThrow(UsageError);
    expect(check(more)).toThrow(message);
  });

  test("a sound one passes, and what is not to be run is not looked at", () => {
    expect(check({})).not.toThrow();
    expect(() => checkGrid(gridOf({ models: ["nope"] }), [])).not.toThrow();
  });

  test("checking changes nothing of the run", async () => {
    const grid = gridOf();
    const cells = planGrid(grid);
    const before = results(await run(grid, cells)).map(printCell);
    checkGrid(grid, cells);
    expect(results(await run(grid, cells)).map(printCell)).toEqual(before);
  });
});
