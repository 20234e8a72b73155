/**
 * Everything that programs may use, by name. Loads in a browser as well as in Node; what needs files loads `node:fs` when
 * it is called. The command line is apart (src/cli).
 */
export type { Backend, Executable, Values } from "./backends/backend.ts";
export { type BackendName, type BackendOptions, backendNames, createBackend } from "./backends/create.ts";
export { DeviceLostError } from "./backends/lost.ts";
export type { Dataset, DenseMatrix, Feature, LabelMatrix, Matrix, SparseMatrix } from "./data/dataset.ts";
export { type DatasetDescription, describeDataset } from "./data/describe.ts";
export { type ArffOptions, parseArff } from "./data/formats/arff.ts";
export { printArff } from "./data/formats/print-arff.ts";
export { describeWeights, type WeightDescription } from "./data/imbalance/describe-weights.ts";
export { type Neighbours, nearestNeighbours } from "./data/imbalance/neighbours.ts";
export {
  type ImbalanceOptions,
  type ImbalanceWeights,
  imbalanceWeights,
  symmetricConditionalProbability,
  type Weighting,
} from "./data/imbalance/weights.ts";
export { type LoadOptions, loadDataset } from "./data/load.ts";
export { type FoldQuality, foldQuality } from "./data/preparation/fold-quality.ts";
export { type PreparedData, type PrepareOptions, prepare } from "./data/preparation/prepare.ts";
export { applyPreprocessing, fitPreprocessing, type Preprocessing } from "./data/preparation/preprocess.ts";
export { type Fold, kFolds, type Split, splitFolds } from "./data/preparation/split.ts";
export { type NamedBytes, type ReadOptions, readDataset } from "./data/read.ts";
export { synthetic } from "./data/synthetic.ts";
export { gradient } from "./engine/gradient.ts";
export * as map from "./engine/ops/map.ts";
export { matmul, matmulTransposeLeft, matmulTransposeRight } from "./engine/ops/matmul.ts";
export { max, mean, sum } from "./engine/ops/reduce.ts";
export { gather, repeat, reshape, scatter, sumRepeated, sumTiled, tile } from "./engine/ops/rows.ts";
export { type Program, print, program } from "./engine/program.ts";
export { constant, data, input, noise, type Operand, type Shape, state, type Tensor } from "./engine/tensor.ts";
export { DataError, UsageError } from "./errors.ts";
export { type MetricName, type Metrics, metricDescriptions, metricNames, metrics } from "./metrics/metrics.ts";
export { createModel, type ModelName, modelNames } from "./models/create.ts";
export type { Batch, Model, Objective } from "./models/model.ts";
export { type AdamOptions, adam, type Optimiser } from "./nn/adam.ts";
export { Random } from "./random.ts";
export { createSampler, type SamplerName } from "./samplers/create.ts";
export { samplerNames } from "./samplers/options.ts";
export type { EpochTrace, Evidence, Sampler } from "./samplers/sampler.ts";
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./saved/model.ts";
export { decodeSafetensors, encodeSafetensors } from "./saved/safetensors.ts";
export type { Conditions, EpochConditions } from "./training/conditions/conditions.ts";
export { judge, type Verdict } from "./training/conditions/verdicts.ts";
export { configure, defaultSettings, type Settings } from "./training/configure.ts";
export { DivergenceError } from "./training/divergence.ts";
export type { EndEvent, EpochEvent, StartEvent, StepEvent, TrainingEvent } from "./training/events.ts";
export { predict } from "./training/prediction.ts";
export { type TrainOptions, train } from "./training/train.ts";
