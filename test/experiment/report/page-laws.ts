/** What holds chart, sentence and table of a figure together, as a function that answers with what is wrong. */
import { type Figure, textOf } from "../../../src/experiment/report/page.ts";

/** The numbers that a chart draws. */
function drawnNumbers({ chart }: Figure): readonly number[] {
  switch (chart.kind) {
    case "forest":
      return chart.data.rows.map(({ mean }) => mean);
    case "waterfall":
      return [chart.data.start.value, ...chart.data.steps.map(({ change }) => change)];
    case "criticalDifferenceDiagram":
      return chart.data.treatments.map(({ rank }) => rank);
    case "heatmap":
      return chart.data.values.flat().flatMap((value) => value ?? []);
    case "scatter":
      return chart.data.points.flatMap(({ x, y }) => [x, y]);
    case "curves":
      return chart.data.series.flatMap(({ points }) => points.flatMap(({ x, y }) => [x, y]));
    case "smallMultiples":
      return chart.data.panels.flatMap(({ series }) =>
        series.flatMap(({ points }) => points.flatMap(({ x, y }) => [x, y])),
      );
    case "histogram":
      return chart.data.bins.map(({ count }) => count);
    case "comparisonMatrix":
      return [];
  }
}

/**
 * Every number drawn stands in the table; every difference in the sentence or in a field of the matrix does, as it is
 * printed.
 */
export function disagreements(figure: Figure): readonly string[] {
  const entries = figure.table.rows.flat();
  const values = new Set(entries.flatMap((own) => (typeof own === "string" ? [] : [own.value])));
  const texts = entries.map(textOf).join(" ").replaceAll("+", "").replaceAll("-", "");
  const missing = drawnNumbers(figure)
    .filter((value) => Number.isFinite(value) && !values.has(value))
    .map((value) => `${figure.id}: ${value} is drawn but not in the table`);
  const matrix =
    figure.chart.kind === "comparisonMatrix"
      ? figure.chart.data.fields.flat().flatMap((own) => own?.texts[0] ?? [])
      : [];
  const said = [...(figure.sentence.match(/[+-]\d+\.\d{4}/g) ?? []), ...matrix]
    // The sum of the steps is the whole, which stands in no row.
    .filter(() => figure.chart.kind !== "waterfall")
    .filter((text) => !texts.includes(text.slice(1)) && !averaged(figure))
    .map((text) => `${figure.id}: ${text} is said but not in the table`);
  return [...missing, ...said];
}

/** Sentences of these give means over rows of the table. */
const averaged = ({ id }: Figure): boolean => id.startsWith("labels");
