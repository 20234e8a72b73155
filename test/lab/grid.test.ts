/** The grid of rows: every row has one place, every place one row, and each cell is painted once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Brush,
  colourOf,
  gridLayout,
  paintGrid,
  rowAt,
  rowBeside,
  rowOrder,
  valueRange,
} from "../../src/lab/grid.ts";
import { runs } from "../arbitraries.ts";

/** A canvas that counts. */
function counting(): Brush & { readonly count: Record<string, number> } {
  const count: Record<string, number> = {};
  const add = (name: string) => () => {
    count[name] = (count[name] ?? 0) + 1;
  };
  return {
    count,
    fillStyle: "",
    strokeStyle: "",
    lineWidth: 1,
    beginPath: add("beginPath"),
    clearRect: add("clearRect"),
    closePath: add("closePath"),
    fill: add("fill"),
    fillRect: add("fillRect"),
    lineTo: add("lineTo"),
    moveTo: add("moveTo"),
    stroke: add("stroke"),
    strokeRect: add("strokeRect"),
  };
}

const size = fc.record({ rows: fc.integer({ min: 1, max: 900 }), width: fc.integer({ min: 120, max: 900 }) });

describe("the grid", () => {
  test("gives every row a place of its own, and finds it again under the pointer", () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 899 }), ({ rows, width }, chosen) => {
        const layout = gridLayout(rows, width);
        const order = Int32Array.from({ length: rows }, (_, place) => rows - 1 - place);
        const place = chosen % rows;
        const x = (place % layout.columns) * layout.cell + 1;
        const y = Math.floor(place / layout.columns) * layout.cell + 1;
        expect(layout.columns * layout.cell).toBeLessThanOrEqual(width);
        expect(y).toBeLessThan(layout.height);
        expect(rowAt({ layout, order }, x, y)).toBe(order[place]);
      }),
      runs(100),
    );
  });

  test("keeps every row once in every order", () => {
    const value = fc.oneof(fc.double({ min: 0, max: 9, noNaN: true }), fc.constant(Number.NaN));
    const values = fc.array(value, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.constantFrom("file" as const, "label" as const, "value" as const), (list, order) => {
        const rowLabels = list.map((_, row) => (row % 3 === 0 ? [] : [row % 2]));
        const rows = rowOrder(order, Float64Array.from(list), rowLabels, [5, 2]);
        expect([...rows].sort((a, b) => a - b)).toEqual(list.map((_, row) => row));
        if (order !== "value") return;
        const shown = [...rows].map((row) => list[row] || 0);
        expect(shown).toEqual([...shown].sort((a, b) => b - a));
      }),
      runs(100),
    );
  });

  test("is painted with one cell a row: squares, and diamonds for minority rows; the batch is outlined", () => {
    const rows = 50;
    const brush = counting();
    const painted = paintGrid(brush, 300, {
      layout: gridLayout(rows, 300),
      order: Int32Array.from({ length: rows }, (_, row) => row),
      values: new Float64Array(rows).fill(1),
      range: [0, 2],
      isMinority: Uint8Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? 1 : 0)),
      batch: Int32Array.of(3, 4, 5),
      selected: 7,
      dark: false,
      line: "black",
      accent: "blue",
    });
    expect(painted).toBe(rows);
    expect(brush.count).toMatchObject({ fillRect: 40, fill: 10, strokeRect: 4, clearRect: 1 });
  });

  test("is walked with arrow keys, and never left", () => {
    const order = Int32Array.from([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    const grid = { layout: { columns: 4, cell: 10, height: 30 }, order };
    expect(rowBeside(grid, undefined, "ArrowRight")).toBe(9);
    expect(rowBeside(grid, 9, "ArrowRight")).toBe(8);
    expect(rowBeside(grid, 9, "ArrowDown")).toBe(5);
    expect(rowBeside(grid, 9, "ArrowUp")).toBe(9);
    expect(rowBeside(grid, 0, "ArrowRight")).toBe(0);
    expect(rowBeside(grid, 4, "Home")).toBe(9);
    expect(rowBeside(grid, 4, "End")).toBe(0);
    expect(rowBeside(grid, 4, "x")).toBeUndefined();
  });

  test("has one scale of colours, reversed in the dark", () => {
    expect(colourOf(0, false)).toBe(colourOf(1, true));
    expect(colourOf(-1, false)).toBe(colourOf(0, false));
    expect(colourOf(2, false)).toBe(colourOf(1, false));
    expect(valueRange(Float64Array.of(Number.NaN, 2), Float64Array.of(1))).toEqual([1, 2]);
    expect(valueRange(Float64Array.of(Number.NaN))).toEqual([0, 0]);
  });
});
