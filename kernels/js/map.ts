/**
 * Elementwise kernel: one loop over the output calls the scalar function of the op's name; an input axis of size 1 has
 * stride 0. Each op runs a copy of the loop of its own, into which V8 inlines the scalar function.
 */
import * as scalar from "../scalar.ts";
import type { Block, Floats, MakeKernel } from "./kernel.ts";

type Scalar = (...values: number[]) => number;

const scalars: ReadonlyMap<string, Scalar> = new Map(Object.entries(scalar));

/** An operand and the steps from row to row and from column to column. */
interface Operand {
  readonly values: Floats;
  readonly row: number;
  readonly column: number;
}

type Loop = (apply: Scalar, y: Floats, rows: number, columns: number, operands: readonly Operand[]) => void;

/** The largest arity there is (Adam's step). */
const maximumArity = 7;

export const map: MakeKernel = (op, inputs, { values, rows, columns }) => {
  const apply = scalars.get(op);
  if (!apply) throw new Error(`map: no scalar function is named ${op}`);
  if (inputs.length > maximumArity) throw new Error(`map ${op}: ${inputs.length} operands, at most ${maximumArity}`);
  const loop = loopOf(op, values.BYTES_PER_ELEMENT, inputs.length);
  // Where no operand stretches along one axis alone, the matrix is one long row.
  const isWhole = (block: Block) => block.rows === rows && block.columns === columns;
  const flat = inputs.every((input) => isWhole(input) || input.values.length === 1);
  const [height, width] = flat ? [1, rows * columns] : [rows, columns];
  const operands = inputs.map((input): Operand => {
    if (flat) return { values: input.values, row: 0, column: isWhole(input) ? 1 : 0 };
    return { values: input.values, row: input.rows === 1 ? 0 : input.columns, column: input.columns === 1 ? 0 : 1 };
  });
  // Missing operands read a number that the function ignores.
  while (operands.length > 2 && operands.length < maximumArity) operands.push({ values, row: 0, column: 0 });
  return () => loop(apply, values, height, width, operands);
};

const loops = new Map<string, Loop>();

function loopOf(op: string, width: number, arity: number): Loop {
  const key = `${op} of float${8 * width}`;
  const known = loops.get(key);
  if (known) return known;
  const made = copyOf(arity === 1 ? unary : arity === 2 ? binary : many, key);
  loops.set(key, made);
  return made;
}

/**
 * A function of the same text but a life of its own. V8 keeps one profile a function: a loop shared by all ops calls
 * each scalar function through a pointer, with every number boxed, at a half to a fifth of the rate. Where a page
 * forbids compiling text, the shared loop gives the same numbers.
 */
function copyOf(loop: Loop, title: string): Loop {
  try {
    return new Function(`return ${loop} // ${title}`)();
  } catch {
    return loop;
  }
}

// The loops name nothing from outside, as copies know only their own text.

function unary(apply: Scalar, y: Floats, rows: number, columns: number, [x]: readonly Operand[]): void {
  const { values: a, row: ar, column: ac } = x;
  for (let row = 0, o = 0; row < rows; row++) {
    let i = row * ar;
    for (let column = 0; column < columns; column++, o++, i += ac) y[o] = apply(a[i]);
  }
}

function binary(apply: Scalar, y: Floats, rows: number, columns: number, [l, r]: readonly Operand[]): void {
  const { values: a, row: ar, column: ac } = l;
  const { values: b, row: br, column: bc } = r;
  for (let row = 0, o = 0; row < rows; row++) {
    let i = row * ar;
    let j = row * br;
    for (let column = 0; column < columns; column++, o++, i += ac, j += bc) y[o] = apply(a[i], b[j]);
  }
}

function many(apply: Scalar, y: Floats, rows: number, columns: number, operands: readonly Operand[]): void {
  const [p, q, r, s, t, u, v] = operands;
  const [a, b, c, d, e, f, g] = [p.values, q.values, r.values, s.values, t.values, u.values, v.values];
  const [pc, qc, rc, sc, tc, uc, vc] = [p.column, q.column, r.column, s.column, t.column, u.column, v.column];
  for (let row = 0, o = 0; row < rows; row++) {
    let pi = row * p.row;
    let qi = row * q.row;
    let ri = row * r.row;
    let si = row * s.row;
    let ti = row * t.row;
    let ui = row * u.row;
    let vi = row * v.row;
    for (let column = 0; column < columns; column++, o++) {
      y[o] = apply(a[pi], b[qi], c[ri], d[si], e[ti], f[ui], g[vi]);
      pi += pc;
      qi += qc;
      ri += rc;
      si += sc;
      ti += tc;
      ui += uc;
      vi += vc;
    }
  }
}
