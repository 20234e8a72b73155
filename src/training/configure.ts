/**
 * From names and numbers to a training run: builds model, optimiser and sampler for a prepared data set. Two runs that
 * differ in the sampler alone start from the same weights and see the same noise.
 */
import type { Backend } from "../backends/backend.ts";
import { deviceProducts, lighter } from "../data/imbalance/products.ts";
import { symmetricConditionalProbability } from "../data/imbalance/weights.ts";
import { countPositives } from "../data/labels.ts";
import { chooseInputs } from "../data/preparation/inputs.ts";
import type { PreparedData } from "../data/preparation/prepare.ts";
import { selectRows } from "../data/rows.ts";
import { UsageError } from "../errors.ts";
import { createModel } from "../models/create.ts";
import type { Model, ModelSetting } from "../models/model.ts";
import { adam } from "../nn/adam.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import { sgd } from "../nn/sgd.ts";
import { Random } from "../random.ts";
import { samplerNamed } from "../samplers/create.ts";
import type { SamplerRequest } from "../samplers/frame/kind.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { checkSettings, type OptimiserSettings, type RunSettings, runSettingsOf } from "./settings.ts";
import type { TrainOptions } from "./train.ts";

/** Makes the model of a run; so do `mlp` and the others. */
export type ModelMaker = (setting: ModelSetting) => Model;

/** Makes the sampler of a run. It is called once for each run, as a sampler remembers. */
export type SamplerMaker = (request: SamplerRequest) => Sampler;

/** Settings of a run, model and sampler by name or one's own. */
export interface ConfigureSettings extends Partial<Omit<RunSettings, "model" | "sampler">> {
  /** One of `modelNames`, a maker, or a model that is made already. */
  readonly model?: string | ModelMaker | Model;
  /** One of `samplerNames`, or a maker. */
  readonly sampler?: string | SamplerMaker;
}

/**
 * The run of `settings` on `data`, ready for `train`.
 * @throws UsageError for a setting that is unknown or out of range, options for a model or sampler of one's own (it has
 * had its say), or a model made for data of another shape
 */
export function configure(data: PreparedData, backend: Backend, settings: ConfigureSettings = {}): TrainOptions {
  const { model: givenModel, sampler: givenSampler, ...given } = settings;
  const all = runSettingsOf(
    checkSettings({
      ...given,
      ...(typeof givenModel === "string" && { model: givenModel }),
      ...(typeof givenSampler === "string" && { sampler: givenSampler }),
      // Those of one's own model or sampler are checked below.
      ...(typeof givenModel !== "string" && givenModel !== undefined && { modelOptions: {} }),
      ...(typeof givenSampler === "function" && { samplerOptions: {} }),
    }),
  );
  const { labels, rows } = data;
  const features = chooseInputs(data.features, all.inputs);
  if (rows.training.length === 0) throw new UsageError("there are no training rows");
  const random = new Random(all.seed);
  const trainingLabels = selectRows(labels, rows.training);
  const model = modelOf(givenModel ?? all.model, {
    features: features.columns,
    labels: labels.columns,
    random: random.stream("model"),
    options: settings.modelOptions ?? {},
    labelCorrelation: symmetricConditionalProbability(trainingLabels),
    labelCounts: countPositives(trainingLabels),
  });
  const request: SamplerRequest = {
    batchSize: Math.min(all.batchSize, rows.training.length),
    epochs: all.epochs,
    random: random.stream("sampler"),
    labels: trainingLabels,
    // A copy that only samplers pay for which look for neighbours.
    get features() {
      return selectRows(features, rows.training);
    },
    ...(data.search && { search: data.search }),
    // A device multiplies so fast that lists of what is not zero pay much later.
    ...(backend.rowProducts && { kernel: lighter(deviceProducts(backend.rowProducts), 60) }),
  };
  if (typeof givenSampler === "function") refuseOptions("sampler", settings.samplerOptions);
  const sampler =
    typeof givenSampler === "function" ? givenSampler(request) : samplerNamed(all.sampler, request, all.samplerOptions);
  return {
    model,
    sampler,
    optimiser: optimiserOf(all.optimiser, model.parameters, all.learningRateWarmUp * sampler.batchesPerEpoch),
    backend,
    features,
    labels,
    rows,
    epochs: all.epochs,
    noise: random.stream("noise"),
    criterion: all.criterion,
    keep: all.keep,
    ...(all.track && { track: all.track }),
  };
}

/** @throws UsageError for an option that the chosen method does not have */
function optimiserOf(settings: OptimiserSettings, parameters: Model["parameters"], warmUpSteps: number): Optimiser {
  const { method = "adam", momentum, ...others } = settings;
  const { learningRate, weightDecay, clipNorm, ...adams } = others;
  const stray = method === "sgd" ? Object.keys(adams) : momentum === undefined ? [] : ["momentum"];
  if (stray.length > 0) throw new UsageError(`optimiser option ${stray[0]}: ${method} has none of that name`);
  if (method === "adam") return adam(parameters, { ...others, warmUpSteps });
  return sgd(parameters, {
    ...(learningRate !== undefined && { learningRate }),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(momentum !== undefined && { momentum }),
    warmUpSteps,
  });
}

function modelOf(model: string | ModelMaker | Model, setting: ModelSetting): Model {
  if (typeof model === "string") return createModel(model, setting);
  const made = typeof model === "function" ? model(setting) : model;
  if (typeof model !== "function") refuseOptions("model", setting.options);
  if (made.features === setting.features && made.labels === setting.labels) return made;
  throw new UsageError(
    `model ${made.name} takes ${made.features} features and scores ${made.labels} labels, but the data have ` +
      `${setting.features} and ${setting.labels}`,
  );
}

function refuseOptions(kind: string, options: Readonly<Record<string, unknown>> = {}): void {
  const [name] = Object.keys(options);
  if (name === undefined) return;
  throw new UsageError(`${kind} option ${name}: a ${kind} of one's own takes none from here; give them to its maker`);
}
