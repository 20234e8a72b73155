/**
 * What the gpu.js kernels share: the form of a kernel, which is a top-level function that gpu.js reads as text and
 * translates, and the few names that such a function may use. `this.thread.x` is the column of a thread's cell,
 * `this.thread.y` its row. Whatever differs between the kernels made of one function stands in `constants`, whole
 * numbers all.
 */

/** Rows of numbers, as a kernel sees its arguments. */
export type Matrix = readonly ArrayLike<number>[];

/** `this` of a kernel with the constants `Names`. */
export interface Thread<Names extends string> {
  readonly thread: { readonly x: number; readonly y: number };
  readonly constants: Readonly<Record<Names, number>>;
}

/** A function that a kernel calls by `name`. */
export interface Helper {
  readonly name: string;
  readonly source: string;
  readonly argumentTypes: readonly ("Float" | "Integer")[];
  readonly returnType: "Float" | "Integer";
}

/** Everything that a kernel is compiled from, shapes apart. */
export interface Kernel {
  /** The text of the kernel function. */
  readonly source: string;
  readonly helpers: readonly Helper[];
  readonly constants: Readonly<Record<string, number>>;
  /** Of its longest loop: gpu.js stops loops at 1000 unless told otherwise. */
  readonly iterations: number;
  /** Cells of one row that a thread computes; four of them are returned as an array. */
  readonly cells: 1 | 4;
}

type Shape = readonly [rows: number, columns: number];

/**
 * The kernel of an op for inputs and an output of given shapes. `attributes` are the op's numbers (an axis, a count);
 * `width` is how many cells a thread may compute on this device.
 */
export type DescribeKernel = (
  op: string,
  inputs: readonly Shape[],
  output: Shape,
  attributes: Readonly<Record<string, number>>,
  device: { readonly width: 1 | 4 },
) => Kernel;

type KernelFunction = (this: never, ...matrices: Matrix[]) => number | [number, number, number, number];

export function describe(
  kernel: KernelFunction,
  constants: Readonly<Record<string, number>> = {},
  { iterations = 1, helpers = [], cells = 1 }: Partial<Pick<Kernel, "iterations" | "helpers" | "cells">> = {},
): Kernel {
  return { source: kernel.toString(), helpers, constants, iterations, cells };
}

/** [rows, columns] -> [rows, columns], the numbers as they are: how they come to a device. */
export function copy(this: Thread<never>, a: Matrix): number {
  return a[this.thread.y][this.thread.x];
}
