/** A line of a word's size: one series without axes, its last value marked. Stands in a sentence or a table's cell. */
import { type ChartText, document } from "./frame.ts";
import { extent, scale } from "./scale.ts";
import { marker, seriesColour } from "./style.ts";
import { element, pathThrough, stretches } from "./svg.ts";

export interface Sparkline extends Omit<ChartText, "heading"> {
  /** At equal distances; a value that isn't finite is a gap. */
  readonly values: readonly number[];
  /** Default: what the values need. */
  readonly domain?: readonly [number, number];
  /** Place in the palette; default 0. */
  readonly style?: number;
  /** In pixels; default 96 x 20. */
  readonly width?: number;
  readonly height?: number;
}

export function sparkline({
  title,
  description,
  values,
  domain,
  style = 0,
  width = 96,
  height = 20,
}: Sparkline): string {
  const x = scale([0, Math.max(1, values.length - 1)], [3, width - 5]);
  const [low, high] = domain ?? extent(values);
  const flat = !(low < high);
  const y = scale([low, high], [height - 4, 4]);
  const at = (value: number): number =>
    flat && Number.isFinite(value) ? height / 2 : Math.min(height - 1, Math.max(1, y.at(value)));
  const points = values.map((value, index) => [x.at(index), at(value)] as const);
  const parts = stretches(points, ([, top]) => Number.isFinite(top));
  const last = parts.at(-1)?.at(-1);
  return document(
    { title, description },
    width,
    height,
    parts.length === 0
      ? ""
      : element("path", {
          d: parts.map(pathThrough).join(""),
          fill: "none",
          stroke: seriesColour(style),
          "stroke-width": 1.5,
          "stroke-linejoin": "round",
        }),
    last ? marker(style, last[0], last[1], 2) : "",
  );
}
