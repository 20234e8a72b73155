/**
 * Sum and maximum along an axis for gpu.js: thread (x, y) walks its whole row or column alone. Sums go in `runs` runs
 * of `run` terms and a `rest`, each run added up by itself, as one long float32 sum would lose what is small.
 * Over rows [rows, columns] -> [1, columns], over columns -> [rows, 1]; cost: a read and an operation for each term.
 */
import { type DescribeKernel, describe, type Matrix, type Thread } from "./kernel.ts";

type Sum = Thread<"runs" | "run" | "rest">;
type Maximum = Thread<"length">;

function sumOverRows(this: Sum, a: Matrix): number {
  let total = 0;
  for (let r = 0; r < this.constants.runs; r++) {
    let part = 0;
    for (let i = 0; i < this.constants.run; i++) {
      part += a[r * this.constants.run + i][this.thread.x];
    }
    total += part;
  }
  for (let k = 0; k < this.constants.rest; k++) {
    total += a[this.constants.runs * this.constants.run + k][this.thread.x];
  }
  return total;
}

function sumOverColumns(this: Sum, a: Matrix): number {
  let total = 0;
  for (let r = 0; r < this.constants.runs; r++) {
    let part = 0;
    for (let i = 0; i < this.constants.run; i++) {
      part += a[this.thread.y][r * this.constants.run + i];
    }
    total += part;
  }
  for (let k = 0; k < this.constants.rest; k++) {
    total += a[this.thread.y][this.constants.runs * this.constants.run + k];
  }
  return total;
}

/** A NaN is neither greater nor less than anything: where one is, the sum carries it on. */
function maxOverRows(this: Maximum, a: Matrix): number {
  let largest = a[0][this.thread.x];
  for (let i = 1; i < this.constants.length; i++) {
    const value = a[i][this.thread.x];
    largest = largest >= value ? largest : value > largest ? value : largest + value;
  }
  return largest;
}

function maxOverColumns(this: Maximum, a: Matrix): number {
  let largest = a[this.thread.y][0];
  for (let i = 1; i < this.constants.length; i++) {
    const value = a[this.thread.y][i];
    largest = largest >= value ? largest : value > largest ? value : largest + value;
  }
  return largest;
}

const sums = [sumOverRows, sumOverColumns];
const maxima = [maxOverRows, maxOverColumns];

export const reduce: DescribeKernel = (op, [input], _output, { axis }) => {
  const length = input[axis];
  if (op === "max") return describe(maxima[axis], { length }, { iterations: length });
  if (op !== "sum") throw new Error(`reduce: no kernel is named ${op}`);
  const run = Math.max(16, Math.ceil(Math.sqrt(length)));
  const runs = Math.floor(length / run);
  return describe(sums[axis], { runs, run, rest: length - runs * run }, { iterations: Math.max(run, runs) });
};
