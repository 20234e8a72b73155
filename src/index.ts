/**
 * `hardbatch`: data, samplers, models, training, metrics and saved models, by name. Loads in a browser as well as in
 * Node; what needs files loads `node:fs` when it is called. Tensors and devices are `hardbatch/engine`, grids and
 * reports `hardbatch/experiment`; the command line is apart (src/cli).
 */

export type { Backend, Executable, NoiseKey, RowProducts, StateAtHand, Values } from "./backends/backend.ts";
export { type BackendName, type BackendOptions, backendNames, createBackend } from "./backends/create.ts";
export { DeviceLostError } from "./backends/lost.ts";
export type { Dataset, DenseMatrix, Feature, GivenSplit, LabelMatrix, Matrix, SparseMatrix } from "./data/dataset.ts";
export { type DatasetDescription, describeDataset, type LabelDescription } from "./data/describe.ts";
export { type ArffOptions, parseArff } from "./data/formats/arff.ts";
export type { ColumnOptions, WantedColumns } from "./data/formats/chosen-columns.ts";
export { type CsvOptions, parseCsv } from "./data/formats/csv.ts";
export { type LibsvmOptions, parseLibsvm } from "./data/formats/libsvm.ts";
export { parseMulan, printMulan } from "./data/formats/mulan.ts";
export {
  decodeNpy,
  encodeNpy,
  type NpyArray,
  type NpyNumbers,
  type NpyTexts,
  type Writable,
} from "./data/formats/npy.ts";
export { encodeNpz } from "./data/formats/npz.ts";
export { printArff } from "./data/formats/print-arff.ts";
export { describeWeights, type WeightBin, type WeightDescription } from "./data/imbalance/describe-weights.ts";
export { type NearRow, nearestRows } from "./data/imbalance/nearest-rows.ts";
export {
  type NeighbourOptions,
  type NeighbourSearch,
  type Neighbours,
  nearestNeighbours,
} from "./data/imbalance/neighbours.ts";
export type { DotProductKernel, DotProducts } from "./data/imbalance/products.ts";
export {
  type GlobalImbalance,
  globalImbalance,
  type ImbalanceOptions,
  type ImbalanceWeights,
  imbalanceWeights,
  type LocalImbalance,
  symmetricConditionalProbability,
  type Weighting,
  weightings,
} from "./data/imbalance/weights.ts";
export { dropRareLabels } from "./data/labels.ts";
export { type LoadOptions, loadDataset } from "./data/load.ts";
export type { Preprocessing } from "./data/preparation/fitted.ts";
export { type FoldQuality, foldQuality } from "./data/preparation/fold-quality.ts";
export type { InputsChoice } from "./data/preparation/inputs.ts";
export type { LabelSelection, LabelsByName, LabelsByPosition, NamedLabel } from "./data/preparation/label-selection.ts";
export type { Missing } from "./data/preparation/missing.ts";
export { type PreparedData, type PrepareOptions, prepare } from "./data/preparation/prepare.ts";
export {
  applyPreprocessing,
  fitPreprocessing,
  type Preprocessed,
  type PreprocessingOptions,
} from "./data/preparation/preprocess.ts";
export {
  type Fold,
  type FoldOptions,
  kFolds,
  type Protocol,
  type Split,
  splitFolds,
} from "./data/preparation/split.ts";
export type { StratificationOrder } from "./data/preparation/stratify.ts";
export { type NamedBytes, type ReadingOptions, type ReadOptions, readDataset } from "./data/read.ts";
export { selectRows } from "./data/rows.ts";
export { parseSynthetic, synthetic } from "./data/synthetic.ts";
export {
  type Knob,
  type ParsedSynthetic,
  parseSyntheticOptions,
  type SyntheticOptions,
  syntheticKnobs,
} from "./data/synthetic-options.ts";
export { DataError, type Place, UsageError } from "./errors.ts";
export { type ModelCard, printModelCard } from "./experiment/report/model-card.ts";
export {
  ndcgAt,
  type PropensityOptions,
  precisionAt,
  propensities,
  propensityNdcgAt,
  propensityPrecisionAt,
} from "./metrics/at-k.ts";
export {
  type MetricBootstrapOptions,
  type MetricInterval,
  type MetricIntervals,
  metricIntervals,
} from "./metrics/evaluation/bootstrap.ts";
export { type Calibration, calibration, type ReliabilityBin } from "./metrics/evaluation/calibration.ts";
export {
  type Confusion,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  type GroupEvaluation,
} from "./metrics/evaluation/evaluate.ts";
export { type LabelGroup, type LabelReport, labelGroups, labelReport } from "./metrics/evaluation/label-report.ts";
export type { Scores } from "./metrics/input.ts";
export {
  describeMetric,
  type MetricDescription,
  type MetricName,
  type Metrics,
  metricDescriptions,
  metricNames,
  metrics,
} from "./metrics/metrics.ts";
export {
  type FitOptions,
  type FittingData,
  fitRule,
  type ThresholdDescription,
  type ThresholdName,
  type TrainingCounts,
  thresholdDescriptions,
  thresholdNames,
} from "./metrics/rules/fit.ts";
export { type Decide, type DecisionRule, decide } from "./metrics/rules/rule.ts";
export {
  createModel,
  type ModelDescription,
  type ModelName,
  modelDescriptions,
  modelNames,
} from "./models/create.ts";
export type { Batch, Model, ModelSetting, Objective } from "./models/model.ts";
export { type AdamOptions, adam } from "./nn/adam.ts";
export type { Optimiser, StepSizes } from "./nn/optimiser.ts";
export { type SgdOptions, sgd } from "./nn/sgd.ts";
export { type OptionDescription, printValue } from "./options.ts";
export { Random, type RandomState } from "./random.ts";
export type { AdaptiveOptions } from "./samplers/adaptive.ts";
export type { AdaptiveChainOptions } from "./samplers/adaptive-chain.ts";
export type { Refresh } from "./samplers/adaptive-table.ts";
export {
  createSampler,
  type NamedSamplerRequest,
  type SamplerDescription,
  type SamplerName,
  type SamplerOptions,
  samplerDescriptions,
  samplerNames,
} from "./samplers/create.ts";
export type { Quantization } from "./samplers/draw/quantize.ts";
export type { ScheduleKind } from "./samplers/draw/schedule.ts";
export type { SharedSettings } from "./samplers/frame/epochs.ts";
export type { SamplerRequest } from "./samplers/frame/kind.ts";
export type { LastBatch, PassOrder } from "./samplers/frame/pass.ts";
export type { TableOptions } from "./samplers/frame/table.ts";
export {
  type RuleMemory,
  type SelectionRule,
  type WeightedOptions,
  weightedSampler,
} from "./samplers/frame/weighted.ts";
export type { HardnessKind } from "./samplers/hardness.ts";
export type { D2aceOptions } from "./samplers/rivals/d2ace.ts";
export type { UncertaintyOptions } from "./samplers/rivals/uncertainty.ts";
export type { EpochTrace, Evidence, EvidenceKind, RowSelection, Sampler, SamplerState } from "./samplers/sampler.ts";
export { decodeModel, encodeModel, type Origin, type SavedModel } from "./saved/model.ts";
export { toOnnx } from "./saved/onnx/onnx.ts";
export { printPreprocessing, readPreprocessing } from "./saved/preprocessing-file.ts";
export { fromPytorch, type Stored, toPytorch } from "./saved/pytorch.ts";
export {
  type DecodedTensor,
  decodeSafetensors,
  type ElementType,
  encodeSafetensors,
  type Safetensors,
  type StoredTensor,
  type TensorValues,
} from "./saved/safetensors.ts";
export type { TrainingRecord } from "./saved/training-record.ts";
export { type Attribution, type AttributionOptions, attribute } from "./training/attribution.ts";
export type { BestEpochState } from "./training/best-epoch.ts";
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./training/checkpoint.ts";
export type { CheckpointInterval } from "./training/checkpoint-schedule.ts";
export type { Conditions, EpochConditions, RunFacts } from "./training/conditions/conditions.ts";
export type { AtBeginning, MonitorState, OfSteps } from "./training/conditions/monitor.ts";
export { judge, type Verdict } from "./training/conditions/verdicts.ts";
export { type ConfigureSettings, configure, type ModelMaker, type SamplerMaker } from "./training/configure.ts";
export { DivergenceError } from "./training/divergence.ts";
export type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  StartEvent,
  StepEvent,
  TrainingEvent,
} from "./training/events.ts";
export { predict } from "./training/prediction.ts";
export {
  checkSettings,
  defaultSettings,
  type GivenSettings,
  type OptimiserSettings,
  type RunSettings,
} from "./training/settings.ts";
export { flagOf, parseSettings, printSettings } from "./training/settings-text.ts";
export type { RunState } from "./training/state.ts";
export type { PartLosses, SelectionHistogram, Track, Tracked } from "./training/tracking.ts";
export { type TrainOptions, train } from "./training/train.ts";
