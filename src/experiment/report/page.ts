/**
 * A report as a document: sections of paragraphs, tables and figures, as plain data. Every printer (text, Markdown,
 * LaTeX, CSV, HTML) prints this; a figure's chart and its table are made from the same numbers.
 */
import { comparisonMatrix } from "../../charts/comparison-matrix.ts";
import { criticalDifferenceDiagram } from "../../charts/critical-difference.ts";
import { curves } from "../../charts/curves.ts";
import { forest } from "../../charts/forest.ts";
import { heatmap } from "../../charts/heatmap.ts";
import { histogram } from "../../charts/histogram.ts";
import { scatter } from "../../charts/scatter.ts";
import { smallMultiples } from "../../charts/small-multiples.ts";
import { waterfall } from "../../charts/waterfall.ts";

/** A field of a table: words, or a number with the words that show it. */
export type Entry = string | { readonly text: string; readonly value: number; readonly best?: boolean };

/** A table of the page. */
export interface PageTable {
  readonly columns: readonly { readonly title: string; readonly align?: "left" | "right" }[];
  readonly rows: readonly (readonly Entry[])[];
  /** What the reader has to know to read it. */
  readonly note?: string;
}

/** What draws each kind of chart; its data is the function's own. */
const drawers = {
  comparisonMatrix,
  criticalDifferenceDiagram,
  curves,
  forest,
  heatmap,
  histogram,
  scatter,
  smallMultiples,
  waterfall,
} as const;

/** The name of a kind of chart. */
export type ChartKind = keyof typeof drawers;

/** A chart's data by its kind, without the title and description, which are the figure's. */
export type ChartData = {
  [Kind in ChartKind]: {
    readonly kind: Kind;
    readonly data: Omit<Parameters<(typeof drawers)[Kind]>[0], "title" | "description" | "width">;
  };
}[ChartKind];

/** A chart with its caption. */
export interface Figure {
  readonly kind: "figure";
  /** Letters, digits and dashes: names its place on the page and its file. */
  readonly id: string;
  readonly title: string;
  /** What it shows, computed from the same numbers. */
  readonly sentence: string;
  readonly chart: ChartData;
  readonly table: PageTable;
}

/** A part of a section. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly id: string; readonly title: string; readonly table: PageTable }
  | Figure;

/** A section of the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A figure's chart as SVG. */
export function drawFigure({ title, sentence, chart }: Figure, width: number): string {
  const text = { title, description: sentence, width };
  switch (chart.kind) {
    case "comparisonMatrix":
      return comparisonMatrix({ ...chart.data, ...text });
    case "criticalDifferenceDiagram":
      return criticalDifferenceDiagram({ ...chart.data, ...text });
    case "curves":
      return curves({ ...chart.data, ...text });
    case "forest":
      return forest({ ...chart.data, ...text });
    case "heatmap":
      return heatmap({ ...chart.data, ...text });
    case "histogram":
      return histogram({ ...chart.data, ...text });
    case "scatter":
      return scatter({ ...chart.data, ...text });
    case "smallMultiples":
      return smallMultiples({ ...chart.data, ...text });
    case "waterfall":
      return waterfall({ ...chart.data, ...text });
  }
}

/** A number with the words for it; "-" where there is none. */
export const entry = (value: number | null | undefined, print: (value: number) => string, best = false): Entry =>
  typeof value === "number" ? { text: print(value), value, ...(best && { best }) } : "-";

export const textOf = (own: Entry): string => (typeof own === "string" ? own : own.text);

/** An id from words that may be anything. */
export const idFrom = (...parts: readonly string[]): string =>
  parts
    .map((part) => part.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, ""))
    .join("-")
    .toLowerCase();
