/** `hardbatch inspect DATA --row N`: one row's labels and neighbours, and how it comes to its instance weight. */
import type { Dataset, LabelMatrix, Matrix } from "../data/dataset.ts";
import { rowImbalance } from "../data/imbalance/of-row.ts";
import { globalImbalance, type Weighting } from "../data/imbalance/weights.ts";
import { aligned, shortName, wrapped } from "./print.ts";

export interface RowOptions {
  readonly weighting: Weighting;
  readonly weightScale: number;
  readonly json?: true;
}

/** @throws UsageError where DATA has no such row */
export function describeRow(
  { name, labelNames, ids }: Dataset,
  scaled: { readonly features: Matrix; readonly labels: LabelMatrix },
  row: number,
  options: RowOptions,
): string {
  const { features, labels } = scaled;
  const { weighting, weightScale } = options;
  const found = rowImbalance(features, labels, row, { weighting, weightScale });
  const { meanIR } = globalImbalance(labels);
  const id = ids && { id: ids[row] };
  const names = (of: readonly number[]): readonly string[] => of.map((label) => labelNames[label]);
  if (options.json) {
    const own = found.labels.map(({ label, ...figures }) => ({ name: labelNames[label], ...figures }));
    const near = found.neighbours.map(({ labels, ...figures }) => ({ ...figures, labels: names(labels) }));
    return `${JSON.stringify({ data: name, row, ...id, weight: found.weight, meanIR, labels: own, neighbours: near })}\n`;
  }
  const figure = (value: number | undefined): string => value?.toFixed(4) ?? "-";
  const own = found.labels.map(({ label, irlbl, minority, c, s }) => [
    shortName(labelNames[label]),
    figure(irlbl),
    figure(c),
    s === 0 && c === 1 ? "0 (outlier)" : figure(s),
    minority ? "minority" : "",
  ]);
  const near = found.neighbours.map(({ row, distance, labels }) => [
    `${row}`,
    figure(distance),
    names(labels).map(shortName).join(", ") || "-",
  ]);
  return [
    aligned([
      ["data set", name],
      ["row", `${row}${ids ? ` (${ids[row]})` : ""}, from 0`],
      ["MeanIR", figure(meanIR)],
      ["weight w", `${figure(found.weight)} (weighting ${weighting}, scale ${weightScale})`],
    ]),
    "",
    own.length === 0 ? "no labels" : aligned([["label", "IRLbl", "C", "S", ""], ...own]),
    "",
    ...(near.length === 0 ? ["no neighbours"] : wrapped([["neighbour", "distance", "labels"], ...near])),
    "",
  ].join("\n");
}
