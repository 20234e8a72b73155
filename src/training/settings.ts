/**
 * Everything that configures a run, as one schema: the loop, the optimiser, the preparation of the data, sampler and
 * model with their options. The defaults are the published ones. Command line, files and addresses are read by it.
 */
import * as v from "valibot";
import { type InputsChoice, inputsChoices } from "../data/preparation/inputs.ts";
import { missingPolicies } from "../data/preparation/missing.ts";
import { type PrepareOptions, protocols } from "../data/preparation/prepare.ts";
import { UsageError } from "../errors.ts";
import { type MetricName, metricNames } from "../metrics/metrics.ts";
import { type ThresholdName, thresholdNames } from "../metrics/rules/fit.ts";
import { checkModelOptions, modelDescriptions } from "../models/create.ts";
import type { AdamOptions } from "../nn/adam.ts";
import type { SgdOptions } from "../nn/sgd.ts";
import { above, choice, decimal, flag, openOption, option, parseOptions, share, whole } from "../options.ts";
import { checkSamplerOptions, samplerDescriptions } from "../samplers/create.ts";
import { type Track, tracks } from "./tracking.ts";

/** Of Adam, or of plain gradient descent with momentum; what the other one alone has is refused. */
export interface OptimiserSettings extends Omit<AdamOptions, "warmUpSteps">, Pick<SgdOptions, "momentum"> {
  /** Default adam. */
  readonly method?: "adam" | "sgd";
}

/** What configures a run on data that is prepared. */
export interface RunSettings {
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
  /** What is left out takes its value from `defaultSettings`, otherwise from `adam`. */
  readonly optimiser: OptimiserSettings;
  /** Epochs over which the learning rate rises linearly to its value. */
  readonly learningRateWarmUp: number;
  /** The validation metric that chooses the best epoch. */
  readonly criterion: MetricName;
  /** Which weights are tested: of the best epoch, or of the last as the published code does by a defect. */
  readonly keep: "best" | "last";
  /** What decides which labels apply, fitted on validation rows with the kept weights; default fixed, score > 0.5. */
  readonly threshold?: ThresholdName;
  /** Whether features are multiplied with or without their zeros; results agree within rounding. */
  readonly inputs: InputsChoice;
  /** What is measured of each epoch besides what always is. */
  readonly track?: readonly Track[];
  /** Of initial weights, noise and drawing; of the folds too, where they are made by it. */
  readonly seed: number;
}

/** Some of the settings of a run and of the preparation of its data; what is left out takes its default. */
export type GivenSettings = Partial<RunSettings & PrepareOptions>;

const published = { learningRate: 1e-4, weightDecay: 1e-4 };

export const optimiserOptions = v.strictObject({
  learningRate: option("learning rate", decimal(0), published.learningRate),
  weightDecay: option("L2 penalty, added to the gradient", decimal(0), published.weightDecay),
  decoupledWeightDecay: openOption("AdamW's decay instead", decimal(0)),
  amsgrad: option("never let a step grow again", flag(), false),
  clipNorm: openOption("largest norm of the gradient", above(0)),
  beta1: option("memory of the gradients' moving average", share(), 0.9),
  beta2: option("memory of the squared gradients' moving average", share(), 0.999),
  epsilon: option("added to the denominator", decimal(0), 1e-8),
  method: option(
    "adam, or sgd: plain gradient descent (ours, to tell what is Adam's doing)",
    choice(["adam", "sgd"]),
    "adam",
  ),
  momentum: option("of sgd: share of the last step's direction that is kept", share(), 0),
});

const trackList = `a list of one or more of ${tracks.join(", ")}`;

export const loopOptions = v.strictObject({
  epochs: option("passes over the training rows", whole(1), 100),
  batchSize: option("rows a step", whole(1), 128),
  learningRateWarmUp: option("epochs over which the learning rate rises", whole(0), 3),
  criterion: option("validation metric that chooses the best epoch", choice(metricNames), "macroAuc"),
  keep: option("test the best epoch or the last one", choice(["best", "last"]), "best"),
  threshold: openOption(
    "what decides which labels apply, fitted on validation rows",
    choice(thresholdNames),
    "fixed, score > 0.5",
  ),
  inputs: option(
    "read features with their zeros (dense), without (sparse), or as is cheaper",
    choice(inputsChoices),
    "auto",
  ),
  track: openOption(
    "also measure, each epoch: losses of parts of the training rows, test metrics, labels, the selection",
    v.pipe(v.array(choice(tracks), trackList), v.minLength(1, trackList)),
  ),
});

const seed = option("of folds, initial weights, noise and drawing", whole(0, 2 ** 32 - 1), 1);

export const preparationOptions = v.strictObject({
  protocol: option("clean, or paper for the published one with its defects", choice(protocols), "clean"),
  folds: option("stratified folds", whole(2), 5),
  order: option("of labels (1) or also of pairs of them (2)", choice([1, 2]), 1),
  dropLabelsAtMost: option("drop labels with at most n positives (-1: none)", whole(-1), 20),
  featureShare: openOption(
    "keep this share of the features, those of largest sum",
    decimal(0),
    "as published for the data set",
  ),
  fitOn: openOption("what scaler and label filter see", choice(["training", "all"]), "as the protocol says"),
  validationFrom: openOption(
    "where validation rows come from, the training or the test fold",
    choice(["training", "test"]),
    "as the protocol says",
  ),
  missing: openOption(
    "what a missing feature becomes, of the rows that the scaler sees",
    choice(missingPolicies),
    "an error",
  ),
  fold: option("which fold is the test fold, from 0", whole(0), 0),
});

const options = v.record(v.string(), v.unknown(), "an object of options by name");

const schema = v.strictObject({
  ...loopOptions.entries,
  ...preparationOptions.entries,
  seed,
  model: option("what is trained", v.string("the name of a model"), "mlp"),
  modelOptions: openOption("of the model", options),
  sampler: option("what chooses the rows of a batch", v.string("the name of a sampler"), "adaptive"),
  samplerOptions: openOption("of the sampler", options),
  optimiser: openOption("of the optimiser", options),
});

/** Folds and preprocessing where nothing else is said. */
export const defaultPreparation = v.getDefaults(preparationOptions);

const { track: _, threshold: _threshold, ...loopDefaults } = v.getDefaults(loopOptions);

/** Published: Adam at 1e-4 with L2 1e-4, batches of 128, 100 epochs, 3 of them warm-up, best epoch by macro-AUC. */
export const defaultSettings: RunSettings = {
  model: "mlp",
  modelOptions: {},
  sampler: "adaptive",
  samplerOptions: {},
  optimiser: published,
  ...loopDefaults,
  seed: 1,
};

/**
 * The settings as they were given, once they are known to be right: nothing is filled in.
 * @throws UsageError for a setting or an option of model, sampler or optimiser that is unknown, of the wrong kind or
 * out of range
 */
export function checkSettings(given: unknown): GivenSettings {
  requireSettings(given);
  return given;
}

function requireSettings(given: unknown): asserts given is GivenSettings {
  for (const name of typeof given === "object" && given !== null ? Object.keys(given) : []) {
    if (Object.hasOwn(schema.entries, name)) continue;
    const place = placeOfSetting(name);
    if (place !== undefined) throw new UsageError(`${name} is no setting of its own: write ${place}`);
  }
  const {
    model,
    modelOptions = {},
    sampler,
    samplerOptions = {},
    optimiser = {},
  } = parseOptions("a run", schema, given);
  parseOptions("the optimiser", optimiserOptions, optimiser);
  checkModelOptions(model, modelOptions);
  checkSamplerOptions(sampler, samplerOptions);
}

/**
 * The place of a setting or of an option of a part among the settings of a run, as JSON, such as
 * `"samplerOptions": {"pressure": ...}`; undefined for a name that nothing has.
 */
export function placeOfSetting(name: string): string | undefined {
  const namesOf = (described: readonly { readonly options: readonly { readonly name: string }[] }[]) =>
    described.flatMap(({ options }) => options.map((option) => option.name));
  const groups: Readonly<Record<string, readonly string[]>> = {
    samplerOptions: namesOf(samplerDescriptions),
    modelOptions: namesOf(modelDescriptions),
    optimiser: Object.keys(optimiserOptions.entries),
  };
  const written = `${JSON.stringify(name)}: ...`;
  if (Object.hasOwn(schema.entries, name)) return written;
  const group = Object.keys(groups).find((key) => groups[key].includes(name));
  return group && `${JSON.stringify(group)}: {${written}}`;
}

/**
 * What configures the run, defaults included; with protocol paper the last batch is short, unless it says otherwise.
 */
export function runSettingsOf(given: GivenSettings): RunSettings {
  const { protocol: _1, folds: _2, order: _3, dropLabelsAtMost: _4, featureShare: _5, ...others } = given;
  const { fitOn: _6, validationFrom: _7, fold: _8, missing: _9, threshold, ...run } = others;
  const lastBatch = given.protocol === "paper" && { lastBatch: "short" }; // as published
  const samplerOptions = { ...lastBatch, ...run.samplerOptions };
  const optimiser = { ...defaultSettings.optimiser, ...run.optimiser };
  // A run that says the default is the same run as one that says nothing.
  const decided = threshold && threshold !== "fixed" && { threshold };
  return { ...defaultSettings, ...run, ...decided, samplerOptions, optimiser };
}

/** How the data are prepared; what is left out takes the default of `prepare`. */
export function preparationOf(given: GivenSettings): PrepareOptions {
  const { seed = defaultSettings.seed, protocol, folds, order, dropLabelsAtMost, featureShare } = given;
  const { fitOn, validationFrom, fold, missing } = given;
  return {
    seed,
    ...(protocol && { protocol }),
    ...(folds !== undefined && { folds }),
    ...(order && { order }),
    ...(dropLabelsAtMost !== undefined && { dropLabelsAtMost }),
    ...(featureShare !== undefined && { featureShare }),
    ...(fitOn && { fitOn }),
    ...(validationFrom && { validationFrom }),
    ...(fold !== undefined && { fold }),
    ...(missing && missing !== "error" && { missing }),
  };
}
