/**
 * A trained model on a page of Markdown: what it is, what data and protocol made it, how good it is label by label. The
 * same run gives the same bytes. Names from files are text there, whatever they hold.
 * The idea: Mitchell et al., Model Cards for Model Reporting, 2019.
 */
import type { Evaluation } from "../../metrics/evaluation/evaluate.ts";
import { metricDescriptions } from "../../metrics/metrics.ts";
import { printMarkdownTable, type Table } from "./table.ts";

/** What a model card says of a trained model. */
export interface ModelCard {
  /** Name of the model's kind. */
  readonly model: string;
  /** Of the data set. */
  readonly data: string;
  readonly fingerprint: string;
  /** Rows of each part of the fold. */
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  /** Columns that the model takes. */
  readonly features: number;
  /** Columns of the data, where it is known. */
  readonly columns?: number;
  /** Model, sampler, protocol and all else that the run was made with. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the program. */
  readonly version: string;
  readonly numerics: number;
  /** What ran. */
  readonly backend: string;
  /** From 0. */
  readonly bestEpoch: number;
  /** The rule that decides, in words. */
  readonly decisions: string;
  /** Of the test rows. */
  readonly evaluation: Evaluation;
}

/** The card as Markdown; names from files stand there as text and cannot act as markup. */
export function printModelCard(card: ModelCard): string {
  const { model, data, evaluation, rows, settings } = card;
  const { labelReport, calibration, intervals } = evaluation;
  const columns = card.columns === undefined ? "" : ` of ${card.columns}`;
  const range = intervals ? `, with ${Math.round(100 * intervals.confidence)} % bootstrap intervals over rows` : "";
  const lines = [
    `# ${inertMarkdown(model)} on ${inertMarkdown(data)}`,
    "",
    "Written by `hardbatch train` beside `weights.safetensors`. Scores are in [0, 1]; `hardbatch predict` makes them.",
    "",
    "## Data and protocol",
    "",
    keyTable([
      ["data set", data],
      ["fingerprint", card.fingerprint],
      ["rows", `${rows.training} training, ${rows.validation} validation, ${rows.test} test`],
      ["features", `${card.features}${columns}`],
      ["labels", String(labelReport.length)],
      ["weights of epoch", String(card.bestEpoch + 1)],
      ["version", `${card.version}, numerics ${card.numerics}`],
      ["ran on", card.backend],
    ]),
    "",
    "## Settings",
    "",
    keyTable(Object.entries(settings).map(([name, value]) => [name, shown(value)])),
    "",
    "## Test rows",
    "",
    `${evaluation.rows} rows that training has not seen${range}. Decisions: ${inertMarkdown(card.decisions)}.`,
    "",
    printMarkdownTable(metricTable(evaluation)),
    "",
    `Expected calibration error ${figure(calibration.expectedCalibrationError)}, Brier score ${figure(calibration.brier)}.`,
    "",
    "## Labels",
    "",
    "The rarest in training first; minority labels have an IRLbl above the mean.",
    "",
    printMarkdownTable(labelTable(evaluation)),
    "",
    "## Limits",
    "",
    "- These figures are of one fold of one data set and one seed. Other training runs and other data may give others.",
    "- Intervals say how far other rows would move the figures of these weights; with few positives they are too narrow.",
    "- A label with few positives among the training rows is known badly, whatever its figures.",
    "",
  ];
  return lines.join("\n");
}

const figure = (value: number | null | undefined): string => value?.toFixed(4) ?? "-";

/** A setting's value as words. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "-";
  const entries = Object.entries(value).map(([name, own]) => `${name} ${shown(own)}`);
  return entries.join(", ") || "defaults";
}

const keyTable = (entries: readonly (readonly [string, string])[]): string =>
  printMarkdownTable({
    columns: [{ title: "" }, { title: "" }],
    rows: entries.map((cells) => cells.map(inertMarkdown)),
  });

function metricTable({ metrics, intervals }: Evaluation): Table {
  return {
    columns: [{ title: "metric" }, { title: "value", align: "right" }, { title: "interval" }, { title: "" }],
    rows: metricDescriptions.map(({ name, direction }) => {
      const own = intervals?.byMetric[name];
      const interval = own ? `${figure(own.low)} to ${figure(own.high)}` : "-";
      return [name, figure(metrics[name]), interval, `${direction} is better`];
    }),
  };
}

function labelTable({ labelReport }: Evaluation): Table {
  const right = ["in training", "in test", "IRLbl", "precision", "recall", "F1", "AUC", "AP", "Brier", "threshold"];
  return {
    columns: [{ title: "label" }, { title: "minority" }, ...right.map((title) => ({ title, align: "right" }) as const)],
    rows: labelReport.map((label) => [
      inertMarkdown(label.name),
      label.minority ? "yes" : "",
      String(label.trainingSupport ?? "-"),
      String(label.support),
      label.irlbl?.toFixed(1) ?? "-",
      ...[label.precision, label.recall, label.f1, label.auc, label.averagePrecision, label.brier].map(figure),
      figure(label.threshold),
    ]),
  };
}

/**
 * The text as Markdown that shows it and does nothing else: no markup, no link, no table, no change of direction.
 * Signs become entities, what can't be seen its number.
 */
export function inertMarkdown(text: string): string {
  return text
    .replace(
      /[!"#$%&'*+/:;<=>?@[\\\]^`{|}~]|(?<=\bwww)\.|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/giu,
      (sign) => `&#${sign.charCodeAt(0)};`,
    )
    .replace(
      /[\p{C}\p{Zl}\p{Zp}]/gu,
      (unseen) => `U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
}
