/** One prediction explained, as text for people. */
import type { Attribution } from "../training/attribution.ts";
import { aboutRule, type NamedRule } from "./decisions.ts";
import { aligned, shortName, wrapped } from "./print.ts";

export interface Explanation {
  readonly data: string;
  readonly model: string;
  readonly weights: string;
  readonly row: number;
  readonly id?: string;
  readonly decisions: NamedRule;
  /** Why the true labels are not known, where they are not. */
  readonly labelsUnknown?: string;
  readonly labels: readonly {
    readonly name: string;
    readonly score: number;
    readonly applies: boolean;
    readonly truth?: boolean;
    /** Training rows that have the label. */
    readonly trainingSupport?: number;
  }[];
  /** Among which rows the neighbours were looked for, or why there are none. */
  readonly training: string;
  readonly neighbours: readonly {
    readonly row: number;
    readonly distance: number;
    readonly labels?: readonly string[];
  }[];
  readonly baseline: "zero" | "mean";
  readonly steps: number;
  /** Scaled, as the model sees them. */
  readonly features: readonly { readonly name: string; readonly value: number }[];
  readonly attributions: readonly Attribution[];
}

export interface PrintedExplanation {
  /** Features of each label. */
  readonly top: number;
  readonly width: number;
}

/** Labels that are listed: those that apply, and the best-scored of the others. */
const mostLabels = 20;

const figure = (value: number): string => value.toFixed(4);
const signed = (value: number): string => `${value < 0 ? "" : "+"}${figure(value)}`;

export function printExplanation(explanation: Explanation, { top, width }: PrintedExplanation): string {
  const { data, model, weights, row, id, decisions, training, neighbours, attributions } = explanation;
  const sentence = (text: string): readonly string[] => wrapped([[text]], width);
  return [
    ...sentence(`${data}, row ${row}${id === undefined ? "" : ` (${id})`}, by ${model}, ${weights}`),
    ...sentence(`decisions: ${aboutRule(decisions)}`),
    ...(explanation.labelsUnknown === undefined
      ? []
      : sentence(`the true labels are not known: ${explanation.labelsUnknown}`)),
    "",
    labelTable(explanation),
    "",
    ...sentence(`nearest rows, by Euclidean distance of the scaled features: ${training}`),
    ...(neighbours.length === 0 ? [] : neighbourTable(explanation, width)),
    "",
    ...sentence(
      `what the scores come from: integrated gradients from the baseline ${explanation.baseline} in ${explanation.steps} ` +
        "steps, which add up to score - baseline's score, and gradient x input",
    ),
    ...attributions.flatMap((attribution) => ["", ...attributionTable(explanation, attribution, top)]),
    "",
  ].join("\n");
}

function labelTable({ labels }: Explanation): string {
  const order = [...labels].sort((a, b) => b.score - a.score);
  const matter = order.filter(({ applies, truth }) => applies || truth === true);
  const others = order.filter((label) => !matter.includes(label));
  const shown = [...matter, ...others.slice(0, Math.max(0, mostLabels - matter.length))];
  const supported = labels.some(({ trainingSupport }) => trainingSupport !== undefined);
  const rows = shown
    .sort((a, b) => b.score - a.score)
    .map(({ name, score, applies, truth, trainingSupport }) => [
      shortName(name),
      figure(score),
      applies ? "yes" : "no",
      truth === undefined ? "-" : truth ? "yes" : "no",
      ...(supported ? [`${trainingSupport ?? "-"}`] : []),
    ]);
  const left = labels.length - shown.length;
  const header = ["label", "score", "decided", "true", ...(supported ? ["in training"] : [])];
  return aligned([header, ...rows]) + (left > 0 ? `\nand ${left} more, decided no: --json has them` : "");
}

function neighbourTable({ neighbours }: Explanation, width: number): readonly string[] {
  const rows = neighbours.map(({ row, distance, labels }) => [
    `${row}`,
    figure(distance),
    labels === undefined ? "-" : labels.map(shortName).join(", ") || "no labels",
  ]);
  return wrapped([["row", "distance", "labels"], ...rows], width);
}

function attributionTable(
  { labels, features }: Explanation,
  { label, score, baselineScore, integratedGradients, gradientTimesInput, completenessError }: Attribution,
  top: number,
): readonly string[] {
  const order = Array.from(integratedGradients.keys())
    .filter((j) => integratedGradients[j] !== 0 || gradientTimesInput[j] !== 0)
    .sort((a, b) => Math.abs(integratedGradients[b]) - Math.abs(integratedGradients[a]) || a - b);
  const rows = order
    .slice(0, top)
    .map((j) => [
      shortName(features[j].name),
      figure(features[j].value),
      signed(integratedGradients[j]),
      signed(gradientTimesInput[j]),
    ]);
  const rest = order.slice(top).reduce((sum, j) => sum + integratedGradients[j], 0);
  const others = order.length > top ? [[`${order.length - top} others`, "", signed(rest), ""]] : [];
  return [
    aligned([[shortName(labels[label].name), "value", "integrated", "x gradient"], ...rows, ...others]),
    `score ${figure(score)} - baseline ${figure(baselineScore)} = ${signed(score - baselineScore)}; completeness error ${completenessError.toExponential(1)}`,
  ];
}
