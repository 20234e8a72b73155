/**
 * Which kernel computes which step. A gpu.js kernel has one place for its result, so steps share a kernel where they
 * are the same computation and the earlier value is dead; programs of one executable share them too, as they never run
 * at once. An updated state has two kernels used in turn: one holds the state while the other computes its next value.
 */
import type { Program, ValueId } from "../../engine/program.ts";
import type { InputLeaf, NoiseLeaf } from "../../engine/tensor.ts";
import { copyOf, kernelOf, type ShapedKernel } from "./kernels.ts";

/** The number of a kernel in `Plan.kernels`. */
export type KernelId = number;

/** One run of a kernel: of the only one, or of that of two which holds no state at the moment. */
export interface Call {
  readonly kernels: readonly [KernelId] | readonly [KernelId, KernelId];
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
}

export interface ProgramPlan {
  readonly program: Program;
  /** What is sent at each run, and the copying kernel that takes it. */
  readonly feeds: readonly {
    readonly leaf: InputLeaf | NoiseLeaf;
    readonly output: ValueId;
    readonly kernel: KernelId;
  }[];
  readonly calls: readonly Call[];
}

export interface Plan {
  readonly kernels: readonly ShapedKernel[];
  readonly programs: readonly ProgramPlan[];
}

/** @param width cells that a thread may compute on this device */
export function planKernels(programs: readonly Program[], width: 1 | 4): Plan {
  const kernels: ShapedKernel[] = [];
  const byKey = new Map<string, KernelId[]>();
  const add = (kernel: ShapedKernel): KernelId => kernels.push(kernel) - 1;

  const plans = programs.map((program): ProgramPlan => {
    const lastUse = lastUses(program);
    const updated = new Set(program.updates.map(({ value }) => value));
    /** By kernel, the time up to which its value is needed in this program. */
    const busy = new Map<KernelId, number>();
    const take = (kernel: ShapedKernel, value: ValueId, time: number): KernelId => {
      const equal = byKey.get(kernel.key) ?? [];
      byKey.set(kernel.key, equal);
      let id = equal.find((candidate) => (busy.get(candidate) ?? Number.NEGATIVE_INFINITY) < time);
      if (id === undefined) {
        id = add(kernel);
        equal.push(id);
      }
      busy.set(id, lastUse.get(value) ?? time);
      return id;
    };
    const feeds = program.values.flatMap((leaf, output) =>
      leaf.kind === "input" || leaf.kind === "noise"
        ? [{ leaf, output, kernel: take(copyOf(leaf.shape), output, -1) }]
        : [],
    );
    const calls = program.steps.map((step, time): Call => {
      const kernel = kernelOf(program, step, width);
      const { inputs, output } = step;
      if (updated.has(output)) return { kernels: [add(kernel), add(kernel)], inputs, output };
      return { kernels: [take(kernel, output, time)], inputs, output };
    });
    return { program, feeds, calls };
  });
  return { kernels, programs: plans };
}

/** By value, the last step that reads it; outputs are read after all steps. */
function lastUses(program: Program): ReadonlyMap<ValueId, number> {
  const times = new Map<ValueId, number>();
  program.steps.forEach((step, time) => {
    for (const input of step.inputs) times.set(input, time);
  });
  for (const { value } of program.outputs) times.set(value, program.steps.length);
  return times;
}
