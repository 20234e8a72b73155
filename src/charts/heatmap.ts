/**
 * A table of quantities as a heat map: the deeper the colour the larger the value, and the value itself in each field,
 * or in its tooltip where the field is too narrow.
 */
import { type ChartText, document, headingSpace, label, noData } from "./frame.ts";
import { textWidth } from "./lettering.ts";
import { extent } from "./scale.ts";
import { colour, fontSize, seriesColour, smallFontSize } from "./style.ts";
import { element, escapeText } from "./svg.ts";

export interface HeatmapChart extends ChartText {
  readonly rowLabel: string;
  readonly columnLabel: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[rows][columns]`; null where there is nothing. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Differences: two colours about nought, and a sign before each value. Default false. */
  readonly signed?: boolean;
  /** Default 4. */
  readonly decimals?: number;
  /** In pixels; default 640. */
  readonly width?: number;
}

const fieldHeight = 30;

export function heatmap(chart: HeatmapChart): string {
  const { width = 640, rows, columns, values, signed = false, decimals = 4 } = chart;
  const isValue = (value: number | null | undefined): value is number =>
    typeof value === "number" && Number.isFinite(value);
  if (rows.length === 0 || columns.length === 0 || !values.flat().some(isValue)) return noData(chart, width);
  const names = Math.min(width * 0.3, Math.max(40, ...rows.map((name) => textWidth(name) + 8)));
  const field = (width - names) / columns.length;
  const [low, high] = extent(values.flat().filter(isValue));
  const most = Math.max(Math.abs(low), Math.abs(high));
  const share = (value: number): number =>
    signed ? (most === 0 ? 0 : Math.abs(value) / most) : low < high ? (value - low) / (high - low) : 0.5;
  const top = headingSpace(chart) + 16;
  const faint = { fill: colour("faint"), "font-size": smallFontSize };
  const textOf = (value: number): string => {
    const shown = value.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1");
    return signed && !shown.startsWith("-") ? `+${shown}` : shown;
  };
  const fields = rows.flatMap((name, row) =>
    columns.map((column, at) => {
      const value = values[row]?.[at];
      const x = names + at * field;
      const y = top + 20 + row * fieldHeight;
      const there = isValue(value);
      const words = there ? textOf(value) : "-";
      const fits = textWidth(words) <= field - 4;
      return (
        element(
          "rect",
          {
            x: x + 1,
            y: y + 1,
            width: Math.max(1, field - 2),
            height: fieldHeight - 2,
            rx: 2,
            fill: there ? (signed ? colour(value < 0 ? "less" : "more") : seriesColour(0)) : "none",
            "fill-opacity": there ? 0.06 + 0.5 * share(value) : undefined,
            stroke: there ? undefined : colour("grid"),
          },
          fits ? "" : `<title>${escapeText(`${name}, ${column}: ${words}`)}</title>`,
        ) + (fits ? label(words, x + field / 2, y + fieldHeight / 2 + 4, { "text-anchor": "middle" }) : "")
      );
    }),
  );
  return document(
    chart,
    width,
    top + 22 + rows.length * fieldHeight,
    label(chart.columnLabel, width, top - 4, { ...faint, "text-anchor": "end" }, width / 2 - 4),
    label(chart.rowLabel, 0, top - 4, faint, width / 2 - 4),
    ...columns.map((name, at) =>
      label(name, names + (at + 0.5) * field, top + 14, { "text-anchor": "middle", "font-size": fontSize }, field - 4),
    ),
    ...rows.map((name, row) => label(name, 0, top + 24 + (row + 0.5) * fieldHeight, {}, names - 6)),
    ...fields,
  );
}
