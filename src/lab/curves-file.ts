/** The curves of the page as files: CSV of every figure, and one SVG with all charts below each other. */
import { type PageState, shownCurves } from "./page-state.ts";
import { laneName } from "./sentence.ts";
import { chartMarkup, measures } from "./view/charts.ts";

const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line an epoch and lane; a figure that is undefined is left empty. */
export function csvOf(page: PageState): string {
  const names = [
    "lane",
    "epoch",
    "steps",
    "rows drawn",
    "seconds",
    ...measures.map(({ title }) => title),
    "never drawn",
  ];
  const lines = shownCurves(page).flatMap((both) =>
    both.map((figures, lane) => {
      const { epoch, steps, rows, seconds, neverDrawn } = figures;
      const values = [epoch + 1, steps, rows, seconds, ...measures.map((measure) => measure.of(figures)), neverDrawn];
      const texts = values.map((value) => (Number.isFinite(value) ? String(value) : ""));
      return [field(laneName(page.state, lane === 0 ? 0 : 1)), ...texts].join(",");
    }),
  );
  return `${[names.map(field).join(","), ...lines].join("\n")}\n`;
}

const [width, height] = [640, 300];

export function svgOf(page: PageState): string {
  const charts = measures.map(
    (measure, i) => `<g transform="translate(0 ${i * height})">${chartMarkup(page, measure, width)}</g>`,
  );
  const size = `width="${width}" height="${measures.length * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${charts.join("")}</svg>\n`;
}
