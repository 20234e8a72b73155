/** A waterfall lying on its side: from one total to another in steps, each a bar where the one before it ended. */
import { type ChartText, document, headingSpace, noData } from "./frame.ts";
import { layoutRows } from "./rows.ts";
import { extent } from "./scale.ts";
import { colour } from "./style.ts";
import { element } from "./svg.ts";

export interface WaterfallStep {
  readonly name: string;
  readonly change: number;
  /** Interval of the change, where there is one. */
  readonly low: number | null;
  readonly high: number | null;
  /** Figures as words. */
  readonly text: string;
}

export interface WaterfallChart extends ChartText {
  readonly xLabel: string;
  readonly start: { readonly name: string; readonly value: number; readonly text: string };
  readonly steps: readonly WaterfallStep[];
  /** The last total; its value is the start plus all changes. */
  readonly end: { readonly name: string; readonly text: string };
  /** In pixels; default 640. */
  readonly width?: number;
}

export function waterfall(chart: WaterfallChart): string {
  const { width = 640, start, end } = chart;
  const steps = chart.steps
    .filter(({ change }) => Number.isFinite(change))
    .map((step) =>
      Number.isFinite(step.low) && Number.isFinite(step.high) ? step : { ...step, low: null, high: null },
    );
  if (!Number.isFinite(start.value) || steps.length === 0) return noData(chart, width);
  let total = start.value;
  const bars = steps.map(({ change, low, high }) => {
    const from = total;
    total += change;
    return { from, to: total, low: from + (low ?? change), high: from + (high ?? change) };
  });
  const domain = extent(bars.flatMap(({ from, to, low, high }) => [from, to, low, high]));
  const layout = layoutRows({
    rows: [
      { name: start.name, text: start.text, bold: true },
      ...steps.map(({ name, text }) => ({ name, text })),
      { name: end.name, text: end.text, bold: true },
    ],
    domain,
    xLabel: chart.xLabel,
    top: headingSpace(chart),
    width,
  });
  const { x, middle } = layout;
  const whole = (row: number, value: number): string =>
    element("rect", {
      x: x.at(value) - 2,
      y: middle(row) - 8,
      width: 4,
      height: 16,
      fill: colour("text"),
    });
  const drawn = bars.map(({ from, to, low, high }, index) => {
    const y = middle(index + 1);
    const [left, right] = [x.at(Math.min(from, to)), x.at(Math.max(from, to))];
    const shape = to >= from ? "more" : "less";
    const tip = to >= from ? -4 : 4;
    return [
      // The level at which the row before ended.
      element("line", {
        x1: x.at(from),
        x2: x.at(from),
        y1: middle(index),
        y2: y,
        stroke: colour("axis"),
        "stroke-dasharray": "2 2",
      }),
      element("rect", {
        x: left,
        y: y - 6,
        width: Math.max(1, right - left),
        height: 12,
        fill: colour(shape),
        "fill-opacity": 0.55,
      }),
      steps[index].low === null
        ? ""
        : element("line", { x1: x.at(low), x2: x.at(high), y1: y, y2: y, stroke: colour("text"), "stroke-width": 1.5 }),
      // An arrow head: the direction without the colour.
      element("path", {
        d: `M${tip} -5L0 0L${tip} 5`,
        transform: `translate(${Math.round(x.at(to) * 100) / 100} ${Math.round(y * 100) / 100})`,
        fill: "none",
        stroke: colour(shape),
        "stroke-width": 2,
      }),
    ].join("");
  });
  return document(
    chart,
    width,
    layout.height,
    layout.markup,
    ...drawn,
    whole(0, start.value),
    whole(steps.length + 1, total),
  );
}
