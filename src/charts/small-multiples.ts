/** Many small charts of curves side by side, with one legend for all: as many columns as the width has room for. */
import { type CurvesChart, curves } from "./curves.ts";
import { type ChartText, document, headingSpace, legend, noData } from "./frame.ts";
import { coordinate, element } from "./svg.ts";

export interface SmallMultiples extends ChartText {
  /** Series of the same place have the same style in every panel. Panels are named by their headings. */
  readonly panels: readonly Omit<CurvesChart, "width" | "height" | "legend">[];
  /** In pixels; default 640. */
  readonly width?: number;
  readonly panelHeight?: number;
}

const narrowest = 250;
const gap = 20;

export function smallMultiples(chart: SmallMultiples): string {
  const { width = 640, panelHeight = 190, panels } = chart;
  if (panels.length === 0) return noData(chart, width);
  const columns = Math.max(1, Math.min(panels.length, Math.floor((width + gap) / (narrowest + gap))));
  const panelWidth = (width - (columns - 1) * gap) / columns;
  const names = [
    ...new Map(
      panels.flatMap(({ series }) => series.map(({ name, style }, index) => [style ?? index, name] as const)),
    ).entries(),
  ].sort(([a], [b]) => a - b);
  const top = headingSpace(chart);
  const key = legend(
    names.map(([style, name]) => ({ name, style })),
    top,
    width,
  );
  const begin = top + key.height;
  const drawn = panels.map((panel, index) => {
    const x = (index % columns) * (panelWidth + gap);
    const y = begin + Math.floor(index / columns) * (panelHeight + 8);
    const own = curves({ ...panel, width: Math.floor(panelWidth), height: panelHeight, legend: false });
    return element("g", { transform: `translate(${coordinate(x)} ${coordinate(y)})` }, own);
  });
  const lines = Math.ceil(panels.length / columns);
  return document(chart, width, begin + lines * (panelHeight + 8), key.markup, ...drawn);
}
