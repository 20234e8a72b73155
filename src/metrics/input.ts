/**
 * What every metric is given, and the check that it can be measured at all: bad input is told apart from a bad model.
 */
import type { LabelMatrix } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";

/**
 * Row-major `[rows, labels]`, higher meaning more likely. Infinite scores are ordered like any other; NaN is refused.
 */
export type Scores = Float32Array | Float64Array;

/**
 * @throws UsageError if there is nothing to measure, if the sizes disagree, if a label is neither 0 nor 1 or if a score
 * is NaN; the message names the row and the label, from 0.
 */
export function checkInput(labels: LabelMatrix, scores: Scores): void {
  const { rows, columns, values } = labels;
  if (!(rows > 0 && columns > 0)) {
    throw new UsageError(`metrics of ${rows} rows x ${columns} labels: at least one row and one label are needed`);
  }
  const size = rows * columns;
  if (values.length !== size) {
    throw new UsageError(
      `metrics: ${values.length} label entries given; ${rows} rows x ${columns} labels need ${size}`,
    );
  }
  if (scores.length !== size) {
    throw new UsageError(`metrics: ${scores.length} scores given; ${rows} rows x ${columns} labels need ${size}`);
  }
  for (let entry = 0; entry < size; entry++) {
    const score = scores[entry];
    if (Number.isNaN(score)) {
      throw new UsageError(`metrics: ${place(entry, columns)} has the score NaN; the model's output is not usable`);
    }
    if (values[entry] > 1) {
      throw new UsageError(`metrics: ${place(entry, columns)} is ${values[entry]}; labels are 0 or 1`);
    }
  }
}

function place(entry: number, columns: number): string {
  return `row ${Math.floor(entry / columns)}, label ${entry % columns}`;
}
