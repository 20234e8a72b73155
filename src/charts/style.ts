/**
 * How charts look: colours by CSS custom properties with a fallback, so that a page can set them for light and dark; and
 * for each series a dash and a shape, so that colour is never the only sign.
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

const outlines: readonly ((radius: number) => string)[] = [
  (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z`,
  (r) => `M0 ${-1.3 * r}L${1.3 * r} 0L0 ${1.3 * r}L${-1.3 * r} 0Z`,
  (r) => `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}Z`,
  (r) => `M0 ${1.2 * r}L${1.2 * r} ${-r}H${-1.2 * r}Z`,
  (r) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`,
  (r) => `M${-1.2 * r} 0H${1.2 * r}M0 ${-1.2 * r}V${1.2 * r}`,
  (r) =>
    `M0 ${-1.3 * r}L${0.5 * r} ${-0.4 * r}L${1.3 * r} 0L${0.5 * r} ${0.4 * r}L0 ${1.3 * r}L${-0.5 * r} ${0.4 * r}L${-1.3 * r} 0L${-0.5 * r} ${-0.4 * r}Z`,
];

/** The shape of a series, centred on a point. */
export function marker(index: number, x: number, y: number, radius = 3): string {
  return element("path", {
    d: outlines[index % outlines.length](radius),
    transform: `translate(${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100})`,
    fill: seriesColour(index),
    stroke: seriesColour(index),
    "stroke-width": 1.5,
  });
}
