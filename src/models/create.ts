/** Models by name. */
import { UsageError } from "../errors.ts";
import { c2ae } from "./c2ae.ts";
import { clif } from "./clif.ts";
import { dela } from "./dela.ts";
import { mlp } from "./mlp.ts";
import type { Model, ModelSetting } from "./model.ts";
import { mpvae } from "./mpvae.ts";
import { paca } from "./paca.ts";

const models = { mlp, clif, dela, paca, mpvae, c2ae } satisfies Record<string, (setting: ModelSetting) => Model>;

export type ModelName = keyof typeof models;

const isModelName = (name: string): name is ModelName => Object.hasOwn(models, name);

/** Every name that `createModel` understands. */
export const modelNames: readonly ModelName[] = Object.keys(models).filter(isModelName);

/**
 * A fresh model; the same name, setting and seed give the same weights. Options: docs/models.md.
 * @throws UsageError for an unknown name, sizes below 1, or an unknown or wrong option
 */
export function createModel(name: string, setting: ModelSetting): Model {
  if (!isModelName(name)) throw new UsageError(`model ${name}: expected one of ${modelNames.join(", ")}`);
  for (const size of ["features", "labels"] as const) {
    const value = setting[size];
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError(`model ${name}: ${size} is ${value}, expected a whole number of at least 1`);
    }
  }
  const { labels, labelCorrelation } = setting;
  if (labelCorrelation && labelCorrelation.length !== labels * labels) {
    const { length } = labelCorrelation;
    throw new UsageError(`model ${name}: the label correlation has ${length} entries, expected ${labels} x ${labels}`);
  }
  return models[name](setting);
}
