/**
 * How charts look: colours by CSS custom properties with a fallback, so that a page can set them for light and dark;
 * and for each series a dash and a shape, so that colour is never the only sign.
 */
import { element } from "./svg.ts";

const series: readonly (readonly [light: string, dark: string])[] = [
  ["#1d5fc4", "#82b4ff"],
  ["#b5500b", "#ffab66"],
  ["#0b766a", "#55d6c2"],
  ["#7a3db8", "#cfa5ff"],
  ["#7d6200", "#e6c95a"],
  ["#b02a66", "#ff96bf"],
  ["#0b7399", "#66cfee"],
  ["#4b5565", "#b3bdcc"],
];

/** Lines and grids, the band of a margin, quantities (by opacity), and what is below or above nought. */
const parts = {
  grid: ["#d9dee7", "#39414f"],
  axis: ["#6b7686", "#98a3b5"],
  text: ["#1c2430", "#e8ecf3"],
  faint: ["#566072", "#aab4c4"],
  surface: ["#ffffff", "#151a22"],
  margin: ["#6b7686", "#98a3b5"],
  more: ["#1d5fc4", "#82b4ff"],
  less: ["#b5500b", "#ffab66"],
} as const;

export type ColourPart = keyof typeof parts;

/** `var(--chart-grid, #d9dee7)`: the page's colour, or the one for light. */
export const colour = (part: ColourPart): string => `var(--chart-${part}, ${parts[part][0]})`;

/** The colour of a series; the palette begins anew after eight. */
export const seriesColour = (index: number): string =>
  `var(--chart-series-${(index % series.length) + 1}, ${series[index % series.length][0]})`;

function properties(side: 0 | 1): string {
  const ofSeries = series.map((pair, index) => `--chart-series-${index + 1}:${pair[side]}`);
  const ofParts = Object.entries(parts).map(([name, pair]) => `--chart-${name}:${pair[side]}`);
  return [...ofSeries, ...ofParts].join(";");
}

/** The custom properties as CSS declarations, for a page's `:root` in light and in dark. */
export const chartColours = { light: properties(0), dark: properties(1) } as const;

/** No two of the first eight series have the same dash and shape; undefined is an unbroken line. */
const dashes = [undefined, "7 4", "2 3", "9 3 2 3", "12 5", "4 2", "1 4", "8 3 2 3 2 3"];

export const seriesDash = (index: number): string | undefined => dashes[index % dashes.length];

export const fontFamily = "var(--chart-font, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif)";

/** Sizes of letters in pixels of a chart that isn't scaled. None is smaller than 11. */
export const fontSize = 12;
export const smallFontSize = 11;

const rounded = (value: number): number => Math.round(value * 100) / 100 + 0;

/** A shape about a point. */
type Outline = (radius: number, x: number, y: number) => string;

/** Corners around the point, in units of the radius. */
const through =
  (end: string, ...corners: readonly (readonly [number, number])[]): Outline =>
  (radius, x, y) =>
    `${corners.map(([dx, dy], index) => `${index === 0 ? "M" : "L"}${rounded(x + dx * radius)} ${rounded(y + dy * radius)}`).join("")}${end}`;

const outlines: readonly Outline[] = [
  (r, x, y) => `M${rounded(x - r)} ${rounded(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  through("Z", [-1, -1], [1, -1], [1, 1], [-1, 1]),
  through("Z", [0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]),
  through("Z", [0, -1.2], [1.2, 1], [-1.2, 1]),
  through("Z", [0, 1.2], [1.2, -1], [-1.2, -1]),
  (r, x, y) => through("", [-1, -1], [1, 1])(r, x, y) + through("", [-1, 1], [1, -1])(r, x, y),
  (r, x, y) => through("", [-1.2, 0], [1.2, 0])(r, x, y) + through("", [0, -1.2], [0, 1.2])(r, x, y),
  through("Z", [0, -1.4], [0.4, -0.4], [1.4, 0], [0.4, 0.4], [0, 1.4], [-0.4, 0.4], [-1.4, 0], [-0.4, -0.4]),
];

/** The shape of a series at each of the points. */
export function markers(index: number, points: readonly (readonly [number, number])[], radius = 3): string {
  if (points.length === 0) return "";
  const outline = outlines[index % outlines.length];
  return element("path", {
    d: points.map(([x, y]) => outline(radius, x, y)).join(""),
    fill: seriesColour(index),
    stroke: seriesColour(index),
    "stroke-width": 1.5,
  });
}

/** The shape of a series, centred on a point. */
export const marker = (index: number, x: number, y: number, radius = 3): string => markers(index, [[x, y]], radius);

/** What a comparison says, in one of four words. */
export type VerdictSign = "better" | "worse" | "equivalent" | "undecided";

const signs: Readonly<
  Record<VerdictSign, { readonly outline: number; readonly part: ColourPart; readonly filled: boolean }>
> = {
  better: { outline: 3, part: "more", filled: true },
  worse: { outline: 4, part: "less", filled: true },
  equivalent: { outline: 1, part: "faint", filled: true },
  undecided: { outline: 0, part: "faint", filled: false },
};

export const verdictColour = (sign: VerdictSign): string => colour(signs[sign].part);

/** A triangle up or down, a square, or a ring: the verdict without its colour. */
export function verdictMark(sign: VerdictSign, x: number, y: number, radius = 4): string {
  const { outline, part, filled } = signs[sign];
  return element("path", {
    d: outlines[outline](radius, x, y),
    fill: colour(filled ? part : "surface"),
    stroke: colour(part),
    "stroke-width": 1.5,
  });
}
