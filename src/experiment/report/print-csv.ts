/** Tables as CSV: numbers with all their digits, words as fields that no spreadsheet runs. */
import { csvField } from "../../data/formats/csv-field.ts";
import type { PageTable } from "./page.ts";
import type { Report } from "./report.ts";

const line = (fields: readonly (string | number | null | undefined)[]): string =>
  `${fields.map((field) => (typeof field === "number" ? String(field) : csvField(field ?? ""))).join(",")}\n`;

/** One table of the document. */
export function printCsvTable({ columns, rows }: PageTable): string {
  return [
    line(columns.map(({ title }) => title)),
    ...rows.map((row) => line(row.map((own) => (typeof own === "string" ? own : own.value)))),
  ].join("");
}

/**
 * Everything that is compared, one line for each study, outcome, treatment and data set (and one for all data sets,
 * named "(all)"): for programs that go on with it.
 */
export function printCsv({ contrasts }: Pick<Report, "contrasts">): string {
  const head = (
    "model condition data treatment reference metric moment direction margin pairs difference low high p holmP tostP " +
    "rankBiserial cohenD wins ties losses pBetter pEquivalent pWorse word"
  ).split(" ");
  const rows = contrasts.flatMap(({ model, condition, treatment, reference, outcome, perDataSet, overDataSets }) =>
    [...perDataSet, ...(overDataSets ? [{ data: "(all)", comparison: overDataSets }] : [])].map(
      ({ data, comparison: own }) =>
        line([
          ...[model, condition, data, treatment, reference, outcome.metric, outcome.moment, outcome.direction],
          ...[outcome.margin, own.pairs, own.mean, own.interval?.low, own.interval?.high, own.pValue, own.holmPValue],
          ...[own.equivalencePValue, own.rankBiserial, own.cohenD],
          ...[own.winTieLoss.wins, own.winTieLoss.ties, own.winTieLoss.losses],
          ...[own.posterior?.better, own.posterior?.equivalent, own.posterior?.worse, own.word],
        ]),
    ),
  );
  return [line(head), ...rows].join("");
}
