/**
 * Moving whole rows with gpu.js: thread (x, y) computes cell (column x, row y) by one read (gather, repeat, tile,
 * slice, place, reshape) or by adding up the rows that land on it (scatter, sumRepeated, sumTiled); no thread writes
 * elsewhere, so nothing races. Cost: one read a thread; `times` reads for the sums, `count` for scatter, which asks
 * every index whether it is meant.
 */
import { type DescribeKernel, describe, type Helper, type Matrix, type Thread } from "./kernel.ts";

declare function quotient(dividend: number, divisor: number): number;
declare function corrected(dividend: number, divisor: number, guess: number): number;

/** A row index that is no row gives NaN, made by arithmetic: shader languages have no literal for it. */
function gather(this: Thread<"rows">, a: Matrix, indices: Matrix): number {
  const row = indices[this.thread.y][0];
  return row >= 0 && row < this.constants.rows && row === Math.floor(row)
    ? a[row][this.thread.x]
    : Math.sqrt(-1 - Math.abs(row));
}

/** An index that is no row makes every sum NaN: a thread cannot stop the program. */
function scatter(this: Thread<"rows" | "count">, a: Matrix, indices: Matrix): number {
  let total = 0;
  for (let i = 0; i < this.constants.count; i++) {
    const row = indices[i][0];
    total +=
      row === this.thread.y
        ? a[i][this.thread.x]
        : row >= 0 && row < this.constants.rows && row === Math.floor(row)
          ? 0
          : Math.sqrt(-1 - Math.abs(row));
  }
  return total;
}

function repeat(this: Thread<"times">, a: Matrix): number {
  return a[quotient(this.thread.y, this.constants.times)][this.thread.x];
}

function tile(this: Thread<"rows">, a: Matrix): number {
  return a[this.thread.y - this.constants.rows * quotient(this.thread.y, this.constants.rows)][this.thread.x];
}

function sumRepeated(this: Thread<"times">, a: Matrix): number {
  let total = 0;
  for (let i = 0; i < this.constants.times; i++) {
    total += a[this.thread.y * this.constants.times + i][this.thread.x];
  }
  return total;
}

function sumTiled(this: Thread<"times" | "rows">, a: Matrix): number {
  let total = 0;
  for (let i = 0; i < this.constants.times; i++) {
    total += a[i * this.constants.rows + this.thread.y][this.thread.x];
  }
  return total;
}

function slice(this: Thread<"first">, a: Matrix): number {
  return a[this.thread.y + this.constants.first][this.thread.x];
}

/** Rows that are none of the input's are 0, whatever is read for them. */
function place(this: Thread<"first" | "rows">, a: Matrix): number {
  const row = this.thread.y - this.constants.first;
  return row >= 0 && row < this.constants.rows ? a[row][this.thread.x] : 0;
}

/** Element number y `to` + x of both, with `from` and `to` columns. */
function reshape(this: Thread<"from" | "to">, a: Matrix): number {
  return a[quotient(this.thread.y * this.constants.to + this.thread.x, this.constants.from)][
    this.thread.y * this.constants.to +
      this.thread.x -
      this.constants.from * quotient(this.thread.y * this.constants.to + this.thread.x, this.constants.from)
  ];
}

/**
 * floor(dividend / divisor) of whole numbers. gpu.js divides in float32 whatever the types, so this is a first guess,
 * off by at most one below a quotient of 2^20 (docs/backends.md); `corrected` puts it right by the remainder, in exact
 * integers.
 */
function quotientOf(dividend: number, divisor: number): number {
  return corrected(dividend, divisor, Math.floor(dividend / divisor));
}

function correctedGuess(dividend: number, divisor: number, guess: number): number {
  return guess * divisor > dividend ? guess - 1 : dividend - guess * divisor >= divisor ? guess + 1 : guess;
}

const whole = (name: string, helper: (...values: number[]) => number): Helper => ({
  name,
  source: helper.toString(),
  argumentTypes: Array(helper.length).fill("Integer"),
  returnType: "Integer",
});
const division = { helpers: [whole("quotient", quotientOf), whole("corrected", correctedGuess)] };

export const rows: DescribeKernel = (op, [[rowCount, columns]], [outputRows, outputColumns], { times, first }) => {
  switch (op) {
    case "gather":
      return describe(gather, { rows: rowCount });
    case "scatter":
      return describe(scatter, { rows: outputRows, count: rowCount }, { iterations: rowCount });
    case "repeat":
      return describe(repeat, { times }, division);
    case "tile":
      return describe(tile, { rows: rowCount }, division);
    case "sumRepeated":
      return describe(sumRepeated, { times }, { iterations: times });
    case "sumTiled":
      return describe(sumTiled, { times, rows: outputRows }, { iterations: times });
    case "slice":
      return describe(slice, { first });
    case "place":
      return describe(place, { first, rows: rowCount });
    case "reshape":
      return describe(reshape, { from: columns, to: outputColumns }, division);
    default:
      throw new Error(`rows: no kernel is named ${op}`);
  }
};
