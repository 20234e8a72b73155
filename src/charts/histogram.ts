/** How often values fall where: bars over intervals, with lines at stated bounds (n p between 1/s and s). */
import { axes, type ChartText, document, headingSpace, label, noData, plotArea } from "./frame.ts";
import { extent, type ScaleKind, scale } from "./scale.ts";
import { colour, seriesColour } from "./style.ts";
import { element } from "./svg.ts";

export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface HistogramChart extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly bins: readonly HistogramBin[];
  /** Lines with their words, such as "1/s" and "s". */
  readonly bounds?: readonly { readonly value: number; readonly text: string }[];
  readonly xScale?: ScaleKind;
  /** Place in the palette; default 0. */
  readonly style?: number;
  /** In pixels; default 640 x 240. */
  readonly width?: number;
  readonly height?: number;
}

export function histogram(chart: HistogramChart): string {
  const { width = 640, height = 240, style = 0, xScale = "linear" } = chart;
  const bounds = (chart.bounds ?? []).filter(({ value }) => Number.isFinite(value));
  const bins = chart.bins.filter(({ low, high, count }) => [low, high, count].every(Number.isFinite));
  if (bins.length === 0) return noData(chart, width);
  const top = headingSpace(chart) + (bounds.length > 0 ? 14 : 0);
  const most = Math.max(0, ...bins.map(({ count }) => count));
  const counts = { ticks: Math.max(2, Math.round(height / 70)), nice: true };
  const draft = scale([0, most || 1], [1, 0], counts);
  const area = plotArea(
    width,
    height,
    top,
    draft.ticks.map(({ text }) => text),
  );
  const y = scale([0, most || 1], [area.top + area.height, area.top], counts);
  const xs = extent([...bins.flatMap(({ low, high }) => [low, high]), ...bounds.map(({ value }) => value)]);
  const x = scale(xs, [area.left, area.left + area.width], { ticks: Math.max(2, area.width / 80), kind: xScale });
  const bars = bins.map(({ low, high, count }) => {
    const [left, right] = [x.at(low), x.at(high)];
    return element(
      "rect",
      {
        x: left + 0.5,
        y: y.at(count),
        width: Math.max(0.5, right - left - 1),
        height: y.at(0) - y.at(count),
        fill: seriesColour(style),
        "fill-opacity": 0.75,
      },
      `<title>${low === high ? low : `${short(low)} to ${short(high)}`}: ${short(count)}</title>`,
    );
  });
  const lines = bounds.map(({ value, text }) => {
    const at = x.at(value);
    const anchor = at > area.left + area.width / 2 ? "end" : "start";
    return (
      element("line", {
        x1: at,
        x2: at,
        y1: area.top - 4,
        y2: area.top + area.height,
        stroke: colour("text"),
        "stroke-width": 1.5,
        "stroke-dasharray": "5 3",
      }) + label(text, at, area.top - 20, { "text-anchor": anchor, "font-size": 11 }, area.width / 2)
    );
  });
  return document(
    chart,
    width,
    height,
    axes({ area, x, y, xLabel: chart.xLabel, yLabel: chart.yLabel }),
    ...bars,
    ...lines,
  );
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
