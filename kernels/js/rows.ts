/**
 * Moving whole rows: gather, repeat, tile and their adjoints, which add rows up; a run of rows, and its way back. A row
 * index outside its matrix gives NaN, as nothing sensible can be read there and nothing may be written: gather a row of
 * it, scatter, whose rows any of which may be the one that was meant, all of it. (`reshape` moves nothing and has no
 * kernel.)
 */
import type { Block, MakeKernel } from "./kernel.ts";

export const rows: MakeKernel = (op, inputs, output, attributes) => {
  const kernel = kernels.get(op);
  if (!kernel) throw new Error(`rows: no kernel is named ${op}`);
  return () => kernel(inputs, output, attributes.times ?? attributes.first);
};

/** `number` is how often, or which row is the first. */
type Kernel = (inputs: readonly Block[], output: Block, number: number) => void;

const kernels = new Map<string, Kernel>([
  ["gather", gather],
  ["scatter", scatter],
  ["repeat", ([x], output, times) => spread(x, output, (row) => Math.floor(row / times))],
  ["tile", ([x], output) => spread(x, output, (row) => row % x.rows)],
  ["sumRepeated", ([x], output, times) => collect(x, output, (row) => Math.floor(row / times))],
  ["sumTiled", ([x], output) => collect(x, output, (row) => row % output.rows)],
  ["slice", ([x], output, first) => spread(x, output, (row) => first + row)],
  ["place", ([x], output, first) => collect(x, output, (row) => first + row)],
]);

/** Whether the number is that of a row of the matrix. */
export const isRow = (row: number, { rows }: Block): boolean => Number.isInteger(row) && row >= 0 && row < rows;

function gather([x, indices]: readonly Block[], output: Block): void {
  const { columns } = x;
  for (let row = 0; row < output.rows; row++) {
    const source = indices.values[row];
    const to = row * columns;
    if (isRow(source, x)) output.values.set(x.values.subarray(source * columns, (source + 1) * columns), to);
    else output.values.fill(Number.NaN, to, to + columns);
  }
}

function scatter([x, indices]: readonly Block[], output: Block): void {
  for (let row = 0; row < x.rows; row++) {
    if (!isRow(indices.values[row], output)) {
      output.values.fill(Number.NaN);
      return;
    }
  }
  collect(x, output, (row) => indices.values[row]);
}

/** Row i of the output is row `from(i)` of x. */
function spread(x: Block, output: Block, from: (row: number) => number): void {
  const { columns } = x;
  for (let row = 0; row < output.rows; row++) {
    const source = from(row);
    output.values.set(x.values.subarray(source * columns, (source + 1) * columns), row * columns);
  }
}

/** Row i of x is added to row `to(i)` of the output. */
function collect(x: Block, output: Block, to: (row: number) => number): void {
  const { columns, values } = x;
  const y = output.values;
  y.fill(0);
  for (let row = 0, i = 0; row < x.rows; row++) {
    let o = to(row) * columns;
    for (let column = 0; column < columns; column++, i++, o++) y[o] += values[i];
  }
}
