/**
 * Shards and merging as laws: any number of parts, any order of files, any file twice give the grid, each cell once.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filledShare } from "../../src/data/preparation/inputs.ts";
import { type Cell, type FailedCell, idOf } from "../../src/experiment/cell.ts";
import { costs } from "../../src/experiment/cost.ts";
import { planGrid } from "../../src/experiment/grid.ts";
import { mergeResults } from "../../src/experiment/merge.ts";
import { buildReport } from "../../src/experiment/report/report.ts";
import { parseShard, shardCells } from "../../src/experiment/shard.ts";
import { Random } from "../../src/random.ts";
import { estimateRun } from "../../src/training/estimate.ts";
import { runs } from "../arbitraries.ts";
import { grid as cellsOfGrid } from "./cells.ts";
import { gridOf, one, two } from "./grids.ts";

describe("shards", () => {
  const cells = planGrid(gridOf({ datasets: [one, two], seeds: [1, 2, 3], models: ["mlp", "c2ae"] }));

  test("together are the grid, apart they share nothing, whatever the work of a cell is said to be", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(3), { minLength: 48 }), (count, work) => {
        const works = new Map(cells.map(({ id }, i) => [id, work[i]]));
        const parts = Array.from({ length: count }, (_, i) =>
          shardCells(cells, { index: i + 1, count }, ({ id }) => works.get(id) ?? 0),
        );
        const ids = parts.flatMap((part) => part.map(({ id }) => id));
        expect(ids.length).toBe(cells.length);
        expect(new Set(ids)).toEqual(new Set(cells.map(({ id }) => id)));
        const sums = parts.map((part) => part.reduce((sum, { id }) => sum + (works.get(id) ?? 0), 0));
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(...work));
      }),
      runs(100),
    );
  });

  test("more work is estimated where there is more", () => {
    const cost = costs();
    const [small, large, wide] = [
      gridOf(),
      gridOf({ settings: { epochs: 30, batchSize: 8 } }),
      gridOf({ modelOptions: () => ({ hidden: [4000] }) }),
    ].map((grid) => cost(planGrid(grid)[0]));
    expect(large.operations / small.operations).toBeCloseTo(10);
    expect(wide.operations).toBeGreaterThan(50 * small.operations);
    expect(wide.bytes).toBeGreaterThan(small.bytes);
  });

  test("inputs without their zeros take what is stored of the data, and its multiplications", () => {
    const [rows, columns, stored] = [400, 20_000, 30];
    const random = new Random(3);
    const entries = Array.from({ length: rows * stored }, (_, e) => (e % stored) * 600 + random.integer(600));
    const features = {
      kind: "sparse",
      rows,
      columns,
      offsets: Uint32Array.from({ length: rows + 1 }, (_, row) => row * stored),
      indices: Uint32Array.from(entries),
      values: Float32Array.from(entries, () => 1 + random.uniform()),
    } as const;
    const settings = { model: "mlp", modelOptions: { hidden: [16] }, optimiser: {}, epochs: 1, batchSize: 32 };
    const sizes = { rows, trainingRows: 300, features: columns, labels: 3 };
    const dense = estimateRun(sizes, settings);
    const sparse = estimateRun({ ...sizes, entries: filledShare(features) * rows * columns }, settings);
    expect(dense.bytes - sparse.bytes).toBeGreaterThan(3 * 4 * rows * columns);
    expect(sparse.operations).toBeLessThan(dense.operations / 2);
    expect(sparse.parameters).toBe(dense.parameters);
  });

  test.each([
    ["2/8", {}, { index: 2, count: 8 }],
    [
      "auto",
      { SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "0" },
      { index: 1, count: 4 },
    ],
    [
      "auto",
      { SLURM_ARRAY_TASK_ID: "4", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "1" },
      { index: 4, count: 4 },
    ],
    [
      "auto/4",
      { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_COUNT: "1", SLURM_ARRAY_TASK_MIN: "3" },
      { index: 3, count: 4 },
    ],
    [
      "auto",
      { SLURM_ARRAY_TASK_ID: "10", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_STEP: "5" },
      { index: 3, count: 3 },
    ],
    ["auto/3", { JOB_COMPLETION_INDEX: "0" }, { index: 1, count: 3 }],
    ["auto/3", { PARALLEL_SEQ: "3" }, { index: 3, count: 3 }],
  ])("%s with %j", (text, environment, shard) => {
    expect(parseShard(text, environment)).toEqual(shard);
  });

  test.each([
    ["0/3", {}, "parts count from 1 to n"],
    ["4/3", {}, "part 4 of 3"],
    ["x", {}, "expected i/n"],
    ["1/", {}, "expected i/n"],
    ["auto", {}, "use i/n"],
    ["auto", { JOB_COMPLETION_INDEX: "0" }, "a Kubernetes job does not say how many parts"],
    ["auto", { PARALLEL_SEQ: "1" }, "GNU parallel does not say how many parts"],
    ["auto/2", { SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_COUNT: "1" }, "part 5 of 2"],
  ])("%s with %j is refused", (text, environment, message) => {
    expect(() => parseShard(text, environment)).toThrow(message);
  });
});

describe("merging", () => {
  const cells = cellsOfGrid(({ fold, seed }) => fold / 10 + seed / 100, { seeds: [1, 2], data: ["a", "b"] });
  const [first] = cells;
  const { metrics: _m, history: _h, rows: _r, ...key } = first;
  const failure: FailedCell = { ...key, failure: { kind: "error", message: "no" } };
  const whole = mergeResults([{ file: "all", parsed: { cells, failed: [], warnings: [] } }]);

  test("any partition in any order with any duplicates gives the same cells and the same report", () => {
    fc.assert(
      fc.property(fc.array(fc.subarray([...cells], { minLength: 1 }), { maxLength: 4 }), fc.nat(4), (parts, count) => {
        const rest = cells.filter((cell) => !parts.flat().includes(cell));
        const files = [...parts, rest.slice(count), rest.slice(0, count).reverse(), rest];
        const sources = files.map((cells, i) => ({ file: `${i}`, parsed: { cells, failed: [failure], warnings: [] } }));
        const merged = mergeResults(sources);
        expect(merged).toEqual(whole);
        expect(buildReport(merged.cells)).toEqual(buildReport(whole.cells));
        expect(mergeResults([...sources].reverse())).toEqual(whole);
      }),
      runs(100),
    );
  });

  test("two different results of one cell are an error that names both files", () => {
    const other: Cell = { ...first, metrics: { macroAuc: 0.1 } };
    const source = (file: string, cell: Cell) => ({ file, parsed: { cells: [cell], failed: [], warnings: [] } });
    expect(() => mergeResults([source("x", first), source("y", other)])).toThrow(
      /^y: a, mlp, uniform, fold 0, seed 1: .* in x;/,
    );
    // How it was made, and how many threads made it, is no difference.
    const again: Cell = { ...first, backend: `${first.backend}, 2 threads`, run: { version: "2", numerics: 1 } };
    expect(mergeResults([source("x", first), source("y", again)]).cells.map(idOf)).toEqual([idOf(first)]);
    // Neither are the seconds of its epochs; their losses are.
    const epoch = { epoch: 0, loss: 0.5, validation: { macroAuc: 0.6 } };
    const timed = (more: object): Cell => ({ ...first, history: [{ ...epoch, ...more }] });
    const merged = mergeResults([source("x", timed({ seconds: 1 })), source("y", timed({ seconds: 2 }))]);
    expect(merged.cells.length).toBe(1);
    expect(() => mergeResults([source("x", timed({})), source("y", timed({ loss: 0.4 }))])).toThrow(/another result/);
  });

  test("a failure counts until the cell is finished somewhere", () => {
    const failed = { file: "f", parsed: { cells: [], failed: [failure], warnings: ["torn"] } };
    expect(mergeResults([failed])).toEqual({ cells: [], failed: [failure], warnings: ["torn"] });
    expect(mergeResults([failed, { file: "g", parsed: { cells: [first], failed: [], warnings: [] } }]).failed).toEqual(
      [],
    );
  });
});
