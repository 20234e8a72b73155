/**
 * From a step of a program to the gpu.js kernel that computes it: its description, by family, with the shapes it is
 * for, the key that equal kernels share and the settings gpu.js compiles it with.
 */
import { copy, type DescribeKernel, describe, type Kernel } from "../../../kernels/gpu/kernel.ts";
import { map } from "../../../kernels/gpu/map.ts";
import { matmul } from "../../../kernels/gpu/matmul.ts";
import { reduce } from "../../../kernels/gpu/reduce.ts";
import { rows } from "../../../kernels/gpu/rows.ts";
import { sparse } from "../../../kernels/gpu/sparse.ts";
import type { Program, Step } from "../../engine/program.ts";
import type { Family, Shape } from "../../engine/tensor.ts";

/** Flows and sums of likelihoods come in the ops that they are defined by (flows.ts). */
const composed: DescribeKernel = (op) => {
  throw new Error(`gpu: ${op} was not lowered`);
};

const families = { map, matmul, reduce, rows, sparse, flow: composed, likelihood: composed } satisfies Record<
  Family,
  DescribeKernel
>;

/** A kernel for inputs and an output of fixed shapes. */
export interface ShapedKernel extends Kernel {
  /** The same for equal kernels: family, op, attributes and shapes. */
  readonly key: string;
  readonly inputs: readonly Shape[];
  readonly output: Shape;
}

export function kernelOf(program: Program, step: Step, width: 1 | 4): ShapedKernel {
  const { family, op, attributes, shape } = step;
  const inputs = step.inputs.map((id) => program.values[id].shape);
  const key = `${family} ${op} ${JSON.stringify(attributes)} ${inputs.join(" ")} -> ${shape}`;
  return { ...families[family](op, inputs, shape, attributes, { width }), key, inputs, output: shape };
}

/** The kernel that brings a matrix of this shape to the device. */
export function copyOf(shape: Shape): ShapedKernel {
  return { ...describe(copy), key: `copy ${shape}`, inputs: [shape], output: shape };
}

/**
 * Settings of `createKernel`. Where a matrix is larger than `side` in a direction, its rows go in layers: the kernel's
 * row is then thread.y + height thread.z, memory has the same order, and a texture of layers is folded into a square.
 */
export function settingsOf(kernel: ShapedKernel, side = Number.POSITIVE_INFINITY): [source: string, settings: object] {
  const [rowCount, columns] = kernel.output;
  const threads = columns / kernel.cells;
  const layers = threads > side ? rowCount : Math.max(1, Math.ceil(rowCount / side));
  const height = Math.ceil(rowCount / layers);
  const constants = layers === 1 ? kernel.constants : { ...kernel.constants, height };
  const row = "(this.thread.y + this.constants.height * this.thread.z)";
  return [
    layers === 1 ? kernel.source : kernel.source.replaceAll("this.thread.y", row),
    {
      output: layers === 1 ? [threads, rowCount] : [threads, height, layers],
      constants,
      constantTypes: Object.fromEntries(Object.keys(constants).map((name) => [name, "Integer"])),
      functions: kernel.helpers,
      loopMaxIterations: kernel.iterations,
      returnType: kernel.cells === 4 ? "Array(4)" : "Float",
      precision: "single",
      tactic: "precision",
    },
  ];
}
