/** The pages of the verdict say what their cells say: every figure is made anew and compared. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCells } from "../../bench/verdict/cells.ts";
import { fileOrder } from "../../bench/verdict/data.ts";
import { fill, partsOf } from "../../bench/verdict/pages.ts";
import { writtenPages } from "../../bench/verdict/written.ts";
import { thinCell } from "../../src/experiment/thin.ts";

const cells = readCells();
const pages = writtenPages(cells);

describe("the pages of the verdict", () => {
  test.each(pages)("$path is made from the cells (else: npm run bench -- verdict)", ({ path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(partsOf(text).length).toBeGreaterThan(0);
  });

  test("a figure that was changed by hand would be found", () => {
    const [{ text }] = pages;
    const changed = text.replace(/[+-]0\.0\d\d\d/, "+0.1234");
    expect(changed).not.toBe(text);
  });

  test("the cells are packed already, and of one arithmetic", () => {
    for (const cell of cells.slice(0, 20)) expect(thinCell(cell)).toEqual(cell);
    expect(new Set(cells.map(({ run }) => run?.numerics)).size).toBe(1);
  });
});

test("only what stands between the marks is made", () => {
  const page = "a\n<!-- cells: one -->\nold\n<!-- end -->\nb\n";
  expect(fill(page, { one: () => "new" }, "page")).toBe("a\n<!-- cells: one -->\n\nnew\n\n<!-- end -->\nb\n");
  expect(() => fill(page, {}, "page")).toThrow("page: no part one");
});

test("file order: 1 on average for a random order, large for a sorted one, without meaning for one batch", () => {
  const sorted = { rows: 400, columns: 1, values: Uint8Array.from({ length: 400 }, (_, i) => (i < 100 ? 1 : 0)) };
  expect(fileOrder(sorted, 50)).toBeGreaterThan(10);
  // Two of eight batches have all the positives: 6 x 12.5^2 and 2 x 37.5^2, over 8 x 50 x 0.25 x 0.75 x 350 / 399.
  expect(fileOrder(sorted, 50)).toBeCloseTo((6 * 12.5 ** 2 + 2 * 37.5 ** 2) / 8 / ((50 * 0.1875 * 350) / 399), 10);
  expect(fileOrder(sorted, 400)).toBeNull();
  const alternating = { ...sorted, values: Uint8Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0)) };
  expect(fileOrder(alternating, 40)).toBe(0);
});
