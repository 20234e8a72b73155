/**
 * From names and numbers to a training run: builds model, optimiser and sampler for a prepared data set. The defaults are
 * the published ones (section 7). Two runs that differ in the sampler alone start from the same weights and see the same noise.
 */
import type { Backend } from "../backends/backend.ts";
import { deviceProducts, lighter } from "../data/imbalance/products.ts";
import { symmetricConditionalProbability } from "../data/imbalance/weights.ts";
import { chooseInputs } from "../data/preparation/inputs.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import type { MetricName } from "../metrics/metrics.ts";
import { createModel } from "../models/create.ts";
import { type AdamOptions, adam } from "../nn/adam.ts";
import { Random } from "../random.ts";
import { createSampler } from "../samplers/create.ts";
import { parseSamplerOptions } from "../samplers/options.ts";
import type { TrainOptions } from "./train.ts";

export interface Settings {
  /** One of `modelNames`. */
  readonly model: string;
  /** Options of the model, see docs/models.md. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
  /** One of `samplerNames`. */
  readonly sampler: string;
  /** Options of the sampler, see docs/samplers.md. */
  readonly samplerOptions: Readonly<Record<string, unknown>>;
  readonly epochs: number;
  /** Rows a step; where there are fewer training rows, all of them. */
  readonly batchSize: number;
  /** What is left out takes its value from `defaultSettings`, else from `adam`. */
  readonly optimiser: Omit<AdamOptions, "warmUpSteps">;
  /** Epochs over which the learning rate rises linearly to its value. */
  readonly learningRateWarmUp: number;
  /** The validation metric that chooses the best epoch. */
  readonly criterion: MetricName;
  /** Which weights are tested: of the best epoch, or of the last as the published code does by a defect. */
  readonly keep: "best" | "last";
  /** Of initial weights, noise and drawing. */
  readonly seed: number;
}

/** Published: Adam at 1e-4 with L2 1e-4, batches of 128, 100 epochs, 3 of them warm-up, best epoch by macro-AUC. */
export const defaultSettings: Settings = {
  model: "mlp",
  modelOptions: {},
  sampler: "adaptive",
  samplerOptions: {},
  epochs: 100,
  batchSize: 128,
  optimiser: { learningRate: 1e-4, weightDecay: 1e-4 },
  learningRateWarmUp: 3,
  criterion: "macroAuc",
  keep: "best",
  seed: 1,
};

/**
 * The run of `settings` on `data`, ready for `train`.
 * @throws UsageError for a setting that is unknown or out of range
 */
export function configure(data: PreparedData, backend: Backend, settings: Partial<Settings> = {}): TrainOptions {
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(defaultSettings, name));
  if (unknown !== undefined) {
    throw new UsageError(`setting ${unknown}: expected one of ${Object.keys(defaultSettings).join(", ")}`);
  }
  const optimiser = { ...defaultSettings.optimiser, ...settings.optimiser };
  const all: Settings = { ...defaultSettings, ...settings, optimiser };
  const { labels, rows } = data;
  const features = chooseInputs(data.features);
  if (rows.training.length === 0) throw new UsageError("there are no training rows");
  const random = new Random(all.seed);
  const trainingLabels = selectRows(labels, rows.training);
  const model = createModel(all.model, {
    features: features.columns,
    labels: labels.columns,
    random: random.stream("model"),
    options: all.modelOptions,
    labelCorrelation: symmetricConditionalProbability(trainingLabels),
  });
  const choice = parseSamplerOptions(all.sampler, all.samplerOptions);
  const sampler = createSampler(choice.name, {
    batchSize: Math.min(all.batchSize, rows.training.length),
    epochs: all.epochs,
    random: random.stream("sampler"),
    labels: trainingLabels,
    features: selectRows(features, rows.training),
    // A device multiplies so fast that lists of what is not zero pay much later.
    ...(backend.rowProducts && { kernel: lighter(deviceProducts(backend.rowProducts), 60) }),
    ...(choice.options && { options: choice.options }),
  });
  return {
    model,
    sampler,
    optimiser: adam(model.parameters, {
      ...all.optimiser,
      warmUpSteps: all.learningRateWarmUp * sampler.batchesPerEpoch,
    }),
    backend,
    features,
    labels,
    rows,
    epochs: all.epochs,
    noise: random.stream("noise"),
    criterion: all.criterion,
    keep: all.keep,
  };
}
