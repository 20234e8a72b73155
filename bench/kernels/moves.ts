/**
 * The kernels that move whole rows, as cases beside those of cases.ts: nothing is computed, so results are exact but
 * for a sum.
 */
import { gather, repeat, scatter, sumRepeated } from "../../src/engine/ops/rows.ts";
import { constant, type Shape } from "../../src/engine/tensor.ts";
import type { KernelCase } from "./cases.ts";

/** The repeats of a row, as of an instance for each of its labels. */
const times = 4;

/** On [rows, columns]; `rows` is a multiple of 4 and not of 7. */
export function moves(rows: number, columns: number): KernelCase[] {
  const whole: Shape = [rows, columns];
  const few: Shape = [rows / times, columns];
  const bytes = 4 * rows * columns;
  const common = { shape: `${rows} x ${columns}`, unit: "GB/s" } as const;
  const from = Array.from({ length: rows }, (_, i) => (7 * i) % rows);
  const to = new Map(from.map((row, i) => [row, i]));
  const indices = constant([rows, 1], Float32Array.from(from));
  return [
    {
      ...common,
      name: "gather",
      operands: [whole],
      work: 2 * bytes,
      build: (a) => gather(a, indices),
      expected: (r, c, [a]) => ({ value: a[from[r] * columns + c], error: 0 }),
    },
    {
      ...common,
      name: "scatter",
      operands: [whole],
      work: 2 * bytes,
      build: (a) => scatter(a, indices, rows),
      expected: (r, c, [a]) => ({ value: a[(to.get(r) ?? Number.NaN) * columns + c], error: 0 }),
    },
    {
      ...common,
      name: "repeat",
      operands: [few],
      work: bytes + bytes / times,
      build: (a) => repeat(a, times),
      expected: (r, c, [a]) => ({ value: a[Math.floor(r / times) * columns + c], error: 0 }),
    },
    {
      ...common,
      name: "sumRepeated",
      operands: [whole],
      work: bytes + bytes / times,
      build: (a) => sumRepeated(a, times),
      expected: (r, c, [a]) => {
        const value = Array.from({ length: times }, (_, k) => a[(r * times + k) * columns + c]).reduce((x, y) => x + y);
        return { value, error: times * 2 ** -24 * value };
      },
    },
  ];
}
