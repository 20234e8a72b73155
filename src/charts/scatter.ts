/**
 * Points in a plane: gain against imbalance, score against time. Each group has its own shape, names where there is
 * room.
 */
import { axes, type ChartText, document, headingSpace, label, legend, noData, plotArea } from "./frame.ts";
import { fitted, textWidth } from "./lettering.ts";
import { extent, type ScaleKind, scale } from "./scale.ts";
import { colour, marker, markers, smallFontSize } from "./style.ts";
import { element, words } from "./svg.ts";

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Its group's place in `groups`. */
  readonly group: number;
  /** What it is; drawn beside it where nothing else stands, else in its tooltip only; of many points not at all. */
  readonly name: string;
}

export interface ScatterChart extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly groups: readonly string[];
  readonly points: readonly ScatterPoint[];
  readonly references?: readonly { readonly value: number; readonly text: string }[];
  readonly xScale?: ScaleKind;
  /** Names beside the points; default false. */
  readonly named?: boolean;
  /** In pixels; default 640 x 300. */
  readonly width?: number;
  readonly height?: number;
}

const pointRadius = 3.5;
/** A cloud of more points than these is one shape a group, without a tooltip for each: names would hide each other. */
const mostTold = 100;

export function scatter(chart: ScatterChart): string {
  const { width = 640, height = 300, groups, named = false, xScale = "linear" } = chart;
  const points = chart.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (points.length === 0) return noData(chart, width);
  const references = (chart.references ?? []).filter(({ value }) => Number.isFinite(value));
  const top = headingSpace(chart);
  const key = legend(
    groups.map((name, style) => ({ name, style })),
    top,
    width,
    false,
  );
  const ys = extent([...points.map(({ y }) => y), ...references.map(({ value }) => value)]);
  const options = { ticks: Math.max(3, Math.round(height / 60)), nice: true };
  const texts = scale(ys, [1, 0], options).ticks.map(({ text }) => text);
  const area = plotArea(width, height + key.height, top + key.height, texts);
  const y = scale(ys, [area.top + area.height, area.top], options);
  const x = scale(extent(points.map((point) => point.x)), [area.left + 8, area.left + area.width - 8], {
    ticks: Math.max(2, area.width / 80),
    kind: xScale,
  });
  // Names of points keep clear of the words at the lines.
  const taken = references.map(({ value, text }) => ({
    left: area.left + area.width - textWidth(text, smallFontSize) - 2,
    right: width,
    at: y.at(value) - 4,
  }));
  const many = points.length > mostTold;
  const clouds = groups.map((_, group) => {
    const own = points.filter((point) => point.group === group).map((point) => [x.at(point.x), y.at(point.y)] as const);
    return markers(group, own, pointRadius);
  });
  const drawn = (many ? [] : points).map((point) => {
    const [left, at] = [x.at(point.x), y.at(point.y)];
    const shown = fitted(point.name, 140, smallFontSize);
    const long = textWidth(shown, smallFontSize);
    const start = left + 8 + long <= width ? left + 8 : left - 8 - long;
    const box = { left: start - 2, right: start + long + 2, at: at + 4 };
    const free =
      named &&
      shown !== "" &&
      start >= area.left &&
      taken.every((own) => Math.abs(own.at - box.at) > 12 || own.left > box.right || own.right < box.left);
    if (free) taken.push(box);
    return (
      element("g", {}, words("title", {}, point.name), marker(point.group, left, at, pointRadius)) +
      (free ? label(shown, start, at + 4, { "font-size": smallFontSize, fill: colour("faint") }) : "")
    );
  });
  const lines = references.map(({ value, text }) => {
    const at = y.at(value);
    const { left, width: across } = area;
    return (
      element("line", {
        x1: left,
        x2: left + across,
        y1: at,
        y2: at,
        stroke: colour("axis"),
        "stroke-dasharray": "3 3",
      }) +
      label(
        text,
        left + across,
        at - 4,
        { "text-anchor": "end", fill: colour("faint"), "font-size": smallFontSize },
        across,
      )
    );
  });
  return document(
    chart,
    width,
    height + key.height,
    key.markup,
    axes({ area, x, y, xLabel: chart.xLabel, yLabel: chart.yLabel }),
    ...lines,
    ...(many ? clouds : drawn),
  );
}
