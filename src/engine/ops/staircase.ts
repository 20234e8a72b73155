/**
 * Products with a matrix of which only what lies right of a staircase counts, as the masked layers of autoregressive
 * networks have it: devices leave out products with what counts as zero, even if the other factor is not finite. Their
 * gradients are each other.
 */
import { UsageError } from "../../errors.ts";
import { type Attributes, apply, type Op, type Shape, type Tensor } from "../tensor.ts";

/**
 * The rows of the matrix in `classes` runs, as long as each other, the first ones one longer where that does not go:
 * those of run c, from 0, count from column (c + 1) `width` on. There are (classes + 1) width columns.
 */
export interface Staircase {
  readonly classes: number;
  readonly width: number;
}

/** How many rows the first `count` runs of a staircase of so many rows have. */
export function rowsOfRuns(rows: number, classes: number, count: number): number {
  return Math.floor(rows / classes) * count + Math.min(count, rows % classes);
}

/** 1 where a `[rows, columns]` matrix counts, else 0. */
export function staircaseMask(rows: number, staircase: Staircase): Float32Array {
  const { classes, width } = staircase;
  const columns = (classes + 1) * width;
  const mask = new Float32Array(rows * columns);
  for (let run = 0; run < classes; run++) {
    const end = rowsOfRuns(rows, classes, run + 1);
    for (let row = rowsOfRuns(rows, classes, run); row < end; row++) {
      mask.fill(1, row * columns + (run + 1) * width, (row + 1) * columns);
    }
  }
  return mask;
}

function checked([rows, columns]: Shape, { classes, width }: Attributes): void {
  const whole = Number.isInteger(classes) && Number.isInteger(width) && classes >= 1 && width >= 1;
  if (whole && rows >= classes && columns === (classes + 1) * width) return;
  throw new UsageError(
    `a staircase of ${classes} runs, ${width} columns wide, in [${rows}, ${columns}]: expected at least ${classes} rows and ` +
      `${(classes + 1) * width} columns`,
  );
}

function inner(left: number, right: number): void {
  if (left !== right) throw new UsageError(`inner sizes ${left} and ${right} differ`);
}

const staircaseOf = ({ classes, width }: Attributes): Staircase => ({ classes, width });

export const staircaseMatmulOp: Op = {
  name: "staircaseMatmul",
  family: "matmul",
  shape: ([a, b], attributes) => {
    inner(a[1], b[0]);
    checked(b, attributes);
    return [a[0], b[1]];
  },
  gradient: ({ inputs: [a, b], attributes }, g) => [
    staircaseTransposeRight(g, b, staircaseOf(attributes)),
    staircaseTransposeLeft(a, g, staircaseOf(attributes)),
  ],
};

export const staircaseTransposeRightOp: Op = {
  name: "staircaseTransposeRight",
  family: "matmul",
  shape: ([a, b], attributes) => {
    inner(a[1], b[1]);
    checked(b, attributes);
    return [a[0], b[0]];
  },
  gradient: ({ inputs: [a, b], attributes }, g) => [
    staircaseMatmul(g, b, staircaseOf(attributes)),
    staircaseTransposeLeft(g, a, staircaseOf(attributes)),
  ],
};

export const staircaseTransposeLeftOp: Op = {
  name: "staircaseTransposeLeft",
  family: "matmul",
  shape: ([a, b], attributes) => {
    inner(a[0], b[0]);
    checked([a[1], b[1]], attributes);
    return [a[1], b[1]];
  },
  gradient: ({ inputs: [a, b], attributes }, g) => [
    staircaseTransposeRight(b, g, staircaseOf(attributes)),
    staircaseMatmul(a, g, staircaseOf(attributes)),
  ],
};

/** a b, b as zeros left of its staircase: `[rows, inner] x [inner, columns] -> [rows, columns]`. */
export const staircaseMatmul = (a: Tensor, b: Tensor, { classes, width }: Staircase): Tensor =>
  apply(staircaseMatmulOp, [a, b], { classes, width });

/** a b^T, b as zeros left of its staircase: `[rows, columns] x [inner, columns] -> [rows, inner]`. */
export const staircaseTransposeRight = (a: Tensor, b: Tensor, { classes, width }: Staircase): Tensor =>
  apply(staircaseTransposeRightOp, [a, b], { classes, width });

/** a^T b with zeros left of the staircase: `[inner, rows] x [inner, columns] -> [rows, columns]`. */
export const staircaseTransposeLeft = (a: Tensor, b: Tensor, { classes, width }: Staircase): Tensor =>
  apply(staircaseTransposeLeftOp, [a, b], { classes, width });
