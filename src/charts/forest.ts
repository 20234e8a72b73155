/** A forest plot: one difference with its interval a row, the margin of equivalence as a band, nought as a line. */
import { type ChartText, document, headingSpace, noData } from "./frame.ts";
import { layoutRows } from "./rows.ts";
import { extent } from "./scale.ts";
import { colour, type VerdictSign, verdictColour, verdictMark } from "./style.ts";
import { element } from "./svg.ts";

export interface ForestRow {
  readonly name: string;
  readonly mean: number;
  /** Both null where no interval can be given. */
  readonly low: number | null;
  readonly high: number | null;
  readonly sign: VerdictSign;
  /** Figures as words, right of the row. */
  readonly text: string;
  /** The row that sums the others up. */
  readonly total?: boolean;
}

export interface ForestChart extends ChartText {
  readonly xLabel: string;
  readonly rows: readonly ForestRow[];
  /** Differences within count as none. */
  readonly margin?: number;
  /** In pixels; default 640. */
  readonly width?: number;
}

export function forest(chart: ForestChart): string {
  const { width = 640, margin } = chart;
  const rows = chart.rows
    .filter(({ mean }) => Number.isFinite(mean))
    .map((row) => (Number.isFinite(row.low) && Number.isFinite(row.high) ? row : { ...row, low: null, high: null }));
  if (rows.length === 0) return noData(chart, width);
  const band = margin !== undefined && Number.isFinite(margin) && margin > 0 ? margin : 0;
  const domain = extent([
    ...[-band, 0, band].map((value) => value * 1.05),
    ...rows.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]),
  ]);
  const named = rows.map(({ name, text, total }) => ({ name, text, bold: total === true }));
  const { x, area, height, middle, markup } = layoutRows({
    rows: named,
    domain,
    xLabel: chart.xLabel,
    top: headingSpace(chart),
    width,
  });
  const zero = x.at(0);
  const across = rows.map(({ mean, low, high, sign }, row) => {
    const y = middle(row);
    const line =
      low === null || high === null
        ? ""
        : element("line", {
            x1: x.at(low),
            x2: x.at(high),
            y1: y,
            y2: y,
            stroke: verdictColour(sign),
            "stroke-width": 2,
            "stroke-linecap": "round",
          });
    return line + verdictMark(sign, x.at(mean), y);
  });
  return document(
    chart,
    width,
    height,
    band === 0
      ? ""
      : element("rect", {
          x: x.at(-band),
          y: area.top,
          width: x.at(band) - x.at(-band),
          height: area.height,
          fill: colour("margin"),
          "fill-opacity": 0.14,
        }),
    markup,
    element("line", { x1: zero, x2: zero, y1: area.top, y2: area.top + area.height, stroke: colour("text") }),
    ...across,
  );
}
