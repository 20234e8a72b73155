/**
 * Elementwise kernels for gpu.js, one for each arity: thread (x, y) computes cell (column x, row y) by calling the
 * scalar function of the op, put in under the name `scalar`. An operand axis of size 1 has step 0, so that its one row
 * or column stretches. [rows, columns] each or 1 -> [rows, columns]; cost: one call and `arity` reads a thread.
 */
import * as scalars from "../scalar.ts";
import { type DescribeKernel, describe, type Helper, type Matrix, type Thread } from "./kernel.ts";

declare function scalar(...values: number[]): number;

type Map1 = Thread<"aRow" | "aColumn">;
type Map2 = Map1 & Thread<"bRow" | "bColumn">;
type Map3 = Map2 & Thread<"cRow" | "cColumn">;
type Map4 = Map3 & Thread<"dRow" | "dColumn">;
type Map5 = Map4 & Thread<"eRow" | "eColumn">;
type Map6 = Map5 & Thread<"fRow" | "fColumn">;
type Map7 = Map6 & Thread<"gRow" | "gColumn">;

function map1(this: Map1, a: Matrix): number {
  return scalar(a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn]);
}

function map2(this: Map2, a: Matrix, b: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
  );
}

function map3(this: Map3, a: Matrix, b: Matrix, c: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
    c[this.thread.y * this.constants.cRow][this.thread.x * this.constants.cColumn],
  );
}

function map4(this: Map4, a: Matrix, b: Matrix, c: Matrix, d: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
    c[this.thread.y * this.constants.cRow][this.thread.x * this.constants.cColumn],
    d[this.thread.y * this.constants.dRow][this.thread.x * this.constants.dColumn],
  );
}

function map5(this: Map5, a: Matrix, b: Matrix, c: Matrix, d: Matrix, e: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
    c[this.thread.y * this.constants.cRow][this.thread.x * this.constants.cColumn],
    d[this.thread.y * this.constants.dRow][this.thread.x * this.constants.dColumn],
    e[this.thread.y * this.constants.eRow][this.thread.x * this.constants.eColumn],
  );
}

function map6(this: Map6, a: Matrix, b: Matrix, c: Matrix, d: Matrix, e: Matrix, f: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
    c[this.thread.y * this.constants.cRow][this.thread.x * this.constants.cColumn],
    d[this.thread.y * this.constants.dRow][this.thread.x * this.constants.dColumn],
    e[this.thread.y * this.constants.eRow][this.thread.x * this.constants.eColumn],
    f[this.thread.y * this.constants.fRow][this.thread.x * this.constants.fColumn],
  );
}

function map7(this: Map7, a: Matrix, b: Matrix, c: Matrix, d: Matrix, e: Matrix, f: Matrix, g: Matrix): number {
  return scalar(
    a[this.thread.y * this.constants.aRow][this.thread.x * this.constants.aColumn],
    b[this.thread.y * this.constants.bRow][this.thread.x * this.constants.bColumn],
    c[this.thread.y * this.constants.cRow][this.thread.x * this.constants.cColumn],
    d[this.thread.y * this.constants.dRow][this.thread.x * this.constants.dColumn],
    e[this.thread.y * this.constants.eRow][this.thread.x * this.constants.eColumn],
    f[this.thread.y * this.constants.fRow][this.thread.x * this.constants.fColumn],
    g[this.thread.y * this.constants.gRow][this.thread.x * this.constants.gColumn],
  );
}

const kernels = [map1, map2, map3, map4, map5, map6, map7];
const letters = ["a", "b", "c", "d", "e", "f", "g"];

const byName: ReadonlyMap<string, (...values: number[]) => number> = new Map(Object.entries(scalars));

export const map: DescribeKernel = (op, inputs) => {
  const kernel = kernels[inputs.length - 1];
  const apply = byName.get(op);
  if (!apply) throw new Error(`map: no scalar function is named ${op}`);
  if (!kernel) throw new Error(`map ${op}: ${inputs.length} operands, expected 1 to ${kernels.length}`);
  const steps = inputs.flatMap(([rows, columns], i) => [
    [`${letters[i]}Row`, rows === 1 ? 0 : 1],
    [`${letters[i]}Column`, columns === 1 ? 0 : 1],
  ]);
  return describe(kernel, Object.fromEntries(steps), { helpers: [helper(apply, "scalar"), ...calledBy(apply)] });
};

function helper(apply: (...values: number[]) => number, name: string): Helper {
  return { name, source: apply.toString(), argumentTypes: Array(apply.length).fill("Float"), returnType: "Float" };
}

/** Whether the source calls the function of this name; `Math.exp(` does not call `exp`. */
const calls = (source: string, name: string): boolean => new RegExp(`(?<![\\w.])${name}\\(`).test(source);

/** The scalar functions that one calls, and those that they call, under the names they bear in its source. */
function calledBy(apply: (...values: number[]) => number): Helper[] {
  const found = new Set<(...values: number[]) => number>();
  const visit = (source: string): void => {
    for (const scalar of byName.values()) {
      // A function's own name stands in its own source too: `apply` itself is put in as `scalar`.
      if (scalar === apply || found.has(scalar) || !calls(source, scalar.name)) continue;
      found.add(scalar);
      visit(scalar.toString());
    }
  };
  visit(apply.toString());
  return [...found].map((scalar) => helper(scalar, scalar.name));
}
