/** The options of a training run that `train` and `compare` share, and how they become settings. */
import type { Command } from "commander";
import type { Backend } from "../backends/backend.ts";
import { backendNames, createBackend } from "../backends/create.ts";
import { weightings } from "../data/imbalance/weights.ts";
import { type PrepareOptions, protocols } from "../data/preparation/prepare.ts";
import type { Protocol } from "../data/preparation/split.ts";
import type { StratificationOrder } from "../data/preparation/stratify.ts";
import { UsageError } from "../errors.ts";
import { describeMetric, metricNames } from "../metrics/metrics.ts";
import { defaultSettings, type Settings } from "../training/configure.ts";
import { decimal, list, oneOf, type Parser, quoted, wholeNumber } from "./options.ts";

export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly weightDecay: number;
  readonly decoupledWeightDecay?: number;
  readonly amsgrad?: true;
  readonly clipNorm?: number;
  readonly lrWarmUp: number;
  readonly criterion: Settings["criterion"];
  readonly hidden?: readonly number[];
  readonly modelOption: Readonly<Record<string, unknown>>;
  readonly pressure?: number;
  readonly weighting?: string;
  readonly weightScale?: number;
  readonly refresh?: string;
  readonly warmUp?: number;
  readonly schedule?: string;
  readonly unbiased?: true;
  readonly samplerOption: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
  readonly fitOn?: "training" | "all";
  readonly validationFrom?: "training" | "test";
  readonly keep: Settings["keep"];
  readonly folds: number;
  readonly stratification: StratificationOrder;
  readonly dropRare: number;
  readonly featureShare?: number;
  readonly backend: string;
  readonly threads?: number;
}

/** Adds the options; defaults are the published ones. */
export function withTrainingOptions(command: Command): Command {
  const { epochs, batchSize, optimiser, learningRateWarmUp, criterion } = defaultSettings;
  return command
    .option("--epochs <n>", "passes over the training rows", wholeNumber("--epochs", 1), epochs)
    .option("--batch-size <n>", "rows a step", wholeNumber("--batch-size", 1), batchSize)
    .option("--lr <x>", "learning rate of Adam", decimal("--lr", 0), optimiser.learningRate)
    .option(
      "--weight-decay <x>",
      "L2 penalty, added to the gradient",
      decimal("--weight-decay", 0),
      optimiser.weightDecay,
    )
    .option("--decoupled-weight-decay <x>", "AdamW's decay instead", decimal("--decoupled-weight-decay", 0))
    .option("--amsgrad", "never let a step grow again")
    .option("--clip-norm <x>", "largest norm of the gradient", decimal("--clip-norm", 0))
    .option(
      "--lr-warm-up <n>",
      "epochs over which the learning rate rises",
      wholeNumber("--lr-warm-up", 0),
      learningRateWarmUp,
    )
    .option("--criterion <metric>", "validation metric that chooses the best epoch", metricName, criterion)
    .option(
      "--hidden <widths>",
      "widths of the hidden layers of the MLP, such as 256,512,256",
      list("--hidden", wholeNumber("--hidden", 1)),
    )
    .option(
      "--model-option <key=value>",
      "any other option of the model (docs/models.md); model.key=value for one of several",
      collect("--model-option"),
      {},
    )
    .option("--pressure <s>", "selection pressure s of at least 1", decimal("--pressure", 1))
    .option("--weighting <name>", `instance weights: ${weightings.join(", ")}`, oneOf("--weighting", weightings))
    .option("--weight-scale <x>", "multiplies the part of the weights above 1", decimal("--weight-scale", 0))
    .option(
      "--refresh <when>",
      "when probabilities change: epoch, batch, full",
      oneOf("--refresh", ["epoch", "batch", "full"]),
    )
    .option("--warm-up <n>", "epochs that use every row once before selection begins", wholeNumber("--warm-up", 0))
    .option(
      "--schedule <name>",
      "of the pressure: constant, exponential, linear",
      oneOf("--schedule", ["constant", "exponential", "linear"]),
    )
    .option("--unbiased", "weigh each drawn row so that the loss estimates the uniform risk")
    .option(
      "--sampler-option <key=value>",
      "any other option of the sampler (docs/samplers.md); sampler.key=value for one of several",
      collect("--sampler-option"),
      {},
    )
    .option(
      "--fit-on <rows>",
      "what scaler and label filter see: training or all (default: as the protocol says)",
      oneOf("--fit-on", ["training", "all"]),
    )
    .option(
      "--validation-from <fold>",
      "validation rows come from the training or the test fold (default: as the protocol says)",
      oneOf("--validation-from", ["training", "test"]),
    )
    .option("--keep <weights>", "test the best epoch or the last one", oneOf("--keep", ["best", "last"]), "best")
    .option(
      "--protocol <name>",
      "clean, or paper for the published one with its defects",
      oneOf("--protocol", protocols),
      "clean",
    )
    .option("--folds <k>", "stratified folds", wholeNumber("--folds", 2), 5)
    .option("--stratification <order>", "of labels (1) or also of pairs of them (2)", stratificationOrder, 1)
    .option("--drop-rare <n>", "drop labels with at most n positives (-1: none)", wholeNumber("--drop-rare", -1), 20)
    .option(
      "--feature-share <r>",
      "keep this share of the features, those of largest sum (default: as published for the data set)",
      decimal("--feature-share", 0),
    )
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--threads <n>", "threads of the wasm backend (default: the machine's)", wholeNumber("--threads", 1, 256));
}

const stratificationOrder: Parser<StratificationOrder> = (text) =>
  oneOf("--stratification", ["1", "2"])(text) === "1" ? 1 : 2;

const metricName: Parser<Settings["criterion"]> = (text) =>
  describeMetric(oneOf("--criterion", metricNames)(text)).name;

/** Options by name, as given: `key` for every model (or sampler) of the command, `name.key` for one of them. */
export type Given = Readonly<Record<string, unknown>>;

/** Collects repeated `key=value` into one record; values are JSON where they can be read so, else text. */
function collect(option: string) {
  return (text: string, before: Given): Given => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`${option} ${quoted(text)}: expected key=value`);
    const value = text.slice(at + 1);
    let parsed: unknown = value;
    try {
      parsed = JSON.parse(value);
    } catch {
      // plain text, such as a name
    }
    return { ...before, [text.slice(0, at)]: parsed };
  };
}

/**
 * What `given` holds for `name`: what is for all, and before it what is for this one alone.
 * @param kind "model" or "sampler", for messages
 * @param names all of that kind that the command names
 * @param takes which of the options for all are handed on; default all
 * @throws UsageError for an option of one that the command does not name
 */
export function optionsFor(
  kind: string,
  name: string,
  names: readonly string[],
  given: Given,
  takes: (option: string) => boolean = () => true,
): Given {
  const shared: [string, unknown][] = [];
  const own: [string, unknown][] = [];
  for (const [key, value] of Object.entries(given)) {
    const dot = key.indexOf(".");
    const owner = key.slice(0, Math.max(0, dot));
    if (dot < 0 && takes(key)) shared.push([key, value]);
    if (dot >= 0 && owner === name) own.push([key.slice(dot + 1), value]);
    if (dot >= 0 && !names.includes(owner)) {
      throw new UsageError(`${kind} option ${key}: ${quoted(owner)} is none of the ${kind}s here, ${names.join(", ")}`);
    }
  }
  return Object.fromEntries([...shared, ...own]);
}

/** The given values without those that are absent. */
function present(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The settings that the options mean, model and sampler options as given; model, sampler and seed come from elsewhere. */
export function settingsOf(options: TrainingOptions): Omit<Settings, "model" | "sampler" | "seed"> {
  const { decoupledWeightDecay, amsgrad, clipNorm, hidden } = options;
  const { pressure, weighting, weightScale, refresh, warmUp, schedule, unbiased } = options;
  return {
    modelOptions: { ...present({ "mlp.hidden": hidden }), ...options.modelOption },
    samplerOptions: {
      ...present({ pressure, weighting, weightScale, refresh, warmUp, schedule, unbiased }),
      ...options.samplerOption,
    },
    epochs: options.epochs,
    batchSize: options.batchSize,
    optimiser: {
      learningRate: options.lr,
      weightDecay: options.weightDecay,
      ...(decoupledWeightDecay !== undefined && { decoupledWeightDecay }),
      ...(amsgrad && { amsgrad }),
      ...(clipNorm !== undefined && { clipNorm }),
    },
    learningRateWarmUp: options.lrWarmUp,
    criterion: options.criterion,
    keep: options.keep,
  };
}

export function prepareOptionsOf(
  options: TrainingOptions,
): Omit<PrepareOptions, "seed" | "fold"> & { readonly folds: number } {
  const { protocol, folds, stratification, dropRare, featureShare, fitOn, validationFrom } = options;
  return {
    protocol,
    folds,
    order: stratification,
    dropLabelsAtMost: dropRare,
    ...(featureShare !== undefined && { featureShare }),
    ...(fitOn && { fitOn }),
    ...(validationFrom && { validationFrom }),
  };
}

export function backendOf({ backend, threads }: TrainingOptions): Promise<Backend> {
  if (threads === undefined) return createBackend(backend);
  if (backend !== "auto" && backend !== "wasm") {
    throw new UsageError(`--threads ${threads}: the ${backend} backend has no threads, only wasm has`);
  }
  return createBackend(backend, { threads });
}
