import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { canonicalJson, cellId, printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { runs } from "../arbitraries.ts";
import { anyCell, cellOf } from "./cells.ts";

describe("printing a cell", () => {
  test("one that JSON would falsify isn't printed", () => {
    expect(() => printCell(cellOf({}, { macroAuc: Number.NaN }))).toThrow(UsageError);
    expect(() => printCell(cellOf({}, { macroAuc: Number.NaN }))).toThrow("cell: metrics.macroAuc: ");
    const settings = { lr: { start: Number.POSITIVE_INFINITY } };
    expect(() => printCell(cellOf({}, {}, { settings }))).toThrow("settings.lr.start is Infinity");
  });
});

describe("the name of a cell", () => {
  const shuffledKeys = (value: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(value).reverse());

  test("is the same after printing and reading, and in any order of fields", () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        const id = cellId(cell.key, cell.settings);
        const [again] = parseCells(printCell(cell), "x").cells;
        expect(cellId(again.key, shuffledKeys(again.settings))).toBe(id);
        expect(cellId(cell.key, { ...cell.settings, "not given": undefined })).toBe(id);
        expect(id).toMatch(/^[\w.-]+$/);
      }),
      runs(100),
    );
  });

  test("differs for different keys and settings", () => {
    fc.assert(
      fc.property(anyCell, anyCell, (a, b) => {
        const same = canonicalJson([a.key, a.settings]) === canonicalJson([b.key, b.settings]);
        expect(cellId(a.key, a.settings) === cellId(b.key, b.settings)).toBe(same);
      }),
      runs(100),
    );
    const key = { data: "a/b", fold: 0, seed: 1, model: "m", sampler: "s" };
    const ids = [
      cellId(key, {}),
      cellId({ ...key, data: "a:b" }, {}),
      cellId({ ...key, fold: 1 }, {}),
      cellId(key, { epochs: 10 }),
      cellId(key, { epochs: "10" }),
      cellId(key, { epochs: [10] }),
      cellId(key, { hidden: [1, 2] }),
      cellId(key, { hidden: [2, 1] }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("stays what it was: files of earlier runs are found again", () => {
    const id = cellId(
      { data: "data/emotions.arff", fold: 2, seed: 3, model: "mlp", sampler: "adaptive" },
      { epochs: 10 },
    );
    expect(id).toBe("data-emotions.arff_mlp_adaptive_fold2_seed3_bd62b0cb4c4d70e1");
  });

  test("settings that JSON can't hold are refused with their place", () => {
    const key = { data: "a", fold: 0, seed: 1, model: "m", sampler: "s" };
    expect(() => cellId(key, { hidden: new Float32Array(2) })).toThrow("cell.settings.hidden is 0,0; expected a value");
    expect(() => cellId(key, { noise: [1, Number.NaN] })).toThrow("cell.settings.noise[1] is NaN");
  });
});
