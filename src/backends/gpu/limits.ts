/**
 * What a mode can hold and count, checked while a program is compiled: past a limit gpu.js stops with words of its own,
 * and past some of them it computes something else without a word.
 */

import { formatShape, type Shape, size } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import type { ShapedKernel } from "./kernels.ts";
import { type Library, loadLibrary } from "./library.ts";
import { adapter, type GpuMode } from "./modes.ts";

export interface Limits {
  /** Rows and columns of a matrix that a kernel call takes as it is; a larger one goes in layers. */
  readonly side: number;
  readonly columns: number;
  /** Numbers in one matrix. */
  readonly cells: number;
  /** What sets the limit of cells, for messages. */
  readonly because: string;
}

/** Row numbers travel as float32, which has every whole number below this. */
const exactIndices = 2 ** 24;
/** Up to this quotient the division in kernels/gpu/rows.ts is off by at most one before it is put right. */
const exactQuotients = 2 ** 20;
/** Kernels count cells in 32-bit integers, with room for one row more. */
const countableCells = 2 ** 30;
/** Of a WebGPU dispatch, in each direction. */
const workgroups = 65_535;
const workgroupSide = 8;

export async function limitsOf(mode: GpuMode): Promise<Limits> {
  const countable = {
    side: Number.POSITIVE_INFINITY,
    columns: Number.POSITIVE_INFINITY,
    cells: countableCells,
    because: "kernels count in 32 bits",
  };
  if (mode === "webgpu") {
    const found = await adapter();
    if (typeof found === "string") throw new UsageError(`gpu:webgpu: ${found}`);
    const { maxStorageBufferBindingSize, maxBufferSize } = found.limits;
    const cells = Math.min(countableCells, Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4));
    const side = workgroups * workgroupSide;
    return { side, columns: side, cells, because: "the device's largest storage buffer" };
  }
  if (mode === "webgl2" || mode === "headlessgl") {
    const side = textureSide(await loadLibrary(), mode);
    return {
      ...countable,
      side,
      cells: Math.min(countableCells, side * side),
      because: `its textures are ${side} x ${side}`,
    };
  }
  return countable;
}

function textureSide({ WebGL2Kernel, HeadlessGLKernel }: Library, mode: "webgl2" | "headlessgl"): number {
  return (mode === "webgl2" ? WebGL2Kernel : HeadlessGLKernel).features.maxTextureSize;
}

/** @throws UsageError naming the limit that a matrix or a count of the kernels passes */
export function checkLimits(mode: GpuMode, limits: Limits, kernels: readonly ShapedKernel[]): void {
  for (const { key, inputs, output } of kernels) {
    const what = `gpu:${mode}: ${key}`;
    for (const shape of [...inputs, output]) checkCells(what, shape, limits);
    const [, op] = key.split(" ");
    const gathers = op === "gather" || op === "sparseRows" || op === "sparseMatmul";
    const indexed: Shape | undefined = gathers ? inputs[0] : op === "scatter" ? output : undefined;
    if (indexed && indexed[0] > exactIndices) {
      throw new UsageError(
        `${what}: ${indexed[0]} rows, but row numbers are float32 on this device and exact up to ${exactIndices} only: split the matrix`,
      );
    }
    const divided = op === "reshape" || op === "repeat" || op === "tile" ? Math.max(inputs[0][0], output[0]) : 0;
    if (mode !== "cpu" && divided >= exactQuotients) {
      throw new UsageError(
        `${what}: ${divided} rows, but this device divides in float32, exact below ${exactQuotients} rows: use a smaller batch`,
      );
    }
  }
}

function checkCells(what: string, shape: Shape, { columns, cells, because }: Limits): void {
  if (size(shape) > cells) {
    throw new UsageError(
      `${what}: a matrix of shape ${formatShape(shape)} has ${size(shape)} numbers, at most ${cells} fit here (${because}): ` +
        "use a smaller batch or model, or another device",
    );
  }
  if (shape[1] > columns) {
    throw new UsageError(`${what}: ${shape[1]} columns, at most ${columns} threads go in one direction here`);
  }
}
