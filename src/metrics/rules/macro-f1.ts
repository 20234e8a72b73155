/** The one threshold for all labels whose decisions have the best macro F1: one pass down the sorted scores. */
import type { LabelMatrix } from "../../data/dataset.ts";
import type { Scores } from "../input.ts";
import { splitEntries } from "../ordering.ts";
import { bestThreshold, cutsOf } from "./cuts.ts";

/** Entries from the highest score to the lowest. */
export function descendingEntries(scores: Scores, entries: Uint32Array): Uint32Array {
  return entries.sort((a, b) => (scores[a] > scores[b] ? -1 : scores[a] < scores[b] ? 1 : 0));
}

/** Expects checked input. */
export function macroF1Threshold(labels: LabelMatrix, scores: Scores): number {
  const { columns, values } = labels;
  const { thresholds } = cutsOf(splitEntries(labels, scores));
  const actual = new Float64Array(columns);
  for (let entry = 0; entry < values.length; entry++) actual[entry % columns] += values[entry];
  const [truePositives, predicted, f1] = [0, 1, 2].map(() => new Float64Array(columns));
  const order = descendingEntries(
    scores,
    Uint32Array.from(values, (_, entry) => entry),
  );
  // [cuts] mean over the labels of F1 of what is above the cut
  const means = new Float64Array(thresholds.length);
  let sum = 0;
  let cut = 0;
  for (let i = 0; i < order.length; i++) {
    const entry = order[i];
    const label = entry % columns;
    truePositives[label] += values[entry];
    predicted[label]++;
    const now = (2 * truePositives[label]) / (predicted[label] + actual[label]);
    sum += now - f1[label];
    f1[label] = now;
    const isLastOfTie = i + 1 === order.length || scores[order[i + 1]] !== scores[entry];
    if (isLastOfTie) means[++cut] = sum / columns;
  }
  return bestThreshold(thresholds, means);
}
