/**
 * Matrix products, plain and with one side transposed. Both sides are first copied into panels of three rows (columns)
 * interleaved, in double precision, so that one inner loop serves all three forms: nine sums in registers, no
 * conversions. Cost: 2 rows inner columns operations.
 */
import type { Block, Floats, MakeKernel } from "./kernel.ts";

/** One side of a product: `count` vectors of length `inner`, and the steps between vectors and within them. */
interface Side {
  readonly values: Floats;
  readonly count: number;
  readonly inner: number;
  readonly between: number;
  readonly within: number;
}

const rowsOf = ({ values, rows, columns }: Block): Side => ({
  values,
  count: rows,
  inner: columns,
  between: columns,
  within: 1,
});
const columnsOf = ({ values, rows, columns }: Block): Side => ({
  values,
  count: columns,
  inner: rows,
  between: 1,
  within: columns,
});

export const matmul: MakeKernel = (op, [a, b], output, { classes, width }) => {
  if (op === "matmul") return () => product(rowsOf(a), columnsOf(b), output);
  if (op === "matmulTransposeLeft") return () => product(columnsOf(a), columnsOf(b), output);
  if (op === "matmulTransposeRight") return () => product(rowsOf(a), rowsOf(b), output);
  if (op === "staircaseMatmul") return () => product(rowsOf(a), columnsOf(withZeros(b, classes, width)), output);
  if (op === "staircaseTransposeRight") return () => product(rowsOf(a), rowsOf(withZeros(b, classes, width)), output);
  if (op === "staircaseTransposeLeft") {
    return () => {
      product(columnsOf(a), columnsOf(b), output);
      clear(output, classes, width);
    };
  }
  throw new Error(`matmul: no kernel is named ${op}`);
};

/**
 * Zeros left of the staircase: the rows are in `classes` runs, the first ones one longer; run c counts from column (c +
 * 1) width on.
 */
function clear({ values, rows, columns }: Block, classes: number, width: number): void {
  const [size, longer] = [Math.floor(rows / classes), rows % classes];
  for (let row = 0, run = 0, left = size + Math.sign(longer); row < rows; row++, left--) {
    if (left === 0) {
      run++;
      left = size + (run < longer ? 1 : 0);
    }
    values.fill(0, row * columns, row * columns + (run + 1) * width);
  }
}

function withZeros(block: Block, classes: number, width: number): Block {
  const copy = { ...block, values: block.values.slice() };
  clear(copy, classes, width);
  return copy;
}

/** Vectors in a panel: nine sums keep the adder busy and fit the registers. */
const panel = 3;

/** Room for the panels of each side; kernels run one at a time, so all products share it. */
const room = { left: new Float64Array(0), right: new Float64Array(0) };

function roomFor(side: "left" | "right", { count, inner }: Side): Float64Array {
  const wanted = Math.ceil(count / panel) * panel * inner;
  if (room[side].length < wanted) room[side] = new Float64Array(wanted);
  return room[side];
}

/**
 * Numbers of one block of right panels, which are read again for every panel on the left and should stay in the cache.
 */
const cached = 32768;

/** y[row, column] = left vector `row` . right vector `column`. */
function product(left: Side, right: Side, output: Block): void {
  const { inner } = left;
  const a = roomFor("left", left);
  const b = roomFor("right", right);
  pack(left, a);
  pack(right, b);
  const { rows, columns } = output;
  const width = Math.max(1, Math.floor(cached / inner / panel)) * panel;
  for (let first = 0; first < columns; first += width) {
    const end = Math.min(columns, first + width);
    for (let row = 0; row < rows; row += panel) {
      for (let column = first; column < end; column += panel) tile(a, b, inner, output, row, column);
    }
  }
}

/** panels[panel number, k, i] = vector 3 panel number + i at k; vectors that the last panel lacks count as zeros. */
function pack({ values, count, inner, between, within }: Side, panels: Float64Array): void {
  const whole = count - (count % panel);
  for (let vector = 0; vector < whole; vector += panel) {
    let from = vector * between;
    const end = (vector + panel) * inner;
    for (let to = vector * inner; to < end; to += panel, from += within) {
      panels[to] = values[from];
      panels[to + 1] = values[from + between];
      panels[to + 2] = values[from + 2 * between];
    }
  }
  if (whole === count) return;
  for (let k = 0, to = whole * inner; k < inner; k++, to += panel) {
    const from = whole * between + k * within;
    panels[to] = values[from];
    panels[to + 1] = whole + 1 < count ? values[from + between] : 0;
    panels[to + 2] = 0;
  }
}

/** Three rows by three columns of the output, or what of them there is. */
function tile(a: Float64Array, b: Float64Array, inner: number, output: Block, row: number, column: number): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  for (let k = 0, i = row * inner, j = column * inner; k < inner; k++, i += panel, j += panel) {
    const b0 = b[j];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const a0 = a[i];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    const a1 = a[i + 1];
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    const a2 = a[i + 2];
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
  }
  const { values: y, rows, columns } = output;
  const o = row * columns + column;
  write(y, o, columns - column, s00, s01, s02);
  if (row + 1 < rows) write(y, o + columns, columns - column, s10, s11, s12);
  if (row + 2 < rows) write(y, o + 2 * columns, columns - column, s20, s21, s22);
}

/** The first `left` of three values. */
function write(y: Floats, at: number, left: number, v0: number, v1: number, v2: number): void {
  y[at] = v0;
  if (left > 1) y[at + 1] = v1;
  if (left > 2) y[at + 2] = v2;
}
