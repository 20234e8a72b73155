/**
 * Sums over labels of what a likelihood comes to, row by row: what `composedSums` and `composedSumsGradient` of
 * engine/ops/likelihood.ts say, each number rounded where they store it.
 */
import type { Block, Floats, MakeKernel } from "./kernel.ts";

const factor = 5;

export const likelihood: MakeKernel = (op, inputs, output) => {
  const like = (values: Floats, length: number): Floats =>
    values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  const made = Array.from({ length: 4 }, () => like(output.values, inputs[1].columns));
  if (op === "likelihoodSums") return () => sums(inputs, output, made);
  if (op === "likelihoodSumsGradient") return () => adjoints(inputs, output, made);
  throw new Error(`likelihood: no kernel is named ${op}`);
};

function sums([r, y]: readonly Block[], output: Block, [logs, faults, rest, terms]: readonly Floats[]): void {
  const labels = y.columns;
  for (let row = 0; row < output.columns; row++) {
    const from = row * labels;
    const label = (row % y.rows) * labels;
    for (let j = 0; j < labels; j++) {
      logs[j] = Math.log(r.values[from + j]);
      faults[j] = -factor * r.values[from + j];
      faults[j] = Math.exp(faults[j]);
      rest[j] = 1 - y.values[label + j];
      rest[j] *= faults[j];
      terms[j] = faults[j] * y.values[label + j];
    }
    [logs, terms, rest].forEach((summands, kind) => {
      output.values[kind * output.columns + row] = total(summands);
    });
  }
}

function total(terms: Floats): number {
  let sum = 0;
  for (let j = 0; j < terms.length; j++) sum += terms[j];
  return sum;
}

function adjoints([r, y, g]: readonly Block[], output: Block, [faults, rest, terms, logs]: readonly Floats[]): void {
  const labels = y.columns;
  for (let row = 0; row < g.columns; row++) {
    const from = row * labels;
    const label = (row % y.rows) * labels;
    const [ofLogs, ofPresent, ofAbsent] = [0, 1, 2].map((kind) => g.values[kind * g.columns + row]);
    for (let j = 0; j < labels; j++) {
      faults[j] = -factor * r.values[from + j];
      faults[j] = Math.exp(faults[j]);
      rest[j] = 1 - y.values[label + j];
      rest[j] *= ofAbsent;
      terms[j] = ofPresent * y.values[label + j];
      terms[j] += rest[j];
      terms[j] *= faults[j];
      terms[j] *= -factor;
      logs[j] = ofLogs / r.values[from + j];
      output.values[from + j] = terms[j] + logs[j];
    }
  }
}
