/** The options of a training run that `train` and `compare` share: derived from the schema of all settings. */
import { type Command, Option } from "commander";
import type { Backend } from "../backends/backend.ts";
import { backendNames, createBackend } from "../backends/create.ts";
import type { PrepareOptions } from "../data/preparation/prepare.ts";
import { meant, UsageError } from "../errors.ts";
import { modelDescriptions } from "../models/create.ts";
import { describeOptions, type OptionDescription, readValue } from "../options.ts";
import { samplerDescriptions } from "../samplers/create.ts";
import {
  checkSettings,
  defaultPreparation,
  defaultSettings,
  type GivenSettings,
  loopOptions,
  optimiserOptions,
  preparationOf,
  preparationOptions,
  type RunSettings,
  runSettingsOf,
} from "../training/settings.ts";
import { flagOf } from "../training/settings-text.ts";
import { oneOf, quoted, wholeNumber } from "./options.ts";

export interface TrainingOptions {
  readonly modelOption: Given;
  readonly samplerOption: Given;
  readonly backend: string;
  readonly threads?: number;
}

/** A setting as a flag of the command line. */
interface Flag {
  readonly setting: string;
  readonly option: Option;
}

/** @param recorded whether the default is set, so that it is recorded with the run; otherwise it is only shown */
function flagFor(description: OptionDescription, recorded: boolean): Flag {
  const { name, words, values, otherwise, fallback, isFlag, read, refuse } = description;
  const flag = flagOf(name);
  const choices = /^one of (.*)$/.exec(values)?.[1];
  const said = choices === undefined || words.includes(choices) ? words : `${words}: ${choices}`;
  const shown =
    otherwise === undefined || isFlag || (recorded && fallback !== undefined)
      ? said
      : `${said} (default: ${otherwise})`;
  if (isFlag) return { setting: name, option: new Option(flag, shown) };
  const placeholder = choices ? "name" : /^a list/.test(values) ? "widths" : /whole/.test(values) ? "n" : "x";
  const option = new Option(`${flag} <${placeholder}>`, shown).argParser((text) => {
    const value = read(text);
    const expected = refuse(value);
    if (expected === undefined) return value;
    const known = /\bof (\w+(?:, \w+)+)$/.exec(expected)?.[1].split(", ") ?? [];
    const wrong = text.split(",").find((part) => !known.includes(part.trim()));
    const near = wrong === undefined ? "" : meant(wrong.trim(), known);
    throw new UsageError(`${flag} ${quoted(text)}${near}: expected ${expected}`);
  });
  if (recorded && fallback !== undefined) option.default(fallback, otherwise);
  return { setting: name, option };
}

const descriptionsOf = (schema: Parameters<typeof describeOptions>[0], without: readonly string[] = []) =>
  describeOptions(schema).filter(({ name }) => !without.includes(name));

const loopFlags = descriptionsOf(loopOptions).map((description) => flagFor(description, true));

const optimiserFlags = descriptionsOf(optimiserOptions).map((description) =>
  flagFor(description, Object.hasOwn(defaultSettings.optimiser, description.name)),
);

// `compare` runs every fold.
const preparationFlags = descriptionsOf(preparationOptions, ["fold"]).map((description) => flagFor(description, true));

/** Every option of any sampler once, those of the default sampler first. */
const samplerFlags = [...samplerDescriptions]
  .sort((a, b) => Number(b.name === defaultSettings.sampler) - Number(a.name === defaultSettings.sampler))
  .flatMap(({ options }) => options)
  .filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i)
  .map(({ otherwise: _, ...description }) => flagFor(description, false));

const hiddenFlags = modelDescriptions
  .filter(({ name }) => name === "mlp")
  .flatMap(({ options }) => options.filter(({ name }) => name === "hidden"))
  .map(({ otherwise: _, ...description }) =>
    flagFor({ ...description, words: `${description.words}; of the mlp alone` }, false),
  );

/** Adds the options; defaults are the published ones. */
export function withTrainingOptions(command: Command): Command {
  const flags = [loopFlags, optimiserFlags, hiddenFlags].flat();
  for (const { option } of flags) command.addOption(option);
  command.option(
    "--model-option <key=value>",
    "any option of the model, see below; model.key=value for one of several",
    collect("--model-option"),
    {},
  );
  for (const { option } of samplerFlags) command.addOption(option);
  command.option(
    "--sampler-option <key=value>",
    "any option of the sampler; sampler.key=value for one of several",
    collect("--sampler-option"),
    {},
  );
  for (const { option } of preparationFlags) command.addOption(option);
  return command
    .option("--backend <name>", backendNames.join(", "), oneOf("--backend", backendNames), "auto")
    .option("--threads <n>", "threads of the wasm backend (default: the machine's)", wholeNumber("--threads", 1, 256))
    .addHelpText("after", ({ command }) => modelHelp(command));
}

/** The options of every model with their words, as wide as the help above it. */
function modelHelp(command: Command): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: process.stdout.columns ?? 80 });
  const ofModel = ({ name, options }: (typeof modelDescriptions)[number]): string => {
    const terms = options.map(({ name, otherwise }) => (otherwise ? `${name}=${otherwise}` : name));
    const width = Math.max(...terms.map(({ length }) => length));
    const items = options.map(({ words }, i) => help.formatItem(terms[i], width, words, help));
    return [`Options of model ${name}, with their defaults (--model-option):`, ...items].join("\n");
  };
  return `\n${modelDescriptions.map(ofModel).join("\n\n")}`;
}

/** Options by name, as given: `key` for every model (or sampler) of the command, `name.key` for one of them. */
export type Given = Readonly<Record<string, unknown>>;

/** Collects repeated `key=value` into one record; values as `readValue` reads them. */
export function collect(option: string) {
  return (text: string, before: Given): Given => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`${option} ${quoted(text)}: expected key=value`);
    return { ...before, [text.slice(0, at)]: readValue(text.slice(at + 1)) };
  };
}

/**
 * What `given` holds for `name`: what is for all, and before it what is for this one alone. A single number where a
 * list is expected is a list of one.
 * @param kind "model" or "sampler"
 * @param names all of that kind that the command names
 * @param takes which of the options for all are handed on; default all
 * @throws UsageError for an option of one that the command does not name
 */
export function optionsFor(
  kind: "model" | "sampler",
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
      throw new UsageError(
        `${kind} option ${key}: ${quoted(owner)}${meant(owner, names)} is none of the ${kind}s here, ${names.join(", ")}`,
      );
    }
  }
  const listed = (kind === "model" ? modelDescriptions : samplerDescriptions)
    .find((description) => description.name === name)
    ?.options.filter(({ values }) => values.startsWith("a list"))
    .map((option) => option.name);
  const whole = ([option, value]: readonly [string, unknown]) =>
    [option, typeof value === "number" && listed?.includes(option) ? [value] : value] as const;
  return Object.fromEntries([...shared, ...own].map(whole));
}

/** The values of the flags that were given, by setting. */
function valuesOf(flags: readonly Flag[], options: TrainingOptions): Given {
  const given: Given = { ...options };
  const values = flags.map(({ setting, option }) => [setting, given[option.attributeName()]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/**
 * The settings that the options mean, model and sampler options as given; model, sampler and seed come from elsewhere.
 */
export function settingsOf(options: TrainingOptions): Omit<RunSettings, "model" | "sampler" | "seed"> {
  const { optimiser, epochs, batchSize, learningRateWarmUp, criterion, keep, inputs, track, threshold } = runSettingsOf(
    checkSettings({ ...valuesOf(loopFlags, options), optimiser: valuesOf(optimiserFlags, options) }),
  );
  const { protocol } = checkSettings(valuesOf(preparationFlags, options));
  const hidden = Object.entries(valuesOf(hiddenFlags, options)).map(([name, value]) => [`mlp.${name}`, value]);
  return {
    modelOptions: { ...Object.fromEntries(hidden), ...options.modelOption },
    samplerOptions: {
      ...(protocol === "paper" && { lastBatch: "short" }), // as published
      ...valuesOf(samplerFlags, options),
      ...options.samplerOption,
    },
    epochs,
    batchSize,
    optimiser,
    learningRateWarmUp,
    criterion,
    keep,
    inputs,
    ...(track && { track }),
    ...(threshold && { threshold }),
  };
}

/** Those settings of loop, optimiser and preparation that the command line itself gives. */
export function explicitSettings(command: Command, options: TrainingOptions): GivenSettings {
  const given = (flags: readonly Flag[]): Given =>
    valuesOf(
      flags.filter(({ option }) => command.getOptionValueSource(option.attributeName()) !== "default"),
      options,
    );
  const optimiser = given(optimiserFlags);
  return checkSettings({
    ...given(loopFlags),
    ...given(preparationFlags),
    ...(Object.keys(optimiser).length > 0 && { optimiser }),
  });
}

export function prepareOptionsOf(
  options: TrainingOptions,
): Omit<PrepareOptions, "seed" | "fold"> & { readonly folds: number } {
  const given = checkSettings(valuesOf(preparationFlags, options));
  const { seed: _, fold: _fold, ...preparation } = preparationOf(given);
  return { ...preparation, folds: given.folds ?? defaultPreparation.folds };
}

export function backendOf({ backend, threads }: TrainingOptions): Promise<Backend> {
  if (threads === undefined) return createBackend(backend);
  if (backend !== "auto" && backend !== "wasm") {
    throw new UsageError(`--threads ${threads}: the ${backend} backend has no threads, only wasm has`);
  }
  return createBackend(backend, { threads });
}
