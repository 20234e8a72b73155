/**
 * A report as plain text for terminals or as Markdown. Figures have four decimals; "-" is what isn't defined. In text
 * the arms stand under their metric, as a column of its own would not fit 80 characters.
 */
import { counted, figure, intervalText, probability, rank, signed } from "./figures.ts";
import { groupBy } from "./grouping.ts";
import type { OverallRanks } from "./overall.ts";
import type { Report } from "./report.ts";
import type { ReportRow, ReportTable } from "./report-tables.ts";
import { type Column, printMarkdownTable, printTextTable, type Table } from "./table.ts";

/** How a report is printed. */
export type ReportFormat = "text" | "markdown";

/** The report as text. */
export function printReport(report: Report, format: ReportFormat = "text"): string {
  const text = format === "text";
  const section = (title: string, table: Table, feet: readonly string[]): string => {
    const printed = text ? printTextTable(table) : printMarkdownTable(table);
    const lines = [text ? title : `### ${title}`, printed, feet.join("\n")];
    return lines.filter((line) => line !== "").join(text ? "\n" : "\n\n");
  };
  const parts = report.tables.map((table) =>
    section(titleOf(table), (text ? groupedTable : flatTable)(table, report.confidence), feetOf(table)),
  );
  if (report.overall.length > 0) {
    const foot = "Ranks of the means, 1 is best; p is of one metric, not adjusted for their number.";
    parts.push(section("over the data sets", overallTable(report.overall), [foot]));
  }
  if (report.notes.length > 0) {
    parts.push(report.notes.map((note) => `${text ? "note:" : "-"} ${note}`).join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function titleOf({ data, model, folds, seeds, backends }: ReportTable): string {
  return `${data}, ${model}: ${counted(folds.length, "fold")} x ${counted(seeds.length, "seed")}, backend ${backends.join(", ")}`;
}

function feetOf({ method, treatments }: ReportTable): readonly string[] {
  const timed = treatments.filter(({ seconds }) => seconds !== undefined);
  const seconds = timed.map(({ name, seconds }) => `${name} ${seconds?.toFixed(1)} s`).join(", ");
  const compared = treatments.length > 1;
  return [
    ...(compared ? [`Intervals and p: ${method}; p is of one comparison, not adjusted for their number.`] : []),
    ...(timed.length > 0 ? [`Mean time a cell: ${seconds}.`] : []),
  ];
}

/** A line a metric and arm; the metric is named where it begins. */
function flatTable(table: ReportTable, confidence: number): Table {
  return {
    columns: [{ title: "metric" }, { title: "sampler" }, ...figureColumns(table, confidence, "mean rank")],
    rows: byMetric(table).flatMap(({ title, rows }) =>
      rows.map((row, index) => [index === 0 ? title : "", row.treatment, ...figuresOf(row)]),
    ),
  };
}

/** The metric on a line of its own, which may reach over the columns, and the arms under it. */
function groupedTable(table: ReportTable, confidence: number): Table {
  return {
    columns: [{ title: "sampler" }, ...figureColumns(table, confidence, "rank")],
    rows: byMetric(table).flatMap(({ title, rows }) => [
      [title],
      ...rows.map((row) => [`  ${row.treatment}`, ...figuresOf(row)]),
    ]),
  };
}

function figureColumns({ treatments }: ReportTable, confidence: number, rankTitle: string): readonly Column[] {
  const right = (title: string): Column => ({ title, align: "right" });
  if (treatments.length === 1) return [right("mean ± sd")];
  const interval = `${Number((100 * confidence).toFixed(2))} % interval`;
  return [right("mean ± sd"), right(`minus ${treatments[0].name}`), right(interval), right("p"), right(rankTitle)];
}

function byMetric({ rows }: ReportTable): readonly { readonly title: string; readonly rows: readonly ReportRow[] }[] {
  return [...groupBy(rows, ({ metric }) => metric).values()].map((own) => ({
    title: `${own[0].metric} (${own[0].direction})`,
    rows: own,
  }));
}

function figuresOf({ count, cells, mean, standardDeviation, difference, averageRank }: ReportRow): readonly string[] {
  const deviation = standardDeviation === null ? "" : ` ± ${figure(standardDeviation)}`;
  // A mean of fewer cells than there are is not what the title says.
  const part = count > 0 && count < cells ? ` (${count} of ${cells})` : "";
  return [
    `${figure(mean)}${deviation}${part}`,
    difference ? signed(difference.mean) : "",
    difference ? intervalText(difference.interval) : "",
    difference ? probability(difference.pValue) : "",
    rank(averageRank),
  ];
}

function overallTable(overall: readonly OverallRanks[]): Table {
  const names = [...new Set(overall.flatMap(({ treatments }) => treatments.map(({ name }) => name)))];
  const right = (title: string): Column => ({ title, align: "right" });
  return {
    columns: [
      { title: "model" },
      { title: "metric" },
      right("data sets"),
      ...names.map(right),
      { title: "test" },
      right("p"),
      ...(overall.some(({ criticalDifference }) => criticalDifference !== null) ? [right("critical difference")] : []),
    ],
    rows: overall.map(({ model, metric, data, treatments, test, pValue, criticalDifference }) => [
      model,
      metric,
      `${data.length}`,
      ...names.map((name) => rank(treatments.find((treatment) => treatment.name === name)?.averageRank ?? null)),
      test,
      probability(pValue),
      ...(criticalDifference === null ? [] : [rank(criticalDifference)]),
    ]),
  };
}
