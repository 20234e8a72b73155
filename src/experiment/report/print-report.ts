/** A report as plain text for terminals or as Markdown. Figures have four decimals; "-" is what isn't defined. */
import { counted, figure, intervalText, probability, rank, signed } from "./figures.ts";
import type { OverallRanks } from "./overall.ts";
import type { Report } from "./report.ts";
import type { ReportRow, ReportTable } from "./report-tables.ts";
import { type Column, printMarkdownTable, printTextTable, type Table } from "./table.ts";

/** How a report is printed. */
export type ReportFormat = "text" | "markdown";

/** The report as text. */
export function printReport(report: Report, format: ReportFormat = "text"): string {
  const text = format === "text";
  const section = (title: string, table: Table, foot: string): string => {
    const lines = text ? [title, printTextTable(table), foot] : [`### ${title}`, printMarkdownTable(table), foot];
    return lines.filter((line) => line !== "").join(text ? "\n" : "\n\n");
  };
  const parts = report.tables.map((table) => section(titleOf(table), tableOf(table, report.confidence), footOf(table)));
  if (report.overall.length > 0) {
    const foot = "Ranks of the means, 1 is best; p is of one metric, not adjusted for their number.";
    parts.push(section("over the data sets", overallTable(report.overall), foot));
  }
  if (report.notes.length > 0) parts.push(report.notes.map((note) => `${text ? "note:" : "-"} ${note}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

function titleOf({ data, model, folds, seeds, backends }: ReportTable): string {
  return `${data}, ${model}: ${counted(folds.length, "fold")} x ${counted(seeds.length, "seed")}, backend ${backends.join(", ")}`;
}

function footOf({ method, treatments }: ReportTable): string {
  const timed = treatments.filter(({ seconds }) => seconds !== undefined);
  const seconds = timed.map(({ name, seconds }) => `${name} ${seconds?.toFixed(1)} s`).join(", ");
  const compared = treatments.length > 1;
  return [
    ...(compared ? [`Intervals and p: ${method}; p is of one comparison, not adjusted for their number.`] : []),
    ...(timed.length > 0 ? [`Mean time a cell: ${seconds}.`] : []),
  ].join("\n");
}

function tableOf({ rows, treatments }: ReportTable, confidence: number): Table {
  const right = (title: string): Column => ({ title, align: "right" });
  const compared = treatments.length > 1;
  const columns = [
    { title: "metric" },
    { title: "sampler" },
    right("mean ± sd"),
    ...(compared
      ? [
          right(`minus ${treatments[0].name}`),
          right(`${Number((100 * confidence).toFixed(2))} % interval`),
          right("p"),
          right("mean rank"),
        ]
      : []),
  ];
  return { columns, rows: rows.map((row, index) => cellsOf(row, rows[index - 1]?.metric !== row.metric)) };
}

function cellsOf(row: ReportRow, first: boolean): readonly string[] {
  const { metric, direction, treatment, count, cells, mean, standardDeviation, difference, averageRank } = row;
  const deviation = standardDeviation === null ? "" : ` ± ${figure(standardDeviation)}`;
  // A mean of fewer cells than there are is not what the title says.
  const part = count > 0 && count < cells ? ` (${count} of ${cells})` : "";
  return [
    first ? `${metric} (${direction})` : "",
    treatment,
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
