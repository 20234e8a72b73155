/** The sample of a series' line and shape, for legends that a page makes of its own words. */
import { strokeOf } from "./frame.ts";
import { marker } from "./style.ts";
import { element } from "./svg.ts";

/** A small picture beside a name; it says nothing that the name doesn't, so it is hidden from screen readers. */
export function lineSample(style: number): string {
  return element(
    "svg",
    { viewBox: "0 0 30 14", width: 30, height: 14, "aria-hidden": "true" },
    element("line", { x1: 2, x2: 28, y1: 7, y2: 7, ...strokeOf(style) }),
    marker(style, 15, 7),
  );
}
