/**
 * The layout of charts that have one row per thing: its name, its place on a common axis, its figures as words. Where
 * the width is small, names and figures stand above the row's own line.
 */
import { type Area, axisLine, label } from "./frame.ts";
import { textWidth } from "./lettering.ts";
import { type Scale, scale } from "./scale.ts";
import { colour, fontSize } from "./style.ts";
import { element } from "./svg.ts";

export interface NamedRow {
  readonly name: string;
  /** Figures, right of the row. */
  readonly text: string;
  readonly bold?: boolean;
}

export interface RowLayout {
  readonly x: Scale;
  readonly area: Area;
  readonly height: number;
  /** The middle of a row's line. */
  middle(row: number): number;
  /** Names, figures, axis and grid. */
  readonly markup: string;
}

/** Below this names stand above their rows. */
const narrow = 520;

export interface RowLayoutOptions {
  readonly rows: readonly NamedRow[];
  readonly domain: readonly [number, number];
  readonly xLabel: string;
  readonly top: number;
  readonly width: number;
}

export function layoutRows({ rows, domain, xLabel, top, width }: RowLayoutOptions): RowLayout {
  const stacked = width < narrow;
  const texts = Math.min(
    width * 0.4,
    Math.max(0, ...rows.map(({ text, bold }) => textWidth(text) * (bold ? 1.1 : 1) + 8)),
  );
  const names = stacked
    ? width - texts - 8
    : Math.min(width * 0.34, Math.max(40, ...rows.map(({ name }) => textWidth(name) * 1.1 + 4)));
  const area = {
    left: stacked ? 8 : names + 12,
    top: top + 4,
    width: stacked ? width - 16 : width - names - texts - 28,
    height: rows.length * (stacked ? 38 : 24) + 6,
  };
  const x = scale(domain, [area.left, area.left + area.width], { ticks: Math.max(2, area.width / 90), nice: true });
  const step = stacked ? 38 : 24;
  const middle = (row: number): number => area.top + row * step + (stacked ? 27 : 14);
  const lines = rows.map(({ name, text, bold }, row) => {
    const at = (stacked ? middle(row) - 13 : middle(row)) + 4;
    const weight = { "font-weight": bold ? 600 : undefined };
    return (
      label(name, 0, at, { ...weight, "font-size": fontSize }, names / (bold ? 1.1 : 1)) +
      label(text, width, at, { ...weight, "text-anchor": "end" }, texts / (bold ? 1.1 : 1))
    );
  });
  const grid = x.ticks.map(({ value }) => {
    const at = x.at(value);
    return element("line", {
      x1: at,
      x2: at,
      y1: area.top,
      y2: area.top + area.height,
      stroke: colour(value === 0 ? "axis" : "grid"),
    });
  });
  const markup = [...(stacked ? [] : grid), axisLine(area, x, xLabel, width), ...lines].join("");
  return { x, area, height: area.top + area.height + 36, middle, markup };
}
