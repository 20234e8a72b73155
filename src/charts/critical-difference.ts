/**
 * A critical-difference diagram (Demsar 2006): treatments on the axis of their average ranks, 1 at the left and best; a
 * bar joins those whose ranks differ by no more than the critical difference.
 */
import { axisLine, type ChartText, document, headingSpace, label, noData } from "./frame.ts";
import { scale } from "./scale.ts";
import { colour, marker, smallFontSize } from "./style.ts";
import { element } from "./svg.ts";

export interface CriticalDifferenceChart extends ChartText {
  readonly treatments: readonly { readonly name: string; readonly rank: number }[];
  readonly criticalDifference: number;
  /** In pixels; default 640. */
  readonly width?: number;
}

/**
 * Largest groups of treatments, in order of rank, whose first and last differ by no more than the critical difference.
 */
export function cliques(ranks: readonly number[], criticalDifference: number): readonly (readonly [number, number])[] {
  const sorted = [...ranks].sort((a, b) => a - b);
  const groups: [number, number][] = [];
  for (const low of sorted) {
    const high = sorted.filter((rank) => rank - low <= criticalDifference).at(-1) ?? low;
    const last = groups.at(-1);
    if (high > low && !(last && last[1] >= high)) groups.push([low, high]);
  }
  return groups;
}

export function criticalDifferenceDiagram(chart: CriticalDifferenceChart): string {
  const { width = 640, criticalDifference } = chart;
  const treatments = chart.treatments.filter(({ rank }) => Number.isFinite(rank)).sort((a, b) => a.rank - b.rank);
  if (treatments.length < 2 || !Number.isFinite(criticalDifference)) return noData(chart, width);
  const most = Math.max(treatments.length, ...treatments.map(({ rank }) => rank));
  const least = Math.min(1, ...treatments.map(({ rank }) => rank));
  const side = Math.min(150, width * 0.3);
  const area = { left: side, top: headingSpace(chart) + 30, width: width - 2 * side, height: 0 };
  const x = scale([least, most], [side, width - side], { ticks: Math.min(most - least, area.width / 40) });
  const groups = cliques(
    treatments.map(({ rank }) => rank),
    criticalDifference,
  );
  const groupTop = area.top + 34;
  const namesTop = groupTop + groups.length * 9 + 14;
  const half = Math.ceil(treatments.length / 2);
  const named = treatments.map(({ name, rank }, index) => {
    const left = index < half;
    const line = left ? index : treatments.length - 1 - index;
    const y = namesTop + line * 20;
    const at = x.at(rank);
    const edge = left ? side - 6 : width - side + 6;
    const text = `${name} ${rank.toFixed(2)}`;
    return (
      element("path", {
        d: `M${at.toFixed(2)} ${area.top}V${y}H${edge.toFixed(2)}`,
        fill: "none",
        stroke: colour("axis"),
      }) +
      marker(index, at, area.top, 3.5) +
      label(text, left ? edge - 4 : edge + 4, y + 4, { "text-anchor": left ? "end" : "start" }, side - 12)
    );
  });
  const bars = groups.map(([low, high], index) =>
    element("line", {
      x1: x.at(low) - 4,
      x2: x.at(high) + 4,
      y1: groupTop + index * 9,
      y2: groupTop + index * 9,
      stroke: colour("text"),
      "stroke-width": 4,
      "stroke-linecap": "round",
    }),
  );
  const long = Math.min(area.width, x.at(least + criticalDifference) - x.at(least));
  const y = headingSpace(chart) + 16;
  const measure =
    element("path", {
      d: `M${side} ${y - 4}V${y + 4}M${side} ${y}H${(side + long).toFixed(2)}M${(side + long).toFixed(2)} ${y - 4}V${y + 4}`,
      fill: "none",
      stroke: colour("text"),
      "stroke-width": 1.5,
    }) +
    label(
      `CD ${criticalDifference.toFixed(2)}`,
      side - 6,
      y + 4,
      { "text-anchor": "end", "font-size": smallFontSize },
      side - 6,
    );
  const height = namesTop + half * 20;
  return document(chart, width, height, axisLine(area, x, "", width), measure, ...named, ...bars);
}
