/** Evaluations as CSV: names as text that a spreadsheet never runs, numbers as they are. */
import type { Dataset } from "../data/dataset.ts";
import { csvField } from "../data/formats/csv-field.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import type { LabelReport } from "../metrics/evaluation/label-report.ts";

/** One line a label, the rarest first; what is not defined is empty. @param raw names as they are */
export function labelCsv(report: readonly LabelReport[], raw: boolean): string {
  const header =
    "label,column,rows,trainingRows,irlbl,minority,threshold,truePositives,falsePositives,falseNegatives,trueNegatives," +
    "precision,recall,f1,auc,averagePrecision,brier";
  const lines = report.map((label) =>
    [
      csvField(label.name, raw),
      label.label,
      label.support,
      label.trainingSupport,
      label.irlbl,
      label.minority ? 1 : 0,
      label.threshold,
      label.truePositives,
      label.falsePositives,
      label.falseNegatives,
      label.trueNegatives,
      label.precision,
      label.recall,
      label.f1,
      label.auc,
      label.averagePrecision,
      label.brier,
    ]
      .map((value) => value ?? "")
      .join(","),
  );
  return `${[header, ...lines].join("\n")}\n`;
}

interface ScoredRun {
  /** Of all rows, if they have names. */
  readonly ids?: Dataset["ids"];
  readonly data: Pick<PreparedData, "labels" | "labelNames" | "rows">;
}

/**
 * One line a test row: its number in the data set (from 0), its id if there are ids, all labels, all scores.
 * @param scores `[test rows, labels]`
 * @param raw names as they are
 */
export function scoreCsv({ ids, data }: ScoredRun, scores: Float32Array, raw: boolean): string {
  const { labels, labelNames, rows } = data;
  const { columns } = labels;
  const field = (text: string): string => csvField(text, raw);
  const header = [
    "row",
    ...(ids ? ["id"] : []),
    ...labelNames.map(field),
    ...labelNames.map((name) => field(`${name} score`)),
  ];
  const lines = Array.from(rows.test, (row, i) => [
    row,
    ...(ids ? [field(ids[row])] : []),
    ...labels.values.subarray(row * columns, (row + 1) * columns),
    ...Array.from(scores.subarray(i * columns, (i + 1) * columns), (score) => Number(score.toPrecision(7))),
  ]);
  return `${[header, ...lines].map((cells) => cells.join(",")).join("\n")}\n`;
}
