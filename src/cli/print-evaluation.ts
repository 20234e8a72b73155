/** An evaluation as text for a terminal. */
import { type Column, printTextTable } from "../experiment/report/table.ts";
import type { Evaluation, GroupEvaluation } from "../metrics/evaluation/evaluate.ts";
import type { LabelReport } from "../metrics/evaluation/label-report.ts";
import { describeMetric, metricDescriptions } from "../metrics/metrics.ts";
import { wrapped } from "./print.ts";
import { inertLine } from "./terminal.ts";

export interface PrintOptions {
  /** Characters of a line. */
  readonly width: number;
  readonly conventions: boolean;
}

/** Labels that are shown; a terminal is no place for a thousand. */
const mostLabels = 40;

const right = (title: string): Column => ({ title, align: "right" });
const figure = (value: number | null, digits = 3): string => value?.toFixed(digits) ?? "-";

export function printEvaluation(evaluation: Evaluation, { width, conventions }: PrintOptions): string {
  const { minority, majority, confusion } = evaluation;
  const paragraph = (text: string): string => wrapped([[text]], width).join("\n");
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  const parts = [
    metricTable(evaluation),
    ...(evaluation.intervals ? [paragraph(aboutIntervals(evaluation.intervals))] : []),
    conventions ? conventionList(width) : paragraph("How each figure is counted: hardbatch evaluate --conventions."),
    `\nDecisions on ${evaluation.rows} rows x ${evaluation.labels} labels`,
    printTextTable({
      columns: [{ title: "" }, right("label"), right("no label")],
      rows: [
        ["decided yes", String(truePositives), String(falsePositives)],
        ["decided no", String(falseNegatives), String(trueNegatives)],
      ],
    }),
    "\nMinority labels and the others, means over the labels",
    groupTable([
      ["minority", minority],
      ["others", majority],
    ]),
    `\n${paragraph(labelTitle(evaluation))}`,
    labelTable(evaluation.labelReport, width),
    "\nCalibration: how often a label applies, by its score",
    calibrationTable(evaluation),
  ];
  return `${parts.join("\n")}\n`;
}

function metricTable({ metrics, intervals }: Evaluation): string {
  const confidence = intervals && `${Math.round(100 * intervals.confidence)} % interval`;
  return printTextTable({
    columns: [{ title: "metric" }, right("value"), ...(confidence ? [right(confidence)] : []), { title: "" }],
    rows: metricDescriptions.map(({ name, direction }) => {
      const own = intervals?.byMetric[name];
      const interval = own ? `[${own.low.toFixed(4)}, ${own.high.toFixed(4)}]` : "-";
      return [name, figure(metrics[name], 4), ...(intervals ? [interval] : []), `${direction} is better`];
    }),
  });
}

const aboutIntervals = ({ draws, seed }: NonNullable<Evaluation["intervals"]>): string =>
  `Intervals: percentile bootstrap over the rows, ${draws} draws, seed ${seed}. They say how far other rows would ` +
  "move the figure of these weights, not what other training runs would give.";

function conventionList(width: number): string {
  return wrapped(
    metricDescriptions.map(({ name }) => [name, describeMetric(name).convention]),
    width,
  ).join("\n");
}

function groupTable(groups: readonly (readonly [string, GroupEvaluation])[]): string {
  return printTextTable({
    columns: [
      { title: "" },
      ...["labels", "positives", "prec", "recall", "F1", "AUC", "AP", "Brier", "ECE"].map(right),
    ],
    rows: groups.map(([name, group]) => [
      name,
      String(group.labels),
      String(group.support),
      figure(group.macroPrecision),
      figure(group.macroRecall),
      figure(group.macroF1),
      figure(group.macroAuc),
      figure(group.macroAveragePrecision),
      figure(group.brier),
      figure(group.expectedCalibrationError),
    ]),
  });
}

function labelTitle({ labelReport }: Evaluation): string {
  const known = labelReport.some(({ trainingSupport }) => trainingSupport !== null);
  const shown =
    labelReport.length > mostLabels ? `, the first ${mostLabels} of ${labelReport.length} (all: --labels-out)` : "";
  return (
    `Labels, the rarest first${shown}; IRLbl of the ${known ? "training" : "scored"} rows, * minority label; ` +
    "rows: scored rows that carry it; cut: score above which it is decided"
  );
}

function labelTable(report: readonly LabelReport[], width: number): string {
  const rows = report
    .slice(0, mostLabels)
    .map((label) => [
      String(label.support),
      `${figure(label.irlbl, 1)}${label.minority ? "*" : " "}`,
      figure(label.precision),
      figure(label.recall),
      figure(label.f1),
      figure(label.auc),
      figure(label.averagePrecision),
      figure(label.brier),
      figure(label.threshold),
    ]);
  const titles = ["rows", "IRLbl ", "prec", "recall", "F1", "AUC", "AP", "Brier", "cut"];
  const others = titles.map((title, c) => 2 + Math.max(title.length, ...rows.map((row) => row[c].length)));
  const left = Math.max(8, width - others.reduce((sum, one) => sum + one, 0));
  const name = (text: string): string => {
    const line = [...inertLine(text)];
    return line.length <= left ? line.join("") : `${line.slice(0, left - 1).join("")}…`;
  };
  return printTextTable({
    columns: [{ title: "label" }, ...titles.map(right)],
    rows: rows.map((row, i) => [name(report[i].name), ...row]),
  });
}

function calibrationTable({ calibration: { bins, expectedCalibrationError, brier } }: Evaluation): string {
  const table = printTextTable({
    columns: [{ title: "score" }, right("entries"), right("mean score"), right("labels")],
    rows: bins.map(({ low, high, entries, meanScore, share }) => [
      `${low.toFixed(1)} to ${high.toFixed(1)}`,
      String(entries),
      figure(meanScore),
      figure(share),
    ]),
  });
  return `${table}\nexpected calibration error ${figure(expectedCalibrationError)}, Brier score ${figure(brier)}`;
}
