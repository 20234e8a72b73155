/**
 * Lines of a results file: what is whole is read, what was torn is left out with a warning, anything else is refused.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { type CellRecord, idOf, isFailed, printCell } from "../../src/experiment/cell.ts";
import { parseCells } from "../../src/experiment/lines.ts";
import { runs } from "../arbitraries.ts";
import { anyCell, anyRecord, cellOf } from "./cells.ts";

/** The records that a file of these lines has, each id once; a finished cell counts more than a failure. */
function expected(records: readonly CellRecord[]) {
  const last = new Map(records.filter((record) => !isFailed(record)).map((record) => [idOf(record), record]));
  const failed = new Map(records.filter(isFailed).map((record) => [idOf(record), record]));
  return {
    cells: new Set(last.values()),
    failed: new Set([...failed].filter(([id]) => !last.has(id)).map(([, r]) => r)),
  };
}

const sets = ({ cells, failed }: ReturnType<typeof parseCells>) => ({ cells: new Set(cells), failed: new Set(failed) });

describe("lines of cells", () => {
  test("printing, then reading is the identity", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 3 }), (records) => {
        const parsed = parseCells(records.map((record) => `${printCell(record)}\n`).join(""), "results.jsonl");
        expect(sets(parsed)).toEqual(expected(records));
        expect(parsed.warnings).toEqual([]);
      }),
      runs(100),
    );
  });

  test("wherever an interrupted write cuts the last line, the others are read and the cut is told", () => {
    fc.assert(
      fc.property(anyCell, anyRecord, fc.nat(), (first, last, at) => {
        const line = printCell(last);
        const cut = line.slice(0, 1 + (at % (line.length - 1)));
        const { cells, warnings } = parseCells(`${printCell(first)}\n${cut}`, "results.jsonl");
        expect(cells).toEqual([first]);
        expect(warnings.length).toBe(1);
        expect(warnings[0]).toMatch(/^results\.jsonl:2: the line was cut off by an interrupted write/);
      }),
      runs(100),
    );
  });

  const cell = cellOf({}, { macroAuc: 0.8 });
  const other = cellOf({ fold: 1 }, { macroAuc: 0.9 });
  const line = printCell(cell);

  test("a whole last line without its end, blank lines and carriage returns are read", () => {
    expect(parseCells(`${line}\r\n\n${printCell(other)}`, "x")).toEqual({
      cells: [cell, other],
      failed: [],
      warnings: [],
    });
    expect(parseCells("", "x")).toEqual({ cells: [], failed: [], warnings: [] });
  });

  test("fields of a later version are dropped", () => {
    expect(parseCells(JSON.stringify({ ...cell, colour: "red" }), "x").cells).toEqual([cell]);
  });

  test("a cell that ran again counts as it ran last; its failures are forgotten", () => {
    const better = { ...cell, metrics: { macroAuc: 0.9 } };
    const { metrics: _, history: __, ...key } = cell;
    const failure = printCell({ ...key, failure: { kind: "error", message: "no" } });
    const text = [failure, line, failure, printCell(better), failure].join("\n");
    expect(parseCells(text, "x")).toEqual({ cells: [better], failed: [], warnings: [] });
    expect(parseCells(failure, "x").failed.length).toBe(1);
  });

  test.each([
    ["a line that was cut off and then followed", `${line.slice(0, 30)}\n${line}\n`],
    ["a cut line with its end", `${line}\n${line.slice(0, 30)}\n`],
    ["zero bytes at the end", `${line}\n${"\0".repeat(500)}`],
    ["zero bytes within a line", `${line.slice(0, 20)}\0\0${line.slice(22)}\n${line}\n`],
    ["anything at the end, after a whole cell", `${line}\nwhat the disk had there before`],
  ])("%s is left out with a warning", (_, text) => {
    const { cells, warnings } = parseCells(text, "x");
    expect(cells).toEqual([cell]);
    expect(warnings.length).toBe(1);
  });

  test.each([
    ["a line of something else", `${line}\nnotes\n${line}\n`, "x:2: expected a cell as one line of JSON"],
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
});
