/**
 * A multi-comparison matrix (Ismail-Fawaz and others 2023): each treatment (row) against each other (column) by
 * difference, wins, ties and losses, and p. Adding a treatment changes no other field. Where fields are small, only the
 * mark is drawn.
 */
import { type ChartText, document, headingSpace, label, noData } from "./frame.ts";
import { textWidth } from "./lettering.ts";
import { colour, smallFontSize, type VerdictSign, verdictColour, verdictMark } from "./style.ts";
import { element, escapeText } from "./svg.ts";

export interface ComparisonField {
  readonly sign: VerdictSign;
  /** The difference, wins/ties/losses and p as words; the first is the most important. */
  readonly texts: readonly string[];
  /** How strong the field's colour is, 0 to 1. */
  readonly strength: number;
}

export interface ComparisonMatrixChart extends ChartText {
  readonly treatments: readonly string[];
  /**
   * `[row][column]`: the row's treatment minus the column's; null on the diagonal and where nothing can be compared.
   */
  readonly fields: readonly (readonly (ComparisonField | null)[])[];
  /** In pixels; default 640. */
  readonly width?: number;
}

export function comparisonMatrix(chart: ComparisonMatrixChart): string {
  const { width = 640, treatments, fields } = chart;
  if (treatments.length < 2) return noData(chart, width);
  const numbered = treatments.map((name, index) => `${index + 1} ${name}`);
  const names = Math.min(width * 0.3, Math.max(48, ...numbered.map((name) => textWidth(name) + 8)));
  const field = (width - names) / treatments.length;
  const longest = Math.max(
    ...fields.flat().flatMap((own) => own?.texts.map((text) => textWidth(text, smallFontSize)) ?? [0]),
  );
  const lines = Math.max(1, ...fields.flat().map((own) => own?.texts.length ?? 0));
  const small = field < longest + 8;
  const size = small ? 26 : 12 + lines * 14;
  const top = headingSpace(chart) + 20;
  const columnName = (index: number): string => (small ? `${index + 1}` : numbered[index]);
  const drawn = treatments.flatMap((row, i) =>
    treatments.map((column, j) => {
      const own = fields[i]?.[j];
      const [x, y] = [names + j * field, top + i * size];
      if (!own)
        return element("rect", {
          x: x + 1,
          y: y + 1,
          width: field - 2,
          height: size - 2,
          fill: "none",
          stroke: colour("grid"),
        });
      const words = own.texts.map((text, line) =>
        label(text, x + field / 2, y + 16 + line * 14, { "text-anchor": "middle", "font-size": smallFontSize }),
      );
      return (
        element(
          "rect",
          {
            x: x + 1,
            y: y + 1,
            width: Math.max(1, field - 2),
            height: size - 2,
            rx: 2,
            fill: verdictColour(own.sign),
            "fill-opacity": 0.05 + 0.3 * Math.max(0, Math.min(1, own.strength)),
          },
          `<title>${escapeText(`${row} minus ${column}: ${own.texts.join(", ")}`)}</title>`,
        ) +
        (small
          ? verdictMark(own.sign, x + field / 2, y + size / 2)
          : words.join("") + verdictMark(own.sign, x + field - 9, y + 9, 3))
      );
    }),
  );
  return document(
    chart,
    width,
    top + treatments.length * size + 2,
    ...treatments.map((_, j) =>
      label(
        columnName(j),
        names + (j + 0.5) * field,
        top - 6,
        { "text-anchor": "middle", fill: colour("faint") },
        field - 4,
      ),
    ),
    ...numbered.map((name, i) => label(name, 0, top + (i + 0.5) * size + 4, {}, names - 6)),
    ...drawn,
  );
}
