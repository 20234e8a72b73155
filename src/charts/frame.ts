/**
 * What charts share: the outer SVG element with its name and description, axes with grid lines, the legend, and words
 * that fit their place (the whole text is in the element's own title).
 */
import { fitted, textWidth } from "./lettering.ts";
import type { Scale } from "./scale.ts";
import { colour, fontFamily, fontSize, marker, seriesColour, seriesDash, smallFontSize } from "./style.ts";
import { type Attributes, element, escapeText, words } from "./svg.ts";

/** What every chart is given besides its data. */
export interface ChartText {
  /** What a screen reader calls the chart. */
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly description: string;
  /** Drawn above the chart; nothing is drawn where it is left out. */
  readonly heading?: string;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Height of a drawn heading. */
const headingHeight = 20;
export const headingSpace = ({ heading }: ChartText): number => (heading === undefined ? 0 : headingHeight);

/** The SVG element: as wide as its place allows, never wider than drawn. */
export function document(text: ChartText, width: number, height: number, ...body: readonly string[]): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      height: Math.ceil(height),
      role: "img",
      "font-family": fontFamily,
      "font-size": fontSize,
      fill: colour("text"),
    },
    // A title that is empty would be no name at all.
    element("title", {}, escapeText(text.title) || "chart"),
    element("desc", {}, escapeText(text.description) || "no description"),
    ...(text.heading === undefined ? [] : [label(text.heading, 0, 13, { "font-weight": 600 }, width)]),
    ...body,
  );
}

/** Words at a point, cut to `width` where they are wider. */
export function label(text: string, x: number, y: number, attributes: Attributes = {}, width?: number): string {
  const size = typeof attributes["font-size"] === "number" ? attributes["font-size"] : fontSize;
  const shown = width === undefined ? text : fitted(text, width, size);
  if (shown === "") return "";
  const whole = shown === text ? "" : words("title", {}, text);
  return element("text", { x, y, ...attributes }, escapeText(shown), whole);
}

export interface Axes {
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
  readonly xLabel: string;
  readonly yLabel: string;
}

/** Room beside the plot: for the words of the y ticks, its label above, ticks and label below. */
export function plotArea(width: number, height: number, top: number, yTexts: readonly string[]): Area {
  const left = Math.ceil(Math.max(20, ...yTexts.map((text) => textWidth(text, smallFontSize))) + 8);
  const above = top + 20;
  return { left, top: above, width: width - left - 10, height: height - above - 36 };
}

/** Grid lines with their words, the two labels, and the base line. */
export function axes({ area, x, y, xLabel, yLabel }: Axes): string {
  const { left, top, width } = area;
  const small = { "font-size": smallFontSize, fill: colour("faint") };
  const rows = y.ticks.map(({ value, text }) => {
    const at = y.at(value);
    return (
      element("line", { x1: left, x2: left + width, y1: at, y2: at, stroke: colour("grid") }) +
      label(text, left - 6, at + 4, { ...small, "text-anchor": "end" })
    );
  });
  return [...rows, axisLine(area, x, xLabel, left + width + 10), label(yLabel, 0, top - 9, small, left + width)].join(
    "",
  );
}

/** The axis below an area: its line, ticks with their words where there is room, and its label. */
export function axisLine({ left, top, width, height }: Area, x: Scale, xLabel: string, right: number): string {
  const small = { "font-size": smallFontSize, fill: colour("faint") };
  const bottom = top + height;
  let end = Number.NEGATIVE_INFINITY;
  const ticks = x.ticks.map(({ value, text }) => {
    const at = x.at(value);
    const half = textWidth(text, smallFontSize) / 2;
    const middle = Math.max(half, Math.min(at, right - half));
    const free = middle - half > end + 4;
    if (free) end = middle + half;
    return (
      element("line", { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: colour("axis") }) +
      (free ? label(text, middle, bottom + 16, { ...small, "text-anchor": "middle" }) : "")
    );
  });
  return [
    ...ticks,
    element("line", { x1: left, x2: left + width, y1: bottom, y2: bottom, stroke: colour("axis") }),
    label(xLabel, left + width, bottom + 31, { ...small, "text-anchor": "end" }, left + width),
  ].join("");
}

export interface LegendEntry {
  readonly name: string;
  /** Place in the palette. */
  readonly style: number;
}

const legendLine = 18;

/** A sample of each line (or its shape alone) with its name, in as many lines as the width needs. */
export function legend(
  entries: readonly LegendEntry[],
  top: number,
  width: number,
  lines = true,
): { readonly markup: string; readonly height: number } {
  let x = 0;
  let line = 0;
  const drawn = entries.map(({ name, style }) => {
    const shown = fitted(name, width - 34);
    const size = 30 + textWidth(shown) + 16;
    if (x > 0 && x + size - 16 > width) {
      x = 0;
      line++;
    }
    const y = top + line * legendLine + 9;
    const markup =
      (lines ? element("line", { x1: x, x2: x + 24, y1: y, y2: y, ...strokeOf(style) }) : "") +
      marker(style, x + 12, y) +
      label(name, x + 30, y + 4, {}, width - 34);
    x += size;
    return markup;
  });
  return { markup: drawn.join(""), height: entries.length === 0 ? 0 : (line + 1) * legendLine + 4 };
}

/** Colour, width and dash of a series' line. */
export const strokeOf = (style: number): Attributes => ({
  stroke: seriesColour(style),
  "stroke-width": 2,
  "stroke-dasharray": seriesDash(style),
  fill: "none",
});

/** What is drawn where there is nothing to draw. */
export function noData(text: ChartText, width: number): string {
  const top = headingSpace(text);
  return document(text, width, top + 40, label("no data", 0, top + 24, { fill: colour("faint") }));
}
