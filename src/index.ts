/**
 * Everything that programs may use, by name. Loads in a browser as well as in Node; what needs files loads `node:fs` when
 * it is called. The command line is apart (src/cli).
 */
export type { Backend, Executable, Values } from "./backends/backend.ts";
export { type BackendName, type BackendOptions, backendNames, createBackend } from "./backends/create.ts";
export { DeviceLostError } from "./backends/lost.ts";
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { Conditions, EpochConditions } from "./conditions.ts";
export { configure, defaultSettings, type Settings } from "./configure.ts";
export { type ArffOptions, parseArff } from "./data/arff.ts";
export type { Dataset, DenseMatrix, Feature, LabelMatrix, Matrix, SparseMatrix } from "./data/dataset.ts";
export { type DatasetDescription, describeDataset } from "./data/describe.ts";
export { describeWeights, type WeightDescription } from "./data/describe-weights.ts";
export { type FoldQuality, foldQuality } from "./data/fold-quality.ts";
export {
  type ImbalanceOptions,
  type ImbalanceWeights,
  imbalanceWeights,
  symmetricConditionalProbability,
  type Weighting,
} from "./data/imbalance.ts";
export { type LoadOptions, loadDataset } from "./data/load.ts";
export { type Neighbours, nearestNeighbours } from "./data/neighbours.ts";
export { type PreparedData, type PrepareOptions, prepare } from "./data/prepare.ts";
export { applyPreprocessing, fitPreprocessing, type Preprocessing } from "./data/preprocess.ts";
export { printArff } from "./data/print-arff.ts";
export { type Fold, kFolds, type Split, splitFolds } from "./data/split.ts";
export { synthetic } from "./data/synthetic.ts";
export { DivergenceError } from "./divergence.ts";
export { DataError, UsageError } from "./errors.ts";
export type { EndEvent, EpochEvent, StartEvent, StepEvent, TrainingEvent } from "./events.ts";
export { gradient } from "./gradient.ts";
export { type MetricName, type Metrics, metricDescriptions, metricNames, metrics } from "./metrics/metrics.ts";
export { createModel, type ModelName, modelNames } from "./models/create.ts";
export type { Batch, Model, Objective } from "./models/model.ts";
export { type AdamOptions, adam, type Optimiser } from "./nn/adam.ts";
export * as map from "./ops/map.ts";
export { matmul, matmulTransposeLeft, matmulTransposeRight } from "./ops/matmul.ts";
export { max, mean, sum } from "./ops/reduce.ts";
export { gather, repeat, reshape, scatter, sumRepeated, sumTiled, tile } from "./ops/rows.ts";
export { predict } from "./prediction.ts";
export { type Program, print, program } from "./program.ts";
export { Random } from "./random.ts";
export { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
export { createSampler, type SamplerName } from "./samplers/create.ts";
export { samplerNames } from "./samplers/options.ts";
export type { EpochTrace, Evidence, Sampler } from "./samplers/sampler.ts";
export { constant, data, input, noise, type Operand, type Shape, state, type Tensor } from "./tensor.ts";
export { type TrainOptions, train } from "./train.ts";
export { judge, type Verdict } from "./verdicts.ts";
