import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../src/errors.ts";
import { canonicalJson, cellId, parseCells, printCell } from "../../src/experiment/cell.ts";
import { runs } from "../arbitraries.ts";
import { anyCell, cellOf } from "./cells.ts";

describe("lines of cells", () => {
  test("printing, then reading is the identity", () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 3 }), (cells) => {
        const parsed = parseCells(cells.map((cell) => `${printCell(cell)}\n`).join(""), "results.jsonl");
        expect(parsed).toEqual({ cells });
      }),
      runs(100),
    );
  });

  test("wherever an interrupted write cuts the last line, the others are read and the cut is told", () => {
    fc.assert(
      fc.property(anyCell, anyCell, fc.nat(), (first, last, at) => {
        const line = printCell(last);
        const cut = line.slice(0, 1 + (at % (line.length - 1)));
        const { cells, warning } = parseCells(`${printCell(first)}\n${cut}`, "results.jsonl");
        expect(cells).toEqual([first]);
        expect(warning).toMatch(/^results\.jsonl:2: the last line was cut off by an interrupted write/);
      }),
      runs(100),
    );
  });

  test("a whole last line without its end, blank lines and carriage returns are read", () => {
    const cell = cellOf({}, { macroAuc: 0.8 });
    const line = printCell(cell);
    expect(parseCells(`${line}\r\n\n${line}`, "x")).toEqual({ cells: [cell, cell] });
    expect(parseCells("", "x")).toEqual({ cells: [] });
  });

  test("fields of a later version are dropped", () => {
    const cell = cellOf({}, { macroAuc: 0.8 });
    expect(parseCells(JSON.stringify({ ...cell, colour: "red" }), "x").cells).toEqual([cell]);
  });

  const line = printCell(cellOf({}, { macroAuc: 0.8 }));
  test.each([
    ["a broken line in the middle", `${line.slice(0, 30)}\n${line}\n`, "x:1: expected a cell as one line of JSON"],
    ["a broken last line with its end", `${line}\n${line.slice(0, 30)}\n`, "x:2: expected a cell as one line of JSON"],
    ["another kind of file", "@relation emotions", "x:1: expected a cell as one line of JSON"],
    ["another kind of JSON", "[1, 2]\n", "x:1: expected a cell; "],
    ["a fold that isn't whole", line.replace('"fold":0', '"fold":0.5'), "x:1: expected a cell; key.fold: "],
    ["a metric that is text", line.replace("0.8", '"0.8"'), "x:1: expected a cell; metrics.macroAuc: "],
    ["a missing field", line.replace('"history"', '"story"'), "x:1: expected a cell; history: "],
  ])("%s is refused with its line", (_, text, message) => {
    expect(() => parseCells(text, "x")).toThrow(DataError);
    expect(() => parseCells(text, "x")).toThrow(message);
  });

  test("any text is read or refused with a DataError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), anyCell, fc.nat(), (text, cell, at) => {
        const printed = printCell(cell);
        for (const given of [text, printed.slice(0, at % printed.length) + text]) {
          try {
            parseCells(given, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        }
      }),
      runs(300),
    );
  });

  test("a cell that JSON would falsify isn't printed", () => {
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
