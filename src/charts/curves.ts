/** Lines over a common axis, each with a band if it has one: convergence, losses, shares over time. */
import {
  type Area,
  axes,
  type ChartText,
  document,
  headingSpace,
  label,
  legend,
  noData,
  plotArea,
  strokeOf,
} from "./frame.ts";
import { extent, type Scale, type ScaleKind, scale } from "./scale.ts";
import { colour, markers, seriesColour } from "./style.ts";
import { element, pathThrough, stretches } from "./svg.ts";

export interface CurvePoint {
  readonly x: number;
  /** Not finite: the line has a gap here. */
  readonly y: number;
  /** Both ends of the band, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

export interface CurveSeries {
  readonly name: string;
  /** In ascending order of x. */
  readonly points: readonly CurvePoint[];
  /** Place in the palette of colours, dashes and shapes; default: the place among the series. */
  readonly style?: number;
}

export interface CurvesChart extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly CurveSeries[];
  /** Lines across the plot, such as a bound or nought. */
  readonly references?: readonly { readonly value: number; readonly text: string }[];
  readonly xScale?: ScaleKind;
  readonly yScale?: ScaleKind;
  /** Default: what the values need. */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** Default true; panels of small multiples share one. */
  readonly legend?: boolean;
  /** In pixels; default 640 x 300. */
  readonly width?: number;
  readonly height?: number;
}

const isDrawn = ({ x, y }: CurvePoint): boolean => Number.isFinite(x) && Number.isFinite(y);

/** The values of y that a chart of these series has to show. */
export function curvesExtent(series: readonly CurveSeries[]): readonly [number, number] {
  return extent(
    series.flatMap(({ points }) => points.filter(isDrawn).flatMap(({ y, low = y, high = y }) => [y, low, high])),
  );
}

export function curves(chart: CurvesChart): string {
  const { width = 640, height = 300, xScale = "linear", yScale = "linear" } = chart;
  const references = (chart.references ?? []).filter(({ value }) => Number.isFinite(value));
  const series = chart.series.map((own, index) => ({ style: index, ...own }));
  if (!series.some(({ points }) => points.some(isDrawn))) return noData(chart, width);
  const top = headingSpace(chart);
  const named = chart.legend === false ? { markup: "", height: 0 } : legend(series, top, width);
  const [low, high] = curvesExtent(series);
  const wanted = chart.yDomain ?? extent([low, high, ...references.map(({ value }) => value)]);
  const rows = Math.max(3, Math.round(height / 60));
  const draft = scale(wanted, [1, 0], { ticks: rows, nice: chart.yDomain === undefined, kind: yScale });
  const texts = draft.ticks.map(({ text }) => text);
  const area = plotArea(width, height + named.height, top + named.height, texts);
  const xs = chart.xDomain ?? extent(series.flatMap(({ points }) => points.filter(isDrawn).map(({ x }) => x)));
  const x = scale(xs, [area.left, area.left + area.width], { ticks: Math.max(3, area.width / 70), kind: xScale });
  const y = scale(wanted, [area.top + area.height, area.top], {
    ticks: rows,
    nice: chart.yDomain === undefined,
    kind: yScale,
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
      }) + label(text, left + across, at - 4, { "text-anchor": "end", fill: colour("faint"), "font-size": 11 }, across)
    );
  });
  return document(
    chart,
    width,
    height + named.height,
    named.markup,
    axes({ area, x, y, xLabel: chart.xLabel, yLabel: chart.yLabel }),
    ...lines,
    clipped(area, ...series.map((own) => band(own.points, own.style, x, y))),
    clipped(area, ...series.map((own) => line(own.points, own.style, x, y))),
    ...series.map((own) => signs(own.points, own.style, area, x, y)),
  );
}

/** Markup that is cut off at the edges of an area: an inner SVG element, which needs no name for a clip path. */
function clipped({ left, top, width, height }: Area, ...body: readonly string[]): string {
  if (body.every((markup) => markup === "")) return "";
  const moved = element("g", { transform: `translate(${-left} ${-(top - 2)})` }, ...body);
  return element("svg", { x: left, y: top - 2, width: width + 2, height: height + 4, overflow: "hidden" }, moved);
}

function band(points: readonly CurvePoint[], style: number, x: Scale, y: Scale): string {
  const has = (point: CurvePoint): boolean =>
    isDrawn(point) && Number.isFinite(point.low ?? Number.NaN) && Number.isFinite(point.high ?? Number.NaN);
  const parts = stretches(points, has).map((own) => {
    const above = own.map((point) => [x.at(point.x), y.at(point.high ?? point.y)] as const);
    const below = own.map((point) => [x.at(point.x), y.at(point.low ?? point.y)] as const).reverse();
    return `${pathThrough([...above, ...below])}Z`;
  });
  return parts.length === 0
    ? ""
    : element("path", { d: parts.join(""), fill: seriesColour(style), "fill-opacity": 0.14 });
}

function line(points: readonly CurvePoint[], style: number, x: Scale, y: Scale): string {
  const parts = stretches(points, isDrawn).map((own) =>
    pathThrough(own.map((point) => [x.at(point.x), y.at(point.y)] as const)),
  );
  return parts.length === 0
    ? ""
    : element("path", { d: parts.join(""), ...strokeOf(style), "stroke-linejoin": "round" });
}

/**
 * The series' shape at about five of its points, shifted from series to series so that shapes don't cover each other.
 */
function signs(points: readonly CurvePoint[], style: number, area: Area, x: Scale, y: Scale): string {
  const drawn = points.filter(isDrawn);
  const every = Math.max(1, Math.floor(drawn.length / 5));
  const shift = Math.floor((every * (style % 4)) / 4);
  const shown = drawn
    .filter((_, index) => index % every === shift % every)
    .map((point) => [x.at(point.x), y.at(point.y)] as const)
    .filter(([, top]) => top >= area.top - 1 && top <= area.top + area.height + 1)
    .filter(([left]) => left >= area.left - 1 && left <= area.left + area.width + 1);
  return markers(style, shown);
}
