/** How a cell was made belongs to it: other arithmetic, another module of one's own, or other data are other cells. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { numerics } from "../../src/training/numerics.ts";
import { folder, hardbatch, quick, small, start } from "./run.ts";

const words = ["compare", small, "--folds", "2", "--only-folds", "0", ...quick, "--no-times"];
const text = (path: string): string => readFileSync(path, "utf8");
const cellsOf = (path: string): readonly Cell[] => parseCells(text(path), path).cells;

/** Runs the grid in this process; what it said while it ran. */
async function compare(path: string, ...more: readonly string[]): Promise<string> {
  const { code, err } = await hardbatch(...words, "--out", path, ...more);
  expect(code, err).toBe(0);
  return err.replace(/^done in .*\n/m, "");
}

describe("cells of other arithmetic", () => {
  const others: Readonly<Record<string, (line: string) => string>> = {
    "other numerics": (line) => line.replace(`"numerics":${numerics}`, `"numerics":${numerics - 1}`),
    "another device": (line) => line.replace('"backend":"js float32"', '"backend":"wasm scalar"'),
  };

  test.each(Object.entries(others))(
    "%s: kept with a note, or made again where that is asked for",
    async (_, change) => {
      const path = join(folder(), "c.jsonl");
      expect(await compare(path)).toBe("2 of 2 cells to run\n");
      const own = text(path);
      const [first, ...rest] = own.split("\n");
      expect(change(first)).not.toBe(first);
      const old = [change(first), ...rest].join("\n");
      writeFileSync(path, old);
      const said = await compare(path);
      expect(said).toMatch(
        /1 finished cells were made by .*, numerics \d+ and not by js float32, numerics \d+: they are kept/,
      );
      expect(said).toMatch(/^0 of 2 cells to run$/m);
      expect(text(path)).toBe(old);
      expect(await compare(path, "--rerun-other-versions")).toMatch(/^1 of 2 cells to run$/m);
      expect(text(path)).toBe(`${old}${first}\n`);
      // The later line counts: nothing of other arithmetic is left.
      expect(await compare(path)).toBe("0 of 2 cells to run\n");
    },
  );

  test("cells of any number of threads, and those that say nothing, are as good as one's own", async () => {
    const path = join(folder(), "c.jsonl");
    await compare(path);
    writeFileSync(path, text(path).replaceAll(/,"run":\{[^}]*\}/g, ""));
    expect(await compare(path, "--rerun-other-versions")).toBe("0 of 2 cells to run\n");
  });
});

describe("modules of one's own", () => {
  const library = pathToFileURL(join(process.cwd(), "dist/src/index.js")).href;
  const sampler = `
    import { createSampler } from ${JSON.stringify(library)};
    import { pressure } from "./pressure.mjs";
    export const sampler = (request) => createSampler("adaptive", { ...request, options: { pressure, warmUp: 0 } });
  `;
  const model = `
    import { createModel } from ${JSON.stringify(library)};
    export const model = (setting) => createModel("mlp", { ...setting, options: { hidden: [3] } });
  `;

  test("their SHA-256, with what they import, is part of a cell: another version is another cell", async () => {
    const place = folder();
    const write = (name: string, content: string): void => writeFileSync(join(place, name), content);
    write("mine.mjs", sampler);
    write("pressure.mjs", "export const pressure = 3;\n");
    write("net.mjs", model);
    const grid = ["compare", small, "--only-folds", "0", ...quick.filter((word) => !["--hidden", "6"].includes(word))];
    const run = async (): Promise<string> => {
      const mine = ["--samplers", "uniform,./mine.mjs", "--models", "./net.mjs"];
      const { code, err } = await start([...grid, ...mine, "--no-times", "--out", "c.jsonl"], place).ended;
      expect(code, err).toBe(0);
      return err;
    };
    expect(await run()).toMatch(/^2 of 2 cells to run$/m);
    const first = cellsOf(join(place, "c.jsonl"));
    expect(first.map(({ key }) => [key.model, key.sampler])).toEqual([
      ["net", "uniform"],
      ["net", "mine"],
    ]);
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(first.map(({ settings }) => settings.own)).toEqual([{ model: digest }, { model: digest, sampler: digest }]);

    write("pressure.mjs", "export const pressure = 4;\n");
    expect(await run(), "another import").toMatch(/^1 of 2 cells to run$/m);
    const [, before, after] = cellsOf(join(place, "c.jsonl"));
    expect(after.key).toEqual(before.key);
    expect(after.settings.own).not.toEqual(before.settings.own);
    write("net.mjs", model.replace("[3]", "[4]"));
    expect(await run(), "another model").toMatch(/^2 of 2 cells to run$/m);
    write("pressure.mjs", "export const pressure = 3;\n");
    write("net.mjs", model);
    expect(await run(), "the first version again").toMatch(/^0 of 2 cells to run$/m);
  });
});

describe("--fresh-data", () => {
  test("makes other synthetic data for every seed; without it all seeds see the same", async () => {
    const [fixed, fresh] = [join(folder(), "c.jsonl"), join(folder(), "c.jsonl")];
    await compare(fixed, "--seeds", "1,2,3");
    await compare(fresh, "--seeds", "1,2,3", "--fresh-data");
    const prints = (path: string): unknown[] => cellsOf(path).map(({ settings }) => settings.fingerprint);
    expect(new Set(prints(fixed)).size).toBe(1);
    const [a, b, c, d, e, f] = prints(fresh);
    // Cells of one seed share their data, whatever the sampler.
    expect([a, c, e]).toEqual([b, d, f]);
    expect(new Set([a, c, e]).size).toBe(3);
    // The data of a seed are those that the seed gives by itself.
    const alone = join(folder(), "c.jsonl");
    await compare(alone, "--seeds", "3", "--fresh-data");
    expect(text(fresh).endsWith(text(alone))).toBe(true);
    expect(await compare(fresh, "--seeds", "1,2,3", "--fresh-data")).toBe("0 of 6 cells to run\n");
  });
});
