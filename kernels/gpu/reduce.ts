/**
 * Sum and maximum along an axis for gpu.js: thread (x, y) walks its whole row or column alone.
 * Over rows [rows, columns] -> [1, columns], over columns -> [rows, 1]; cost: one read and one operation for each of `length`.
 */
import { type DescribeKernel, describe, type Matrix, type Thread } from "./kernel.ts";

type Reduction = Thread<"length">;

function sumOverRows(this: Reduction, a: Matrix): number {
  let total = 0;
  for (let i = 0; i < this.constants.length; i++) {
    total += a[i][this.thread.x];
  }
  return total;
}

function sumOverColumns(this: Reduction, a: Matrix): number {
  let total = 0;
  for (let i = 0; i < this.constants.length; i++) {
    total += a[this.thread.y][i];
  }
  return total;
}

// `largest >= a` is false for a NaN on either side: the sum then carries it on.
function maxOverRows(this: Reduction, a: Matrix): number {
  let largest = a[0][this.thread.x];
  for (let i = 1; i < this.constants.length; i++) {
    largest =
      largest >= a[i][this.thread.x]
        ? largest
        : a[i][this.thread.x] > largest
          ? a[i][this.thread.x]
          : largest + a[i][this.thread.x];
  }
  return largest;
}

function maxOverColumns(this: Reduction, a: Matrix): number {
  let largest = a[this.thread.y][0];
  for (let i = 1; i < this.constants.length; i++) {
    largest =
      largest >= a[this.thread.y][i]
        ? largest
        : a[this.thread.y][i] > largest
          ? a[this.thread.y][i]
          : largest + a[this.thread.y][i];
  }
  return largest;
}

const kernels = new Map(Object.entries({ sum: [sumOverRows, sumOverColumns], max: [maxOverRows, maxOverColumns] }));

export const reduce: DescribeKernel = (op, [input], _output, { axis }) => {
  const kernel = kernels.get(op)?.[axis];
  if (!kernel) throw new Error(`reduce: no kernel is named ${op} along axis ${axis}`);
  const length = input[axis];
  return describe(kernel, { length }, { iterations: length });
};
