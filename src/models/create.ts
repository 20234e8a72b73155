/** Models by name. */
import { meant, UsageError } from "../errors.ts";
import { describeOptions, type OptionDescription, type OptionsSchema, parseOptions } from "../options.ts";
import { c2ae, c2aeOptions } from "./c2ae.ts";
import { clif, clifOptions } from "./clif.ts";
import { dela, delaOptions } from "./dela.ts";
import { mlp, mlpOptions } from "./mlp.ts";
import type { Model, ModelSetting } from "./model.ts";
import { mpvae, mpvaeOptions } from "./mpvae.ts";
import { paca, pacaOptions } from "./paca.ts";

interface ModelKind {
  readonly make: (setting: ModelSetting) => Model;
  readonly options: OptionsSchema;
}

const models = {
  mlp: { make: mlp, options: mlpOptions },
  clif: { make: clif, options: clifOptions },
  dela: { make: dela, options: delaOptions },
  paca: { make: paca, options: pacaOptions },
  mpvae: { make: mpvae, options: mpvaeOptions },
  c2ae: { make: c2ae, options: c2aeOptions },
} satisfies Record<string, ModelKind>;

/** The name of a model. */
export type ModelName = keyof typeof models;

const isModelName = (name: string): name is ModelName => Object.hasOwn(models, name);

/** Every name that `createModel` understands. */
export const modelNames: readonly ModelName[] = Object.keys(models).filter(isModelName);

/** What there is to say of a model. */
export interface ModelDescription {
  readonly name: ModelName;
  readonly options: readonly OptionDescription[];
}

/** Every model with its options, in words. */
export const modelDescriptions: readonly ModelDescription[] = /* @__PURE__ */ modelNames.map((name) => ({
  name,
  options: describeOptions(models[name].options),
}));

/**
 * Checks the options of a model without making it.
 * @throws UsageError for an unknown name or option, or a value of the wrong kind or out of range
 */
export function checkModelOptions(name: string, options: unknown): void {
  parseOptions(`model ${name}`, kindOf(name).options, options);
}

function kindOf(name: string): ModelKind {
  if (isModelName(name)) return models[name];
  throw new UsageError(`model ${name}${meant(name, modelNames)}: expected one of ${modelNames.join(", ")}`);
}

/**
 * A fresh model; the same name, setting and seed give the same weights. Options: docs/models.md.
 * @throws UsageError for an unknown name, sizes below 1, or an unknown or wrong option
 */
export function createModel(name: string, setting: ModelSetting): Model {
  const { make } = kindOf(name);
  for (const size of ["features", "labels"] as const) {
    const value = setting[size];
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError(`model ${name}: ${size} is ${value}, expected a whole number of at least 1`);
    }
  }
  const { labels, labelCorrelation, labelCounts } = setting;
  if (labelCounts && labelCounts.length !== labels)
    throw new UsageError(`model ${name}: there are ${labelCounts.length} counts of labels, expected ${labels}`);
  if (labelCorrelation && labelCorrelation.length !== labels * labels) {
    const { length } = labelCorrelation;
    throw new UsageError(`model ${name}: the label correlation has ${length} entries, expected ${labels} x ${labels}`);
  }
  return make(setting);
}
