/** The contract of every optimiser: from gradients to what the parameters and its own memory become, as graph. */
import type { Values } from "../backends/backend.ts";
import type { Update } from "../engine/program.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";

/** What the analyses of Adam and its kin speak of, so that a run can be held against them. */
export interface StepSizes {
  /** The states whose roots divide the steps, one for each parameter: v, or with AMSGrad its largest so far. */
  readonly secondMoments: readonly StateLeaf[];
  /** Memory of v. */
  readonly beta2: number;
  /** The learning rate a_t at step t, counted from 1. */
  rate(step: number): number;
}

/** What turns gradients into updates of fixed parameters. */
export interface Optimiser {
  /** What the optimiser remembers between steps. */
  readonly state: readonly StateLeaf[];
  /** One step. @param gradients one for each parameter, in order and shape. */
  updates(gradients: readonly Tensor[]): readonly Update[];
  /** The inputs to feed at step number `step`, counted from 1. */
  scalars(step: number): Values;
  /** Absent for methods that divide by no second moments. */
  readonly stepSizes?: StepSizes;
}
