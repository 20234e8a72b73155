/**
 * The rows as a grid of cells on a canvas: where each cell stands, what colour its value has, and the painting. Squares
 * are rows of the majority, diamonds carry a minority label; the batch drawn last is outlined. Knows nothing of runs.
 */
import type { RowTerms } from "./messages.ts";
import type { Colouring, Order } from "./state.ts";

export interface GridLayout {
  readonly columns: number;
  /** Side of a cell in CSS pixels, gap included. */
  readonly cell: number;
  readonly height: number;
}

/** As square a grid as `width` allows, of cells of 6 to 22 pixels. */
export function gridLayout(rows: number, width: number, height = 240): GridLayout {
  const cell = Math.max(6, Math.min(22, Math.floor(Math.sqrt((width * height) / Math.max(1, rows)))));
  const columns = Math.max(1, Math.floor(width / cell));
  return { columns, cell, height: Math.ceil(rows / columns) * cell };
}

/** The value of each row that the colouring shows: probabilities as multiples of the uniform one. */
export function shownValues(terms: RowTerms, colouring: Colouring): Float64Array {
  const values = Float64Array.from(terms[colouring]);
  return colouring === "probability" ? values.map((p) => p * values.length) : values;
}

/** The rows in the order in which they stand; rows of equal rank stay in the order of the data. */
export function rowOrder(
  order: Order,
  values: Float64Array,
  rowLabels: readonly (readonly number[])[],
  labelCounts: readonly number[],
): Int32Array {
  const rows = Int32Array.from(values.keys());
  if (order === "file") return rows;
  const rarity = rowLabels.map((labels) =>
    labels.reduce((least, label) => Math.min(least, labelCounts[label]), Infinity),
  );
  const rank = order === "label" ? (row: number) => rarity[row] : (row: number) => -(values[row] || 0);
  // Infinity minus itself is no number.
  return rows.sort((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
}

/** The least and the largest finite value; equal ends where there is no other. */
export function valueRange(...lists: readonly Float64Array[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lists) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 0];
}

/** One scale for all quantities, light to dark; in a dark page dark to light. `[red, green, blue]` of 0 to 255. */
const scale = [
  [233, 241, 252],
  [158, 202, 237],
  [77, 148, 211],
  [23, 92, 168],
  [9, 40, 94],
] as const;

/** The colour of a share in [0, 1]. */
export function colourOf(share: number, dark: boolean): string {
  const position = (dark ? 1 - share : share) * (scale.length - 1);
  const left = Math.min(scale.length - 2, Math.max(0, Math.floor(position)));
  const part = Math.min(1, Math.max(0, position - left));
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    Math.round(scale[left][channel] * (1 - part) + scale[left + 1][channel] * part),
  );
  return `rgb(${red} ${green} ${blue})`;
}

export interface Painting {
  readonly layout: GridLayout;
  /** `[rows]` the row that stands in each place. */
  readonly order: Int32Array;
  readonly values: Float64Array;
  readonly range: readonly [number, number];
  readonly isMinority: Uint8Array;
  readonly batch: Int32Array;
  readonly selected: number | undefined;
  readonly dark: boolean;
  readonly line: string;
  readonly accent: string;
}

/** What a canvas has to offer. */
export type Brush = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "clearRect"
  | "closePath"
  | "fill"
  | "fillRect"
  | "fillStyle"
  | "lineTo"
  | "lineWidth"
  | "moveTo"
  | "stroke"
  | "strokeRect"
  | "strokeStyle"
>;

/** Paints every cell once. Returns how many cells it painted. */
export function paintGrid(brush: Brush, width: number, painting: Painting): number {
  const { layout, order, values, range, isMinority, batch, selected, dark, line, accent } = painting;
  const { cell, columns, height } = layout;
  const gap = cell > 10 ? 2 : 1;
  const inner = cell - gap;
  const inBatch = new Uint8Array(values.length);
  for (const row of batch) inBatch[row] = 1;
  brush.clearRect(0, 0, width, height);
  const [low, high] = range;
  order.forEach((row, place) => {
    const [x, y] = [(place % columns) * cell, Math.floor(place / columns) * cell];
    const value = values[row];
    const share = high > low ? (value - low) / (high - low) : 0.5;
    brush.fillStyle = Number.isFinite(value) ? colourOf(share, dark) : "rgb(128 128 128 / 0.15)";
    if (isMinority[row] === 1) diamond(brush, x, y, inner);
    else brush.fillRect(x + inner * 0.08, y + inner * 0.08, inner * 0.84, inner * 0.84);
    if (inBatch[row] === 1) outline(brush, x, y, inner, accent, cell > 10 ? 2 : 1.25);
    if (row === selected) outline(brush, x - 1, y - 1, inner + 2, line, 3);
  });
  return order.length;
}

function diamond(brush: Brush, x: number, y: number, side: number): void {
  const half = side / 2;
  brush.beginPath();
  brush.moveTo(x + half, y);
  brush.lineTo(x + side, y + half);
  brush.lineTo(x + half, y + side);
  brush.lineTo(x, y + half);
  brush.closePath();
  brush.fill();
}

function outline(brush: Brush, x: number, y: number, side: number, colour: string, width: number): void {
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
}

/** The row under a point of the canvas, in CSS pixels. */
export function rowAt({ layout, order }: Pick<Painting, "layout" | "order">, x: number, y: number): number | undefined {
  const column = Math.floor(x / layout.cell);
  if (column < 0 || column >= layout.columns || y < 0) return undefined;
  return order[Math.floor(y / layout.cell) * layout.columns + column];
}

/** The row that an arrow key leads to from `row`; the first where none is chosen. */
export function rowBeside(
  { layout, order }: Pick<Painting, "layout" | "order">,
  row: number | undefined,
  key: string,
): number | undefined {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.columns, ArrowDown: layout.columns }[key];
  if (key === "Home") return order[0];
  if (key === "End") return order[order.length - 1];
  if (step === undefined) return undefined;
  if (row === undefined) return order[0];
  const place = order.indexOf(row) + step;
  return order[place] ?? row;
}
