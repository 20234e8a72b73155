/**
 * Sum and maximum along an axis; sums run in double precision, one pass over the input. Axis 0 goes over rows, 1 over
 * columns.
 */
import type { Block, MakeKernel } from "./kernel.ts";

export const reduce: MakeKernel = (op, [x], output, { axis }) => {
  const kernel = kernels.get(op);
  if (!kernel) throw new Error(`reduce: no kernel is named ${op}`);
  return () => kernel(x, output, axis);
};

const kernels = new Map([
  ["sum", sum],
  ["max", max],
]);

/** How many runs there are, how long, and the steps between and within them. */
function runsOf(
  { rows, columns }: Block,
  axis: number,
): readonly [count: number, length: number, between: number, within: number] {
  return axis === 0 ? [columns, rows, 1, columns] : [rows, columns, columns, 1];
}

function sum(x: Block, output: Block, axis: number): void {
  const [count, length, between, within] = runsOf(x, axis);
  for (let run = 0; run < count; run++) {
    let total = 0;
    for (let i = 0, at = run * between; i < length; i++, at += within) total += x.values[at];
    output.values[run] = total;
  }
}

function max(x: Block, output: Block, axis: number): void {
  const [count, length, between, within] = runsOf(x, axis);
  for (let run = 0; run < count; run++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0, at = run * between; i < length; i++, at += within) largest = Math.max(largest, x.values[at]);
    output.values[run] = largest;
  }
}
