/**
 * Elementwise kernel: one loop over the output calls the scalar function of the op's name; an input axis of size 1 has
 * stride 0. Cost: one call and `arity` reads an element.
 */
import * as scalar from "../scalar.ts";
import type { Block, Floats, MakeKernel } from "./kernel.ts";

type Scalar = (...values: number[]) => number;

const scalars: ReadonlyMap<string, Scalar> = new Map(Object.entries(scalar));

/** The largest arity there is (Adam's step). Missing operands read a zero that the function ignores. */
const maximumArity = 7;
const missing: Block = { values: new Float64Array(1), rows: 1, columns: 1 };

export const map: MakeKernel = (op, inputs, output) => {
  const apply = scalars.get(op);
  if (!apply) throw new Error(`map: no scalar function is named ${op}`);
  if (inputs.length > maximumArity) throw new Error(`map ${op}: ${inputs.length} operands, at most ${maximumArity}`);
  if (inputs.length === 1) return () => map1(apply, inputs[0], output);
  if (inputs.length === 2) return () => map2(apply, inputs[0], inputs[1], output);
  const operands = Array.from({ length: maximumArity }, (_, i) => inputs[i] ?? missing);
  return () => mapMany(apply, operands, output);
};

const rowStride = ({ rows, columns }: Block): number => (rows === 1 ? 0 : columns);
const columnStride = ({ columns }: Block): number => (columns === 1 ? 0 : 1);

function map1(apply: Scalar, x: Block, output: Block): void {
  const a = x.values;
  const y: Floats = output.values;
  const [ar, ac] = [rowStride(x), columnStride(x)];
  for (let row = 0, o = 0; row < output.rows; row++) {
    let i = row * ar;
    for (let column = 0; column < output.columns; column++, o++, i += ac) y[o] = apply(a[i]);
  }
}

function map2(apply: Scalar, left: Block, right: Block, output: Block): void {
  const [a, b] = [left.values, right.values];
  const y: Floats = output.values;
  const [ar, ac, br, bc] = [rowStride(left), columnStride(left), rowStride(right), columnStride(right)];
  for (let row = 0, o = 0; row < output.rows; row++) {
    let i = row * ar;
    let j = row * br;
    for (let column = 0; column < output.columns; column++, o++, i += ac, j += bc) y[o] = apply(a[i], b[j]);
  }
}

function mapMany(apply: Scalar, operands: readonly Block[], output: Block): void {
  const [a, b, c, d, e, f, g] = operands.map((each) => each.values);
  const [ac, bc, cc, dc, ec, fc, gc] = operands.map(columnStride);
  const y: Floats = output.values;
  for (let row = 0, o = 0; row < output.rows; row++) {
    let [ai, bi, ci, di, ei, fi, gi] = operands.map((each) => row * rowStride(each));
    for (let column = 0; column < output.columns; column++, o++) {
      y[o] = apply(a[ai], b[bi], c[ci], d[di], e[ei], f[fi], g[gi]);
      ai += ac;
      bi += bc;
      ci += cc;
      di += dc;
      ei += ec;
      fi += fc;
      gi += gc;
    }
  }
}
