/** A cell that is stopped goes on where it was, and ends as one that was not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { printCell } from "../../src/experiment/cell.ts";
import {
  type CellProgress,
  decodeProgress,
  encodeProgress,
  type ProgressStore,
} from "../../src/experiment/cell-progress.ts";
import { planGrid } from "../../src/experiment/grid.ts";
import { runGrid } from "../../src/experiment/run-grid.ts";
import { MemoryStore } from "../../src/experiment/store.ts";
import { cellProgressFiles } from "../../src/files/cell-progress.ts";
import { gridOf } from "./grids.ts";

const grid = gridOf({ samplers: ["adaptive"], onlyFolds: [0] });
const cells = planGrid(grid);

/** Runs the cell until `steps` steps are done (all of them by default); its line, and the steps done. */
async function run(progress: ProgressStore | undefined, steps = Number.POSITIVE_INFINITY) {
  const controller = new AbortController();
  const store = new MemoryStore();
  let done = 0;
  const options = { signal: controller.signal, ...(progress && { progress }) };
  for await (const event of runGrid(grid, cells, store, options)) {
    if (event.kind === "training" && event.event.kind === "step" && ++done >= steps) controller.abort();
  }
  return { lines: store.cells.map(printCell), done };
}

/** In memory, through bytes. */
function memory() {
  const kept = new Map<string, Uint8Array>();
  const store: ProgressStore = {
    load: async (id) => {
      const bytes = kept.get(id);
      return bytes && decodeProgress(bytes, id);
    },
    save: async (id, progress) => void kept.set(id, encodeProgress(progress)),
    clear: async (id) => void kept.delete(id),
  };
  return { kept, store };
}

describe("a cell that is stopped", () => {
  test("goes on where it was, at whatever step, and ends as one that was not", async () => {
    const whole = await run(undefined);
    expect(whole.lines).toHaveLength(1);
    for (const steps of [1, 2, 4, 5]) {
      const { kept, store } = memory();
      const first = await run(store, steps);
      expect(first.lines).toEqual([]);
      expect(kept.size).toBe(1);
      const second = await run(store);
      expect(second.lines).toEqual(whole.lines);
      expect(first.done + second.done).toBe(whole.done);
      expect(kept.size).toBe(0);
    }
  });

  test("starts anew where its progress is of other arithmetic, another device or another shape", async () => {
    const whole = await run(undefined);
    const changes: readonly ((progress: CellProgress) => CellProgress)[] = [
      (progress) => ({ ...progress, numerics: 0 }),
      (progress) => ({ ...progress, backend: "wasm simd, 2 threads" }),
      (progress) => ({ ...progress, state: { ...progress.state, sampler: {} } }),
    ];
    for (const change of changes) {
      const { store } = memory();
      await run(store, 4);
      const [{ id }] = cells;
      const progress = await store.load(id);
      if (!progress) throw new Error("no progress was kept");
      await store.save(id, change(progress));
      expect(await run(store)).toEqual(whole);
    }
  });

  test("is kept in files beside the results, a damaged one is not used, and the folder goes in the end", async () => {
    const path = mkdtempSync(join(tmpdir(), "hardbatch-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    const notes: string[] = [];
    const store = cellProgressFiles(join(path, "r.jsonl"), (note) => notes.push(note));
    const whole = await run(undefined);
    await run(store, 4);
    const folder = join(path, "r.jsonl.progress");
    const [name] = readdirSync(folder);
    expect(name.startsWith(cells[0].id)).toBe(true);
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(join(folder, name), bytes);
    expect(await run(store)).toEqual(whole);
    expect(notes).toEqual([expect.stringMatching(/it is damaged; the cell starts anew$/)]);
    expect(readdirSync(path)).toEqual([]);
  });
});
