/**
 * `hardbatch/engine`: tensors, ops, gradients, programs, the devices that run them, and the layers built on them. For
 * models and optimisers of one's own; nothing here knows of labels or of training.
 */

export type { Backend, Executable, NoiseKey, RowProducts, StateAtHand, Values } from "../backends/backend.ts";
export { type BackendName, type BackendOptions, backendNames, createBackend } from "../backends/create.ts";
export { DeviceLostError } from "../backends/lost.ts";
export { DataError, type Place, UsageError } from "../errors.ts";
export { type AdamOptions, adam } from "../nn/adam.ts";
export { type Block, type BlockOptions, block } from "../nn/block.ts";
export { binaryConcrete, straightThrough } from "../nn/gates.ts";
export {
  constantly,
  type Initialiser,
  kaimingUniform,
  normalParameter,
  parameter,
  pytorchDefault,
  type Range,
  uniform,
  xavierUniform,
} from "../nn/initialise.ts";
export { type Dense, dense, evaluationPass, type Initialisers, type Pass, trainingPass } from "../nn/layers.ts";
export { type CrossEntropy, crossEntropy, total, weightedMean } from "../nn/loss.ts";
export { type BatchNorm, batchNorm } from "../nn/normalise.ts";
export type { Optimiser, StepSizes } from "../nn/optimiser.ts";
export { Random, type RandomState } from "../random.ts";
export { gradient } from "./gradient.ts";
export { sigmoidalFlow, type UnitLayer } from "./ops/flow.ts";
export * as map from "./ops/map.ts";
export { matmul, matmulTransposeLeft, matmulTransposeRight } from "./ops/matmul.ts";
export { type Axis, max, mean, sum } from "./ops/reduce.ts";
export { gather, place, repeat, reshape, scatter, slice, sumRepeated, sumTiled, tile } from "./ops/rows.ts";
export { sparseMatmul, sparseMatmulTransposeLeft, sparseRows } from "./ops/sparse.ts";
export {
  type Staircase,
  staircaseMatmul,
  staircaseTransposeLeft,
  staircaseTransposeRight,
} from "./ops/staircase.ts";
export { type Program, print, program, type Step, type Update, type ValueId } from "./program.ts";
export {
  type Adjoint,
  type Attributes,
  type CompressedRows,
  type ConstantLeaf,
  constant,
  type DataLeaf,
  type Distribution,
  data,
  type Family,
  type Floats,
  type InputLeaf,
  input,
  type Leaf,
  type Node,
  type NoiseLeaf,
  noise,
  type Op,
  type Operand,
  type Shape,
  type SparseLeaf,
  type StateLeaf,
  sparse,
  state,
  type Tensor,
} from "./tensor.ts";
