/** Running a grid: every cell once, failures recorded, stores shared. */
import { describe, expect, test } from "vitest";
import { js } from "../../src/backends/js.ts";
import { DeviceLostError } from "../../src/backends/lost.ts";
import { cellId, printCell } from "../../src/experiment/cell.ts";
import { checkGrid, type Grid, type PlannedCell, planGrid } from "../../src/experiment/grid.ts";
import { buildReport } from "../../src/experiment/report/report.ts";
import { type GridEvent, type RunGridOptions, runGrid } from "../../src/experiment/run-grid.ts";
import { type CellStore, MemoryStore } from "../../src/experiment/store.ts";
import { common, gridOf, one, two } from "./grids.ts";

async function run(
  grid: Grid,
  cells: readonly PlannedCell[],
  options: RunGridOptions = {},
  store: CellStore = new MemoryStore(),
) {
  const events: GridEvent[] = [];
  for await (const event of runGrid(grid, cells, store, options)) events.push(event);
  return events;
}

const results = (events: readonly GridEvent[]) =>
  events.flatMap((event) => (event.kind === "finish" ? event.result : []));

describe("running a grid", () => {
  test("each cell begins, trains and finishes in turn; its line can be printed and reported", async () => {
    const grid = gridOf();
    const cells = planGrid(grid);
    const events = await run(grid, cells);
    const outline = events.flatMap((event) =>
      event.kind === "begin" || event.kind === "finish" ? [`${event.kind} ${event.cell.id}`] : [],
    );
    expect(outline).toEqual(cells.flatMap(({ id }) => [`begin ${id}`, `finish ${id}`]));
    for (const [i, cell] of results(events).entries()) {
      expect(cell).toMatchObject({ key: cells[i].key, backend: "js float32", rows: { test: 30 } });
      expect(cellId(cell.key, cell.settings)).toBe(cells[i].id);
      expect(cell.history.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
      expect(() => printCell(cell)).not.toThrow();
    }
    const [{ treatments }] = buildReport(results(events), { samplers: ["uniform", "adaptive"] }).tables;
    expect(treatments.map(({ name, cells: count }) => [name, count])).toEqual([
      ["uniform", 2],
      ["adaptive", 2],
    ]);
  });

  test("a cell's result depends neither on the cells run before it nor on the check", async () => {
    const grid = gridOf({ datasets: [one, two], seeds: [1, 2] });
    const cells = planGrid(grid);
    const whole = results(await run(grid, cells)).map(printCell);
    const chosen = [13, 6, 3, 2];
    checkGrid(grid, cells);
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
    const events: GridEvent[] = [];
    for await (const event of runGrid(grid, planGrid(grid), new MemoryStore(), { signal: controller.signal })) {
      events.push(event);
      if (event.kind === "training" && event.event.kind === "epoch" && event.cell.key.sampler === "adaptive") {
        controller.abort();
      }
    }
    expect(results(events).map(({ key }) => key.sampler)).toEqual(["uniform"]);
    expect(events.filter(({ kind }) => kind === "begin").length).toBe(2);
    expect(await run(grid, planGrid(grid), { signal: AbortSignal.abort() })).toEqual([]);
  });

  test("whatever goes wrong in a cell is its failure, and the others run", async () => {
    const optimiser = { learningRate: 1e30 };
    const greedy = gridOf({ settings: { ...common, epochs: 2, optimiser, learningRateWarmUp: 0, batchSize: 8 } });
    const wrong = planGrid(gridOf({ seeds: [9] }))[0];
    const empty = gridOf({ datasets: [{ ...one, labels: { ...one.labels, values: new Uint8Array(240) } }] });
    const calm = gridOf();
    const store = new MemoryStore();
    const large = planGrid(gridOf({ seeds: [7] }))[0];
    const bad = [
      planGrid(greedy)[0],
      { ...wrong, settings: { ...wrong.settings, modelOptions: { depth: 3 } } },
      planGrid(empty)[0],
      large,
    ];
    const rest = planGrid(calm).slice(1);
    const events = await run(
      calm,
      [...bad, ...rest],
      { refuse: ({ id }) => (id === large.id ? { kind: "memory", message: "too large" } : undefined) },
      store,
    );
    expect(results(events).length).toBe(rest.length);
    expect(store.failures.map(({ failure }) => failure.kind)).toEqual(["divergence", "error", "error", "memory"]);
    expect(store.failures.map(({ key, settings }) => cellId(key, settings))).toEqual(bad.map(({ id }) => id));
    expect(store.failures[0].failure.message).toMatch(/^training diverged in epoch 1, step 2: /);
    expect(store.failures[1].failure.message).toContain("model mlp has no option depth");
    expect(store.failures[2].failure.message).toContain("all 4 labels");
    // What has failed is not tried again.
    expect(await run(calm, [...bad, ...rest], {}, store)).toEqual([]);
  });

  test("labels come with their draws: once a pass for every row that has them, where batches end with the pass", async () => {
    const settings = { ...common, epochs: 3, batchSize: 8, track: ["labels"] as const };
    const grid = gridOf({ settings, samplerOptions: () => ({ lastBatch: "short" }) });
    const [cell] = results(await run(grid, planGrid(grid).slice(0, 1)));
    expect(cell.key.sampler).toBe("uniform");
    const passes = cell.history.length;
    expect(cell.labels?.map(({ draws }) => draws)).toEqual(cell.labels?.map(({ support }) => passes * support));
    expect(cell.labels?.length).toBeGreaterThan(0);
  });

  test("how it was made is recorded where it is asked for", async () => {
    const grid = gridOf();
    const cells = planGrid(grid).slice(0, 1);
    const made = { version: "1.2.3", numerics: 4 };
    let looks = 0;
    const clock = (): number => 1500 * ++looks;
    expect(results(await run(grid, cells))[0]).not.toHaveProperty("run");
    expect(results(await run(grid, cells, { run: made }))[0].run).toEqual(made);
    const [{ run: timed, history }] = results(await run(grid, cells, { run: made, clock }));
    const epochs = history.map(({ seconds }) => seconds ?? Number.NaN);
    // One look as the cell begins, one as its training does, one at each epoch, and two for the record.
    expect(epochs).toEqual(epochs.map((_, e) => 1.5 * (e + 1)));
    const date = new Date(1500 * (epochs.length + 3)).toISOString();
    expect(timed).toEqual({ ...made, date, seconds: 1.5 * (epochs.length + 3) });
  });

  test("a lost device ends the grid: no other cell could run", async () => {
    const lost = { ...js(), compile: () => Promise.reject(new DeviceLostError("a card", {})) };
    const grid = gridOf({ backend: lost });
    const store = new MemoryStore();
    await expect(run(grid, planGrid(grid), {}, store)).rejects.toThrow(DeviceLostError);
    expect([store.cells, store.failures]).toEqual([[], []]);
  });
});

describe("a store that is shared", () => {
  test("cells of other processes are left to them, and waited for", async () => {
    const grid = gridOf();
    const cells = planGrid(grid);
    const store = new MemoryStore();
    const [first, second] = cells;
    let looks = 0;
    const shared: CellStore = {
      cell: (id) => store.cell(id),
      failed: (id) => store.failed(id),
      append: (record) => store.append(record),
      claim: async (id) => {
        if (id === first.id) return { kind: "done" };
        if (id === second.id && looks++ < 2) return { kind: "busy", owner: "process 7" };
        return store.claim(id);
      },
    };
    const events = await run(grid, cells, {}, shared);
    const kinds = events.flatMap((event) => (event.kind === "training" ? [] : event.kind));
    const own = ["begin", "finish"];
    expect(kinds).toEqual(["elsewhere", ...own, ...own, "wait", ...own]);
    expect(results(events).map(({ key, settings }) => cellId(key, settings))).toEqual([
      cells[2].id,
      cells[3].id,
      second.id,
    ]);
  });
});
