/** How many labels of each row to take, by their scores. */
import type { LabelMatrix } from "../../data/dataset.ts";
import type { Scores } from "../input.ts";

/**
 * RCut's k: of 1 to the number of labels the one whose decisions have the best micro F1; of equally good ones the
 * smallest. Expects checked input.
 */
export function bestRank({ rows, columns, values }: LabelMatrix, scores: Scores): number {
  // By rank from 0, the number of labels of the row that score higher: how many entries there are, and how many of them
  // apply.
  const entries = new Float64Array(columns);
  const relevant = new Float64Array(columns);
  let actual = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const order = Uint32Array.from({ length: columns }, (_, label) => label);
    order.sort((a, b) => scores[start + b] - scores[start + a]);
    let rank = 0;
    for (let i = 0; i < columns; i++) {
      const entry = start + order[i];
      if (i > 0 && scores[entry] < scores[start + order[i - 1]]) rank = i;
      entries[rank]++;
      relevant[rank] += values[entry];
      actual += values[entry];
    }
  }
  let [best, bestF1, predicted, truePositives] = [1, -1, 0, 0];
  for (let k = 1; k <= columns; k++) {
    predicted += entries[k - 1];
    truePositives += relevant[k - 1];
    const f1 = (2 * truePositives) / (predicted + actual);
    if (f1 > bestF1) [best, bestF1] = [k, f1];
  }
  return best;
}
